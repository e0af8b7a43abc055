"""Exact match and F1 of answers as src/lab/measures/answer-score.ts counts them, and what stands in a written answer."""
import re
import unicodedata
from collections import Counter

from facts.documents import REFUSAL

CITATION = re.compile(r"\s*\[\d+\]。?\s*$")


def answer_tokens(text: str, language: str) -> list[str]:
    """English as in SQuAD (articles and marks left out), Japanese by character."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = lambda char, more: unicodedata.category(char)[0] in "LNM" or char in more or (more and char.isspace())
    if language == "ja":
        return [char for char in folded if kept(char, "")]
    letters = "".join(char for char in folded if kept(char, "_"))
    return re.sub(r"\b(?:a|an|the)\b", " ", letters).split()


def score(predicted: str, answers: list[str], language: str) -> tuple[float, float]:
    """Exact match and F1, against the answer that is met best."""
    tokens = answer_tokens(predicted, language)
    exact = best = 0.0
    for answer in answers:
        right = answer_tokens(answer, language)
        common = (Counter(tokens) & Counter(right)).total()
        exact = max(exact, float(tokens == right))
        best = max(best, 2 * common / (len(tokens) + len(right)) if common else float(not tokens and not right))
    return exact, best


def value_of(text: str, language: str) -> str:
    """What a written answer says, without its citation and what makes a sentence of it; nothing for a refusal."""
    plain = CITATION.sub("", text.strip())
    if plain.strip("。.") == REFUSAL[language].strip("。."):
        return ""
    return plain.removesuffix("です") if language == "ja" else plain

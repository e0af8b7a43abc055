"""Questions made by rule: a number, a name or a term is taken out of its sentence, and a question word stands for it.

They are no good questions. They teach to look for the place in a passage that a few words of it lead to, in far more text than
anybody has asked about.
"""
import random
import re
from typing import Iterable

from records import Record, located

NUMBER_JA = r"\d[\d,.]*(?:年\d+月\d+日|月\d+日|年間|年|月|日|人|円|歳|%|メートル|km|m|回|世紀|時間)?"
KANJI_RUN = r"(?<![一-龥々])[一-龥々]{2,8}(?![一-龥々])"
NUMBER_EN = r"\b\d[\d,.]*(?:%| percent| years| days| people| million)?\b"
NAME_EN = r"\b[A-Z][\w'-]+(?: (?:of |the )?[A-Z][\w'-]+){0,3}"
CANDIDATE = {
    "ja": re.compile(f"{NUMBER_JA}|[ァ-ヴー]{{3,}}|{KANJI_RUN}"),
    "en": re.compile(f"{NUMBER_EN}|{NAME_EN}"),
}
ASKED_BY_UNIT = {
    "年": "何年", "月": "何月", "日": "いつ", "人": "何人", "円": "いくら", "歳": "何歳", "%": "何%", "回": "何回", "世紀": "何世紀",
}  # fmt: skip
SENTENCE = {"ja": re.compile(r"[^。！？\n]+[。！？]"), "en": re.compile(r"[A-Z][^.!?\n]+[.!?](?=\s|$)")}
SHORTEST, LONGEST = {"ja": 15, "en": 40}, {"ja": 120, "en": 240}
LONGEST_ANSWER = 30
# A question keeps this much of its sentence, or a person could not have asked it.
KEPT = (0.7, 1.0)
A_PARAGRAPH = 4


def question_word(answer: str, language: str, rng: random.Random) -> str:
    if language == "ja":
        unit = next((asked for unit, asked in ASKED_BY_UNIT.items() if answer.endswith(unit)), None)
        if answer[0].isdigit():
            return unit or rng.choice(["いくつ", "どのくらい"])
        return rng.choice(["何", "誰", "どこ", "どの", "何という名前"])
    if answer[0].isdigit():
        return "when" if re.fullmatch(r"1\d{3}|20\d\d", answer) else rng.choice(["how many", "how much", "what number"])
    return rng.choice(["what", "who", "where", "which"])


def gap_question(sentence: str, start: int, end: int, language: str, rng: random.Random) -> str:
    """The sentence as a question for what stands at [start, end)."""
    word = question_word(sentence[start:end], language, rng)
    before, behind = sentence[:start], sentence[end:].rstrip("。！？.!? ")
    kept = rng.uniform(*KEPT)
    if language == "ja":
        parts = lambda text: [part for part in re.split(r"(?<=[、はがをにで])", text) if part and rng.random() < kept]
        ending = rng.choice(["か。", "？", "ですか。"])
        first, last = "".join(parts(before)), "".join(parts(behind))
        if last and rng.random() < 0.5:
            return f"{last}、{first}{word}{ending}"
        return f"{first}{word}{last}{ending}"
    words = lambda text: " ".join(part for part in text.split() if rng.random() < kept)
    order = [word, words(behind), words(before)] if rng.random() < 0.6 else [words(before), word, words(behind)]
    asked = " ".join(part for part in order if part)
    return f"{asked[:1].upper()}{asked[1:]}?"


def ask(record: Record, rng: random.Random) -> Record:
    """Adds questions to a paragraph; those whose answer stands in it more than once are left out."""
    sentences = list(SENTENCE[record.language].finditer(record.context))
    rng.shuffle(sentences)
    for match in sentences[:A_PARAGRAPH]:
        sentence = match.group()
        if not SHORTEST[record.language] <= len(sentence) <= LONGEST[record.language]:
            continue
        # The first word of an English sentence has a capital for no reason of its own.
        found = [one for one in CANDIDATE[record.language].finditer(sentence) if one.start() > 0 or record.language == "ja"]
        found = [one for one in found if len(one.group()) <= LONGEST_ANSWER and record.context.count(one.group()) == 1]
        if found:
            one = rng.choice(found)
            question = gap_question(sentence, *one.span(), record.language, rng)
            located(record, question, one.group(), match.start() + one.start())
    return record


def cloze(paragraphs: Iterable[tuple[str, str, str]], rng: random.Random) -> list[Record]:
    """@param paragraphs language, title and text"""
    made = (ask(Record(language, title, text), rng) for language, title, text in paragraphs)
    return [record for record in made if record.asked]

"""What may be trained on, what of it is held out, and what is left out because an evaluation set has it.

Which set is for what stands in ../shared/data/README.md. A part of the questions and sentence pairs is held out by title or
passage: curves, model cards and the weight of a fusion (test/eval/fit-fusion.ts) rest on it.
"""
import json
import lzma
import re
import unicodedata
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Iterator

PAIRS = ["jaquad", "t0qa", "jsts", "xling"]
TEXTS = ["aozora", "books", "docs-ja", "docs-en", "peps", "factbook", "jaquadctx"]
# Of a hundred titles or passages, so many are held out.
HELD_OUT = {"jaquad": 5, "t0qa": 10, "jsts": 10, "xling": 1}
EVALUATED = ["jaquad-dev", "jsquad-valid", "xquad-en", "squad2-visible"]
# Characters of a string that two texts do not share by chance.
SHARED = 24
# Characters of a stretch by which passages cut out of one article are known, and the share of them that makes two passages one.
STRETCH, MOST_SHARED = 60, 0.5
# So many ways of saying a thing are taken from one translation: beyond, it is a phrase of a form and no sentence.
MOST_ALIKE = 6

Pair = tuple[str, str]


def read_lines(path: Path) -> Iterator[dict]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def is_held_out(source: str, key: str) -> bool:
    """Decided by the text alone, so that test/eval/fit-fusion.ts finds the same ones."""
    return int.from_bytes(sha256(key.encode()).digest()[:4], "big") % 100 < HELD_OUT[source]


class Leaks:
    """Passages and sentences of the evaluation sets, none of which may be trained on."""

    def __init__(self, folder: Path):
        self.strings: set[int] = set()
        self.sentences: set[str] = set()
        for name in EVALUATED:
            for record in read_lines(folder / f"qa/{name}.jsonl.xz"):
                text = record["context"]
                self.strings.update(hash(text[at : at + SHARED]) for at in range(len(text) - SHARED + 1))
        for record in read_lines(folder / "qa/jsts-paraphrase.jsonl.xz"):
            self.sentences.update(record.get("pool") or [record["q"]])
        for record in read_lines(folder / "qa/en-ja-sentences.jsonl.xz"):
            self.sentences.update((record["q"], record["p"]))

    def holds(self, text: str) -> bool:
        if text in self.sentences:
            return True
        step = SHARED // 2
        return sum(hash(text[at : at + SHARED]) in self.strings for at in range(0, len(text) - SHARED + 1, step)) >= 2


def read_pairs(folder: Path, source: str, leaks: Leaks) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, apart from those held out, and these: (question or sentence, passage or sentence)."""
    kept: list[Pair] = []
    held: list[Pair] = []
    if source == "jaquad":
        for record in read_lines(folder / "qa/jaquad-train.jsonl.xz"):
            if not leaks.holds(record["context"]):
                target = held if is_held_out(source, record["title"]) else kept
                target += [(qa["q"], record["context"]) for qa in record["qas"]]
        return kept, held
    for record in read_lines(folder / f"pairs/{source}.jsonl.xz"):
        if not (leaks.holds(record["p"]) or leaks.holds(record["q"])):
            (held if is_held_out(source, record["p"]) else kept).append((record["q"], record["p"]))
    return apart(kept, held), held


def apart(kept: list[Pair], held: list[Pair]) -> list[Pair]:
    """
    Pairs to train on without what would tell the held-out answers: the same question, a passage cut out of the same article
    (t0qa has each in several wordings of a prompt, so that its passages differ), or the same two sentences the other way round.
    """
    questions = {letters(question) for question, _ in held}
    both = {frozenset(map(letters, pair)) for pair in held}
    known = {stretch for passage in {passage for _, passage in held} for stretch in stretches(passage)}
    near = {passage for passage in {passage for _, passage in kept} if shares_much(passage, known)}
    return [
        pair for pair in kept
        if letters(pair[0]) not in questions and pair[1] not in near and frozenset(map(letters, pair)) not in both
    ]  # fmt: skip


def shares_much(text: str, known: set[str]) -> bool:
    own = stretches(text)
    return sum(stretch in known for stretch in own) > MOST_SHARED * len(own)


def stretches(text: str) -> list[str]:
    """Every run of STRETCH characters; none of a shorter text."""
    return [text[at : at + STRETCH] for at in range(len(text) - STRETCH + 1)]


def letters(text: str) -> str:
    """What is left of a text without marks, spaces and case."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def said_alike(pairs: list[Pair], side: int) -> list[Pair]:
    """
    Sentences of one language that were given the same translation: paraphrases that nobody had to write.
    @param side 0: the first of each pair by the second; 1: the other way round
    """
    by_translation: dict[str, dict[str, str]] = {}
    for pair in pairs:
        by_translation.setdefault(letters(pair[1 - side]), {}).setdefault(letters(pair[side]), pair[side])
    groups = (list(group.values()) for group in by_translation.values())
    return [both for group in groups if 1 < len(group) <= MOST_ALIKE for both in combinations(group, 2)]

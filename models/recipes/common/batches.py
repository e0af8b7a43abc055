"""What a training step of a retriever sees: questions or sentences, each with the passage that it belongs to.

A batch is of one source. Its other passages are what each is told apart from, so a batch holds neighbours: consecutive
paragraphs of a text, or paragraphs that share rare pieces.
"""
from pathlib import Path
from typing import Protocol

import numpy as np

MOST_TOKENS = 192
# The share of batches made of neighbours.
NEIGHBOURLY = 0.7
# Cloze questions: longest, and what is left of a sentence that is asked about while it still stands in its paragraph.
LONGEST_CLOZE = 30
# Sources whose two sides are alike: either may ask for the other.
SYMMETRIC = ("jsts", "xling", "alike-ja", "alike-en")

Batch = tuple[list[np.ndarray], list[np.ndarray]]


class Source(Protocol):
    def tokens(self) -> list[np.ndarray]: ...

    def batch(self, size: int, rng: np.random.Generator) -> Batch: ...


def cut(tokens: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    return [tokens[ends[at] : ends[at + 1]] for at in range(len(ends) - 1)]


class Pairs:
    def __init__(self, path: Path, symmetric: bool = False):
        with np.load(path) as file:
            self.questions = cut(file["questions"], file["questions_ends"])
            self.passages = cut(file["passages"], file["passages_ends"])
            self.right = file["right"]
        self.symmetric = symmetric
        order = np.argsort(self.right, kind="stable")
        bounds = np.searchsorted(self.right[order], np.arange(len(self.passages) + 1))
        self._asking = [order[bounds[at] : bounds[at + 1]] for at in range(len(self.passages))]
        # The nearest other passages of each, where they are known.
        self.near: np.ndarray | None = None

    def tokens(self) -> list[np.ndarray]:
        return self.questions + self.passages

    def batch(self, size: int, rng: np.random.Generator) -> Batch:
        chosen = self._choose(size, rng)
        questions = [self.questions[rng.choice(self._asking[at])] for at in chosen]
        passages = [self.passages[at][:MOST_TOKENS] for at in chosen]
        return (passages, questions) if self.symmetric and rng.random() < 0.5 else (questions, passages)

    def _choose(self, size: int, rng: np.random.Generator) -> np.ndarray:
        every = rng.permutation(len(self.passages))
        if self.near is None or self.near.shape[1] == 0 or rng.random() > NEIGHBOURLY:
            return every[:size]
        seeds = every[: max(1, size // 3)]
        some = rng.permutation(self.near.shape[1])[:4]
        return rng.permutation(np.unique(np.concatenate([seeds, self.near[seeds][:, some].ravel()])))[:size]


class Text:
    """A sentence, or a heading, asks for the paragraph that it was taken from (inverse cloze)."""

    def __init__(self, path: Path):
        with np.load(path) as file:
            self._sentences = cut(file["tokens"], file["sentences"])
            self._bounds = file["paragraphs"]
            self._headings = cut(file["headings"], file["heading_ends"])

    def tokens(self) -> list[np.ndarray]:
        return self._sentences

    def batch(self, size: int, rng: np.random.Generator) -> Batch:
        paragraphs = len(self._headings)
        starts = rng.integers(0, max(1, paragraphs - 3), max(1, min(size, paragraphs // 2) // 4))
        near = np.unique(starts[:, None] + np.arange(min(4, paragraphs)))
        made = [pair for at in near if (pair := self._ask(at, rng))]
        return [question for question, _ in made], [passage for _, passage in made]

    def _ask(self, at: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray] | None:
        sentences = self._sentences[self._bounds[at] : self._bounds[at + 1]]
        if sum(map(len, sentences)) < 16:
            return None
        whole = np.concatenate(sentences)[:MOST_TOKENS]
        if len(self._headings[at]) and rng.random() < 0.4:
            return self._headings[at], whole
        chosen = rng.integers(len(sentences))
        asked = sentences[chosen]
        if len(asked) < 4:
            return None
        if len(asked) > LONGEST_CLOZE + 10:
            start = rng.integers(len(asked) - LONGEST_CLOZE)
            asked = asked[start : start + LONGEST_CLOZE]
        rest = [sentence for other, sentence in enumerate(sentences) if other != chosen]
        kind = rng.random()
        if kind < 0.5 and sum(map(len, rest)) >= 16:
            return asked, np.concatenate(rest)[:MOST_TOKENS]
        if kind > 0.75:
            kept = rng.random(len(asked)) < rng.uniform(0.3, 0.8)
            asked = asked[kept] if kept.sum() >= 2 else asked
        return asked, whole


class Mixture:
    """All sources that were prepared in a folder, each drawn as often as its share says."""

    def __init__(self, work: Path, shares: dict[str, float]):
        self.pairs = {path.stem[6:]: Pairs(path, path.stem[6:] in SYMMETRIC) for path in sorted(work.glob("pairs-*.npz"))}
        self.texts = {path.stem[5:]: Text(path) for path in sorted(work.glob("text-*.npz"))}
        self.all: dict[str, Source] = {**self.pairs, **self.texts}
        self.names = list(self.all)
        self.shares = np.array([shares[name] for name in self.names])
        self.shares /= self.shares.sum()

    def counts(self, pieces: int) -> np.ndarray:
        """How often each piece occurs in all sources, 1 added."""
        every = (np.bincount(np.concatenate(source.tokens()), minlength=pieces) for source in self.all.values())
        return np.ones(pieces) + sum(every)

    def batch(self, size: int, rng: np.random.Generator) -> tuple[str, Batch]:
        name = self.names[rng.choice(len(self.names), p=self.shares)]
        return name, self.all[name].batch(size, rng)


def held_out(work: Path) -> dict[str, Pairs]:
    """What was held out of each source."""
    return {path.stem[5:]: Pairs(path) for path in sorted(work.glob("held-*.npz"))}

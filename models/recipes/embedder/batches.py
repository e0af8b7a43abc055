"""What a training step sees: questions or sentences, each with the passage that it belongs to, all of one source.

The other passages of a batch are what each is told apart from, so a batch holds neighbours: consecutive paragraphs of a
text, or paragraphs that share rare pieces.
"""
from pathlib import Path

import numpy as np
import torch

from model import Bags, embed, initial
from tokenizer import TEXT

# How often a batch comes from each source.
SHARES = {
    "jaquad": 0.15, "t0qa": 0.04, "jsts": 0.03, "xling": 0.18, "aozora": 0.09, "books": 0.11, "docs-ja": 0.13,
    "docs-en": 0.11, "peps": 0.05, "factbook": 0.03, "jaquadctx": 0.08,
}  # fmt: skip
MOST_TOKENS = 192
# Nearest paragraphs of which some join each one, and the share of batches made so.
NEIGHBOURS, NEIGHBOURLY = 8, 0.7
# Cloze questions: longest, and what is left of a sentence that is asked about while it still stands in its paragraph.
LONGEST_CLOZE = 30

Batch = tuple[list[np.ndarray], list[np.ndarray]]


def cut(tokens: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    return [tokens[ends[at] : ends[at + 1]] for at in range(len(ends) - 1)]


class Pairs:
    def __init__(self, path: Path, symmetric: bool):
        with np.load(path) as file:
            self.questions = cut(file["questions"], file["questions_ends"])
            self.passages = cut(file["passages"], file["passages_ends"])
            self.right = file["right"]
        self.symmetric = symmetric
        order = np.argsort(self.right, kind="stable")
        bounds = np.searchsorted(self.right[order], np.arange(len(self.passages) + 1))
        self._asking = [order[bounds[at] : bounds[at + 1]] for at in range(len(self.passages))]
        self._near: np.ndarray | None = None

    def tokens(self):
        return self.questions + self.passages

    def find_neighbours(self, table: torch.Tensor) -> None:
        """By the untrained table, which is a random projection of the pieces that a paragraph holds."""
        vectors = embed(table, Bags(self.passages, len(table), str(table.device)))
        most = min(NEIGHBOURS + 1, len(vectors))
        near = [(part @ vectors.T).topk(most, dim=1).indices.cpu() for part in vectors.split(2048)]
        self._near = torch.cat(near).numpy()[:, 1:]

    def batch(self, size: int, rng: np.random.Generator) -> Batch:
        chosen = self._choose(size, rng)
        questions = [self.questions[rng.choice(self._asking[at])] for at in chosen]
        passages = [self.passages[at][:MOST_TOKENS] for at in chosen]
        return (passages, questions) if self.symmetric and rng.random() < 0.5 else (questions, passages)

    def _choose(self, size: int, rng: np.random.Generator) -> np.ndarray:
        every = rng.permutation(len(self.passages))
        if self._near is None or self._near.shape[1] == 0 or rng.random() > NEIGHBOURLY:
            return every[:size]
        seeds = every[: max(1, size // 3)]
        some = rng.permutation(self._near.shape[1])[:4]
        return rng.permutation(np.unique(np.concatenate([seeds, self._near[seeds][:, some].ravel()])))[:size]


class Text:
    """A sentence, or a heading, asks for the paragraph that it was taken from (inverse cloze)."""

    def __init__(self, path: Path):
        with np.load(path) as file:
            self._sentences = cut(file["tokens"], file["sentences"])
            self._bounds = file["paragraphs"]
            self._headings = cut(file["headings"], file["heading_ends"])

    def tokens(self):
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


class Sources:
    """All sources that were prepared in a folder."""

    def __init__(self, work: Path, pieces: int, dimension: int, seed: int):
        self.pairs = {path.stem[6:]: Pairs(path, path.stem[6:] in ("jsts", "xling")) for path in sorted(work.glob("pairs-*.npz"))}
        self.texts = {path.stem[5:]: Text(path) for path in sorted(work.glob("text-*.npz"))}
        counts = np.ones(pieces)
        for source in [*self.pairs.values(), *self.texts.values()]:
            tokens = source.tokens()
            counts += np.bincount(np.concatenate(tokens), minlength=pieces)
            # The piece that begins every text stands in none of the lists.
            counts[TEXT] += len(tokens)
        self.table = initial(counts, dimension, seed)
        for name in ("jaquad", "t0qa"):
            if name in self.pairs:
                self.pairs[name].find_neighbours(self.table)
        self._all = {**self.pairs, **self.texts}
        self.names = list(self._all)
        self._shares = np.array([SHARES[name] for name in self.names])
        self._shares /= self._shares.sum()

    def batch(self, size: int, rng: np.random.Generator) -> tuple[str, Batch]:
        name = self.names[rng.choice(len(self.names), p=self._shares)]
        return name, self._all[name].batch(size, rng)

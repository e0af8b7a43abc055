"""BM25 over pieces, to find for each question the passages that look most like the right one and are not."""
from pathlib import Path

import numpy as np
from common.batches import Pairs

K1, B = 0.9, 0.6
# Passages kept for each question, best first.
KEPT = 16


class Index:
    """Postings of passages: the piece at i stands in passages[ends[i]:ends[i + 1]], each with its part of a score."""

    def __init__(self, passages: list[np.ndarray], pieces: int):
        sizes = np.array([len(passage) for passage in passages])
        rows = np.repeat(np.arange(len(passages)), sizes)
        keys, counts = np.unique(np.concatenate(passages).astype(np.int64) * len(passages) + rows, return_counts=True)
        held, self.passages = np.divmod(keys, len(passages))
        frequency = np.bincount(held, minlength=pieces)
        rarity = np.log(1 + (len(passages) - frequency + 0.5) / (frequency + 0.5))
        length = K1 * (1 - B + B * sizes / sizes.mean())
        self.parts = (rarity[held] * counts * (K1 + 1) / (counts + length[self.passages])).astype(np.float32)
        self.ends = np.concatenate([[0], np.cumsum(frequency)])
        self.size = len(passages)

    def scores(self, question: np.ndarray) -> np.ndarray:
        scores = np.zeros(self.size, np.float32)
        for piece in np.unique(question):
            at = slice(self.ends[piece], self.ends[piece + 1])
            scores[self.passages[at]] += self.parts[at]
        return scores

    def best(self, question: np.ndarray, most: int) -> np.ndarray:
        """The passages with the highest scores, best first."""
        scores = self.scores(question)
        most = min(most, self.size)
        top = np.argpartition(-scores, most - 1)[:most]
        return top[np.argsort(-scores[top], kind="stable")]


def write_negatives(work: Path, source: str, pieces: int) -> None:
    """
    Writes negatives-SOURCE.npz (questions x at most KEPT passages) and candidates-SOURCE.npz (the same for what is held out,
    the right passage among them where BM25 finds it).
    """
    for kind, name in (("pairs", "negatives"), ("held", "candidates")):
        pairs = Pairs(work / f"{kind}-{source}.npz")
        if not pairs.questions:
            continue
        index = Index(pairs.passages, pieces)
        most = min(KEPT, index.size - 1)
        found = np.empty((len(pairs.questions), most), np.int32)
        for at, (question, right) in enumerate(zip(pairs.questions, pairs.right)):
            best = index.best(question, most + 1)
            found[at] = best[:most] if kind == "held" else best[best != right][:most]
        np.savez(work / f"{name}-{source}.npz", found=found)

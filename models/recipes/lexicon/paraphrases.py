"""Paraphrases that nobody wrote: sentences of one language whose translations are the same, or nearly so.

There are few English pairs to learn from. Of 80,000 translated sentences some thousand pairs have Japanese sides that share
almost all that is rare in them, while their English sides do not: "how deep is the lake?", "what is the depth of the lake?".
"""
from hashlib import sha256

import numpy as np
import torch
from common.bags import Bags, embed
from common.sets import Pair, letters, said_alike

from pieces import Pieces

# Pieces of a sentence: a shorter one says little, and a longer one is a paragraph of a manual.
SHORTEST, LONGEST = 4, 30
# Cosine of the translations, by pieces weighed by how rare they are; and of the sentences themselves.
NEAR, NOT_THE_SAME = 0.8, 0.6
# The cosine is first guessed from random projections: so wide, and so much lower.
WIDTH, GUESSED_NEAR = 128, 0.74
# A tenth measures.
HELD_OUT = 10


def paraphrases(pairs: list[Pair], pieces: Pieces, seed: int) -> dict[str, tuple[list[Pair], list[Pair]]]:
    """Japanese and English sentences that say the same, those to train on and those held out. @param pairs (English, Japanese)"""
    japanese = [both for both in said_alike(pairs, 1) if letters(both[0]) not in letters(both[1])]
    english = [both for both in said_alike(pairs, 0) if letters(both[0]) not in letters(both[1])]
    english += near_by_translation(pairs, pieces, seed)
    held = [both for both in english if sha256(both[0].encode()).digest()[0] % HELD_OUT == 0]
    asked = {sentence for both in held for sentence in both}
    return {"alike-ja": (japanese, []), "alike-en": ([both for both in english if asked.isdisjoint(both)], held)}


def near_by_translation(pairs: list[Pair], pieces: Pieces, seed: int) -> list[Pair]:
    """Pairs of first sides that differ while their second sides are near."""
    fits = lambda ids: SHORTEST <= len(ids) <= LONGEST
    cut = [(pair[0], *map(np.unique, both)) for pair in pairs if all(map(fits, both := list(map(pieces.encode, pair))))]
    if len(cut) < 2:
        return []
    own = Rarity([first for _, first, _ in cut], len(pieces))
    other = Rarity([second for _, _, second in cut], len(pieces))
    found = other.near(seed)
    kept = [
        (at, to) for at, to in found if other.cosine(at, to) >= NEAR and own.cosine(at, to) < NOT_THE_SAME
    ]  # fmt: skip
    return [(cut[at][0], cut[to][0]) for at, to in kept]


class Rarity:
    """Texts as sets of pieces, each weighed by how rare it is in all of them."""

    def __init__(self, texts: list[np.ndarray], pieces: int):
        self.texts = texts
        counts = 1 + np.bincount(np.concatenate(texts), minlength=pieces)
        self.weights = np.log(counts.sum() / counts)

    def cosine(self, at: int, to: int) -> float:
        one, other = self.texts[at], self.texts[to]
        square = lambda ids: float((self.weights[ids] ** 2).sum())
        return square(np.intersect1d(one, other)) / (square(one) * square(other)) ** 0.5

    def near(self, seed: int) -> list[tuple[int, int]]:
        """Pairs of texts that are probably near, by a random projection of their pieces."""
        random = torch.randn(len(self.weights), WIDTH, generator=torch.Generator().manual_seed(seed))
        table = random * torch.tensor(self.weights, dtype=torch.float32)[:, None]
        vectors = embed(table, Bags(self.texts, len(table), "cpu"))
        found = []
        for first in range(0, len(vectors), 1024):
            # Only what stands behind: each pair is wanted once.
            near = vectors[first : first + 1024] @ vectors[first:].T > GUESSED_NEAR
            found += [(first + at, first + to) for at, to in near.nonzero().tolist() if at < to]
        return found

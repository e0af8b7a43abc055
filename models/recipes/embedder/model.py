"""A table of vectors, one for each piece; a text is the sum of its pieces' vectors, scaled to length 1.

A piece that stands n times counts as the root of n. How much a piece counts is the length of its vector. There are no
layers: at what a CPU can do in minutes they cost more recall than they gain (`../shared/facts/starter-retrieval.md`).
"""
import numpy as np
import torch
import torch.nn.functional as F

from tokenizer import TEXT


class Bags:
    """Texts as one list of different (text, piece) with the root of how often each stands there."""

    def __init__(self, texts: list[np.ndarray], pieces: int, device: str):
        lengths = np.array([len(text) + 1 for text in texts])
        ids = np.concatenate([part for text in texts for part in ((TEXT,), text)]).astype(np.int64)
        keys, counts = np.unique(np.repeat(np.arange(len(texts)), lengths) * pieces + ids, return_counts=True)
        rows, ids = np.divmod(keys, pieces)
        weights = np.sqrt(counts).astype(np.float32)
        order = np.argsort(ids, kind="stable")
        held = np.bincount(ids, minlength=pieces)
        tensor = lambda array: torch.from_numpy(array).to(device)
        self.by_text = tensor(ids), tensor(np.searchsorted(rows, np.arange(len(texts)))), tensor(weights)
        self.by_piece = tensor(rows[order]), tensor(np.cumsum(held) - held), tensor(weights[order])

    def sum(self, table: torch.Tensor) -> torch.Tensor:
        return BagSum.apply(table, self)


class BagSum(torch.autograd.Function):
    """
    The weighted sum of each text's vectors. Its gradient is the same sum the other way round, over the texts that hold a
    piece; torch's own adds row by row into the table, which took 25 times as long.
    """

    @staticmethod
    def forward(context, table: torch.Tensor, bags: Bags) -> torch.Tensor:
        context.bags = bags
        return weighted_sum(table, *bags.by_text)

    @staticmethod
    def backward(context, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return weighted_sum(gradient.contiguous(), *context.bags.by_piece), None


def weighted_sum(vectors: torch.Tensor, ids: torch.Tensor, firsts: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return F.embedding_bag(ids, vectors, firsts, mode="sum", per_sample_weights=weights.to(vectors.dtype))


def embed(table: torch.Tensor, bags: Bags) -> torch.Tensor:
    """Unit vectors, texts x dimension."""
    return F.normalize(bags.sum(table), dim=1)


def initial(counts: np.ndarray, dimension: int, seed: int) -> torch.Tensor:
    """Random directions, rare pieces longer than frequent ones: already a fair index of words (random projection)."""
    share = counts / counts.sum()
    lengths = 1e-4 / (1e-4 + share)
    random = torch.randn(len(counts), dimension, generator=torch.Generator().manual_seed(seed))
    return random * torch.tensor(lengths, dtype=torch.float32)[:, None] * 0.1


def recall(table: torch.Tensor, questions: list[np.ndarray], passages: list[np.ndarray], right: np.ndarray) -> float:
    """The share of questions whose right passage comes first among all."""
    device, pieces = str(table.device), len(table)
    pool = embed(table, Bags(passages, pieces, device))
    found = 0
    for at in range(0, len(questions), 1024):
        scores = embed(table, Bags(questions[at : at + 1024], pieces, device)) @ pool.T
        found += int((scores.argmax(1).cpu().numpy() == right[at : at + 1024]).sum())
    return found / len(questions)

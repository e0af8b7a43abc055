"""Texts as sums of the vectors of their pieces, with a gradient that a CPU can compute."""
import numpy as np
import torch
import torch.nn.functional as F

# Nearest passages that are looked for, of which some join each one in a batch.
NEIGHBOURS = 8


class Bags:
    """
    Texts as one list of different (text, piece) with the root of how often each stands there.
    @param start a piece that begins every text, where there is one
    """

    def __init__(self, texts: list[np.ndarray], pieces: int, device: str, start: int | None = None):
        first = () if start is None else (start,)
        lengths = np.array([len(text) + len(first) for text in texts])
        ids = np.concatenate([part for text in texts for part in (first, text)]).astype(np.int64)
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


def nearest(vectors: torch.Tensor) -> np.ndarray:
    """The nearest other rows of each, nearest first: rows x at most NEIGHBOURS."""
    most = min(NEIGHBOURS + 1, len(vectors))
    near = [(part @ vectors.T).topk(most, dim=1).indices.cpu() for part in vectors.split(2048)]
    return torch.cat(near).numpy()[:, 1:]

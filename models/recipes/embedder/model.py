"""A table of vectors, one for each piece; a text is the sum of its pieces' vectors, scaled to length 1.

A piece that stands n times counts as the root of n. How much a piece counts is the length of its vector. There are no
layers: at what a CPU can do in minutes they cost more recall than they gain (`../shared/facts/starter-retrieval.md`).
"""
import numpy as np
import torch

from common import bags
from common.bags import embed

from tokenizer import TEXT


class Bags(bags.Bags):
    """Texts, each begun by the piece that begins every text."""

    def __init__(self, texts: list[np.ndarray], pieces: int, device: str):
        super().__init__(texts, pieces, device, start=TEXT)


def recall(table: torch.Tensor, questions: list[np.ndarray], passages: list[np.ndarray], right: np.ndarray) -> float:
    """The share of questions whose right passage comes first among all."""
    device, pieces = str(table.device), len(table)
    pool = embed(table, Bags(passages, pieces, device))
    found = 0
    for at in range(0, len(questions), 1024):
        scores = embed(table, Bags(questions[at : at + 1024], pieces, device)) @ pool.T
        found += int((scores.argmax(1).cpu().numpy() == right[at : at + 1024]).sum())
    return found / len(questions)

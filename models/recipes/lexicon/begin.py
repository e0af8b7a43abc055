"""Vectors to begin with, from the starter embedder that is shipped: it has brought translations near to each other already."""
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from common.folded_pieces import FoldedPieces, read_pieces
from onnx import numpy_helper

from pieces import Pieces

MIDDLE = 8


def stored_table(path: Path) -> np.ndarray:
    """The embedder's vectors, pieces x dimension, out of its graph (models/recipes/embedder/export.py)."""
    constants = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    packed = constants["packed"]
    codes = np.concatenate([packed & 15, packed >> 4], axis=1)
    return (codes.astype(np.float32) - MIDDLE) * constants["scales"][:, None]


def vectors_of(embedder: Path, pieces: Pieces, counts: np.ndarray, dimension: int, seed: int) -> torch.Tensor:
    """
    A vector for each piece of the lexicon: the sum of what the embedder cuts it into, in the directions in which the pieces
    of text differ most. What the embedder does not know begins at random.
    @param embedder its folder
    @param counts how often each piece occurs
    """
    cutter = FoldedPieces(*read_pieces(embedder / "tokenizer.json"))
    table = stored_table(embedder / "onnx/model_q4.onnx")
    made = np.zeros((len(pieces), table.shape[1]), np.float32)
    for piece in range(len(pieces)):
        if pieces.model.is_byte(piece) or pieces.model.is_unknown(piece) or pieces.model.is_control(piece):
            continue
        text = pieces.model.id_to_piece(piece).replace("\u2581", " ")
        # In the middle of a word there is no space before a piece, and the embedder has one for every beginning.
        known = [id for id in cutter.cut(text) if id > 1]
        made[piece] = table[known].sum(0)
    norms = np.linalg.norm(made, axis=1, keepdims=True)
    made /= norms.clip(1e-9)
    weights = np.sqrt(counts)[:, None]
    _, _, directions = np.linalg.svd(((made * weights).T @ (made * weights)).astype(np.float64))
    kept = torch.from_numpy((made @ directions[:dimension].T).astype(np.float32))
    random = torch.randn(kept.shape, generator=torch.Generator().manual_seed(seed)) / dimension**0.5
    unknown = torch.from_numpy(norms[:, 0] == 0)
    print(f"begins from {embedder}; {int(unknown.sum())} pieces at random", file=sys.stderr, flush=True)
    # A little of chance in all of them, as pieces with the same parts would stay the same for ever.
    return torch.where(unknown[:, None], random, kept + 0.1 * random)

"""Packs the trained lexicon into the one file that the app reads: the nearest neighbours of each piece, and no vectors.

The layout is described in models/starter/lexicon/README.md and read by src/retrieval/soft-lexicon/lexicon.ts.
"""
import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common import checkpoint

from model import POWER
from pieces import Pieces

VERSION = 1
# More change no ranking (measured: .424 with none, .455 with 8, .456 with 64 on Japanese paraphrase).
NEIGHBOURS = 8
# Neighbours below a twentieth change no ranking either, and are half of all.
LEAST_WEIGHT = 13


def fnv1a(data: bytes) -> int:
    """32-bit FNV-1a: the file is recognised by it, and a damaged one refused."""
    hashed = 0x811C9DC5
    for byte in data:
        hashed = ((hashed ^ byte) * 0x01000193) & 0xFFFFFFFF
    return hashed


def neighbours(table: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The nearest other pieces of each, nearest first, and how near in 255ths: both pieces x NEIGHBOURS."""
    vectors = F.normalize(table, dim=1)
    most = min(NEIGHBOURS + 1, len(vectors))
    ids, near = [], []
    for first, part in zip(range(0, len(vectors), 1024), vectors.split(1024)):
        likeness = torch.relu(part @ vectors.T) ** POWER
        # Itself is left out, also where another piece is equally near.
        likeness[torch.arange(len(part)), torch.arange(first, first + len(part))] = -1
        values, places = likeness.topk(most - 1, dim=1)
        ids.append(places)
        near.append(values)
    return torch.cat(ids).cpu().numpy(), (torch.cat(near).cpu().numpy() * 255).round().astype(np.uint8)


def layout(pieces: Pieces, ids: np.ndarray, near: np.ndarray, weights: np.ndarray, penalty: float) -> bytes:
    """
    The file.
    @param ids, near of `neighbours`
    @param weights how much each piece counts in a question
    """
    model, count = pieces.model, len(pieces)
    assert len(ids) == len(weights) == count <= 0x10000
    bytes_from = model.piece_to_id("<0x00>")
    words_from = bytes_from + 256
    assert all(model.is_byte(bytes_from + byte) for byte in range(256))
    texts = [model.id_to_piece(piece) for piece in range(words_from, count)]
    assert not any("\n" in piece for piece in texts)
    text = "\n".join(texts).encode()
    scores = np.array([model.get_score(piece) for piece in range(words_from, count)], "<f4")
    kept = near >= LEAST_WEIGHT
    scale = float(weights.max()) / 255
    body = struct.pack("<5I2f", count, bytes_from, words_from, int(kept.sum()), len(text), penalty, scale)
    body += scores.tobytes()
    body += ids[kept].astype("<u2").tobytes()
    body += np.rint(weights / scale).astype("u1").tobytes()
    body += kept.sum(axis=1).astype("u1").tobytes()
    body += near[kept].tobytes()
    body += text
    return b"FLEX" + struct.pack("<2I", VERSION, fnv1a(body)) + body


def pack(work: Path, output: Path) -> int:
    """Writes lexicon.bin. @returns its size in bytes"""
    state = checkpoint.load(work / "checkpoint.pt", "cpu")
    if state is None or state["steps"] == 0:
        raise SystemExit("nothing is trained yet")
    trained = state["lexicon"]
    weights = F.softplus(trained["raw_weights"]).numpy()
    data = layout(Pieces(work / "pieces.model"), *neighbours(trained["table"]), weights, float(trained["penalty"]))
    output.mkdir(parents=True, exist_ok=True)
    (output / "lexicon.bin").write_bytes(data)
    return len(data)

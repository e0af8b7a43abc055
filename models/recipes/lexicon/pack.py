#!/usr/bin/python3
"""Packs the trained soft lexicon into the one file that the app reads.

    /usr/bin/python3 models/recipes/lexicon/pack.py LEXICON.npz TOKENIZER.model models/starter/lexicon/lexicon.bin

Needs Debian's python3-numpy and python3-sentencepiece. Inputs: the neighbours of every piece as trained (arrays `idx`, `w`:
pieces x 8, weights in 255ths; `a`, `a_scale`: weight of each piece in a question; `g`: length penalty), and the unigram model
whose pieces these are. The layout is described in models/starter/lexicon/README.md and read by
src/retrieval/soft-lexicon/lexicon.ts.
"""
import struct
import sys

import numpy as np
import sentencepiece

VERSION = 1
# Neighbours below a twentieth change no ranking (measured when the lexicon was trained) and are half of all.
LEAST_WEIGHT = 13


def fnv1a(data: bytes) -> int:
    """32-bit FNV-1a: the file is recognised by it, and a damaged one refused."""
    hashed = 0x811C9DC5
    for byte in data:
        hashed = ((hashed ^ byte) * 0x01000193) & 0xFFFFFFFF
    return hashed


def pack(lexicon, tokenizer) -> bytes:
    count = tokenizer.get_piece_size()
    ids, weights = lexicon["idx"], lexicon["w"]
    assert ids.shape == weights.shape and ids.shape[0] == count <= 0x10000
    kept = (weights >= LEAST_WEIGHT) & (ids != np.arange(count)[:, None])
    order = np.argsort(-weights.astype(int), axis=1, kind="stable")
    rows = np.arange(count)[:, None]
    ids, weights, kept = ids[rows, order], weights[rows, order], kept[rows, order]

    bytes_from = tokenizer.piece_to_id("<0x00>")
    assert all(tokenizer.is_byte(bytes_from + byte) for byte in range(256))
    words_from = bytes_from + 256
    pieces = [tokenizer.id_to_piece(piece) for piece in range(count)]
    assert not any("\n" in piece for piece in pieces)
    scores = np.array([tokenizer.get_score(piece) for piece in range(count)], "<f4")
    text = "\n".join(pieces[words_from:]).encode()

    body = struct.pack(
        "<5I2f", count, bytes_from, words_from, int(kept.sum()), len(text), float(lexicon["g"]), float(lexicon["a_scale"])
    )
    body += scores[words_from:].tobytes()
    body += ids[kept].astype("<u2").tobytes()
    body += lexicon["a"].astype("u1").tobytes()
    body += kept.sum(axis=1).astype("u1").tobytes()
    body += weights[kept].astype("u1").tobytes()
    body += text
    return b"FLEX" + struct.pack("<2I", VERSION, fnv1a(body)) + body


if __name__ == "__main__":
    lexicon_path, tokenizer_path, output = sys.argv[1:]
    packed = pack(np.load(lexicon_path), sentencepiece.SentencePieceProcessor(model_file=tokenizer_path))
    with open(output, "wb") as file:
        file.write(packed)
    print(output, len(packed), "bytes")

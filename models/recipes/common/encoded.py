"""Training sets as ids: the arrays that are prepared once and read by every run of a training."""
import re
from pathlib import Path
from typing import Callable

import numpy as np

MOST_TOKENS = 192
SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")

Encode = Callable[[str], list[int]]


def encode_text(encode: Encode, records: list[dict], most: int = MOST_TOKENS) -> dict[str, np.ndarray]:
    """`tokens` of sentences end to end; sentence s is [sentences[s], sentences[s+1]), paragraph p likewise of sentences."""
    tokens: list[int] = []
    headings: list[int] = []
    sentences, paragraphs, heading_ends = [0], [0], [0]
    for record in records:
        begun = len(tokens)
        for sentence in SENTENCE_END.split(record["t"]):
            if len(tokens) - begun > most:
                break
            ids = encode(sentence or "")
            if ids:
                tokens += ids
                sentences.append(len(tokens))
        paragraphs.append(len(sentences) - 1)
        headings += encode(record.get("h") or "")
        heading_ends.append(len(headings))
    return dict(
        tokens=np.array(tokens, np.uint16), sentences=np.array(sentences), paragraphs=np.array(paragraphs),
        headings=np.array(headings, np.uint16), heading_ends=np.array(heading_ends),
    )  # fmt: skip


def encode_pairs(encode: Encode, pairs: list[tuple[str, str]], most: int = 2 * MOST_TOKENS) -> dict[str, np.ndarray]:
    """Questions and the different passages, each as ids end to end; `right` is the passage of each question."""
    index = {passage: at for at, passage in enumerate(dict.fromkeys(passage for _, passage in pairs))}
    made = dict(right=np.array([index[passage] for _, passage in pairs], np.int64))
    for name, texts in (("questions", [q for q, _ in pairs]), ("passages", list(index))):
        ids = [encode(text)[:most] for text in texts]
        made[name] = np.array([id for one in ids for id in one], np.uint16)
        made[f"{name}_ends"] = np.cumsum([0] + [len(one) for one in ids])
    return made


def write_sets(
    work: Path, encode: Encode, texts: dict[str, list[dict]], pairs: dict[str, tuple[list, list]], most: int = MOST_TOKENS
) -> None:
    """
    Writes text-SOURCE.npz, pairs-SOURCE.npz and held-SOURCE.npz, those that hold something.
    @param pairs those to train on and those held out
    """
    for source, records in texts.items():
        np.savez(work / f"text-{source}.npz", **encode_text(encode, records, most))
    for source, (kept, held) in pairs.items():
        for kind, some in (("pairs", kept), ("held", held)):
            path = work / f"{kind}-{source}.npz"
            # What an earlier preparation held out is not held out of this one.
            path.unlink(missing_ok=True)
            if some:
                np.savez(path, **encode_pairs(encode, some, 2 * most))
        print(f"{source}: {len(kept)} pairs, {len(held)} held out", flush=True)

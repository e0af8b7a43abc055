"""Reads the training sets, leaves a part of each out, and writes them as ids.

What may be trained on stands in ../shared/data/README.md. A part of the questions and sentence pairs is held out by title
or passage: the curve, the model card and the weight of a fusion (test/eval/fit-fusion.ts) rest on it.
"""
import json
import lzma
import random
import re
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Iterator

import numpy as np

from tokenizer import Tokenizer, learn, runs

# Most paragraphs taken of each text, and how much each counts when pieces are learnt.
TEXTS = {
    "aozora": (30_000, 1), "books": (30_000, 1), "docs-ja": (36_000, 1), "docs-en": (36_000, 1),
    "peps": (13_663, 1), "factbook": (6_699, 3), "jaquadctx": (9_685, 3),
}  # fmt: skip
PAIRS = ["jaquad", "t0qa", "jsts", "xling"]
# Of a hundred titles or passages, so many are held out.
HELD_OUT = {"jaquad": 5, "t0qa": 10, "jsts": 10, "xling": 1}
EVALUATED = ["jaquad-dev", "jsquad-valid", "xquad-en", "squad2-visible"]
# Characters of a string that two texts do not share by chance.
SHARED = 24
MOST_TOKENS = 192
SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")


def read_lines(path: Path) -> Iterator[dict]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def is_held_out(source: str, key: str) -> bool:
    """Decided by the text alone, so that test/eval/fit-fusion.ts finds the same ones."""
    return int.from_bytes(sha256(key.encode()).digest()[:4], "big") % 100 < HELD_OUT[source]


class Leaks:
    """Passages and sentences of the evaluation sets, none of which may be trained on."""

    def __init__(self, folder: Path):
        self.strings: set[int] = set()
        self.sentences: set[str] = set()
        for name in EVALUATED:
            for record in read_lines(folder / f"qa/{name}.jsonl.xz"):
                text = record["context"]
                self.strings.update(hash(text[at : at + SHARED]) for at in range(len(text) - SHARED + 1))
        for record in read_lines(folder / "qa/jsts-paraphrase.jsonl.xz"):
            self.sentences.update(record.get("pool") or [record["q"]])
        for record in read_lines(folder / "qa/en-ja-sentences.jsonl.xz"):
            self.sentences.update((record["q"], record["p"]))

    def holds(self, text: str) -> bool:
        if text in self.sentences:
            return True
        step = SHARED // 2
        return sum(hash(text[at : at + SHARED]) in self.strings for at in range(0, len(text) - SHARED + 1, step)) >= 2


def read_pairs(folder: Path, source: str, leaks: Leaks) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs to train on and pairs held out: (question or sentence, passage or sentence)."""
    kept, held = [], []
    if source == "jaquad":
        for record in read_lines(folder / "qa/jaquad-train.jsonl.xz"):
            if not leaks.holds(record["context"]):
                target = held if is_held_out(source, record["title"]) else kept
                target += [(qa["q"], record["context"]) for qa in record["qas"]]
        return kept, held
    for record in read_lines(folder / f"pairs/{source}.jsonl.xz"):
        if not (leaks.holds(record["p"]) or leaks.holds(record["q"])):
            (held if is_held_out(source, record["p"]) else kept).append((record["q"], record["p"]))
    return kept, held


def count_runs(texts: dict[str, list[dict]], pairs: dict[str, list[tuple[str, str]]]) -> Counter:
    counts: Counter = Counter()
    for source, records in texts.items():
        # Half of a large text names what there is to name.
        for record in records[:: 2 if len(records) > 20_000 else 1]:
            for run in runs(record["t"]):
                counts[run] += TEXTS[source][1]
    for source, both in pairs.items():
        for question, passage in both:
            for run in runs(question) + (runs(passage) if source == "xling" else []):
                counts[run] += 1
    return counts


def encode_text(tokenizer: Tokenizer, records: list[dict]) -> dict[str, np.ndarray]:
    """`tokens` of sentences end to end; sentence s is [sentences[s], sentences[s+1]), paragraph p likewise of sentences."""
    tokens, sentences, paragraphs, headings, heading_ends = [], [0], [0], [], [0]
    for record in records:
        begun = len(tokens)
        for sentence in SENTENCE_END.split(record["t"]):
            if len(tokens) - begun > MOST_TOKENS:
                break
            ids = tokenizer.encode(sentence or "", start=False)
            if ids:
                tokens += ids
                sentences.append(len(tokens))
        paragraphs.append(len(sentences) - 1)
        headings += tokenizer.encode(record.get("h") or "", start=False)
        heading_ends.append(len(headings))
    return dict(
        tokens=np.array(tokens, np.uint16), sentences=np.array(sentences), paragraphs=np.array(paragraphs),
        headings=np.array(headings, np.uint16), heading_ends=np.array(heading_ends),
    )  # fmt: skip


def encode_pairs(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> dict[str, np.ndarray]:
    """Questions and the different passages, each as ids end to end; `right` is the passage of each question."""
    index = {passage: at for at, passage in enumerate(dict.fromkeys(passage for _, passage in pairs))}
    made = dict(right=np.array([index[passage] for _, passage in pairs], np.int64))
    for name, texts in (("questions", [q for q, _ in pairs]), ("passages", list(index))):
        ids = [tokenizer.encode(text, start=False)[: 2 * MOST_TOKENS] for text in texts]
        made[name] = np.array([id for one in ids for id in one], np.uint16)
        made[f"{name}_ends"] = np.cumsum([0] + [len(one) for one in ids])
    return made


def prepare(shared: Path, work: Path, vocabulary: int, threads: int, seed: int) -> None:
    """Writes tokenizer.json, train-SOURCE.npz and held-SOURCE.npz to `work`."""
    began, rng = time.time(), random.Random(seed)
    leaks = Leaks(shared)
    both = {source: read_pairs(shared, source, leaks) for source in PAIRS}
    held_passages = {passage for _, held in both.values() for _, passage in held}
    texts = {}
    for source, (most, _) in TEXTS.items():
        records = [one for one in read_lines(shared / f"text/{source}.jsonl.xz") if one["t"] not in held_passages]
        # A stretch from a random place, as neighbours are each other's hardest negatives.
        start = rng.randrange(max(1, len(records) - most))
        texts[source] = records[start : start + most]
    print(f"read in {time.time() - began:.0f} s", flush=True)
    write(work, texts, both, vocabulary, threads)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences, each with its translation: enough to see every step run."""
    pairs = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {"docs-ja": [{"t": ja} for _, ja in pairs], "docs-en": [{"t": en} for en, _ in pairs]}
    write(work, texts, {"xling": (pairs, pairs[: len(pairs) // 2])}, vocabulary, threads)


def write(work: Path, texts: dict, both: dict, vocabulary: int, threads: int) -> None:
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = learn(count_runs(texts, {name: kept for name, (kept, _) in both.items()}), vocabulary, threads)
    tokenizer.save(work / "tokenizer.json")
    print(f"{len(tokenizer)} pieces", flush=True)
    for source, records in texts.items():
        np.savez(work / f"text-{source}.npz", **encode_text(tokenizer, records))
    for source, (kept, held) in both.items():
        np.savez(work / f"pairs-{source}.npz", **encode_pairs(tokenizer, kept))
        np.savez(work / f"held-{source}.npz", **encode_pairs(tokenizer, held))
        print(f"{source}: {len(kept)} pairs, {len(held)} held out", flush=True)

"""Reads the training sets and writes them as ids (../common/sets.py says what is left out and why).

Beside the sets there are paraphrases that nobody wrote (paraphrases.py).
"""
import random
import time
from collections import Counter
from pathlib import Path

from common.encoded import write_sets
from common.sets import PAIRS, Leaks, Pair, read_lines, read_pairs

from paraphrases import paraphrases
from pieces import Pieces, learn, of_lexicon, runs

# Most paragraphs taken of each text, and how much each counts when pieces are learnt.
TEXTS = {
    "aozora": (30_000, 1), "books": (30_000, 1), "docs-ja": (36_000, 1), "docs-en": (36_000, 1),
    "peps": (13_663, 1), "factbook": (6_699, 3), "jaquadctx": (9_685, 3),
}  # fmt: skip


def prepare(shared: Path, work: Path, keep: Path | None, vocabulary: int, threads: int, seed: int) -> None:
    """
    Writes pieces.model, text-SOURCE.npz, pairs-SOURCE.npz and held-SOURCE.npz to `work`.
    @param keep a packed lexicon whose pieces are kept; none: pieces are learnt
    """
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
    write(work, texts, both, keep, vocabulary, threads, seed)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences, each with its translation: enough to see every step run."""
    pairs = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {"docs-ja": [{"t": ja} for _, ja in pairs], "docs-en": [{"t": en} for en, _ in pairs]}
    write(work, texts, {"xling": (pairs, pairs[: len(pairs) // 2])}, None, vocabulary, threads, 1)


def count_runs(texts: dict[str, list[dict]], pairs: dict[str, tuple[list[Pair], list[Pair]]]) -> Counter:
    counts: Counter = Counter()
    for source, records in texts.items():
        # Half of a large text names what there is to name.
        for record in records[:: 2 if len(records) > 20_000 else 1]:
            for run in runs(record["t"]):
                counts[run] += TEXTS[source][1]
    for source, (kept, _) in pairs.items():
        for question, passage in kept:
            for run in runs(question) + (runs(passage) if source == "xling" else []):
                counts[run] += 1
    return counts


def write(
    work: Path, texts: dict, both: dict, keep: Path | None, vocabulary: int, threads: int, seed: int
) -> None:
    work.mkdir(parents=True, exist_ok=True)
    if keep:
        of_lexicon(keep, work / "pieces.model")
    else:
        learn(count_runs(texts, both), vocabulary, threads, work / "pieces.model")
    pieces = Pieces(work / "pieces.model")
    print(f"{len(pieces)} pieces", flush=True)
    write_sets(work, pieces.encode, texts, {**both, **paraphrases(both["xling"][0], pieces, seed)})

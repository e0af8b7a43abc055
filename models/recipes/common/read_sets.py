"""The training sets of the recipes that retrieve: pairs and paragraphs read, and how often each run of letters counts."""
import random
from collections import Counter
from pathlib import Path
from typing import Callable

from .sets import PAIRS, TEXTS, Leaks, Pair, read_lines, read_pairs

# By source: pairs to train on, and pairs held out.
Pairs = dict[str, tuple[list[Pair], list[Pair]]]
# By source: paragraphs (`t`) with their headings (`h`).
Texts = dict[str, list[dict]]

# Most paragraphs of each text: what a session on a processor has the time to learn from.
MOST = {
    "aozora": 30_000, "books": 30_000, "docs-ja": 36_000, "docs-en": 36_000, "peps": 13_663, "factbook": 6_699, "jaquadctx": 9_685,
}  # fmt: skip
# How much each text counts when pieces are learnt; the others count 1.
COUNTED = {"factbook": 3, "jaquadctx": 3}
# Of a text with more paragraphs, half names what there is to name.
LARGE = 20_000


def read_sets(shared: Path, most: dict[str, int], rng: random.Random | None = None) -> tuple[Texts, Pairs]:
    """
    @param most paragraphs taken of each text
    @param rng draws the place that a stretch of paragraphs begins at; none: each text is read from its beginning
    """
    leaks = Leaks(shared)
    pairs = {source: read_pairs(shared, source, leaks) for source in PAIRS}
    held = {passage for _, some in pairs.values() for _, passage in some}
    texts = {}
    for source in TEXTS:
        records = [one for one in read_lines(shared / f"text/{source}.jsonl.xz") if one["t"] not in held]
        # Neighbours stay together: they are each other's hardest negatives.
        start = rng.randrange(max(1, len(records) - most[source])) if rng else 0
        texts[source] = records[start : start + most[source]]
    return texts, pairs


def read_sample(path: Path) -> tuple[Texts, Pairs]:
    """The same of our own few sentences, each with its translation: enough to see every step run."""
    pairs = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {"docs-ja": [{"t": ja} for _, ja in pairs], "docs-en": [{"t": en} for en, _ in pairs]}
    return texts, {"xling": (pairs, pairs[: len(pairs) // 2])}


def count_runs(texts: Texts, pairs: Pairs, runs: Callable[[str], list[str]]) -> Counter:
    """How often each run of letters stands in the texts and in the pairs to train on, as pieces are learnt from them."""
    counts: Counter = Counter()
    for source, records in texts.items():
        for record in records[:: 2 if len(records) > LARGE else 1]:
            for run in runs(record["t"]):
                counts[run] += COUNTED.get(source, 1)
    for source, (kept, _) in pairs.items():
        for question, passage in kept:
            for run in runs(question) + (runs(passage) if source == "xling" else []):
                counts[run] += 1
    return counts

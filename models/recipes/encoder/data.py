"""Reads the training sets, leaves a part of each out, and writes them as ids (../common/sets.py says which and why)."""
import time
from collections import Counter
from pathlib import Path

from common.encoded import write_sets
from common.sets import PAIRS, TEXTS, Leaks, Pair, read_lines, read_pairs, said_alike
from common.folded_pieces import runs

from bm25 import write_negatives
from tokenizer import learn

# How much each text counts when pieces are learnt; the others count 1.
COUNTED = {"factbook": 3, "jaquadctx": 3}
# Texts with headings and questions are what passages of documents look like.
MOST_TOKENS = 224


def prepare(shared: Path, work: Path, vocabulary: int, threads: int, most_paragraphs: int) -> None:
    """
    Writes tokenizer.json, text-SOURCE.npz, pairs-SOURCE.npz, held-SOURCE.npz and negatives-SOURCE.npz to `work`.
    @param most_paragraphs of each text
    """
    began = time.time()
    leaks = Leaks(shared)
    both = {source: read_pairs(shared, source, leaks) for source in PAIRS}
    both["alike-ja"] = said_alike(both["xling"][0], 1), []
    both["alike-en"] = said_alike(both["xling"][0], 0), []
    held_passages = {passage for _, held in both.values() for _, passage in held}
    texts = {}
    for source in TEXTS:
        records = (one for one in read_lines(shared / f"text/{source}.jsonl.xz") if one["t"] not in held_passages)
        texts[source] = [record for _, record in zip(range(most_paragraphs), records)]
    print(f"read in {time.time() - began:.0f} s", flush=True)
    write(work, texts, both, vocabulary, threads)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences, each with its translation: enough to see every step run."""
    pairs = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {"docs-ja": [{"t": ja} for _, ja in pairs], "docs-en": [{"t": en} for en, _ in pairs]}
    # As questions on passages: the sentences around each, so that there is something to be told apart.
    lines = [ja for _, ja in pairs]
    asked = [(en, "".join(lines[max(0, at - 1) : at + 2])) for at, (en, _) in enumerate(pairs)]
    asked += [(ja, "".join(lines[max(0, at - 1) : at + 2])) for at, ja in enumerate(lines)]
    write(work, texts, {"xling": (pairs, pairs[: len(pairs) // 2]), "jaquad": (asked, asked[::4])}, vocabulary, threads)


def count_runs(texts: dict[str, list[dict]], pairs: dict[str, tuple[list[Pair], list[Pair]]]) -> Counter:
    counts: Counter = Counter()
    for source, records in texts.items():
        # Half of a large text names what there is to name.
        for record in records[:: 2 if len(records) > 20_000 else 1]:
            for run in runs(record["t"]):
                counts[run] += COUNTED.get(source, 1)
    for source, (kept, _) in pairs.items():
        for question, passage in kept:
            for run in runs(question) + (runs(passage) if source == "xling" else []):
                counts[run] += 1
    return counts


def write(work: Path, texts: dict, both: dict, vocabulary: int, threads: int) -> None:
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = learn(count_runs(texts, both), vocabulary, threads)
    tokenizer.save(work / "tokenizer.json")
    print(f"{len(tokenizer)} pieces", flush=True)
    write_sets(work, tokenizer.plain, texts, both, MOST_TOKENS)
    for source in ("jaquad", "t0qa"):
        if source in both:
            write_negatives(work, source, len(tokenizer))

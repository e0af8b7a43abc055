"""Reads the training sets, leaves a part of each out, and writes them as ids (../common/sets.py says which and why)."""
import time
from pathlib import Path

from common.encoded import write_sets
from common.folded_pieces import runs
from common.read_sets import Pairs, Texts, count_runs, read_sample, read_sets
from common.sets import TEXTS, said_alike

from bm25 import write_negatives
from tokenizer import learn

# Texts with headings and questions are what passages of documents look like.
MOST_TOKENS = 224


def prepare(shared: Path, work: Path, vocabulary: int, threads: int, most_paragraphs: int) -> None:
    """
    Writes tokenizer.json, text-SOURCE.npz, pairs-SOURCE.npz, held-SOURCE.npz and negatives-SOURCE.npz to `work`.
    @param most_paragraphs of each text
    """
    began = time.time()
    texts, pairs = read_sets(shared, dict.fromkeys(TEXTS, most_paragraphs))
    pairs["alike-ja"] = said_alike(pairs["xling"][0], 1), []
    pairs["alike-en"] = said_alike(pairs["xling"][0], 0), []
    print(f"read in {time.time() - began:.0f} s", flush=True)
    write(work, texts, pairs, vocabulary, threads)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences."""
    texts, pairs = read_sample(path)
    # As questions on passages: the sentences around each, so that there is something to be told apart.
    lines = [japanese for _, japanese in pairs["xling"][0]]
    around = ["".join(lines[max(0, at - 1) : at + 2]) for at in range(len(lines))]
    asked = [*zip((english for english, _ in pairs["xling"][0]), around), *zip(lines, around)]
    write(work, texts, {**pairs, "jaquad": (asked, asked[::4])}, vocabulary, threads)


def write(work: Path, texts: Texts, pairs: Pairs, vocabulary: int, threads: int) -> None:
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = learn(count_runs(texts, pairs, runs), vocabulary, threads)
    tokenizer.save(work / "tokenizer.json")
    print(f"{len(tokenizer)} pieces", flush=True)
    write_sets(work, tokenizer.plain, texts, pairs, MOST_TOKENS)
    for source in ("jaquad", "t0qa"):
        if source in pairs:
            write_negatives(work, source, len(tokenizer))

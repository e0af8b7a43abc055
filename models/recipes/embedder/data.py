"""Reads the training sets, leaves a part of each out, and writes them as ids (../common/sets.py says which and why)."""
import random
import time
from pathlib import Path

from common.encoded import write_sets
from common.read_sets import MOST, Pairs, Texts, count_runs, read_sample, read_sets

from tokenizer import learn, runs


def prepare(shared: Path, work: Path, vocabulary: int, threads: int, seed: int) -> None:
    """Writes tokenizer.json, text-SOURCE.npz, pairs-SOURCE.npz and held-SOURCE.npz to `work`."""
    began = time.time()
    texts, pairs = read_sets(shared, MOST, random.Random(seed))
    print(f"read in {time.time() - began:.0f} s", flush=True)
    write(work, texts, pairs, vocabulary, threads)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences."""
    write(work, *read_sample(path), vocabulary, threads)


def write(work: Path, texts: Texts, pairs: Pairs, vocabulary: int, threads: int) -> None:
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = learn(count_runs(texts, pairs, runs), vocabulary, threads)
    tokenizer.save(work / "tokenizer.json")
    print(f"{len(tokenizer)} pieces", flush=True)
    write_sets(work, lambda text: tokenizer.encode(text, start=False), texts, pairs)

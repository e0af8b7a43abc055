"""Reads the training sets and writes them as ids (../common/sets.py says what is left out and why).

Beside the sets there are paraphrases that nobody wrote (paraphrases.py).
"""
import random
import time
from pathlib import Path

from common.encoded import write_sets
from common.read_sets import MOST, Pairs, Texts, count_runs, read_sample, read_sets

from paraphrases import paraphrases
from pieces import Pieces, learn, of_lexicon, runs


def prepare(shared: Path, work: Path, keep: Path | None, vocabulary: int, threads: int, seed: int) -> None:
    """
    Writes pieces.model, text-SOURCE.npz, pairs-SOURCE.npz and held-SOURCE.npz to `work`.
    @param keep a packed lexicon whose pieces are kept; none: pieces are learnt
    """
    began = time.time()
    texts, pairs = read_sets(shared, MOST, random.Random(seed))
    print(f"read in {time.time() - began:.0f} s", flush=True)
    write(work, texts, pairs, keep, vocabulary, threads, seed)
    print(f"prepared in {time.time() - began:.0f} s", flush=True)


def prepare_sample(path: Path, work: Path, vocabulary: int, threads: int) -> None:
    """The same from our own few sentences."""
    write(work, *read_sample(path), None, vocabulary, threads, 1)


def write(
    work: Path, texts: Texts, pairs: Pairs, keep: Path | None, vocabulary: int, threads: int, seed: int
) -> None:
    work.mkdir(parents=True, exist_ok=True)
    if keep:
        of_lexicon(keep, work / "pieces.model")
    else:
        learn(count_runs(texts, pairs, runs), vocabulary, threads, work / "pieces.model")
    pieces = Pieces(work / "pieces.model")
    print(f"{len(pieces)} pieces", flush=True)
    write_sets(work, pieces.encode, texts, {**pairs, **paraphrases(pairs["xling"][0], pieces, seed)})

"""Learns the tokenizer from text of both languages and from generated documents.

Where ../shared/data is not there, or in a rehearsal, generated documents alone have to do: the tokenizer is as lossless, but
other texts fall into more pieces.
"""
import itertools
import json
import lzma
import time
from collections.abc import Iterator
from pathlib import Path

from common.text_tokenizer import TextTokenizer, count_runs, learn
from facts.documents import Difficulty, Generator, render_passages, render_question

# Characters taken of each text; sources and licences stand in ../shared/data/README.md.
AMOUNTS = {
    "aozora": 1_500_000, "books": 2_000_000, "docs-en": 1_500_000, "docs-ja": 1_500_000, "factbook": 1_200_000,
    "jaquadctx": 2_500_000, "peps": 400_000,
}  # fmt: skip
# Paragraphs are taken from all over a text.
EVERY = 7


def paragraphs(path: Path, amount: int) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in itertools.islice(file, 0, None, EVERY):
            text = json.loads(line)["t"]
            yield text
            amount -= len(text)
            if amount < 0:
                return


def generated_texts(sets: int, seed: int) -> Iterator[str]:
    generator = Generator(seed)
    for _ in range(sets):
        documents = generator.document_set(Difficulty())
        yield render_passages(documents.passages, documents.language)
        for question in documents.questions:
            yield render_question(documents.language, question.text)


def learn_tokenizer(shared: Path | None, size: int, sets: int, seed: int, threads: int) -> TextTokenizer:
    """@param shared the folder of texts, or none"""
    began = time.time()
    counts = count_runs(generated_texts(sets, seed))
    # Thirty phrases over and over would fill the vocabulary with whole names: the texts have to outweigh them.
    for name, amount in AMOUNTS.items():
        path = shared / f"text/{name}.jsonl.xz" if shared else None
        if path and path.exists():
            counts.update(count_runs(paragraphs(path, amount)))
    tokenizer = learn(counts, size, threads)
    print(f"{len(tokenizer):,} pieces from {len(counts):,} runs in {time.time() - began:.0f} s", flush=True)
    return tokenizer

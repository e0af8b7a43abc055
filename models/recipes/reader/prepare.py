"""Writes what the stages read: the tokenizer, questions and what is held out of them, questions made by rule, running text."""
import itertools
import json
import random
import time
from pathlib import Path
from typing import Iterator

import numpy as np
from common.sets import Leaks, read_lines
from common.text_tokenizer import END, TextTokenizer
from data import learn_tokenizer
from facts.documents import Difficulty, DocumentSet, Generator

from cloze import cloze
from records import Record, english, jaquad, located, write_records

# Paragraphs of each text: questions made by rule, and running text.
CLOZE = {"jaquadctx": 9_000, "docs-ja": 6_000, "factbook": 6_000, "books": 6_000, "docs-en": 6_000, "peps": 2_000}
RUNNING = {"aozora": 12_000, "books": 12_000, "docs-ja": 20_000, "docs-en": 20_000, "factbook": 6_000, "jaquadctx": 9_000, "peps": 6_000}
JAPANESE = ("aozora", "docs-ja", "jaquadctx")


def paragraphs(shared: Path, source: str, most: int) -> Iterator[tuple[str, str, str]]:
    """Language, title (its document), and text."""
    language = "ja" if source in JAPANESE else "en"
    for line in itertools.islice(read_lines(shared / f"text/{source}.jsonl.xz"), most):
        yield language, f"{source} {line['d']}", line["t"]


def prepare(repository: Path, shared: Path, work: Path, keep: Path | None, pieces: int, threads: int, seed: int) -> None:
    """@param keep a tokenizer.json that is used as it is; none: one is learnt"""
    began, rng = time.time(), random.Random(seed)
    leaks = Leaks(shared)
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = TextTokenizer.load(keep) if keep else learn_tokenizer(shared, pieces, 2_000, seed, threads)
    tokenizer.save(work / "tokenizer.json")
    japanese, japanese_held = jaquad(shared, leaks)
    ours, ours_held = english(repository, shared)
    write_records(work / "jaquad.jsonl", japanese)
    write_records(work / "english.jsonl", ours)
    write_records(work / "held.jsonl", japanese_held + ours_held)
    texts = (each for source, most in CLOZE.items() for each in paragraphs(shared, source, most))
    made = cloze((each for each in texts if not leaks.holds(each[2])), rng)
    write_records(work / "cloze.jsonl", made)
    running = (text for source, most in RUNNING.items() for _, _, text in paragraphs(shared, source, most))
    write_running(work, tokenizer, running)
    asked = lambda records: sum(len(record.asked) for record in records)
    counted = dict(jaquad=asked(japanese), english=asked(ours), held=asked(japanese_held + ours_held), cloze=asked(made))
    print(json.dumps(dict(pieces=len(tokenizer), questions=counted, seconds=round(time.time() - began))), flush=True)


def prepare_sample(sample: Path, work: Path, pieces: int, threads: int) -> None:
    """The same from generated documents and our own few sentences: enough to see every step run."""
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = learn_tokenizer(None, pieces, 60, 1, threads)
    tokenizer.save(work / "tokenizer.json")
    generator, held = Generator(5), Generator(6, held_out=True)
    shape = Difficulty(passages=2, things=2, facts=2, tables=0, fillers=0)
    records = [record for _ in range(40) for record in of_facts(generator.document_set(shape))]
    write_records(work / "jaquad.jsonl", [record for record in records if record.language == "ja"])
    write_records(work / "english.jsonl", [record for record in records if record.language == "en"])
    write_records(work / "held.jsonl", [record for _ in range(4) for record in of_facts(held.document_set(shape))])
    pairs = [line.split("\t") for line in sample.read_text(encoding="utf-8").splitlines()]
    texts = [text for at in range(0, len(pairs), 5) for text in joined(pairs[at : at + 5])]
    paragraphs = [(("en", "ja")[at % 2], "sample", text) for at, text in enumerate(texts)]
    write_records(work / "cloze.jsonl", cloze(paragraphs, random.Random(1)))
    write_running(work, tokenizer, texts)


def joined(pairs: list[list[str]]) -> tuple[str, str]:
    """Sentences of each language as a paragraph."""
    return " ".join(english for english, _ in pairs), "".join(japanese for _, japanese in pairs)


def of_facts(documents: DocumentSet) -> Iterator[Record]:
    """Generated documents as records, as if people had asked about them."""
    for number, passage in enumerate(documents.passages, 1):
        record = Record(documents.language, documents.passages[0][:20], passage)
        for question in documents.questions:
            if question.citation == number and question.value:
                located(record, question.text, question.value)
        if record.asked:
            yield record


def write_running(work: Path, tokenizer: TextTokenizer, texts) -> None:
    ids = [id for text in texts for id in [*tokenizer.encode(text), END]]
    np.save(work / "running.npy", np.array(ids, np.uint16))

"""Writes what the stages read: the tokenizer, questions and what is held out of them, questions made by rule, running text."""
import itertools
import json
import random
import time
from pathlib import Path
from typing import Iterable, Iterator

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


# Language, title (its document), and text.
Paragraph = tuple[str, str, str]


def paragraphs(shared: Path, source: str, most: int) -> Iterator[Paragraph]:
    language = "ja" if source in JAPANESE else "en"
    for line in itertools.islice(read_lines(shared / f"text/{source}.jsonl.xz"), most):
        yield language, f"{source} {line['d']}", line["t"]


def apart_from(held: list[Record], leaks: Leaks, texts: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Without what evaluation sets have, and without paragraphs of held-out questions, which stand in the texts too."""
    contexts = {record.context for record in held}
    return (each for each in texts if each[2] not in contexts and not leaks.holds(each[2]))


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
    held = japanese_held + ours_held
    write_records(work / "held.jsonl", held)
    all_of = lambda amounts: (each for source, most in amounts.items() for each in paragraphs(shared, source, most))
    made = cloze(apart_from(held, leaks, all_of(CLOZE)), rng)
    write_records(work / "cloze.jsonl", made)
    write_running(work, tokenizer, (text for _, _, text in apart_from(held, leaks, all_of(RUNNING))))
    asked = lambda records: sum(len(record.asked) for record in records)
    counted = dict(jaquad=asked(japanese), english=asked(ours), held=asked(held), cloze=asked(made))
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

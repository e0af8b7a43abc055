"""Learns to ask, from questions and their answers; asks about text nobody asked about; keeps what the reader answers alike.

A generated question is kept where the reader, given the passage among others, gives the answer that was asked for (round-trip
consistency, Alberti 2019).
"""
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from batches import Batches, Example, as_example
from common import checkpoint
from common.llama import Batch, Llama, Shape
from common.running import device_name
from common.text_tokenizer import ASSISTANT, END, USER, TextTokenizer
from facts.documents import DocumentSet, Question, render_passages

from cloze import CANDIDATE, LONGEST_ANSWER
from decode import decode
from mixture import PLANS
from records import Record, located, read_records, write_records
from scores import score, value_of
from stages import Read

ASK_ABOUT = {"en": "Answer: ", "ja": "答え："}
# F1 of the reader's answer with the one asked for.
ALIKE = 0.8
QUESTIONS_A_PARAGRAPH = 4
MOST_CHARACTERS = {"ja": 400, "en": 900}
PARAGRAPHS_AT_ONCE = 256


def as_asking(tokenizer: TextTokenizer, record: Record, answers: list[str], questions: list[str]) -> Example:
    """The other way round: behind the passage stands an answer, and the question for it follows."""
    prefix = [USER, *tokenizer.encode(render_passages([record.context], record.language))]
    items, starts = [], []
    for answer, question in zip(answers, questions):
        told = [*tokenizer.encode(ASK_ABOUT[record.language] + answer), ASSISTANT]
        items.append([*told, *tokenizer.encode(question), END])
        starts.append(len(told))
    return prefix, items, starts


class Ask(Read):
    """The stage that trains it, from where the reader stands after mixing."""

    def __init__(self, work: Path, shape: Shape, seed: int, device: str, tokens: int, workers: int = 0):
        # The plan of mixing gives sources and rates; what is drawn is its own.
        PLANS.setdefault("ask", PLANS["settle"])
        super().__init__(work, "ask", shape, seed, device, tokens, workers)
        names = ("jaquad", "english")
        self.records = [record for name in names for record in read_records(work / f"{name}.jsonl") if fits(record)]

    def batches(self, seed: int, progress: Callable[[], float]) -> Iterator[tuple[bool, Batch]]:
        rng = random.Random(seed)
        stream = Batches(lambda: self.draw(rng), self.batch_tokens, seed)
        while True:
            yield False, stream.next()

    def draw(self, rng: random.Random) -> Example:
        record = rng.choice(self.records)
        asked = rng.sample(record.asked, min(len(record.asked), QUESTIONS_A_PARAGRAPH))
        return as_asking(self.sources.tokenizer, record, [one.answer for one in asked], [one.question for one in asked])

    def measure(self) -> dict:
        return {}


def fits(record: Record) -> bool:
    return len(record.context) <= 2 * MOST_CHARACTERS[record.language]


def load(work: Path, stage: str, shape: Shape, device: str) -> Llama:
    """@throws SystemExit where the stage has not run"""
    state = checkpoint.load_trained(work / f"{stage}.pt", device)
    if state is None:
        raise SystemExit(f"stage {stage} has not run")
    model = Llama(shape).to(device)
    model.load_state_dict(state["model"])
    return model.eval()


def generate(work: Path, shape: Shape, most: int, seed: int) -> tuple[int, int]:
    """Writes generated.jsonl. @param most paragraphs asked about @returns questions asked, and those kept"""
    device, rng = device_name(), random.Random(seed)
    tokenizer = TextTokenizer.load(work / "tokenizer.json")
    asker, reader = load(work, "ask", shape, device), load(work, "mix", shape, device)
    records = [record for record in read_records(work / "cloze.jsonl") if fits(record)]
    rng.shuffle(records)
    asked, kept = 0, []
    for at in range(0, min(most, len(records)), PARAGRAPHS_AT_ONCE):
        part = [record for record in records[at : at + PARAGRAPHS_AT_ONCE][: most - at]]
        questions = ask_about(asker, tokenizer, part, rng)
        asked += sum(len(each) for each in questions)
        kept += round_trip(reader, tokenizer, part, questions, rng)
    write_records(work / "generated.jsonl", kept)
    return asked, sum(len(record.asked) for record in kept)


def ask_about(asker: Llama, tokenizer: TextTokenizer, records: list[Record], rng: random.Random) -> list[list[tuple[str, str]]]:
    """Questions with what they ask for: numbers, names and terms of each paragraph."""
    chosen = []
    for record in records:
        found = {one.group() for one in CANDIDATE[record.language].finditer(record.context)}
        found = {answer for answer in found if len(answer) <= LONGEST_ANSWER}
        chosen.append(rng.sample(sorted(found), min(len(found), QUESTIONS_A_PARAGRAPH)))
    wanted = [
        (row, as_asking(tokenizer, record, some, [""] * len(some)))
        for row, (record, some) in enumerate(zip(records, chosen)) if some
    ]  # fmt: skip
    questions: list[list[tuple[str, str]]] = [[] for _ in records]
    for (row, _), decoded in zip(wanted, decode(asker, [example for _, example in wanted])):
        texts = map(tokenizer.decode, decoded)
        questions[row] = [(text.strip(), answer) for text, answer in zip(texts, chosen[row]) if text.strip()]
    return questions


def round_trip(
    reader: Llama, tokenizer: TextTokenizer, records: list[Record], questions: list[list[tuple[str, str]]], rng: random.Random
) -> list[Record]:
    """The paragraphs with the questions that the reader answers as they were meant."""
    examples, rows = [], []
    for row, (record, asked) in enumerate(zip(records, questions)):
        other = rng.choice(records)
        passages = [record.context] if other is record else [record.context, other.context]
        documents = DocumentSet(record.language, passages, [Question(text, answer, 1, "told") for text, answer in asked])
        if asked:
            examples.append(as_example(tokenizer, documents))
            rows.append(row)
    kept = []
    for row, decoded in zip(rows, decode(reader, examples)):
        record = Record(records[row].language, records[row].title, records[row].context)
        for (question, answer), ids in zip(questions[row], decoded):
            given = value_of(tokenizer.decode(ids), record.language)
            if score(given, [answer], record.language)[1] >= ALIKE:
                located(record, question, answer)
        if record.asked:
            kept.append(record)
    return kept



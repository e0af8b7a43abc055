"""Paragraphs with questions whose answers stand in them: read, held apart, cut to a length, and shuffled among others.

Whatever a question comes from (JaQuAD, our English questions, a sentence with a gap, a generated question), the reader sees it
as a document set of numbered passages, with distractors (of the same title where there are any), and with questions that no
passage answers.
"""
import json
import random
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from common.sets import Leaks, is_held_out, read_lines
from facts.documents import DocumentSet, Question

SENTENCE = re.compile(r"[^。！？.!?\n]*(?:[。！？\n]+|[.!?]+(?=\s|$)|$|.)")
# For each question with an answer, how often one without comes beside it; and how many of those are of the same title, where a
# title has several paragraphs (our English questions have none that does: theirs are of other paragraphs).
UNANSWERABLE, HARD = 0.2, 0.5
TRIES = 8
MOST_QUESTIONS, MOST_DISTRACTORS = 4, 3


@dataclass(frozen=True)
class Asked:
    question: str
    answer: str
    start: int
    """Where the answer begins in the paragraph."""


@dataclass
class Record:
    language: str
    title: str
    context: str
    asked: list[Asked] = field(default_factory=list)


def located(record: Record, question: str, answer: str, start: int = -1) -> None:
    """Adds a question whose answer stands in the paragraph; any other is left out."""
    at = start if record.context.startswith(answer, max(0, start)) and start >= 0 else record.context.find(answer)
    if answer and question and at >= 0:
        record.asked.append(Asked(question, answer, at))


def jaquad(shared: Path, leaks: Leaks) -> tuple[list[Record], list[Record]]:
    """Those to train on, and those held out by title (the same titles as in the other recipes)."""
    kept: list[Record] = []
    held: list[Record] = []
    for line in read_lines(shared / "qa/jaquad-train.jsonl.xz"):
        if leaks.holds(line["context"]):
            continue
        record = Record("ja", line["title"], line["context"])
        for each in line["qas"]:
            located(record, each["q"], each["a"][0], each.get("start", -1))
        if record.asked:
            (held if is_held_out("jaquad", line["title"]) else kept).append(record)
    return kept, held


def english(repository: Path, shared: Path) -> tuple[list[Record], list[Record]]:
    """English questions written, or answered, for this project (test/eval/english-questions.ts says how the files are read)."""
    records: dict[str, Record] = {}
    sets: dict[str, list[dict]] = {}
    rows = (repository / "test/eval/english-questions.tsv").read_text(encoding="utf-8").strip().split("\n")[1:]
    for row in rows:
        name, line, start, question, answer = (row.split("\t") + [""] * 5)[:5]
        if name not in sets:
            sets[name] = list(read_lines(shared / f"{name}.jsonl.xz"))
        source = sets[name][int(line)]
        context = source.get("t") or source["p"]
        record = records.setdefault(context, Record("en", f"{name} {line}", context))
        located(record, question or source["q"], answer, int(start))
    for at, part in enumerate(re.split(r"^## ", (repository / "test/eval/english-rules.txt").read_text("utf-8"), flags=re.M)[1:]):
        context, *lines = part.strip().split("\n")
        record = records.setdefault(context, Record("en", f"rules {at}", context))
        for line in lines:
            question, _, answer = line.partition(" | ")
            located(record, question, answer)
    asked = [record for record in records.values() if record.asked]
    held = [record for record in asked if is_held_out("t0qa", record.title)]
    return [record for record in asked if record not in held], held


def write_records(path: Path, records: list[Record]) -> None:
    lines = (json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":")) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_records(path: Path) -> list[Record]:
    if not path.exists():
        return []
    loaded = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Record(one["language"], one["title"], one["context"], [Asked(**each) for each in one["asked"]]) for one in loaded]


def window(context: str, start: int, end: int, most: int, rng: random.Random) -> tuple[int, int]:
    """
    Where whole sentences around [start, end) begin and end, as many as `most` characters hold, the place of the answer among
    them at random, without spaces at either end.
    """
    bounds = [0]
    for match in SENTENCE.finditer(context):
        if match.end() > bounds[-1]:
            bounds.append(match.end())
    first = max(at for at in range(len(bounds)) if bounds[at] <= start)
    last = min(at for at in range(len(bounds)) if bounds[at] >= end)
    while True:
        fits = [
            (low, high) for low, high in ((first - 1, last), (first, last + 1))
            if low >= 0 and high < len(bounds) and bounds[high] - bounds[low] <= most
        ]  # fmt: skip
        if not fits:
            return stripped(context, bounds[first], bounds[last])
        first, last = rng.choice(fits)


def stripped(text: str, begin: int, end: int) -> tuple[int, int]:
    part = text[begin:end]
    return begin + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


class Questions:
    """Document sets of records of one language."""

    def __init__(self, records: list[Record]):
        self.records = records
        self.by_title: dict[str, list[Record]] = {}
        for record in records:
            self.by_title.setdefault(record.title, []).append(record)

    def document_set(self, rng: random.Random, most: int, distractors: int = MOST_DISTRACTORS) -> DocumentSet:
        """@param most characters of a passage"""
        record = rng.choice(self.records)
        around = rng.choice(record.asked)
        begin, end = window(record.context, around.start, around.start + len(around.answer), most, rng)
        told = record.context[begin:end]
        others = [self.distractor(record, most, rng) for _ in range(rng.randint(0, distractors))]
        passages = [told, *(passage for passage in others if passage and around.answer not in passage)]
        rng.shuffle(passages)
        number = passages.index(told) + 1
        # That the same words stand in the window is not enough: where they answer the question may be outside.
        within = lambda each: begin <= each.start and each.start + len(each.answer) <= end
        fits = [each for each in record.asked if within(each) and each is not around]
        chosen = [around, *rng.sample(fits, min(len(fits), MOST_QUESTIONS - 1))]
        questions = [Question(each.question, each.answer, number, "told") for each in chosen]
        for _ in range(len(questions)):
            if rng.random() < UNANSWERABLE and (absent := self.absent(record, passages, rng)):
                questions.append(absent)
        rng.shuffle(questions)
        return DocumentSet(record.language, passages, questions)

    def distractor(self, record: Record, most: int, rng: random.Random) -> str:
        siblings = [each for each in self.by_title[record.title] if each is not record]
        other = rng.choice(siblings or self.records)
        at = rng.randrange(max(1, len(other.context)))
        if other is record:
            return ""
        begin, end = window(other.context, at, at, most, rng)
        return other.context[begin:end]

    def absent(self, record: Record, passages: list[str], rng: random.Random) -> Question | None:
        """A question about another paragraph, of the same title or of any, whose answer stands in no passage."""
        siblings = [each for each in self.by_title[record.title] if each is not record] if rng.random() < HARD else []
        for _ in range(TRIES):
            other = rng.choice(siblings or self.records)
            asked = rng.choice(other.asked)
            if other is not record and not any(asked.answer in passage for passage in passages):
                return Question(asked.question, None, 0, "absent-attribute" if siblings else "absent-thing")
        return None

"""The held-out documents as files, which evaluations in any language read: one document set a line."""
import json
import random
from pathlib import Path

from facts.documents import LANGUAGES, Difficulty, DocumentSet, Generator, Question
from facts.world import known_facts, told_among

HERE = Path(__file__).resolve().parent / "held-out"
SETS = 90
# Always five passages, so that there are four beside the right one.
DIFFICULTY = Difficulty(passages=5, least_passages=5, things=2, facts=3)
# What a retriever finds: of how many questions about known facts the right passage is among those shown.
FOUND = 0.7


def document_sets() -> list[DocumentSet]:
    generator = Generator(4_711, held_out=True)
    return [generator.document_set(DIFFICULTY, LANGUAGES[at % 2]) for at in range(SETS)]


def world_sets() -> list[DocumentSet]:
    """Each known fact, asked in a wording that no adapter was trained on, with documents among which it may stand."""
    generator, rng = Generator(4_712, held_out=True), random.Random(4_712)
    shape = Difficulty(passages=4, least_passages=4, things=1, facts=2)
    return [
        told_among(known, generator.document_set(shape, known.language), rng, rng.random() < FOUND, known.questions[-1])
        for known in known_facts()
    ]  # fmt: skip


def write() -> None:
    HERE.mkdir(exist_ok=True)
    for name, sets in (("documents", document_sets()), ("world", world_sets())):
        lines = [json.dumps(as_record(each), ensure_ascii=False, separators=(",", ":")) for each in sets]
        (HERE / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_record(documents: DocumentSet) -> dict:
    questions = [
        dict(question=each.text, answer=each.value, citation=each.citation, answerable=each.citation > 0, kind=each.kind)
        for each in documents.questions
    ]  # fmt: skip
    return dict(language=documents.language, passages=documents.passages, questions=questions)


def read(name: str) -> list[DocumentSet]:
    sets = []
    for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        asked = [Question(each["question"], each["answer"], each["citation"], each["kind"]) for each in record["questions"]]
        sets.append(DocumentSet(record["language"], record["passages"], asked))
    return sets

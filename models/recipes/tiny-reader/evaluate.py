"""What the reader and its adapters score on held-out documents, with the weights as they ship."""
import json
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

from adapters import PLANS, AdapterPlan
from answers import answers
from batches import Render
from common.llama import Llama
from common.peft import load_adapter, remove_adapter
from common.text_tokenizer import TextTokenizer
from facts.documents import REFUSAL, DocumentSet, Question, render_answer

_stop = re.compile(r"。|\. |\n")
_cited = re.compile(r"\[(\d+)\]")
STYLES: dict[str, re.Pattern] = {
    "gozaru": re.compile(r"でござる\[\d+\]。$"), "keigo": re.compile(r"でございます\[\d+\]。$"),
}  # fmt: skip
Asked = tuple[str, Question, str]


def share(of: list[bool]) -> float:
    return round(sum(of) / len(of), 4) if of else 0.0


def asked(sets: list[DocumentSet], given: list[list[str]]) -> list[Asked]:
    """Language, question and answer of each question."""
    return [
        (documents.language, question, text)
        for documents, texts in zip(sets, given) for question, text in zip(documents.questions, texts)
    ]  # fmt: skip


def refused(language: str, text: str) -> bool:
    return text.strip() == REFUSAL[language]


def citations(text: str) -> list[int]:
    return [int(number) for number in _cited.findall(text)]


def holds(question: Question, text: str) -> bool:
    """Whether the value stands in the answer, whatever is around it, and no digit or letter that would make it another one."""
    if question.value is None:
        return False
    return re.search(rf"(?<![0-9A-Za-z.,-]){re.escape(question.value)}(?![0-9A-Za-z])", text) is not None


def scores(rows: list[Asked], render: Render = render_answer) -> dict:
    """Exact match of the whole answer, of the value alone, citations, and refusals as a class of their own."""
    answerable = [row for row in rows if row[1].citation > 0]
    absent = [row for row in rows if row[1].citation == 0]
    refusals = [row for row in rows if refused(row[0], row[2])]
    answered = [row for row in answerable if not refused(row[0], row[2])]
    exact = lambda part: share([text == render(language, q.value, q.citation) for language, q, text in part])
    hard = [row for row in absent if row[1].kind == "absent-attribute"]
    return {
        "questions": len(rows), "answerable": len(answerable), "exact": exact(answerable),
        "exact en": exact([row for row in answerable if row[0] == "en"]),
        "exact ja": exact([row for row in answerable if row[0] == "ja"]),
        "exact in tables": exact([row for row in answerable if row[1].kind == "table"]),
        "value": share([holds(q, text) for _, q, text in answerable]),
        "citation": share([citations(text) == [q.citation] for _, q, text in answered]),
        "refusal precision": share([q.citation == 0 for _, q, _ in refusals]),
        "refusal recall": share([refused(language, text) for language, _, text in absent]),
        "refusal recall, hard": share([refused(language, text) for language, _, text in hard]),
    }  # fmt: skip


def parsed(text: str) -> dict | None:
    """An answer of the json adapter: an object of just those members, of those types."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    right = isinstance(value, dict) and [*value] == ["answer", "citations", "confidence"]
    right = right and isinstance(value["answer"], str) and isinstance(value["confidence"], float)
    return value if right and all(isinstance(each, int) for each in value["citations"]) else None


def adherence(plan: AdapterPlan, rows: list[Asked]) -> float:
    """How many answers have the adapter's form: for styles, of the Japanese ones that are no refusals."""
    if plan.id == "json":
        return share([parsed(text) is not None for _, _, text in rows])
    styled = [text for language, _, text in rows if language == "ja" and not refused(language, text)]
    return share([STYLES[plan.id].search(text) is not None for text in styled])


def unstyled(plan: AdapterPlan, rows: list[Asked]) -> list[Asked]:
    """The same answers as the base would write them, so that only what they say is compared."""

    def plain(language: str, text: str) -> str:
        if plan.id == "json":
            value = parsed(text)
            if value is None:
                return text
            cited = value["citations"][0] if value["citations"] else 0
            return render_answer(language, value["answer"].strip() or None, cited)
        return re.sub(r"でござる(?=\[)|でございます(?=\[)", "です", text) if language == "ja" else text

    return [(language, question, plain(language, text)) for language, question, text in rows]


def form(question: Question, passage: str) -> str:
    """How a passage holds the value asked for: "name first", "value first", "list", "column 1", ..."""
    if question.kind == "table":
        cells = next(line.split(" | ") for line in passage.split("\n") if question.value in line)
        return f"column {next(at for at, cell in enumerate(cells) if question.value in cell)}" if len(cells) > 1 else "list"
    at = passage.lower().index(question.value.lower())
    stops = [stop.end() for stop in _stop.finditer(passage)]
    begin = max((stop for stop in stops if stop <= at), default=0)
    end = min((stop for stop in stops if stop >= at + len(question.value)), default=len(passage))
    name = lambda part: SequenceMatcher(None, part.lower(), question.text.lower(), autojunk=False).find_longest_match().size
    return "value first" if name(passage[at + len(question.value) : end]) > name(passage[begin:at]) else "name first"


def alone(sets: list[DocumentSet]) -> list[DocumentSet]:
    """Each passage by itself, with what is asked about it: what reading costs where nothing has to be found."""
    return [
        DocumentSet(each.language, [passage], [Question(q.text, q.value, 1, q.kind) for q in each.questions if q.citation == at])
        for each in sets for at, passage in enumerate(each.passages, 1) if any(q.citation == at for q in each.questions)
    ]  # fmt: skip


def without_passages(sets: list[DocumentSet]) -> list[DocumentSet]:
    return [DocumentSet(each.language, [], each.questions) for each in sets]


class Evaluation:
    def __init__(self, model: Llama, tokenizer: TextTokenizer, adapters: Path):
        self.model, self.tokenizer, self.adapters = model, tokenizer, adapters

    def rows(self, sets: list[DocumentSet], render: Render, adapter: str | None = None) -> list[Asked]:
        if adapter:
            load_adapter(self.model, self.adapters / adapter)
        else:
            remove_adapter(self.model)
        return asked(sets, answers(self.model, self.tokenizer, sets, render))

    def all(self, documents: list[DocumentSet], world: list[DocumentSet]) -> dict:
        rows = self.rows(documents, render_answer)
        return {
            "base": scores(rows), "forms": self.forms(documents, rows),
            "adapters": self.adapted(documents, [plan.id for plan in PLANS]), "arms": self.arms(world),
        }  # fmt: skip

    def forms(self, documents: list[DocumentSet], given: list[Asked]) -> dict[str, dict]:
        """
        For each form of a fact: questions, and the share of exact answers with four other passages and with none.
        @param given what the base answered to the documents
        """
        table: dict[str, dict] = {}
        single = alone(documents)
        for name, sets, rows in (("among five", documents, given), ("alone", single, self.rows(single, render_answer))):
            right: dict[str, list[bool]] = {}
            passages = [each.passages for each in sets for _ in each.questions]
            for (language, q, text), shown in zip(rows, passages):
                if q.citation > 0:
                    exact = text == render_answer(language, q.value, q.citation)
                    for each in ("all", form(q, shown[q.citation - 1])):
                        right.setdefault(each, []).append(exact)
            for each, hits in right.items():
                table.setdefault(each, dict(questions=len(hits)))[name] = share(hits)
        return dict(sorted(table.items()))

    def adapted(self, documents: list[DocumentSet], wanted: list[str]) -> dict:
        report = {}
        for plan in PLANS:
            if plan.id not in wanted:
                continue
            rows = self.rows(documents, plan.render, plan.id)
            told = scores(unstyled(plan, rows))
            if not plan.facts:
                told["adherence"] = adherence(plan, rows)
            report[plan.id] = told
            print(json.dumps({plan.id: told}), flush=True)
        return report

    def arms(self, world: list[DocumentSet]) -> dict:
        """Facts of the small world: the value right, over all questions and where a retriever found the passage or not."""
        bare = without_passages(world)
        arms: dict[str, Callable[[], list[Asked]]] = {
            "base": lambda: self.rows(bare, render_answer), "RAG": lambda: self.rows(world, render_answer),
            "LoRA": lambda: self.rows(bare, render_answer, "closed-book"), "LoRA + RAG": lambda: self.rows(world, render_answer, "raft"),
        }  # fmt: skip
        table = {}
        for name, run in arms.items():
            rows = run()
            found = lambda which: share([holds(q, text) for _, q, text in rows if which(q)])
            table[name] = {
                "right": found(lambda q: True), "passage found": found(lambda q: q.kind == "oracle"),
                "passage not found": found(lambda q: q.kind == "no-oracle"),
            }  # fmt: skip
        return table

"""Holds the reader against the rule-based extractor: the same questions, the same passages, the same way of counting.

It is judged with its weights as 4 bits give them, and ships only where it is better on both sets. The sample is written by
test/eval/reader-sample.ts, with the extractor's answers and what the product's own count (src/lab/measures/answer-score.ts) made of
them; that the count here is the same is checked on them.
"""
import json
from hashlib import sha256
from pathlib import Path

from batches import as_example
from common.llama import Llama, Shape
from common.running import device_name
from common.text_tokenizer import TextTokenizer
from facts.documents import DocumentSet, Generator, Question

from asking import load
from decode import decode
from mixture import FULL
from pointer import Pointer, spans_of
from records import read_records
from scores import score, value_of
from ship import WEIGHTS

# Points that two ways of counting may differ by: rounding.
ROUNDING = 0.05
SAMPLED = 16
# Of test/eval/reader-sample.ts: on one of them alone, or on others, nothing is decided.
JUDGED_ON = {"jsquad-valid", "xquad-en"}


def sample_of(path: Path | None, work: Path) -> list[dict]:
    """The sample; without one a few held-out questions, which nothing is compared on."""
    if path:
        return json.loads(path.read_text(encoding="utf-8"))
    records = read_records(work / "held.jsonl")[:SAMPLED]
    return [
        dict(set=f"held out, {record.language}", language=record.language, question=one.question, passage=record.context,
             answers=[one.answer], extractor=None)
        for record in records for one in record.asked[:1]
    ]  # fmt: skip


def mean(scores: list[tuple[float, float]]) -> dict[str, float]:
    """Exact match and F1 in per cent."""
    exact, f1 = (100 * sum(values) / max(1, len(scores)) for values in zip(*scores))
    return dict(exact=round(exact, 1), f1=round(f1, 1))


def by_set(sample: list[dict], answers: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for one, answer in zip(sample, answers):
        found.setdefault(one["set"], []).append(score(answer, one["answers"], one["language"]))
    return {name: mean(scores) for name, scores in found.items()}


def extractor_scores(sample: list[dict]) -> dict[str, dict[str, float]]:
    """@throws ValueError where the answers are not counted as the product counts them"""
    if not all(one["extractor"] for one in sample):
        return {}
    counted = by_set(sample, [one["extractor"]["answer"] for one in sample])
    for name, scores in counted.items():
        told = mean([(one["extractor"]["exact"], one["extractor"]["f1"]) for one in sample if one["set"] == name])
        if any(abs(scores[key] - told[key]) > ROUNDING for key in told):
            raise ValueError(f"{name}: counted {scores}, told {told}")
    return counted


def judge(work: Path, shape: Shape, path: Path | None, sets: int) -> dict:
    """
    Scores of the reader, the pointer and the extractor, and whether the reader ships.
    @param sets of generated documents that it is asked about
    """
    device, sample = device_name(), sample_of(path, work)
    tokenizer = TextTokenizer.load(work / "tokenizer.json")
    stage = "settle" if (work / "settle.pt").exists() else "mix"
    reader = load(work, stage, shape, device)
    hashed = exported(work, stage)
    reader.round_to_four_bits()
    asked = [
        as_example(tokenizer, DocumentSet(one["language"], [one["passage"]], [Question(one["question"], one["answers"][0], 1, "told")]))
        for one in sample
    ]  # fmt: skip
    decoded = decode(reader, asked)
    values = [value_of(tokenizer.decode(ids[0]), one["language"]) for ids, one in zip(decoded, sample)]
    report = dict(
        stage=stage, sha256=hashed, reader=by_set(sample, values), extractor=extractor_scores(sample),
        refused=sum(not value for value in values), questions=len(sample), documents=on_documents(reader, tokenizer, sets),
    )  # fmt: skip
    if (work / "pointer.pt").exists():
        report["pointer"] = by_set(sample, pointed_at(work, shape, tokenizer, sample, device))
    report["lost"] = lost(report)
    (work / "judged.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def exported(work: Path, stage: str) -> str:
    """
    SHA-256 of the exported weights, which are those that are judged.
    @throws SystemExit where they were not exported since they were trained
    """
    written, trained = work / "model" / WEIGHTS, work / f"{stage}.pt"
    if not written.exists() or written.stat().st_mtime < trained.stat().st_mtime:
        raise SystemExit(f"stage export has to run behind stage {stage}: what is judged is what it wrote")
    return sha256(written.read_bytes()).hexdigest()


def unshipped(work: Path) -> list[str]:
    """Why the exported reader does not ship; nothing where it does."""
    path, written = work / "judged.json", work / "model" / WEIGHTS
    if not path.exists():
        return ["It was not evaluated."]
    report = json.loads(path.read_text(encoding="utf-8"))
    if not written.exists() or sha256(written.read_bytes()).hexdigest() != report.get("sha256"):
        return ["What was judged is another model than what was exported: evaluate it again."]
    return lost(report)


def lost(report: dict) -> list[str]:
    """Why the reader does not ship by what it was judged to do; nothing where it does."""
    if not report["extractor"]:
        return ["It was not held against the extractor: --sample is missing."]
    if set(report["extractor"]) != JUDGED_ON:
        return [f"It was judged on {', '.join(sorted(report['extractor']))}: {' and '.join(sorted(JUDGED_ON))} are wanted."]
    pairs = [(name, report["reader"][name], rules) for name, rules in report["extractor"].items()]
    return [
        f"{name}: {reader['exact']} / {reader['f1']}, and the rules {rules['exact']} / {rules['f1']} (exact match / F1)"
        for name, reader, rules in pairs if reader["exact"] <= rules["exact"] or reader["f1"] <= rules["f1"]
    ]  # fmt: skip


def pointed_at(work: Path, shape: Shape, tokenizer: TextTokenizer, sample: list[dict], device: str) -> list[str]:
    from common import checkpoint

    state = checkpoint.load_trained(work / "pointer.pt", device)
    model = Pointer(shape).to(device)
    model.load_state_dict(state["model"])
    return spans_of(model.eval(), tokenizer, [(one["question"], one["passage"]) for one in sample], device)


def on_documents(reader: Llama, tokenizer: TextTokenizer, count: int) -> dict[str, float]:
    """On generated documents of held-out names with up to four distractors: answers, citations, refusals."""
    generator = Generator(11, held_out=True)
    sets = [made for made in (generator.document_set(FULL) for _ in range(count)) if made.questions]
    decoded = decode(reader, [as_example(tokenizer, each) for each in sets])
    rows = [
        (question, made.language, tokenizer.decode(ids))
        for made, answers in zip(sets, decoded) for question, ids in zip(made.questions, answers)
    ]  # fmt: skip
    value = lambda row: value_of(row[2], row[1])
    answerable = [row for row in rows if row[0].value]
    absent = [row for row in rows if not row[0].value]
    refused = [row for row in rows if not value(row)]
    share = lambda part, whole: round(len(part) / max(1, len(whole)), 4)
    return {
        "exact": share([row for row in answerable if score(value(row), [row[0].value], row[1])[0]], answerable),
        "citation": share([row for row in answerable if f"[{row[0].citation}]" in row[2]], answerable),
        "refusal precision": share([row for row in refused if not row[0].value], refused),
        "refusal recall": share([row for row in absent if not value(row)], absent),
    }

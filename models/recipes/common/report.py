"""Reads what `npm run -s eval -- retrieval --json` and `npm run -s eval -- lexicon --json` print (npm says more without -s)."""
import json
from pathlib import Path

EVALUATION_SETS = ["jsquad-valid", "jaquad-dev", "xquad-en", "squad2-visible", "jsts-paraphrase", "en-ja-sentences"]


def recalls(report: Path, way: str) -> dict[str, float]:
    """Recall@1 by set of one way of searching."""
    rows = json.loads(report.read_text(encoding="utf-8"))["rows"]
    return {row[0]: float(row[4]) for row in rows if row[3] == way}


def unmeasured(report: Path, way: str, sets: list[str]) -> list[str]:
    """What a report does not tell: a set that is not beside the checkout is left out by the evaluation, and would pass unseen."""
    found = recalls(report, way)
    return [f"{name}: {report} has no recall of {way}" for name in sets if name not in found]

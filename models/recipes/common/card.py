"""Tables and templates of model cards."""
import json
from pathlib import Path
from typing import Iterable


def table(columns: Iterable, rows: Iterable[Iterable]) -> str:
    """A table in Markdown."""
    line = lambda cells: f"| {' | '.join(map(str, cells))} |"
    columns = list(columns)
    return "\n".join([line(columns), line(["---"] * len(columns)), *map(line, rows)])


def fill(template: Path, parts: dict[str, object]) -> str:
    """A template whose every [[name]] is replaced. @throws ValueError for a name without a value"""
    text = template.read_text(encoding="utf-8")
    for name, value in parts.items():
        text = text.replace(f"[[{name}]]", str(value))
    if "[[" in text:
        raise ValueError(f"{template.name} asks for {text[text.index('[[') :][:40]}")
    return text


def evaluated(report: Path | None, ways: tuple[str, ...]) -> str:
    """The rows of `npm run -s eval -- retrieval --json` that concern some ways of searching."""
    if report is None:
        return "Printed by `npm run -s eval -- retrieval`."
    measured = json.loads(report.read_text(encoding="utf-8"))
    return table(measured["columns"], (row for row in measured["rows"] if row[3] in ways))

"""Writes the model card: what the model is, what it was made of, how training went, what it scores and what it cannot do."""
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from common.bags import embed
from common.batches import Pairs

from export import dequantize
from model import Bags

SETS = {
    "jaquad": "JaQuAD train, titles held out: question → paragraph",
    "t0qa": "adversarial_qa, quoref, ropes, passages held out: question → passage",
    "jsts": "JSTS train, held out: Japanese sentence → one that says the same",
    "xling": "Tanaka corpus and Python documentation, held out: English → Japanese sentence",
}


def stored_table(path: Path) -> np.ndarray:
    """The table as a browser unpacks it, read back from the file that ships."""
    constants = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    packed = constants["packed"]
    return dequantize(np.concatenate([packed & 15, packed >> 4], axis=1), constants["scales"])


def ranks(table: torch.Tensor, held: Pairs) -> np.ndarray:
    """The rank of each question's passage among all held-out ones, from 1."""
    pool = embed(table, Bags(held.passages, len(table), "cpu"))
    scores = embed(table, Bags(held.questions, len(table), "cpu")) @ pool.T
    own = scores[torch.arange(len(scores)), torch.from_numpy(held.right)]
    return (scores > own[:, None]).sum(1).numpy() + 1


def row(cells: list) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def scores(work: Path, output: Path) -> list[str]:
    table = torch.from_numpy(stored_table(output / "onnx/model_q4.onnx"))
    lines = [row(["held out", "questions", "passages", "R@1", "R@10", "MRR@10"]), row(["---"] * 6)]
    for path in sorted(work.glob("held-*.npz")):
        held = Pairs(path, False)
        found = ranks(table, held)
        shares = [(found <= 1).mean(), (found <= 10).mean(), np.where(found <= 10, 1 / found, 0).mean()]
        name = SETS.get(path.stem[5:], path.stem[5:])
        lines.append(row([name, len(found), len(held.passages), *(f"{share:.3f}" for share in shares)]))
    return lines


def curve(points: list[dict]) -> list[str]:
    names = list(points[0]["recall"])
    lines = [row(["minutes", "steps", "pairs", *names, "loss of xling", "loss of docs-ja"]), row(["---"] * (5 + len(names)))]
    for point in points:
        losses = [point["loss"].get(name, "") for name in ("xling", "docs-ja")]
        found = [f"{point['recall'][name]:.3f}" for name in names]
        lines.append(row([f"{point['seconds'] / 60:.1f}", point["steps"], f"{point['pairs'] / 1e6:.2f} M", *found, *losses]))
    return lines


def evaluated(report: Path | None) -> list[str]:
    """The rows of `npm run -s eval -- retrieval --json` that concern the embedder."""
    if report is None:
        return ["Printed by `npm run -s eval -- retrieval`."]
    measured = json.loads(report.read_text(encoding="utf-8"))
    shown = [each for each in measured["rows"] if each[3] in ("words", "words and lexicon", "meaning", "all together")]
    return [row(measured["columns"]), row(["---"] * len(measured["columns"])), *map(row, shown)]


def write_card(work: Path, output: Path, report: Path | None) -> None:
    state = torch.load(work / "checkpoint.pt", map_location="cpu")
    pieces, dimension = state["table"].shape
    sizes = {path.name: path.stat().st_size for path in output.rglob("*") if path.suffix in (".onnx", ".json")}
    served = sum(size for name, size in sizes.items() if name != "expected.json")
    text = (Path(__file__).parent / "card.md").read_text(encoding="utf-8")
    parts = {
        "pieces": f"{pieces:,}", "dimension": dimension, "size": f"{served / 1e6:.2f}",
        "graph": f"{sizes['model_q4.onnx'] / 1e6:.2f}", "tokenizer": f"{sizes['tokenizer.json'] / 1e6:.2f}",
        "minutes": f"{state['seconds'] / 60:.0f}", "steps": f"{state['steps']:,}", "pairs": f"{state['pairs'] / 1e6:.2f}",
        "held": "\n".join(scores(work, output)), "curve": "\n".join(curve(state["curve"])),
        "evaluated": "\n".join(evaluated(report)),
    }  # fmt: skip
    for name, value in parts.items():
        text = text.replace(f"[[{name}]]", str(value))
    (output / "README.md").write_text(text, encoding="utf-8")
    print("\n".join(scores(work, output)), flush=True)

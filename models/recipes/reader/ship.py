"""Writes the reader as a folder that the page can load, and its model card."""
import json
from pathlib import Path

from common import checkpoint
from common.card import fill, table
from common.causal_onnx import build, configuration, save
from common.llama import Shape
from common.text_tokenizer import END, TextTokenizer
from export import size_of, weights_of

from asking import load
from estimate import parameters

LARGEST = 25_000_000
WEIGHTS = "onnx/model_q4.onnx_data"
STAGES = ["copy", "mix", "ask", "settle", "pointer"]


def folder_bytes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}


def write_model(work: Path, shape: Shape, output: Path) -> dict[str, int]:
    """4-bit ONNX with its weights beside it, tokenizer and settings. @returns bytes of each file"""
    stage = "settle" if (work / "settle.pt").exists() else "mix"
    model = load(work, stage, shape, "cpu")
    model.round_to_four_bits()
    size, tokenizer = size_of(model), TextTokenizer.load(work / "tokenizer.json")
    (output / "onnx").mkdir(parents=True, exist_ok=True)
    # Weights are appended to what there is.
    for old in (output / "onnx").iterdir():
        old.unlink()
    save(build(weights_of(model), size), str(output / "onnx/model_q4.onnx"), Path(WEIGHTS).name)
    tokenizer.save(output / "tokenizer.json")
    settings = {
        "tokenizer_config.json": tokenizer.configuration(size.positions), "config.json": configuration(size, END, END),
        "generation_config.json": dict(bos_token_id=END, eos_token_id=[END], pad_token_id=END, do_sample=False),
    }  # fmt: skip
    for name, value in settings.items():
        (output / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    written = folder_bytes(output)
    if sum(written.values()) > LARGEST:
        raise SystemExit(f"{sum(written.values()):,} bytes: more than {LARGEST:,} do not ship")
    return written


def curves(work: Path) -> tuple[str, str]:
    took, points = [], []
    for stage in STAGES:
        state = checkpoint.load(work / f"{stage}.pt", "cpu")
        if not state:
            continue
        speed = state["tokens"] / max(1e-9, state["seconds"])
        took.append([stage, f"{state['seconds'] / 60:.1f}", f"{state['steps']:,}", f"{state['tokens'] / 1e6:.2f}", f"{speed:,.0f}"])
        for point in state["curve"]:
            known = ("stage", "seconds", "steps", "tokens", "loss")
            rest = {name: value for name, value in point.items() if name not in known}
            points.append([stage, f"{point['seconds'] / 60:.1f}", f"{point['tokens'] / 1e6:.2f}", point["loss"], json.dumps(rest)])
    columns = ["stage", "minutes", "steps", "million tokens", "tokens a second"]
    return table(columns, took), table(["stage", "minutes", "million tokens", "loss", "measured"], points)


def write_card(work: Path, shape: Shape, output: Path, report: dict) -> None:
    took, points = curves(work)
    ways = [way for way in ("reader", "pointer", "extractor") if report.get(way)]
    sets = [[f"{name}, {way}", *report[way][name].values()] for name in report["reader"] for way in ways]
    gate = json.loads((work / "gate.json").read_text(encoding="utf-8"))
    verdict = ["It ships."] if not report["lost"] else ["It does not ship:", "", *(f"- {line}" for line in report["lost"])]
    parts = {
        "parameters": f"{sum(parameters(shape)) / 1e6:.1f}", "hidden": shape.hidden, "layers": shape.layers, "heads": shape.heads,
        "kv_heads": shape.kv_heads, "inner": shape.inner, "vocabulary": f"{shape.vocabulary:,}",
        "size": f"{sum(folder_bytes(output).values()) / 1e6:.2f}", "took": took, "curve": points,
        "gate": f"{gate['exact']:.1%} of {gate['wanted']:.0%} after {gate['tokens'] / 1e6:.1f} million tokens",
        "verdict": "\n".join(verdict), "scores": table(["set", "exact match", "F1"], sets),
        "documents": table(report["documents"].keys(), [report["documents"].values()]),
        "refused": f"{report['refused']} of {report['questions']}",
    }  # fmt: skip
    (output / "README.md").write_text(fill(Path(__file__).parent / "card.md", parts), encoding="utf-8")

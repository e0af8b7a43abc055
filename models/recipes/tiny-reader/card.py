"""Writes the model card: what the model is, how training went, what it scores, and what it cannot do."""
import json
from pathlib import Path

from common import checkpoint
from common.card import fill, table

FORM_COLUMNS = ["among five", "alone"]
ARM_COLUMNS = ["right", "passage found", "passage not found"]


def percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def curve(points: list[dict]) -> str:
    kinds = sorted({kind for point in points for kind in point["exact"] if kind != "all"})
    places = 0 if points[-1]["seconds"] > 3600 else 1
    rows = [
        [
            f"{point['seconds'] / 60:.{places}f}", point["steps"], f"{point['tokens'] / 1e6:.2f} M", f"{point['loss']:.2f}",
            *(percent(point["exact"].get(kind, 0)) for kind in kinds),
        ]
        for point in points
    ]  # fmt: skip
    return table(["minutes", "steps", "tokens", "loss", *kinds], rows)


def base_scores(scores: dict) -> str:
    shown = {name: value if name in ("questions", "answerable") else percent(value) for name, value in scores.items()}
    return table(["held-out documents, four passages beside the right one", ""], [[name, value] for name, value in shown.items()])


def forms(report: dict) -> str:
    rows = [[name, told["questions"], *(percent(told[each]) for each in FORM_COLUMNS)] for name, told in report["forms"].items()]
    return table(["the passage tells it", "questions", *FORM_COLUMNS], rows)


def adapter_scores(report: dict) -> str:
    rows = [["none", "", *costs(report["base"])]]
    for name, scores in report["adapters"].items():
        adherence = percent(scores["adherence"]) if "adherence" in scores else ""
        rows.append([f"_{name}_", adherence, *costs(scores)])
    return table(["adapter", "form kept", "exact", "citation", "refusal precision", "refusal recall"], rows)


def costs(scores: dict) -> list[str]:
    return [percent(scores[name]) for name in ("exact", "citation", "refusal precision", "refusal recall")]


def arms(report: dict) -> str:
    return table(["arm", *ARM_COLUMNS], [[name, *(percent(arm[each]) for each in ARM_COLUMNS)] for name, arm in report["arms"].items()])


def trainings(work: Path) -> str:
    told = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(work.glob("adapter-*.json"))]
    rows = [[f"_{each['id']}_", each["steps"], each["seconds"], *each["loss"], f"{each['bytes']:,}"] for each in told]
    return table(["adapter", "steps", "seconds", "loss at first", "loss at last", "bytes"], rows)


def trained(state: dict) -> str:
    """On which machines, for how long, over how much."""
    runs = [*state.get("before", []), state]
    return ",\n  then ".join(
        f"on {each.get('machine', '2 processor cores')} in {each['seconds'] / 60:.0f} minutes ({each['steps']:,} steps over "
        f"{each['seen'] / 1e6:.1f} million tokens)"
        for each in runs
    )


def write_card(work: Path, output: Path) -> None:
    state = checkpoint.load(work / "checkpoint.pt", "cpu")
    report = json.loads((work / "report.json").read_text(encoding="utf-8"))
    shape, folder = state["shape"], output / "tiny"
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != "expected.json"}
    adapters = sum(path.stat().st_size for path in (output / "adapters").rglob("*") if path.is_file())
    parts = {
        "parameters": f"{sum(each.numel() for each in state['model'].values()) / 1e6:.2f}",
        "pieces": f"{shape.vocabulary:,}", "hidden": shape.hidden, "layers": shape.layers, "heads": shape.heads,
        "kv_heads": shape.kv_heads, "inner": shape.inner, "positions": shape.positions,
        "trained": trained(state),
        "weights": f"{sizes['model_q4.onnx_data'] / 1e6:.2f}",
        "size": f"{(sum(sizes.values()) - sizes.get('README.md', 0)) / 1e6:.2f}", "adapters": f"{adapters / 1e6:.2f}",
        "curve": curve(state["curve"]), "base": base_scores(report["base"]), "forms": forms(report), "adapter_scores": adapter_scores(report),
        "arms": arms(report), "trainings": trainings(work),
    }  # fmt: skip
    (folder / "README.md").write_text(fill(Path(__file__).parent / "card.md", parts), encoding="utf-8")

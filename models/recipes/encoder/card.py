"""Writes the model cards: what was trained on, how it went, what it scores, and whether it may be a default."""
import json
from pathlib import Path

import torch
from common import checkpoint
from common.card import evaluated, fill, table

import gate
from export import EMBEDDER, RERANKER
from graph import as_stored
from model import Encoder, Scorer, Size
from rerank import Rerank, contrasted

SETS = {
    "jaquad": "JaQuAD train, titles held out: question → paragraph",
    "t0qa": "adversarial_qa, quoref, ropes, passages held out: question → passage",
    "jsts": "JSTS train, held out: Japanese sentence → one that says the same",
    "xling": "Tanaka corpus and Python documentation, held out: English → Japanese sentence",
}
STAGES = ["pretrain", "contrast", "rerank"]


def curves(work: Path) -> tuple[str, str]:
    """What each stage took, and its curve, as tables."""
    took, points = [], []
    for stage in STAGES:
        state = checkpoint.load(work / f"{stage}.pt", "cpu")
        if not state:
            continue
        took.append([stage, f"{state['seconds'] / 60:.1f}", f"{state['steps']:,}", f"{state['tokens'] / 1e6:.2f}"])
        known = ("stage", "seconds", "steps", "tokens", "loss")
        for point in state["curve"]:
            rest = {name: value for name, value in point.items() if name not in known}
            points.append([stage, f"{point['seconds'] / 60:.1f}", point["steps"], point["loss"], json.dumps(rest)])
    columns = ["stage", "minutes", "steps"]
    return table([*columns, "million tokens"], took), table([*columns, "loss", "measured"], points)


def held_scores(work: Path, size: Size) -> tuple[str, str]:
    """Recall on what was held out, with the weights as they are stored: of the vectors, and of the cross-encoder."""
    from contrast import held_out, recall

    encoder = contrasted(work, size, "cpu").eval()
    as_stored(encoder)
    rows = [[SETS.get(name, name), len(held.passages), f"{recall(encoder, held):.3f}"] for name, held in held_out(work).items()]
    found = table(["held out", "passages", "R@1"], rows)
    state = checkpoint.load_trained(work / "rerank.pt", "cpu")
    if not state:
        return found, "Not trained."
    stage = Rerank(work, size, 1, "cpu", 8)
    stage.scorer = stage.model = Scorer(Encoder(size))
    stage.scorer.load_state_dict(state["model"])
    as_stored(stage.scorer.eval())
    with torch.no_grad():
        measured = stage.measure()
    rows = [[SETS.get(name, name), f"{each['bm25']:.3f}", f"{each['reranked']:.3f}"] for name, each in measured.items()]
    return found, table(["held out, of what BM25 found", "R@1 of BM25", "R@1 reranked"], rows)


def verdict(report: Path | None, way: str) -> str:
    why = gate.missed(report, way)
    if not why:
        return "It reaches every bar and may be a default. " + gate.NOT_MEASURED
    return "\n".join(["It is no default: it does not reach the bars.", "", *(f"- {line}" for line in why)])


def write_cards(work: Path, size: Size, output: Path, report: Path | None) -> None:
    took, points = curves(work)
    known = work / "held.json"
    if checkpoint.load_trained(work / "contrast.pt", "cpu") or not known.exists():
        known.write_text(json.dumps(held_scores(work, size)) + "\n", encoding="utf-8")
    # Weights that were trained elsewhere do not all come back; what they were measured to find does.
    found, reordered = json.loads(known.read_text(encoding="utf-8"))
    for name, way, held in ((EMBEDDER, gate.FUSED, found), (RERANKER, gate.RERANKED, reordered)):
        folder = output / name
        if not folder.exists():
            continue
        bytes = sum((folder / path).stat().st_size for path in ("onnx/model_q8.onnx", "tokenizer.json"))
        parts = {
            "name": name, "size": f"{bytes / 1e6:.2f}", "pieces": f"{size.pieces:,}", "embedding": size.embedding,
            "hidden": size.hidden, "layers": size.layers, "heads": size.heads, "inner": size.inner,
            "positions": size.positions, "took": took, "held": held, "curve": points, "verdict": verdict(report, way),
            "evaluated": evaluated(report, ("words", gate.BESIDE, "meaning", gate.FUSED, gate.RERANKED)),
            "what": "vector of a text: the mean of its tokens" if name == EMBEDDER else "score of a question with a passage",
        }  # fmt: skip
        (folder / "README.md").write_text(fill(Path(__file__).parent / "card.md", parts), encoding="utf-8")
    print("\n".join([found, "", reordered]), flush=True)

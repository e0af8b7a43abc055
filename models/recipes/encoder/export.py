"""Writes both models as folders that the page can load: graph, tokenizer, what is expected of it, and its catalogue entry."""
import json
from hashlib import sha256
from pathlib import Path

import onnx
import torch
from common import checkpoint
from common.running import pad

from graph import as_stored, embedder_graph, scorer_graph
from model import Encoder, Scorer, Size
from rerank import contrasted
from tokenizer import Tokenizer

EMBEDDER, RERANKER = "fumikura-encoder", "fumikura-reranker"
LARGEST = 15_000_000
QUESTIONS = ["How many days of paid leave do I get in the first year?", "有給休暇は何日もらえますか。"]
PASSAGES = [
    "会社は、六か月間継続して勤務し、全労働日の八割以上出勤した社員に、十日の年次有給休暇を与える。",
    "The company grants ten days of paid leave after six months.",
    "ＰＤＦを１２件まで、まで。\nThe the THE",
    "Rain",
    "",
]


def export(work: Path, size: Size, output: Path) -> dict[str, int]:
    """Writes EMBEDDER and, where it was trained, RERANKER below `output`; returns the size of each file in bytes."""
    tokenizer = Tokenizer.load(work / "tokenizer.json")
    encoder = contrasted(work, size, "cpu").eval()
    folder = begin(output / EMBEDDER, tokenizer, size)
    onnx.save(embedder_graph(encoder), str(folder / "onnx/model_q8.onnx"))
    as_stored(encoder)
    write_lines(folder / "expected.json", expected_vectors(encoder, tokenizer))
    entry(folder, size, "last_hidden_state", dict(
        dimension=size.hidden, prefixes=dict(query="", passage=""), pooling="mean", normalise=True, fusionWeight=None,
    ))  # fmt: skip
    state = checkpoint.load_trained(work / "rerank.pt", "cpu")
    if state:
        scorer = Scorer(Encoder(size))
        scorer.load_state_dict(state["model"])
        folder = begin(output / RERANKER, tokenizer, size)
        onnx.save(scorer_graph(scorer.eval()), str(folder / "onnx/model_q8.onnx"))
        as_stored(scorer)
        write_lines(folder / "expected.json", expected_scores(scorer, tokenizer))
        entry(folder, size, "logits", {})
    return folder_bytes(output)


def folder_bytes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}


def too_large(folder: Path) -> list[str]:
    """Why a model does not ship for its size; nothing where it may."""
    total = sum(folder_bytes(folder).values())
    return [f"{total:,} bytes: more than {LARGEST:,} do not ship"] if total > LARGEST else []


def begin(folder: Path, tokenizer: Tokenizer, size: Size) -> Path:
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    tokenizer.save(folder / "tokenizer.json")
    config = tokenizer.config(size.positions)
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return folder


@torch.no_grad()
def expected_vectors(encoder: Encoder, tokenizer: Tokenizer) -> list[dict]:
    made = [(text, tokenizer.encode(text, encoder.size.positions)) for text in QUESTIONS + PASSAGES]
    return [
        dict(text=text, ids=ids, vector=[round(float(value), 5) for value in encoder.embed(pad([ids], "cpu"))[0]])
        for text, ids in made
    ]


@torch.no_grad()
def expected_scores(scorer: Scorer, tokenizer: Tokenizer) -> list[dict]:
    made = []
    for question in QUESTIONS:
        for passage in PASSAGES:
            ids, types = tokenizer.encode_pair(question, passage, scorer.body.size.positions)
            logit = scorer(pad([ids], "cpu"), pad([types], "cpu"))[0]
            made.append(dict(question=question, passage=passage, ids=ids, types=types, logit=round(float(logit), 5)))
    return made


def write_lines(path: Path, records: list[dict]) -> None:
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in records)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def entry(folder: Path, size: Size, output: str, more: dict) -> None:
    """Writes entry.json: what models/embedders.json or models/rerankers.json would say of this model."""
    describe = lambda path: dict(
        path=path, bytes=(folder / path).stat().st_size, exact=True, sha256=sha256((folder / path).read_bytes()).hexdigest()
    )
    graph = describe("onnx/model_q8.onnx")
    written = dict(
        id=folder.name, name=folder.name.replace("-", " ").capitalize(), repository="none", revision=graph["sha256"][:8],
        licence="CC-BY-SA-4.0", languages=["en", "ja"], maxTokens=size.positions, output=output,
        tokenizerFiles=[describe("tokenizer.json"), describe("tokenizer_config.json")], files=dict(q8=[graph]),
        pairs=[["webgpu", "q8"], ["wasm", "q8"]], servedFrom=f"models/starter/{folder.name}/", **more,
    )  # fmt: skip
    (folder / "entry.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")

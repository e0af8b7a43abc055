"""Writes the trained reader as the folder that the page serves: 4-bit ONNX with its weights beside it, tokenizer, settings."""
import json
from pathlib import Path

import numpy as np

from answers import greedy_ids
from common import checkpoint
from common.causal_onnx import Size, build, configuration, save
from common.llama import Llama
from common.text_tokenizer import ASSISTANT, END, USER, TextTokenizer

EXAMPLES = [
    "[1] The Melko workshop is on May 14. The Melko workshop takes place in Oslo.\n\n[2] The Barido course costs $250.\n\n"
    "Question: Where does the Melko workshop take place?",
    "[1] The Melko workshop is on May 14. The Melko workshop takes place in Oslo.\n\n[2] The Barido course costs $250.\n\n"
    "Question: Who runs the Barido course?",
    "[1] 住宅手当として8,500円を支給する。住宅手当は田中美咲が承認する。\n\n[2] 病気休暇は12日とする。\n\n質問：病気休暇は何日ですか。",
    "[1] 住宅手当として8,500円を支給する。\n\n[2] 病気休暇は12日とする。\n\n質問：病気休暇は誰が承認しますか。",
    "Question: What is the price of the Tarvo lamp?",
]  # fmt: skip
LONGEST_ANSWER = 24
TOLD_LOGITS = 8


def load_model(work: Path, device: str = "cpu") -> Llama:
    """The last checkpoint, with its weights as 4 bits give them."""
    state = checkpoint.load(work / "checkpoint.pt", device)
    model = Llama(state["shape"]).to(device)
    model.load_state_dict(state["model"])
    model.round_to_four_bits()
    return model.eval()


def weights_of(model: Llama) -> dict[str, np.ndarray]:
    """By the names that causal_onnx.build asks for."""
    layers = model.shape.layers
    named = {"lm_head": model.embed_tokens, f"model.layers.{layers}.final_norm_layernorm.weight": model.norm.weight}
    for name, parameter in model.layers.named_parameters():
        norm = name.endswith("layernorm.weight")
        named["model.layers." + (name if norm else name.removesuffix(".weight").replace("self_attn", "attn"))] = parameter
    return {name: each.detach().cpu().numpy() for name, each in named.items()}


def size_of(model: Llama) -> Size:
    s = model.shape
    return Size(s.vocabulary, s.hidden, s.layers, s.heads, s.kv_heads, s.inner, s.positions, s.epsilon, s.theta, tied=True, embedding_scale=s.embedding_scale)


def expectations(model: Llama, tokenizer: TextTokenizer) -> list[dict]:
    """For each prompt its ids, the greedy continuation, and the largest logits behind the prompt."""
    told = []
    for text in EXAMPLES:
        ids = [USER, *tokenizer.encode(text), ASSISTANT]
        tokens, first = greedy_ids(model, ids, LONGEST_ANSWER)
        top = np.argsort(-first)[:TOLD_LOGITS]
        told.append(dict(
            text=text, ids=ids, greedy=tokens, answer=tokenizer.decode(tokens),
            logits=[[int(id), round(float(first[id]), 4)] for id in top],
        ))  # fmt: skip
    return told


def export(work: Path, output: Path) -> dict[str, int]:
    """Writes the model's folder; returns the size of each file in bytes."""
    tokenizer = TextTokenizer.load(work / "tokenizer.json")
    model = load_model(work)
    size = size_of(model)
    (output / "onnx").mkdir(parents=True, exist_ok=True)
    for old in (output / "onnx").iterdir():
        old.unlink()
    save(build(weights_of(model), size), str(output / "onnx/model_q4.onnx"), "model_q4.onnx_data")

    def write(name: str, value: object) -> None:
        (output / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    tokenizer.save(output / "tokenizer.json")
    write("tokenizer_config.json", tokenizer.configuration(size.positions))
    write("config.json", configuration(size, END, END))
    write("generation_config.json", dict(bos_token_id=END, eos_token_id=[END], pad_token_id=END, do_sample=False))
    told = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in expectations(model, tokenizer)]
    (output / "expected.json").write_text("[\n" + ",\n".join(told) + "\n]\n", encoding="utf-8")
    return {str(path.relative_to(output)): path.stat().st_size for path in sorted(output.rglob("*")) if path.is_file()}

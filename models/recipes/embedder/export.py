"""Writes the table as an ONNX model that looks like any other embedder: ids and mask in, the vector of each text out.

Two components of 4 bits share a byte, with one scale for a piece. They are unpacked by operators that both the processor
and the graphics processor of onnxruntime-web have: its own 4-bit types are missing on one or the other, and 8-bit integers on
the latter, which therefore leaves the lookup to the processor.
"""
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from common.bags import embed

from model import Bags
from tokenizer import PADDING, Tokenizer

MOST_TOKENS = 512
# Codes of 4 bits stand for -7 to 7; 0 is not used.
MIDDLE, STEPS = 8, 7
# Of these parts of a row's largest component, that is taken as the range which loses least.
RANGES = np.linspace(0.4, 1.0, 25)
# In both languages, short and long, with a piece that stands twice, one that is unknown, and nothing at all.
EXAMPLES = [
    "Paid leave",
    "How many days of paid leave do I get in the first year?",
    "有給休暇は何日もらえますか。",
    "会社は、六か月間継続して勤務し、全労働日の八割以上出勤した社員に、十日の年次有給休暇を与える。",
    "ＰＤＦを１２件まで、まで。\nThe the THE",
    "Привет",
    "",
]


def quantize(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes (pieces x dimension, 1 to 15) and scales (pieces) of the nearest table that 4 bits can say."""
    largest = np.abs(table).max(1, keepdims=True).clip(1e-12)
    least, codes, scales = np.full(len(table), np.inf), np.zeros(table.shape, np.uint8), np.zeros(len(table))
    for part in RANGES:
        scale = (part * largest / STEPS).astype(np.float32)
        steps = np.rint(table / scale).clip(-STEPS, STEPS)
        lost = ((steps * scale - table) ** 2).sum(1)
        better = lost < least
        least[better], scales[better] = lost[better], scale[better, 0]
        codes[better] = (steps[better] + MIDDLE).astype(np.uint8)
    return codes, scales.astype(np.float32)


def dequantize(codes: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return (codes.astype(np.float32) - MIDDLE) * scales[:, None]


def graph(codes: np.ndarray, scales: np.ndarray) -> onnx.ModelProto:
    """
    input_ids, attention_mask (texts x tokens) -> sentence_embedding (texts x dimension, not scaled to length 1).
    A piece that stands n times in a text counts as 1 / root of n each time.
    """
    half = codes.shape[1] // 2
    packed = codes[:, :half] | codes[:, half:] << 4
    constants = {
        "packed": packed, "scales": scales, "sixteen": np.float32(16), "sixteenth": np.float32(1 / 16),
        "middle": np.float32(MIDDLE), "one": np.float32(1), "axis1": np.array([1]), "axis2": np.array([2]),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Gather", ["packed", "input_ids"], ["bytes"]),
        node("Cast", ["bytes"], ["pairs"], to=TensorProto.FLOAT),
        node("Mul", ["pairs", "sixteenth"], ["shifted"]),
        node("Floor", ["shifted"], ["high"]),
        node("Mul", ["high", "sixteen"], ["high_part"]),
        node("Sub", ["pairs", "high_part"], ["low"]),
        node("Concat", ["low", "high"], ["codes"], axis=-1),
        node("Sub", ["codes", "middle"], ["steps"]),
        # How often each token stands in its text.
        node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["ids", "axis2"], ["down"]),
        node("Unsqueeze", ["ids", "axis1"], ["across"]),
        node("Equal", ["down", "across"], ["same"]),
        node("Cast", ["same"], ["ones"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["mask", "axis1"], ["mask_across"]),
        node("Mul", ["ones", "mask_across"], ["seen"]),
        node("ReduceSum", ["seen", "axis2"], ["counted"], keepdims=0),
        # Padding may not be seen at all; it must not be divided by nothing.
        node("Max", ["counted", "one"], ["counts"]),
        node("Sqrt", ["counts"], ["roots"]),
        node("Gather", ["scales", "input_ids"], ["scale"]),
        node("Mul", ["scale", "mask"], ["counted_scale"]),
        node("Div", ["counted_scale", "roots"], ["weights"]),
        node("Unsqueeze", ["weights", "axis1"], ["row"]),
        node("MatMul", ["row", "steps"], ["sum"]),
        node("Squeeze", ["sum", "axis1"], ["sentence_embedding"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch_size", "sequence_length"])
        for name in ("input_ids", "attention_mask")
    ]
    shape = ["batch_size", codes.shape[1]]
    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, shape)
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "fumikura-starter-embedder", inputs, [output], tensors),
        producer_name="fumikura", opset_imports=[helper.make_opsetid("", 17)],
    )  # fmt: skip
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def vectors(table: np.ndarray, tokenizer: Tokenizer, texts: list[str]) -> np.ndarray:
    bags = Bags([np.array(tokenizer.encode(text, start=False), np.int64) for text in texts], len(table), "cpu")
    return embed(torch.from_numpy(table.astype(np.float64)), bags).numpy()


def export(work: Path, output: Path) -> dict[str, int]:
    """Writes the model's folder; returns the size of each file in bytes."""
    tokenizer = Tokenizer.load(work / "tokenizer.json")
    table = torch.load(work / "checkpoint.pt", map_location="cpu")["table"].numpy()
    # Never asked for, and a row of noise otherwise.
    table[PADDING] = 0
    codes, scales = quantize(table)
    (output / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save(graph(codes, scales), str(output / "onnx/model_q4.onnx"))
    tokenizer.save(output / "tokenizer.json")
    config = json.dumps(tokenizer.config(MOST_TOKENS), indent=2) + "\n"
    (output / "tokenizer_config.json").write_text(config, encoding="utf-8")
    float32 = vectors(table, tokenizer, EXAMPLES)
    stored = vectors(dequantize(codes, scales), tokenizer, EXAMPLES)
    expected = [
        dict(
            text=text, ids=tokenizer.encode(text), float32=[round(float(value), 4) for value in exact],
            stored=[round(float(value), 5) for value in kept],
        )
        for text, exact, kept in zip(EXAMPLES, float32, stored)
    ]  # fmt: skip
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in expected)
    (output / "expected.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"4 bits keep a cosine of {(float32 * stored).sum(1).min():.4f} at least", flush=True)
    return {str(path.relative_to(output)): path.stat().st_size for path in sorted(output.rglob("*")) if path.is_file()}

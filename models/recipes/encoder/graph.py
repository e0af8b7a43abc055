"""The encoder as an ONNX graph with 8-bit weights that onnxruntime-web runs on the processor and on the graphics processor.

Matrices are MatMulNBits with 8 bits, one scale for 64 weights, zero at 128; the table of pieces has one scale for a row and is
unpacked row by row as it is asked for. Everything else stays in 32 bits.
"""
import math

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from model import EPSILON, Encoder, Scorer, Size

BLOCK, ZERO, STEPS = 64, 128, 127
OPSET = 17


def in_blocks(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes (outputs x blocks x BLOCK) and scales (outputs x blocks) of a matrix, outputs x inputs."""
    outputs, inputs = matrix.shape
    padded = np.pad(matrix, ((0, 0), (0, -inputs % BLOCK))).reshape(outputs, -1, BLOCK)
    scales = (np.abs(padded).max(-1) / STEPS).clip(1e-12).astype(np.float32)
    return (np.rint(padded / scales[..., None]) + ZERO).astype(np.uint8), scales


def from_blocks(codes: np.ndarray, scales: np.ndarray, inputs: int) -> np.ndarray:
    return ((codes.astype(np.float32) - ZERO) * scales[..., None]).reshape(len(codes), -1)[:, :inputs]


def by_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes and one scale for each row."""
    scales = (np.abs(table).max(1, keepdims=True) / STEPS).clip(1e-12).astype(np.float32)
    return (np.rint(table / scales) + ZERO).astype(np.uint8), scales


@torch.no_grad()
def as_stored(encoder: torch.nn.Module) -> None:
    """Changes weights to what is left of them in the file, so that expectations can be computed without it."""
    for name, module in encoder.named_modules():
        if isinstance(module, torch.nn.Linear):
            matrix = module.weight.numpy()
            module.weight.copy_(torch.from_numpy(from_blocks(*in_blocks(matrix), matrix.shape[1])))
        elif isinstance(module, torch.nn.Embedding) and name.endswith("word"):
            codes, scales = by_rows(module.weight.numpy())
            module.weight.copy_(torch.from_numpy((codes.astype(np.float32) - ZERO) * scales))


class Graph:
    """Nodes in the order in which they are asked for, and the constants that they name."""

    def __init__(self, size: Size):
        self.size = size
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}

    def constant(self, name: str, value: np.ndarray | float | list[int]) -> str:
        if name not in self.constants:
            array = np.asarray(value)
            self.constants[name] = array.astype(np.float32) if array.dtype == np.float64 else array
        return name

    def node(self, operator: str, inputs: list[str], domain: str = "", **attributes) -> str:
        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def linear(self, name: str, module: torch.nn.Linear, x: str, rows: slice = slice(None)) -> str:
        """@param rows of a matrix that holds several"""
        matrix = module.weight.detach().numpy()[rows]
        codes, scales = in_blocks(matrix)
        inputs = [x, self.constant(f"{name}.codes", codes), self.constant(f"{name}.scales", scales.ravel())]
        shape = dict(K=matrix.shape[1], N=matrix.shape[0], bits=8, block_size=BLOCK)
        product = self.node("MatMulNBits", inputs, "com.microsoft", **shape)
        return self.node("Add", [product, self.constant(f"{name}.bias", module.bias.detach().numpy()[rows])])

    def norm(self, name: str, module: torch.nn.LayerNorm, x: str) -> str:
        scale, bias = (value.detach().numpy() for value in (module.weight, module.bias))
        inputs = [x, self.constant(f"{name}.scale", scale), self.constant(f"{name}.shift", bias)]
        return self.node("LayerNormalization", inputs, axis=-1, epsilon=EPSILON)

    def embeddings(self, encoder: Encoder, typed: bool) -> str:
        codes, scales = by_rows(encoder.word.weight.detach().numpy())
        rows = self.node("Gather", [self.constant("word.codes", codes), "input_ids"])
        steps = self.node("Sub", [self.node("Cast", [rows], to=TensorProto.FLOAT), self.constant("zero", float(ZERO))])
        scale = self.node("Gather", [self.constant("word.scales", scales), "input_ids"])
        x = self.linear("widen", encoder.widen, self.node("Mul", [steps, scale]))
        length = self.node("Gather", [self.node("Shape", ["input_ids"]), self.constant("one", [1])], axis=0)
        table = self.constant("position", encoder.position.weight.detach().numpy())
        bounds = [self.constant("first", [0]), length, self.constant("axis0", [0])]
        x = self.node("Add", [x, self.node("Slice", [table, *bounds])])
        types = encoder.kind.weight.detach().numpy()
        if not typed:
            return self.node("Add", [x, self.constant("type", types[0])])
        return self.node("Add", [x, self.node("Gather", [self.constant("type", types), "token_type_ids"])])

    def bias_of_padding(self) -> str:
        """Texts x 1 x 1 x tokens: nothing for a token, and much less for padding."""
        mask = self.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        wide = self.node("Unsqueeze", [mask, self.constant("axes12", [1, 2])])
        absent = self.node("Sub", [wide, self.constant("one_float", 1.0)])
        return self.node("Mul", [absent, self.constant("much", 1e9)])

    def attention(self, name: str, layer: torch.nn.Module, x: str, bias: str) -> str:
        hidden, heads = self.size.hidden, self.size.heads
        split = self.constant("split", [0, 0, heads, hidden // heads])
        parts = []
        for at, order in enumerate([[0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]]):
            part = self.linear(f"{name}.{'qkv'[at]}", layer.qkv, x, slice(at * hidden, (at + 1) * hidden))
            parts.append(self.node("Transpose", [self.node("Reshape", [part, split])], perm=order))
        scale = self.constant("per_width", 1 / math.sqrt(hidden // heads))
        scores = self.node("Mul", [self.node("MatMul", parts[:2]), scale])
        heeded = self.node("Softmax", [self.node("Add", [scores, bias])], axis=-1)
        mixed = self.node("Transpose", [self.node("MatMul", [heeded, parts[2]])], perm=[0, 2, 1, 3])
        joined = self.node("Reshape", [mixed, self.constant("join", [0, 0, hidden])])
        return self.linear(f"{name}.out", layer.out, joined)

    def feed_forward(self, name: str, layer: torch.nn.Module, x: str) -> str:
        up = self.linear(f"{name}.up", layer.up, x)
        erf = self.node("Erf", [self.node("Mul", [up, self.constant("root_half", math.sqrt(0.5))])])
        half = self.node("Mul", [up, self.constant("half", 0.5)])
        gelu = self.node("Mul", [half, self.node("Add", [erf, self.constant("one_float", 1.0)])])
        return self.linear(f"{name}.down", layer.down, gelu)

    def body(self, encoder: Encoder, typed: bool) -> str:
        x, bias = self.embeddings(encoder, typed), self.bias_of_padding()
        for at, layer in enumerate(encoder.layers):
            attended = self.attention(f"{at}", layer, self.norm(f"{at}.norm1", layer.norm1, x), bias)
            x = self.node("Add", [x, attended])
            fed = self.feed_forward(f"{at}", layer, self.norm(f"{at}.norm2", layer.norm2, x))
            x = self.node("Add", [x, fed])
        return self.norm("norm", encoder.norm, x)

    def model(self, title: str, inputs: list[str], source: str, output: str, shape: list) -> onnx.ModelProto:
        self.nodes.append(helper.make_node("Identity", [source], [output], name=output))
        axes = ["batch_size", "sequence_length"]
        ins = [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs]
        outs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
        # `ascontiguousarray` would make a list of a number.
        tensors = [numpy_helper.from_array(np.array(value, order="C"), name) for name, value in self.constants.items()]
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        made = helper.make_model(
            helper.make_graph(self.nodes, title, ins, outs, tensors), producer_name="fumikura", opset_imports=opsets
        )
        made.ir_version = 8
        return made


def embedder_graph(encoder: Encoder) -> onnx.ModelProto:
    """input_ids, attention_mask (texts x tokens) -> last_hidden_state (texts x tokens x hidden)."""
    graph = Graph(encoder.size)
    shape = ["batch_size", "sequence_length", encoder.size.hidden]
    inputs = ["input_ids", "attention_mask"]
    return graph.model("fumikura-encoder", inputs, graph.body(encoder, typed=False), "last_hidden_state", shape)


def scorer_graph(scorer: Scorer) -> onnx.ModelProto:
    """input_ids, attention_mask, token_type_ids (pairs x tokens) -> logits (pairs x 1)."""
    graph = Graph(scorer.body.size)
    first = graph.node("Gather", [graph.body(scorer.body, typed=True), graph.constant("start", np.int64(0))], axis=1)
    logits = graph.linear("score", scorer.score, first)
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    return graph.model("fumikura-reranker", inputs, logits, "logits", ["batch_size", 1])

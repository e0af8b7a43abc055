"""Writes a Llama-shaped language model as ONNX, with the names and operators of onnxruntime-genai's builder.

RMSNorm, grouped-query attention with rotary positions, SwiGLU, 4-bit weights in blocks of 32, and the input
num_logits_to_keep of the exports for browsers. Needs numpy and onnx.
"""
import math
import re
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .four_bits import BLOCK, MIDDLE, pack

MICROSOFT = "com.microsoft"
Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Size:
    vocabulary: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    positions: int
    epsilon: float = 1e-6
    theta: float = 10_000.0
    quantized: bool = True
    """One 4-bit table, which the head multiplies with and which rows are looked up in; there is no other one then."""
    tied: bool = False
    """What rows of that table are multiplied with when they are looked up."""
    embedding_scale: float = 1.0

    @property
    def width(self) -> int:
        """Of one head."""
        return self.hidden // self.heads


def rotations(size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of each position's angles, positions × half a head."""
    angles = np.outer(np.arange(size.positions), size.theta ** (-np.arange(0, size.width, 2) / size.width))
    return np.cos(angles), np.sin(angles)


class Graph:
    def __init__(self, weights: Weights, size: Size):
        self.weights, self.size = weights, size
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, array: np.ndarray) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, operator: str, inputs: list[str], name: str, output: str | None = None, domain: str = "", **attributes) -> str:
        output = output or f"{name}/output_0"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=name, domain=domain, **attributes))
        return output

    def norm(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, name: str, x: str, output: str | None = None) -> str:
        matrix = self.weights[name]
        # model.layers.0.attn.q_proj stands at /model/layers.0/attn/q_proj.
        base = "/" + re.sub(r"\.(?=[a-z])", "/", name) + "/MatMul"
        packed, scales, restored = pack(matrix)
        if not self.size.quantized:
            return self.node("MatMul", [x, self.constant(f"{name}.MatMul.weight", restored.T)], base, output)
        constants = [self.constant(f"{name}.MatMul.weight_Q4", packed), self.constant(f"{name}.MatMul.weight_scales", scales)]
        # Without accuracy_level: with it the processor rounds activations to 8 bits, and devices differ by .3.
        shape = dict(K=matrix.shape[1], N=matrix.shape[0], bits=4, block_size=BLOCK)
        return self.node("MatMulNBits", [x, *constants], base + "_Q4", output, MICROSOFT, **shape)

    def skip_norm(self, name: str, x: str, skipped: str, weight: str) -> tuple[str, str]:
        base = f"/{name}/SkipLayerNorm"
        outputs = [f"{base}/output_0", "", "", f"{base}/output_3"]
        operator = "SkipSimplifiedLayerNormalization"
        node = helper.make_node(operator, [skipped, x, weight], outputs, name=base, domain=MICROSOFT, epsilon=self.size.epsilon)
        self.nodes.append(node)
        return outputs[0], outputs[3]


def add_lengths(graph: Graph) -> None:
    """Lengths of the sequence, from the attention mask: what grouped-query attention asks for."""
    base = "/model/attn_mask_reformat/attn_mask_subgraph"
    axis = graph.constant("/model/constants/INT64/[1]", np.array([1], np.int64))
    one = graph.constant("/model/constants/INT64/1", np.array(1, np.int64))
    total = graph.node("ReduceSum", ["attention_mask", axis], f"{base}/ReduceSum", keepdims=0)
    less = graph.node("Sub", [total, axis], f"{base}/Sub")
    graph.node("Cast", [less], f"{base}/Sub/Cast", "seqlens_k", to=TensorProto.INT32)
    shape = graph.node("Shape", ["attention_mask"], f"{base}/Shape")
    length = graph.node("Gather", [shape, one], f"{base}/Gather", axis=0)
    graph.node("Cast", [length], f"{base}/Gather/Cast", "total_seq_len", to=TensorProto.INT32)


def add_table(graph: Graph) -> str:
    if not graph.size.tied:
        table = graph.constant("model.embed_tokens.weight", graph.weights["model.embed_tokens.weight"])
        return graph.node("Gather", [table, "input_ids"], "/model/embed_tokens/Gather")
    return add_packed_table(graph)


def add_packed_table(graph: Graph) -> str:
    """
    The rows of the head's own 4 bits, unpacked by plain operators: GatherBlockQuantized, which would do it in one, is missing
    in onnxruntime-web on the processor, and a table of its own would double the file of a small model.
    """
    base, size = "/model/embed_tokens", graph.size
    packed, scales, _ = pack(graph.weights["lm_head"])
    number = lambda name, value: graph.constant(f"{base}/{name}", np.array(value))
    codes = graph.constant("lm_head.MatMul.weight_Q4", packed)
    rows = graph.node("Gather", [codes, "input_ids"], f"{base}/Gather", axis=0)
    bytes_ = graph.node("Cast", [rows], f"{base}/Cast", to=TensorProto.FLOAT)
    shifted = graph.node("Mul", [bytes_, number("sixteenth", np.float32(1 / 16))], f"{base}/Shift")
    high = graph.node("Floor", [shifted], f"{base}/High")
    high_part = graph.node("Mul", [high, number("sixteen", np.float32(16))], f"{base}/HighPart")
    low = graph.node("Sub", [bytes_, high_part], f"{base}/Low")
    axis = number("last", np.array([4]))
    halves = [graph.node("Unsqueeze", [each, axis], f"{base}/{name}Pair") for name, each in (("Low", low), ("High", high))]
    # texts × tokens × blocks × bytes × 2, the low half of a byte first.
    pairs = graph.node("Concat", halves, f"{base}/Concat", axis=4)
    blocks = size.hidden // BLOCK
    wide = graph.node("Reshape", [pairs, number("blocks", np.array([0, 0, blocks, BLOCK]))], f"{base}/Blocks")
    steps = graph.node("Sub", [wide, number("middle", np.float32(MIDDLE))], f"{base}/Steps")
    table = graph.constant("lm_head.MatMul.weight_scales", scales)
    by_row = graph.node("Reshape", [table, number("rows", np.array([-1, blocks, 1]))], f"{base}/ScaleRows")
    scale = graph.node("Gather", [by_row, "input_ids"], f"{base}/Scale", axis=0)
    larger = graph.node("Mul", [scale, number("scale", np.float32(size.embedding_scale))], f"{base}/Larger")
    scaled = graph.node("Mul", [steps, larger], f"{base}/Scaled")
    return graph.node("Reshape", [scaled, number("hidden", np.array([0, 0, size.hidden]))], f"{base}/Row")


def add_attention(graph: Graph, layer: int, x: str) -> str:
    base = f"/model/layers.{layer}/attn/GroupQueryAttention"
    project = lambda part, x: graph.linear(f"model.layers.{layer}.attn.{part}_proj", x)
    inputs = [project(part, x) for part in "qkv"]
    inputs += [f"past_key_values.{layer}.key", f"past_key_values.{layer}.value"]
    inputs += ["seqlens_k", "total_seq_len", "cos_cache", "sin_cache"]
    outputs = [f"{base}/output_0", f"present.{layer}.key", f"present.{layer}.value"]
    graph.nodes.append(helper.make_node(
        "GroupQueryAttention", inputs, outputs, name=base, domain=MICROSOFT, num_heads=graph.size.heads,
        kv_num_heads=graph.size.kv_heads, scale=1 / math.sqrt(graph.size.width), do_rotary=1, rotary_interleaved=0,
        local_window_size=-1,
    ))  # fmt: skip
    return project("o", outputs[0])


def add_mlp(graph: Graph, layer: int, x: str) -> str:
    base = f"/model/layers.{layer}/mlp"
    project = lambda part, x: graph.linear(f"model.layers.{layer}.mlp.{part}_proj", x)
    gate, up = project("gate", x), project("up", x)
    sigmoid = graph.node("Sigmoid", [gate], f"{base}/act_fn/Sigmoid")
    silu = graph.node("Mul", [gate, sigmoid], f"{base}/act_fn/Mul")
    return project("down", graph.node("Mul", [silu, up], f"{base}/Mul"))


def add_head(graph: Graph, x: str) -> None:
    # The last n positions; 0 keeps all, because a slice from -0 begins at 0.
    ends = graph.constant("/lm_head/most", np.array([2**62], np.int64))
    negative = graph.node("Neg", ["num_logits_to_keep"], "/lm_head/Neg")
    start = graph.node("Reshape", [negative, "/model/constants/INT64/[1]"], "/lm_head/Reshape")
    kept = graph.node("Slice", [x, start, ends, "/model/constants/INT64/[1]"], "/lm_head/Slice")
    graph.linear("lm_head", kept, "logits")


def build(weights: Weights, size: Size) -> onnx.ModelProto:
    """
    @param weights matrices (outputs × inputs) as model.layers.N.attn.q_proj and so on, norms as
      model.layers.N.input_layernorm.weight with the final one as layer N + 1's final_norm_layernorm, lm_head, and
      model.embed_tokens.weight unless the head is the table
    """
    graph = Graph(weights, size)
    add_lengths(graph)
    for name, table in zip(("cos_cache", "sin_cache"), rotations(size)):
        graph.constant(name, table.astype(np.float32))
    skipped = add_table(graph)
    x = graph.node(
        "SimplifiedLayerNormalization", [skipped, graph.norm("model.layers.0.input_layernorm.weight")],
        "/model/layers.0/input_layernorm/LayerNorm", axis=-1, epsilon=size.epsilon, stash_type=1,
    )  # fmt: skip
    for layer in range(size.layers):
        x = add_attention(graph, layer, x)
        after = f"layers.{layer}/post_attention_layernorm"
        weight = graph.norm(f"model.layers.{layer}.post_attention_layernorm.weight")
        x, skipped = graph.skip_norm(f"model/{after}", x, skipped, weight)
        x = add_mlp(graph, layer, x)
        last = layer + 1 == size.layers
        following = "final_norm_layernorm" if last else "input_layernorm"
        weight = graph.norm(f"model.layers.{layer + 1}.{following}.weight")
        x, skipped = graph.skip_norm(f"model/layers.{layer + 1}/{following}", x, skipped, weight)
    add_head(graph, x)
    return to_model(graph)


def to_model(graph: Graph) -> onnx.ModelProto:
    size = graph.size
    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    cache = lambda name, length: value(name, TensorProto.FLOAT, ["batch_size", size.kv_heads, length, size.width])
    names = [f"{layer}.{part}" for layer in range(size.layers) for part in ("key", "value")]
    inputs = [
        value("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
        value("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
        value("num_logits_to_keep", TensorProto.INT64, []),
        *(cache(f"past_key_values.{name}", "past_sequence_length") for name in names),
    ]
    outputs = [
        value("logits", TensorProto.FLOAT, ["batch_size", "logits_length", size.vocabulary]),
        *(cache(f"present.{name}", "total_sequence_length") for name in names),
    ]
    whole = helper.make_graph(graph.nodes, "main_graph", inputs, outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(whole, producer_name="fumikura", opset_imports=opsets)
    model.ir_version = 8
    return model


def configuration(size: Size, end_of_text: int, end_of_turn: int) -> dict:
    """config.json, as transformers writes it for this architecture."""
    return dict(
        architectures=["LlamaForCausalLM"], model_type="llama", vocab_size=size.vocabulary, hidden_size=size.hidden,
        intermediate_size=size.inner, num_hidden_layers=size.layers, num_attention_heads=size.heads,
        num_key_value_heads=size.kv_heads, head_dim=size.width, max_position_embeddings=size.positions,
        rms_norm_eps=size.epsilon, rope_theta=size.theta, hidden_act="silu", tie_word_embeddings=size.tied,
        bos_token_id=end_of_text, eos_token_id=end_of_turn, pad_token_id=end_of_text, torch_dtype="float32",
        **{"transformers.js_config": dict(use_external_data_format={"model_q4.onnx": 1})},
    )  # fmt: skip


def save(model: onnx.ModelProto, path: str, beside: str | None = None) -> None:
    """@param beside name of the file that takes the weights, which must not exist yet: it would be appended to"""
    if beside is None:
        return onnx.save_model(model, path)
    onnx.save_model(
        model, path, save_as_external_data=True, all_tensors_to_one_file=True, location=beside, size_threshold=1024
    )

#!/usr/bin/env python3
"""Writes models/tiny/llm: a Llama with random weights, for tests and benchmarks of the language model worker.

    python3 models/recipes/tiny-llm/make.py [folder] [--hidden N --layers N --heads N --kv-heads N --inner N --positions N --only-q4]

Needs numpy and onnx. The same seed gives the same bytes. The graph has the names and the operators that onnxruntime-genai's
builder writes: RMSNorm, grouped-query attention with rotary positions, SwiGLU, 4-bit weights in blocks of 32 beside the
graph, and the input num_logits_to_keep of the exports for browsers. model.onnx holds the same weights in 32 bits, as the 4
bits give them, so one reference serves both: expected.json, computed in float64 by lines that share no code with the browser.
"""
import argparse
import json
import math
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import tokenizer

SEED = 20_261_126
EPSILON = 1e-6
THETA = 10_000.0
BLOCK = 32
MICROSOFT = 'com.microsoft'


# --- the weights ---


def make_weights(size):
    """Matrices are outputs × inputs. The factors keep the activations alive through the layers, and the logits apart."""
    rng = np.random.default_rng(SEED)
    weights = {}

    def linear(name, outputs, inputs, factor):
        weights[name] = (rng.standard_normal((outputs, inputs)) * factor / math.sqrt(inputs)).astype(np.float32)

    def norm(name):
        weights[name] = (1 + 0.1 * rng.standard_normal(size.hidden)).astype(np.float32)

    width = size.hidden // size.heads
    weights['model.embed_tokens.weight'] = rng.standard_normal((tokenizer.SIZE, size.hidden)).astype(np.float32)
    for layer in range(size.layers):
        base = f'model.layers.{layer}'
        norm(f'{base}.input_layernorm.weight')
        linear(f'{base}.attn.q_proj', size.hidden, size.hidden, 1.5)
        linear(f'{base}.attn.k_proj', size.kv_heads * width, size.hidden, 1.5)
        linear(f'{base}.attn.v_proj', size.kv_heads * width, size.hidden, 2)
        linear(f'{base}.attn.o_proj', size.hidden, size.hidden, 2)
        norm(f'{base}.post_attention_layernorm.weight')
        linear(f'{base}.mlp.gate_proj', size.inner, size.hidden, 1.5)
        linear(f'{base}.mlp.up_proj', size.inner, size.hidden, 1.5)
        linear(f'{base}.mlp.down_proj', size.hidden, size.inner, 1.5)
    norm(f'model.layers.{size.layers}.final_norm_layernorm.weight')
    linear('lm_head', tokenizer.SIZE, size.hidden, 2)
    return weights


def to_four_bits(matrix):
    """Symmetric: the largest value of a block becomes -8 or, with its sign turned, 8 steps. Two values to a byte, the first low."""
    rows, columns = matrix.shape
    blocks = matrix.reshape(rows, columns // BLOCK, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    scales = (largest / -8).astype(np.float32)
    codes = np.clip(np.rint(blocks / scales) + 8, 0, 15).astype(np.uint8)
    packed = codes[..., 0::2] | codes[..., 1::2] << 4
    restored = ((codes.astype(np.float32) - 8) * scales).reshape(rows, columns)
    return packed, scales.reshape(-1), restored


def rotations(size):
    """Cosines and sines of each position's angles, positions × half a head."""
    width = size.hidden // size.heads
    angles = np.outer(np.arange(size.positions), THETA ** (-np.arange(0, width, 2) / width))
    return np.cos(angles), np.sin(angles)


# --- the graph ---


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, array):
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, operator, inputs, name, output=None, domain='', **attributes):
        output = output or f'{name}/output_0'
        self.nodes.append(helper.make_node(operator, inputs, [output], name=name, domain=domain, **attributes))
        return output


def add_linear(graph, weights, name, x, quantized, output=None):
    matrix = weights[name]
    # model.layers.0.attn.q_proj stands at /model/layers.0/attn/q_proj.
    base = '/' + re.sub(r'\.(?=[a-z])', '/', name) + '/MatMul'
    rows, columns = matrix.shape
    packed, scales, restored = to_four_bits(matrix)
    if not quantized:
        return graph.node('MatMul', [x, graph.constant(f'{name}.MatMul.weight', restored.T)], base, output)
    inputs = [x, graph.constant(f'{name}.MatMul.weight_Q4', packed), graph.constant(f'{name}.MatMul.weight_scales', scales)]
    # Without accuracy_level: with it the processor rounds activations to 8 bits, and devices differ by .3.
    shape = dict(K=columns, N=rows, bits=4, block_size=BLOCK)
    return graph.node('MatMulNBits', inputs, base + '_Q4', output, MICROSOFT, **shape)


def add_skip_norm(graph, name, x, skipped, weight):
    base = f'/{name}/SkipLayerNorm'
    outputs = [f'{base}/output_0', '', '', f'{base}/output_3']
    inputs = [skipped, x, weight]
    op = 'SkipSimplifiedLayerNormalization'
    graph.nodes.append(helper.make_node(op, inputs, outputs, name=base, domain=MICROSOFT, epsilon=EPSILON))
    return outputs[0], outputs[3]


def add_lengths(graph):
    """Lengths of the sequence, from the attention mask: what grouped-query attention asks for."""
    base = '/model/attn_mask_reformat/attn_mask_subgraph'
    axis = graph.constant('/model/constants/INT64/[1]', np.array([1], np.int64))
    one = graph.constant('/model/constants/INT64/1', np.array(1, np.int64))
    total = graph.node('ReduceSum', ['attention_mask', axis], f'{base}/ReduceSum', keepdims=0)
    less = graph.node('Sub', [total, axis], f'{base}/Sub')
    graph.node('Cast', [less], f'{base}/Sub/Cast', 'seqlens_k', to=TensorProto.INT32)
    shape = graph.node('Shape', ['attention_mask'], f'{base}/Shape')
    length = graph.node('Gather', [shape, one], f'{base}/Gather', axis=0)
    graph.node('Cast', [length], f'{base}/Gather/Cast', 'total_seq_len', to=TensorProto.INT32)


def add_attention(graph, layer, x, weights, size, quantized):
    base = f'/model/layers.{layer}/attn/GroupQueryAttention'
    project = lambda part, x: add_linear(graph, weights, f'model.layers.{layer}.attn.{part}_proj', x, quantized)
    inputs = [project(part, x) for part in 'qkv']
    inputs += [f'past_key_values.{layer}.key', f'past_key_values.{layer}.value']
    inputs += ['seqlens_k', 'total_seq_len', 'cos_cache', 'sin_cache']
    outputs = [f'{base}/output_0', f'present.{layer}.key', f'present.{layer}.value']
    scale = 1 / math.sqrt(size.hidden // size.heads)
    graph.nodes.append(helper.make_node(
        'GroupQueryAttention', inputs, outputs, name=base, domain=MICROSOFT, num_heads=size.heads,
        kv_num_heads=size.kv_heads, scale=scale, do_rotary=1, rotary_interleaved=0, local_window_size=-1,
    ))
    return project('o', outputs[0])


def add_mlp(graph, layer, x, weights, quantized):
    base = f'/model/layers.{layer}/mlp'
    project = lambda part, x: add_linear(graph, weights, f'model.layers.{layer}.mlp.{part}_proj', x, quantized)
    gate, up = project('gate', x), project('up', x)
    sigmoid = graph.node('Sigmoid', [gate], f'{base}/act_fn/Sigmoid')
    silu = graph.node('Mul', [gate, sigmoid], f'{base}/act_fn/Mul')
    return project('down', graph.node('Mul', [silu, up], f'{base}/Mul'))


def build(weights, size, quantized):
    graph = Graph()
    norm = lambda name: graph.constant(name, weights[name])
    add_lengths(graph)
    for name, table in zip(('cos_cache', 'sin_cache'), rotations(size)):
        graph.constant(name, table.astype(np.float32))
    embeddings = graph.constant('model.embed_tokens.weight', weights['model.embed_tokens.weight'])
    skipped = graph.node('Gather', [embeddings, 'input_ids'], '/model/embed_tokens/Gather')
    x = graph.node(
        'SimplifiedLayerNormalization', [skipped, norm('model.layers.0.input_layernorm.weight')],
        '/model/layers.0/input_layernorm/LayerNorm', axis=-1, epsilon=EPSILON, stash_type=1,
    )
    for layer in range(size.layers):
        base = f'model.layers.{layer}'
        x = add_attention(graph, layer, x, weights, size, quantized)
        after = f'{base}.post_attention_layernorm'
        x, skipped = add_skip_norm(graph, f'model/layers.{layer}/post_attention_layernorm', x, skipped, norm(f'{after}.weight'))
        x = add_mlp(graph, layer, x, weights, quantized)
        last = layer + 1 == size.layers
        following = 'final_norm_layernorm' if last else 'input_layernorm'
        weight = norm(f'model.layers.{layer + 1}.{following}.weight')
        x, skipped = add_skip_norm(graph, f'model/layers.{layer + 1}/{following}', x, skipped, weight)
    # The last n positions; 0 keeps all, because a slice from -0 begins at 0.
    ends = graph.constant('/lm_head/most', np.array([2**62], np.int64))
    negative = graph.node('Neg', ['num_logits_to_keep'], '/lm_head/Neg')
    start = graph.node('Reshape', [negative, '/model/constants/INT64/[1]'], '/lm_head/Reshape')
    kept = graph.node('Slice', [x, start, ends, '/model/constants/INT64/[1]'], '/lm_head/Slice')
    add_linear(graph, weights, 'lm_head', kept, quantized, 'logits')
    return to_model(graph, size)


def to_model(graph, size):
    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    width = size.hidden // size.heads
    cache = lambda name, length: value(name, TensorProto.FLOAT, ['batch_size', size.kv_heads, length, width])
    names = [f'{layer}.{part}' for layer in range(size.layers) for part in ('key', 'value')]
    inputs = [
        value('input_ids', TensorProto.INT64, ['batch_size', 'sequence_length']),
        value('attention_mask', TensorProto.INT64, ['batch_size', 'total_sequence_length']),
        value('num_logits_to_keep', TensorProto.INT64, []),
        *(cache(f'past_key_values.{name}', 'past_sequence_length') for name in names),
    ]
    outputs = [
        value('logits', TensorProto.FLOAT, ['batch_size', 'logits_length', tokenizer.SIZE]),
        *(cache(f'present.{name}', 'total_sequence_length') for name in names),
    ]
    whole = helper.make_graph(graph.nodes, 'main_graph', inputs, outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid('', 18), helper.make_opsetid(MICROSOFT, 1)]
    model = helper.make_model(whole, producer_name='fumikura', opset_imports=opsets)
    model.ir_version = 8
    return model


# --- the reference: the same network in float64, every position anew, without a cache ---


class Reference:
    def __init__(self, weights, size):
        restored = {n: to_four_bits(w)[2] if n.endswith('_proj') or n == 'lm_head' else w for n, w in weights.items()}
        self.weights = {name: value.astype(np.float64) for name, value in restored.items()}
        self.size = size
        self.cos, self.sin = (table.astype(np.float32).astype(np.float64) for table in rotations(size))

    def norm(self, name, x):
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + EPSILON) * self.weights[name]

    def rotate(self, x):
        """heads × positions × width; the two halves of a head are the parts of a complex number."""
        half, length = x.shape[-1] // 2, x.shape[1]
        cos, sin, a, b = self.cos[:length], self.sin[:length], x[..., :half], x[..., half:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

    def attention(self, base, x):
        width, length = self.size.hidden // self.size.heads, len(x)
        heads = lambda part, count: (x @ self.weights[f'{base}.attn.{part}_proj'].T).reshape(length, count, width).transpose(1, 0, 2)
        q, k = self.rotate(heads('q', self.size.heads)), self.rotate(heads('k', self.size.kv_heads))
        group = self.size.heads // self.size.kv_heads
        k, v = np.repeat(k, group, 0), np.repeat(heads('v', self.size.kv_heads), group, 0)
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(width)
        scores = np.where(np.tril(np.ones((length, length), bool)), scores, -np.inf)
        heed = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (heed / heed.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(length, self.size.hidden)
        return mixed @ self.weights[f'{base}.attn.o_proj'].T

    def logits(self, ids):
        """Logits after every position, positions × vocabulary."""
        x = self.weights['model.embed_tokens.weight'][ids]
        for layer in range(self.size.layers):
            base = f'model.layers.{layer}'
            x = x + self.attention(base, self.norm(f'{base}.input_layernorm.weight', x))
            h = self.norm(f'{base}.post_attention_layernorm.weight', x)
            gate = h @ self.weights[f'{base}.mlp.gate_proj'].T
            inner = gate / (1 + np.exp(-gate)) * (h @ self.weights[f'{base}.mlp.up_proj'].T)
            x = x + inner @ self.weights[f'{base}.mlp.down_proj'].T
        return self.norm(f'model.layers.{self.size.layers}.final_norm_layernorm.weight', x) @ self.weights['lm_head'].T

    def greedy(self, ids, count):
        """The most likely tokens, and by how much the first led the second where that was least."""
        tokens, margin = [], math.inf
        for _ in range(count):
            row = self.logits(ids + tokens)[-1]
            first, second = np.argsort(row)[::-1][:2]
            margin = min(margin, row[first] - row[second])
            tokens.append(int(first))
        return tokens, float(margin)


PROMPTS = [
    'Where is the rule about paid leave?',
    '有給休暇は何日もらえますか。',
    'The staff of the 東京 office 🦊 may leave early on Fridays.',
    tokenizer.chat([('system', 'Answer from the documents.'), ('user', '会議は何時に始まりますか。')]),
]
GREEDY = 24
STEPS = 6


def expectations(reference):
    """For each prompt: its tokens, the greedy continuation, and the logits after the prompt and after six tokens of that."""
    for text in PROMPTS:
        ids = tokenizer.encode(text)
        tokens, margin = reference.greedy(ids, GREEDY)
        # A closer race would be decided by rounding, and prove nothing.
        assert margin > 1e-3, (text, margin)
        rows = [reference.logits(ids + tokens[:steps])[-1] for steps in (0, STEPS)]
        yield dict(text=text, ids=ids, greedy=tokens, logits=[[round(float(v), 5) for v in row] for row in rows])


QUESTIONS = [
    ('Question: What is the notice period?\nAnswer:', [' ten days', ' one month, in writing', ' none', ' three weeks']),
    ('会議は毎週月曜日に始まります。\n\n質問：会議はいつですか。\n答え：', ['月曜日', '水曜日の午後', '金曜日', '二十五日']),
]


def scored_options(reference):
    """For each prompt with options: the log-probability of each option's tokens after the prompt."""
    for prompt, options in QUESTIONS:
        ids = tokenizer.encode(prompt)
        scores = []
        for option in options:
            tokens = tokenizer.encode(option)
            rows = reference.logits(ids + tokens)[len(ids) - 1 : -1]
            most = rows.max(-1, keepdims=True)
            rows = rows - most - np.log(np.exp(rows - most).sum(-1, keepdims=True))
            scores.append(dict(tokens=len(tokens), logProbability=round(float(rows[np.arange(len(tokens)), tokens].sum()), 6)))
        yield dict(prompt=prompt, options=options, scores=scores)


def configuration(size):
    return dict(
        architectures=['LlamaForCausalLM'], model_type='llama', vocab_size=tokenizer.SIZE, hidden_size=size.hidden,
        intermediate_size=size.inner, num_hidden_layers=size.layers, num_attention_heads=size.heads,
        num_key_value_heads=size.kv_heads, head_dim=size.hidden // size.heads, max_position_embeddings=size.positions,
        rms_norm_eps=EPSILON, rope_theta=THETA, hidden_act='silu', tie_word_embeddings=False,
        bos_token_id=tokenizer.END_OF_TEXT, eos_token_id=tokenizer.END_OF_TURN, pad_token_id=tokenizer.END_OF_TEXT,
        torch_dtype='float32', **{'transformers.js_config': dict(use_external_data_format={'model_q4.onnx': 1})},
    )


def save_graphs(folder, weights, size, only_q4):
    for old in (folder / 'onnx').glob('*'):
        old.unlink()  # the data file would be appended to
    if not only_q4:
        onnx.save_model(build(weights, size, quantized=False), str(folder / 'onnx/model.onnx'))
    onnx.save_model(
        build(weights, size, quantized=True), str(folder / 'onnx/model_q4.onnx'), save_as_external_data=True,
        all_tensors_to_one_file=True, location='model_q4.onnx_data', size_threshold=1024,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', nargs='?', default=Path(__file__).resolve().parents[2] / 'tiny/llm')
    shape = {'hidden': 64, 'layers': 2, 'heads': 4, 'kv-heads': 2, 'inner': 128, 'positions': 1024}
    for name, value in shape.items():
        parser.add_argument(f'--{name}', type=int, default=value)
    parser.add_argument('--only-q4', action='store_true', help='not the same weights in 32 bits')
    size = parser.parse_args()
    folder = Path(size.folder)
    (folder / 'onnx').mkdir(parents=True, exist_ok=True)
    weights = make_weights(size)
    save_graphs(folder, weights, size, size.only_q4)

    def write(name, data):
        (folder / name).write_text(json.dumps(data, ensure_ascii=False) + '\n')

    write('tokenizer.json', tokenizer.to_json())
    write('tokenizer_config.json', tokenizer.configuration(size.positions))
    write('config.json', configuration(size))
    write('generation_config.json', dict(
        bos_token_id=tokenizer.END_OF_TEXT, eos_token_id=[tokenizer.END_OF_TURN], pad_token_id=tokenizer.END_OF_TEXT,
    ))
    if all(getattr(size, name.replace('-', '_')) == value for name, value in shape.items()):
        write('expected.json', list(expectations(Reference(weights, size))))
        write('scores.json', list(scored_options(Reference(weights, size))))
    for path in sorted(folder.rglob('*.*')):
        print(f'{path.stat().st_size:9,} {path.relative_to(folder)}')


if __name__ == '__main__':
    main()

"""A BERT with random weights: as an ONNX graph, in 32 bits or with 8-bit weights, and in float64."""
import math

import numpy as np

from .onnx_file import FLOAT, Graph
from .wordpiece import VOCABULARY_SIZE

EPSILON = 1e-12

def make_weights(size, seed, labels=0):
    """With labels there is a head: the pooler of a BERT, and a classifier with so many outputs."""
    rng = np.random.default_rng(seed)
    weights = {}

    def linear(name, inputs, outputs, spread=1):
        weights[name + '.w'] = (spread * rng.standard_normal((inputs, outputs)) / math.sqrt(inputs)).astype(np.float32)
        weights[name + '.b'] = (0.02 * rng.standard_normal(outputs)).astype(np.float32)

    def norm(name):
        weights[name + '.g'] = (1 + 0.1 * rng.standard_normal(size.hidden)).astype(np.float32)
        weights[name + '.b'] = (0.1 * rng.standard_normal(size.hidden)).astype(np.float32)

    for name, rows in (('word', VOCABULARY_SIZE), ('position', size.positions), ('type', 2)):
        spread = 0.1 if name == 'position' else 0.5
        weights['embed.' + name] = (spread * rng.standard_normal((rows, size.hidden))).astype(np.float32)
    norm('embed.norm')
    for layer in range(size.layers):
        for part in 'qkvo':
            linear(f'{layer}.{part}', size.hidden, size.hidden)
        norm(f'{layer}.norm1')
        linear(f'{layer}.up', size.hidden, size.inner)
        linear(f'{layer}.down', size.inner, size.hidden)
        norm(f'{layer}.norm2')
    if labels:
        linear('pooler', size.hidden, size.hidden)
        # Scores a few units apart, as those of a trained model are.
        linear('classifier', size.hidden, labels, spread=4)
    return weights


def to_int8(matrix):
    """Symmetric, one scale for all: what the usual dynamic quantization of an exported model gives."""
    scale = np.float32(np.abs(matrix).max() / 127)
    return np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8), scale


def build(weights, size, quantized, labels=None):
    """The graph. Its output is last_hidden_state or, where some of the classifier's labels are asked for, their logits."""
    g = Graph()
    i64 = lambda name, *values: g.constant(name, np.array(values, np.int64))
    f32 = lambda name, value: g.constant(name, np.array(value, np.float32))
    weight = lambda name: g.constant(name, weights[name])
    heads, width = size.heads, size.hidden // size.heads

    def linear(name, x):
        if not quantized:
            return g.node('Add', [g.node('MatMul', [x, weight(name + '.w')]), weight(name + '.b')])
        q, scale = to_int8(weights[name + '.w'])
        x8, x_scale, x_zero = g.node('DynamicQuantizeLinear', [x], outputs=3)
        zero = g.constant('zero8', np.array(0, np.int8))
        product = g.node('MatMulInteger', [x8, g.constant(name + '.q', q), x_zero, zero])
        scales = g.node('Mul', [x_scale, f32(name + '.s', scale)])
        y = g.node('Mul', [g.node('Cast', [product], to=FLOAT), scales])
        return g.node('Add', [y, weight(name + '.b')])

    def rows_of(name, indices):
        if not quantized:
            return g.node('Gather', [weight(name), indices])
        q, scale = to_int8(weights[name])
        rows = g.node('Gather', [g.constant(name + '.q', q), indices])
        return g.node('DequantizeLinear', [rows, f32(name + '.s', scale), g.constant('zero8', np.array(0, np.int8))])

    def norm(name, x):
        return g.node('LayerNormalization', [x, weight(name + '.g'), weight(name + '.b')], axis=-1, epsilon=EPSILON)

    length = g.node('Gather', [g.node('Shape', ['input_ids']), i64('one', 1)], axis=0)
    position = g.node('Slice', [weight('embed.position'), i64('zero', 0), length, i64('axis0', 0)])
    tokens = g.node('Add', [rows_of('embed.word', 'input_ids'), rows_of('embed.type', 'token_type_ids')])
    x = norm('embed.norm', g.node('Add', [tokens, position]))
    mask = g.node('Cast', [g.node('Unsqueeze', ['attention_mask', i64('axes12', 1, 2)])], to=FLOAT)
    bias = g.node('Mul', [g.node('Sub', [f32('one_f', 1), mask]), f32('minus_much', -1e9)])
    split, join = i64('split', 0, 0, heads, width), i64('join', 0, 0, size.hidden)
    for layer in range(size.layers):
        part = lambda name, order: g.node('Transpose', [g.node('Reshape', [linear(f'{layer}.{name}', x), split])], perm=order)
        q, k, v = part('q', [0, 2, 1, 3]), part('k', [0, 2, 3, 1]), part('v', [0, 2, 1, 3])
        scores = g.node('Mul', [g.node('MatMul', [q, k]), f32('per_width', 1 / math.sqrt(width))])
        heed = g.node('Softmax', [g.node('Add', [scores, bias])], axis=-1)
        mixed = g.node('Transpose', [g.node('MatMul', [heed, v])], perm=[0, 2, 1, 3])
        x = norm(f'{layer}.norm1', g.node('Add', [x, linear(f'{layer}.o', g.node('Reshape', [mixed, join]))]))
        u = linear(f'{layer}.up', x)
        erf = g.node('Erf', [g.node('Mul', [u, f32('root_half', math.sqrt(0.5))])])
        gelu = g.node('Mul', [g.node('Mul', [u, f32('half', 0.5)]), g.node('Add', [erf, f32('one_f', 1)])])
        x = norm(f'{layer}.norm2', g.node('Add', [x, linear(f'{layer}.down', gelu)]))
    inputs = ['input_ids', 'attention_mask', 'token_type_ids']
    if labels is None:
        return g.model('tiny-embedder', inputs, ('last_hidden_state', x), ['batch_size', 'sequence_length', size.hidden])
    pooled = g.node('Tanh', [linear('pooler', g.node('Gather', [x, g.constant('first', np.array(0, np.int64))], axis=1))])
    wanted = g.constant('labels', np.array(labels, np.int64))
    logits = g.node('Gather', [linear('classifier', pooled), wanted], axis=1)
    return g.model('tiny-reranker', inputs, ('logits', logits), ['batch_size', len(labels)])


def hidden_states(weights, size, ids, types):
    """The reference: the same network in float64, one text at a time, without padding. @returns tokens × hidden"""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    heads, width, erf = size.heads, size.hidden // size.heads, np.vectorize(math.erf)

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * w[name + '.g'] + w[name + '.b']

    linear = lambda name, x: x @ w[name + '.w'] + w[name + '.b']
    x = norm('embed.norm', w['embed.word'][ids] + w['embed.position'][: len(ids)] + w['embed.type'][types])
    for layer in range(size.layers):
        q, k, v = (linear(f'{layer}.{p}', x).reshape(len(ids), heads, width).transpose(1, 0, 2) for p in 'qkv')
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(width)
        heed = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (heed / heed.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), size.hidden)
        x = norm(f'{layer}.norm1', x + linear(f'{layer}.o', mixed))
        u = linear(f'{layer}.up', x)
        x = norm(f'{layer}.norm2', x + linear(f'{layer}.down', u * 0.5 * (1 + erf(u * math.sqrt(0.5)))))
    return x


def classify(weights, x):
    """The logits of all labels in float64, from the hidden states of one text."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    return np.tanh(x[0] @ w['pooler.w'] + w['pooler.b']) @ w['classifier.w'] + w['classifier.b']

#!/usr/bin/env python3
"""Writes models/tiny/embedder: a BERT with random weights, for tests and benchmarks of the embedding worker.

    python3 models/recipes/tiny-embedder/make.py [folder] [--hidden N --layers N --heads N --inner N --positions N]

Needs numpy and nothing else: the ONNX file is written field by field. The same seed gives the same bytes. Beside the model
it writes expected.json, the vectors of a few texts computed in float64 with a tokenizer of its own, so that a test compares
the browser's result with arithmetic that shares no code with it.
"""
import argparse
import json
import math
import re
import unicodedata
from pathlib import Path

import numpy as np

SEED = 20_261_121
SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
VOCABULARY_SIZE = 512
EPSILON = 1e-12

# --- the vocabulary: every letter, digit and kana alone and inside a word, some whole words, some kanji ---

HIRAGANA = [chr(c) for c in range(0x3041, 0x3094)]
KATAKANA = [chr(c) for c in range(0x30A1, 0x30F5)] + ['ー']
LATIN = list('abcdefghijklmnopqrstuvwxyz0123456789')
WORDS = ['the', 'of', 'and', 'query', 'passage', 'search', 'page', 'rain', '##ing', '##ed']
KANJI = list('日本語文書検索質問回答有給休暇会社員年月時間金額規則第条東京大雨水人')


def vocabulary():
    pieces = SPECIAL + list('.,:;?!()-/\'"、。「」・') + LATIN + ['##' + c for c in LATIN]
    pieces += WORDS + HIRAGANA + ['##' + c for c in HIRAGANA] + KATAKANA + KANJI
    pieces += ['##' + c for c in KATAKANA][: VOCABULARY_SIZE - len(pieces)]
    return pieces + [f'[unused{i}]' for i in range(VOCABULARY_SIZE - len(pieces))]


# --- the tokenizer, twice: as the file that the browser reads, and as the few lines that expected.json rests on ---


def is_ideograph(char):
    code = ord(char)
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF


def is_punctuation(char):
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(char).startswith('P')


def word_pieces(word, ids):
    pieces, start = [], 0
    while start < len(word):
        prefix = '##' if start else ''
        end = next((e for e in range(len(word), start, -1) if prefix + word[start:e] in ids), None)
        if end is None:
            return ['[UNK]']
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def encode(text, ids):
    spaced = ''.join(f' {c} ' if is_ideograph(c) or is_punctuation(c) else c for c in text.lower())
    pieces = [piece for word in spaced.split() for piece in word_pieces(word, ids)]
    return [ids[piece] for piece in ['[CLS]', *pieces, '[SEP]']]


def tokenizer_json(pieces):
    special = lambda name: {'SpecialToken': {'id': name, 'type_id': 0}}
    added = lambda i, content: dict(
        id=i, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True
    )
    second = [{'Sequence': {'id': 'B', 'type_id': 1}}, {'SpecialToken': {'id': '[SEP]', 'type_id': 1}}]
    single = [special('[CLS]'), {'Sequence': {'id': 'A', 'type_id': 0}}, special('[SEP]')]
    return dict(
        version='1.0',
        truncation=None,
        padding=None,
        added_tokens=[added(i, content) for i, content in enumerate(SPECIAL)],
        # Accents stay: taking them off would also take the voicing marks off kana (か for が).
        normalizer=dict(
            type='BertNormalizer', clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True
        ),
        pre_tokenizer=dict(type='BertPreTokenizer'),
        post_processor=dict(
            type='TemplateProcessing',
            single=single,
            pair=single + second,
            special_tokens={n: dict(id=n, ids=[SPECIAL.index(n)], tokens=[n]) for n in ('[CLS]', '[SEP]')},
        ),
        decoder=dict(type='WordPiece', prefix='##', cleanup=True),
        model=dict(
            type='WordPiece',
            unk_token='[UNK]',
            continuing_subword_prefix='##',
            max_input_chars_per_word=100,
            vocab={piece: i for i, piece in enumerate(pieces)},
        ),
    )


# --- protocol buffers, as much of them as an ONNX file needs (onnx.proto names the field numbers) ---

FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
ELEMENT = {np.dtype('float32'): FLOAT, np.dtype('uint8'): UINT8, np.dtype('int8'): INT8, np.dtype('int64'): INT64}


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    if isinstance(value, float):
        return message(1, name) + varint(2 << 3 | 5) + np.float32(value).tobytes() + number(20, 1)
    if isinstance(value, int):
        return message(1, name) + number(3, value) + number(20, 2)
    return message(1, name) + b''.join(number(8, each) for each in value) + number(20, 7)


def tensor(name, array):
    dims = b''.join(number(1, size) for size in array.shape)
    return dims + number(2, ELEMENT[array.dtype]) + message(8, name) + message(9, np.ascontiguousarray(array).tobytes())


def value_info(name, element, shape):
    dims = b''.join(message(1, message(2, d) if isinstance(d, str) else number(1, d)) for d in shape)
    return message(1, name) + message(2, message(1, number(1, element) + message(2, dims)))


class Graph:
    """Nodes and constants in the order in which they are asked for."""

    def __init__(self):
        self.nodes, self.constants, self.names = [], [], set()

    def constant(self, name, array):
        if name not in self.names:
            self.names.add(name)
            self.constants.append(message(5, tensor(name, array)))
        return name

    def node(self, operator, inputs, outputs=1, **attributes):
        base = f'{operator}_{len(self.nodes)}'
        names = [base] if outputs == 1 else [f'{base}_{i}' for i in range(outputs)]
        data = b''.join(message(1, i) for i in inputs) + b''.join(message(2, o) for o in names)
        data += message(3, base) + message(4, operator)
        data += b''.join(message(5, attribute(k, v)) for k, v in attributes.items())
        self.nodes.append(message(1, data))
        return names[0] if outputs == 1 else names

    def model(self, inputs, output, shape):
        ends = b''.join(message(11, value_info(name, INT64, ['batch_size', 'sequence_length'])) for name in inputs)
        name, source = output
        last = message(1, source) + message(2, name) + message(3, name) + message(4, 'Identity')
        graph = b''.join(self.nodes) + message(1, last) + message(2, 'tiny-embedder') + b''.join(self.constants)
        graph += ends + message(12, value_info(name, FLOAT, shape))
        return number(1, 8) + message(2, 'fumikura') + message(7, graph) + message(8, message(1, '') + number(2, 17))


# --- the weights and the two graphs over them ---


def make_weights(size):
    rng = np.random.default_rng(SEED)
    weights = {}

    def linear(name, inputs, outputs):
        weights[name + '.w'] = (rng.standard_normal((inputs, outputs)) / math.sqrt(inputs)).astype(np.float32)
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
    return weights


def to_int8(matrix):
    """Symmetric, one scale for all: what the usual dynamic quantization of an exported model gives."""
    scale = np.float32(np.abs(matrix).max() / 127)
    return np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8), scale


def build(weights, size, quantized):
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
    return g.model(inputs, ('last_hidden_state', x), ['batch_size', 'sequence_length', size.hidden])


# --- the reference: the same network in float64, one text at a time, without padding ---


def reference(weights, size, ids):
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    heads, width, erf = size.heads, size.hidden // size.heads, np.vectorize(math.erf)

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * w[name + '.g'] + w[name + '.b']

    linear = lambda name, x: x @ w[name + '.w'] + w[name + '.b']
    x = norm('embed.norm', w['embed.word'][ids] + w['embed.position'][: len(ids)] + w['embed.type'][0])
    for layer in range(size.layers):
        q, k, v = (linear(f'{layer}.{p}', x).reshape(len(ids), heads, width).transpose(1, 0, 2) for p in 'qkv')
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(width)
        heed = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (heed / heed.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), size.hidden)
        x = norm(f'{layer}.norm1', x + linear(f'{layer}.o', mixed))
        u = linear(f'{layer}.up', x)
        x = norm(f'{layer}.norm2', x + linear(f'{layer}.down', u * 0.5 * (1 + erf(u * math.sqrt(0.5)))))
    unit = lambda vector: [round(float(value), 8) for value in vector / np.linalg.norm(vector)]
    return dict(mean=unit(x.mean(0)), cls=unit(x[0]), lastToken=unit(x[-1]))


TEXTS = [
    'query: Where is the rule about paid leave?',
    'passage: The company grants ten days of paid leave after six months.',
    'query: 有給休暇は何日もらえますか。',
    'passage: 第三条　会社は、六か月を過ぎた社員に十日の有給休暇を与える。',
    'passage: Rain',
    'passage: ' + 'カタカナとひらがなの文、and some English words. ' * 3,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', nargs='?', default=Path(__file__).resolve().parents[2] / 'tiny/embedder')
    for name, value in dict(hidden=64, layers=2, heads=4, inner=128, positions=128).items():
        parser.add_argument(f'--{name}', type=int, default=value)
    size = parser.parse_args()
    folder = Path(size.folder)
    (folder / 'onnx').mkdir(parents=True, exist_ok=True)
    pieces = vocabulary()
    assert len(set(pieces)) == len(pieces) == VOCABULARY_SIZE
    ids = {piece: i for i, piece in enumerate(pieces)}
    weights = make_weights(size)

    def write(name, data):
        text = data if isinstance(data, bytes) else (json.dumps(data, ensure_ascii=False) + '\n').encode()
        (folder / name).write_bytes(text)
        print(f'{len(text):9,} {name}')

    write('onnx/model.onnx', build(weights, size, quantized=False))
    write('onnx/model_quantized.onnx', build(weights, size, quantized=True))
    write('tokenizer.json', tokenizer_json(pieces))
    names = {f'{re.sub("[^A-Z]", "", t).lower()}_token': t for t in SPECIAL}
    write('tokenizer_config.json', dict(tokenizer_class='BertTokenizer', do_lower_case=True, strip_accents=False, model_max_length=size.positions, **names))
    write('config.json', dict(
        architectures=['BertModel'], model_type='bert', vocab_size=VOCABULARY_SIZE, hidden_size=size.hidden,
        num_hidden_layers=size.layers, num_attention_heads=size.heads, intermediate_size=size.inner,
        max_position_embeddings=size.positions, type_vocab_size=2, pad_token_id=0,
    ))
    if size.hidden == 64:
        encoded = [(text, encode(text, ids)) for text in TEXTS]
        assert all(len(i) <= size.positions for _, i in encoded)
        write('expected.json', [dict(text=t, ids=i, **reference(weights, size, i)) for t, i in encoded])


if __name__ == '__main__':
    main()

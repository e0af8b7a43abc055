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
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import tokenizer

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common.causal_onnx import Size, build, configuration, rotations, save  # noqa: E402
from common.four_bits import pack  # noqa: E402

SEED = 20_261_126


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


# --- the reference: the same network in float64, every position anew, without a cache ---


class Reference:
    def __init__(self, weights, size):
        restored = {n: pack(w)[2] if n.endswith('_proj') or n == 'lm_head' else w for n, w in weights.items()}
        self.weights = {name: value.astype(np.float64) for name, value in restored.items()}
        self.size = size
        self.cos, self.sin = (table.astype(np.float32).astype(np.float64) for table in rotations(size))

    def norm(self, name, x):
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + self.size.epsilon) * self.weights[name]

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


def save_graphs(folder, weights, size, only_q4):
    for old in (folder / 'onnx').glob('*'):
        old.unlink()
    if not only_q4:
        save(build(weights, replace(size, quantized=False)), str(folder / 'onnx/model.onnx'))
    save(build(weights, size), str(folder / 'onnx/model_q4.onnx'), 'model_q4.onnx_data')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', nargs='?', default=Path(__file__).resolve().parents[2] / 'tiny/llm')
    shape = {'hidden': 64, 'layers': 2, 'heads': 4, 'kv-heads': 2, 'inner': 128, 'positions': 1024}
    for name, value in shape.items():
        parser.add_argument(f'--{name}', type=int, default=value)
    parser.add_argument('--only-q4', action='store_true', help='not the same weights in 32 bits')
    chosen = vars(parser.parse_args())
    folder, only_q4 = Path(chosen.pop('folder')), chosen.pop('only_q4')
    size = Size(tokenizer.SIZE, **chosen)
    (folder / 'onnx').mkdir(parents=True, exist_ok=True)
    weights = make_weights(size)
    save_graphs(folder, weights, size, only_q4)

    def write(name, data):
        (folder / name).write_text(json.dumps(data, ensure_ascii=False) + '\n')

    write('tokenizer.json', tokenizer.to_json())
    write('tokenizer_config.json', tokenizer.configuration(size.positions))
    write('config.json', configuration(size, tokenizer.END_OF_TEXT, tokenizer.END_OF_TURN))
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

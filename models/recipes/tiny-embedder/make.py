#!/usr/bin/env python3
"""Writes models/tiny/embedder: a BERT with random weights, for tests and benchmarks of the embedding worker.

    python3 models/recipes/tiny-embedder/make.py [folder] [--hidden N --layers N --heads N --inner N --positions N]

Needs numpy and nothing else: the ONNX file is written field by field. The same seed gives the same bytes. Beside the model
it writes expected.json, the vectors of a few texts computed in float64 with a tokenizer of its own, so that a test compares
the browser's result with arithmetic that shares no code with it.
"""
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from tiny_encoders.bert import build, hidden_states, make_weights
from tiny_encoders.folder import Folder, arguments
from tiny_encoders.wordpiece import encode

SEED = 20_261_121

TEXTS = [
    'query: Where is the rule about paid leave?',
    'passage: The company grants ten days of paid leave after six months.',
    'query: 有給休暇は何日もらえますか。',
    'passage: 第三条　会社は、六か月を過ぎた社員に十日の有給休暇を与える。',
    'passage: Rain',
    'passage: ' + 'カタカナとひらがなの文、and some English words. ' * 3,
]


def vectors(weights, size, ids):
    x = hidden_states(weights, size, ids, [0] * len(ids))
    unit = lambda vector: [round(float(value), 8) for value in vector / np.linalg.norm(vector)]
    return dict(mean=unit(x.mean(0)), cls=unit(x[0]), lastToken=unit(x[-1]))


def main():
    size = arguments(__doc__, 'embedder', hidden=64, layers=2, heads=4, inner=128, positions=128)
    folder = Folder(size.folder)
    weights = make_weights(size, SEED)
    folder.write('onnx/model.onnx', build(weights, size, quantized=False))
    folder.write('onnx/model_quantized.onnx', build(weights, size, quantized=True))
    ids = folder.write_tokenizer(size)
    folder.write_config('BertModel', size)
    if size.hidden == 64:
        encoded = [(text, encode(text, ids)) for text in TEXTS]
        assert all(len(i) <= size.positions for _, i in encoded)
        folder.write('expected.json', [dict(text=t, ids=i, **vectors(weights, size, i)) for t, i in encoded])


if __name__ == '__main__':
    main()

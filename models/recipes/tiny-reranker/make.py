#!/usr/bin/env python3
"""Writes models/tiny/reranker: a cross-encoder with random weights, for tests of the reranking worker.

    python3 models/recipes/tiny-reranker/make.py [folder] [--hidden N --layers N --heads N --inner N --positions N]

Needs numpy and nothing else. The same seed gives the same bytes. model.onnx has one logit, model_quantized.onnx is the same
with 8-bit weights, and model_two.onnx has two, as a classifier into "does not answer" and "answers". expected.json holds both
logits of a few pairs, computed in float64 with a tokenizer of its own; the last pairs are longer than the model can take.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from tiny_encoders.bert import build, classify, hidden_states, make_weights
from tiny_encoders.folder import Folder, arguments
from tiny_encoders.wordpiece import encode_pair

SEED = 20_261_126

PAGES = 'カタカナとひらがなの文、and some English words. '
PASSAGES = {
    'How many days of paid leave are there?': [
        'The company grants ten days of paid leave after six months.',
        '第三条　会社は、六か月を過ぎた社員に十日の有給休暇を与える。',
        'Rain',
        '',
        PAGES * 12,
    ],
    '有給休暇は何日もらえますか。': [
        '第三条　会社は、六か月を過ぎた社員に十日の有給休暇を与える。',
        'The company grants ten days of paid leave after six months.',
        '雨',
        PAGES * 12 + 'of which nothing is read',
    ],
}


def main():
    size = arguments(__doc__, 'reranker', hidden=32, layers=2, heads=4, inner=64, positions=128)
    folder = Folder(size.folder)
    weights = make_weights(size, SEED, labels=2)
    folder.write('onnx/model.onnx', build(weights, size, quantized=False, labels=[1]))
    folder.write('onnx/model_two.onnx', build(weights, size, quantized=False, labels=[0, 1]))
    folder.write('onnx/model_quantized.onnx', build(weights, size, quantized=True, labels=[1]))
    ids = folder.write_tokenizer(size)
    folder.write_config('BertForSequenceClassification', size, id2label={'0': 'LABEL_0'})
    expected = []
    for question, passages in PASSAGES.items():
        for passage in passages:
            tokens, types = encode_pair(question, passage, ids, size.positions)
            logits = classify(weights, hidden_states(weights, size, tokens, types))
            logits = [round(float(logit), 8) for logit in logits]
            expected.append(dict(question=question, passage=passage, ids=tokens, types=types, logits=logits))
    folder.write('expected.json', expected)


if __name__ == '__main__':
    main()

"""The files of a model as the hub has them, but for its weights."""
import argparse
import json
import re
from pathlib import Path

from .wordpiece import SPECIAL, VOCABULARY_SIZE, tokenizer_json, vocabulary

TINY = Path(__file__).resolve().parents[2] / 'tiny'


def arguments(description, name, **sizes):
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument('folder', nargs='?', default=TINY / name)
    for size, value in sizes.items():
        parser.add_argument(f'--{size}', type=int, default=value)
    return parser.parse_args()


class Folder:
    def __init__(self, path):
        self.path = Path(path)
        (self.path / 'onnx').mkdir(parents=True, exist_ok=True)

    def write(self, name, data):
        text = data if isinstance(data, bytes) else (json.dumps(data, ensure_ascii=False) + '\n').encode()
        (self.path / name).write_bytes(text)
        print(f'{len(text):9,} {name}')

    def write_tokenizer(self, size):
        pieces = vocabulary()
        assert len(set(pieces)) == len(pieces) == VOCABULARY_SIZE
        self.write('tokenizer.json', tokenizer_json(pieces))
        names = {f'{re.sub("[^A-Z]", "", t).lower()}_token': t for t in SPECIAL}
        self.write('tokenizer_config.json', dict(tokenizer_class='BertTokenizer', do_lower_case=True, strip_accents=False, model_max_length=size.positions, **names))
        return {piece: i for i, piece in enumerate(pieces)}

    def write_config(self, architecture, size, **more):
        self.write('config.json', dict(
            architectures=[architecture], model_type='bert', vocab_size=VOCABULARY_SIZE, hidden_size=size.hidden,
            num_hidden_layers=size.layers, num_attention_heads=size.heads, intermediate_size=size.inner,
            max_position_embeddings=size.positions, type_vocab_size=2, pad_token_id=0, **more,
        ))

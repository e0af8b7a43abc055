"""The pieces that the soft lexicon is about: text is folded, split into runs of one script, and each run cut into pieces.

Learnt by sentencepiece from counts of runs (Kudo 2018, unigram model, byte fallback), so that a word is cut alike wherever it
stands; the browser cuts by the same arithmetic (src/retrieval/soft-lexicon/tokenizer.ts).
"""
import re
import struct
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import sentencepiece
from tiny_encoders.onnx_file import message, number, varint

RUN = re.compile(
    r" ?[a-z\u00c0-\u024f']+| ?[0-9]+|[\u4e00-\u9fff\u3400-\u4dbf々〆〇]+|[\u30a1-\u30ffー]+|[\u3041-\u309f]+|[^\s]"
)
LONGEST_PIECE = 16
# Of sentencepiece_model.proto: what a piece can be, and the kind of model.
NORMAL, UNKNOWN, CONTROL, BYTE, UNIGRAM = 1, 2, 3, 6, 1
HEADER = 40


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[str]:
    """The runs of a text; one at its beginning or behind a line break is the same as behind a space."""
    return RUN.findall(" " + re.sub(r"\s", " ", fold(text)))


class Pieces:
    def __init__(self, path: Path):
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self._cuts: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return self.model.get_piece_size()

    def encode(self, text: str) -> list[int]:
        return [id for run in runs(text) for id in self.cut(run)]

    def cut(self, run: str) -> list[int]:
        cut = self._cuts.get(run)
        if cut is None:
            cut = self._cuts[run] = self.model.encode(run)
        return cut


def learn(counts: Counter, size: int, threads: int, path: Path) -> None:
    """Writes a model of `size` pieces, or of fewer where there are not so many."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "runs.tsv"
        # A run that was seen once, or is longer than any word, teaches noise.
        lines = (f"{run}\t{n}\n" for run, n in sorted(counts.items()) if n > 1 and len(run) <= 40)
        table.write_text("".join(lines), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(table), input_format="tsv", model_prefix=f"{folder}/pieces", model_type="unigram",
            vocab_size=size, character_coverage=0.9995, max_sentencepiece_length=LONGEST_PIECE, byte_fallback=True,
            normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
            split_by_number=True, num_threads=threads, num_sub_iterations=2, seed_sentencepiece_size=200_000,
            hard_vocab_limit=False, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, minloglevel=2,
        )  # fmt: skip
        path.write_bytes(Path(f"{folder}/pieces.model").read_bytes())


def of_lexicon(lexicon: Path, path: Path) -> None:
    """Writes the model whose pieces a packed lexicon has, so that a new training can keep them."""
    data = lexicon.read_bytes()
    count, bytes_from, words_from, links, length = struct.unpack_from("<5I", data, 12)
    scores = np.frombuffer(data, "<f4", count - words_from, HEADER)
    text = data[HEADER + 4 * len(scores) + 2 * count + 3 * links :][:length].decode()
    entry = lambda piece, score, kind: message(
        1, message(1, piece) + varint(2 << 3 | 5) + np.float32(score).tobytes() + number(3, kind)
    )
    model = entry("<pad>", 0, CONTROL) + entry("<unk>", 0, UNKNOWN)
    model += b"".join(entry(f"<0x{byte:02X}>", 0, BYTE) for byte in range(256))
    model += b"".join(entry(piece, score, NORMAL) for piece, score in zip(text.split("\n"), scores))
    # TrainerSpec: the type, byte fallback, and the ids that are special or missing.
    trainer = number(3, UNIGRAM) + number(35, 1) + number(40, 1) + number(41, -1) + number(42, -1) + number(43, 0)
    # NormalizerSpec: nothing is changed.
    normalizer = message(1, "identity") + number(3, 0) + number(4, 0)
    assert bytes_from == 2 and words_from == 258
    path.write_bytes(model + message(2, trainer) + message(3, normalizer))

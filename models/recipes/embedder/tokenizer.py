"""The tokenizer: pieces of folded text (../common/folded_pieces.py), and one that begins every text."""
from collections import Counter
from pathlib import Path

from common import folded_pieces
from common.folded_pieces import PADDING, FoldedPieces, pair_template, read_pieces, runs, write_json

TEXT = 2
SPECIAL = ["<|pad|>", "<|unk|>", "<|text|>"]

__all__ = ["PADDING", "TEXT", "Tokenizer", "learn", "runs"]


class Tokenizer(FoldedPieces):
    def encode(self, text: str, start: bool = True) -> list[int]:
        """Ids of a text, behind the piece that begins every text."""
        return [TEXT, *self.plain(text)] if start else self.plain(text)

    def save(self, path: Path) -> None:
        write_json(path, self.json(SPECIAL, pair_template(SPECIAL[TEXT], {SPECIAL[TEXT]: TEXT})))

    @staticmethod
    def load(path: Path) -> "Tokenizer":
        return Tokenizer(*read_pieces(path))


def learn(counts: Counter, size: int, threads: int) -> Tokenizer:
    """Pieces from counts of runs."""
    return Tokenizer(*folded_pieces.learn(counts, size, threads, SPECIAL))

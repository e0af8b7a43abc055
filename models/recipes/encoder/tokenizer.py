"""The tokenizer: pieces of folded text (../common/folded_pieces.py), a start before and an end behind each text, and a mask."""
from collections import Counter
from pathlib import Path

from common import folded_pieces
from common.folded_pieces import FoldedPieces, pair_template, read_pieces, write_json

TEXT, END, MASK = 2, 3, 4
SPECIAL = ["<|pad|>", "<|unk|>", "<|text|>", "<|end|>", "<|mask|>"]


class Tokenizer(FoldedPieces):
    def encode(self, text: str, most: int) -> list[int]:
        """Ids of a text between start and end, cut at its end to `most`."""
        return [TEXT, *self.plain(text)[: most - 2], END]

    def encode_pair(self, question: str, passage: str, most: int) -> tuple[list[int], list[int]]:
        """Ids and types of a question with a passage; the passage gives way where both are too long."""
        return join(self.plain(question), self.plain(passage), most)

    def save(self, path: Path) -> None:
        ids = {SPECIAL[TEXT]: TEXT, SPECIAL[END]: END}
        write_json(path, self.json(SPECIAL, pair_template(SPECIAL[TEXT], ids, SPECIAL[END])))

    @staticmethod
    def load(path: Path) -> "Tokenizer":
        return Tokenizer(*read_pieces(path))


def join(question: list[int], passage: list[int], most: int) -> tuple[list[int], list[int]]:
    """A question and a passage as one text, and of which of them each token is."""
    room = most - 3
    # As the browser does it (src/engines/encoder/pairs.ts): only a question that leaves nothing is cut, to half.
    first = list(question) if len(question) < room else list(question)[: room // 2]
    second = list(passage)[: room - len(first)]
    return [TEXT, *first, END, *second, END], [0] * (len(first) + 2) + [1] * (len(second) + 1)


def learn(counts: Counter, size: int, threads: int) -> Tokenizer:
    """Pieces from counts of runs."""
    return Tokenizer(*folded_pieces.learn(counts, size, threads, SPECIAL))

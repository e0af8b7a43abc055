"""A unigram tokenizer over folded text: split into runs of one script, and each run cut into pieces (unigram.py).

Pieces are learnt by sentencepiece from counts of runs, so that a word is cut alike wherever it stands.
"""
import json
import re
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

from .unigram import Unigram

PADDING, UNKNOWN = 0, 1
# White space that may join or part words becomes one space; the ideographic one is a space after NFKC.
SPACES = "[\t\n\r\u000b\u000c\u0085\u2028\u2029 ]+"
# A word with the space before it, a number, kanji, katakana, hiragana, or one character of anything else.
RUN = " ?[a-z\u00c0-\u024f']+| ?[0-9]+|[\u4e00-\u9fff\u3400-\u4dbf々〆〇]+|[\u30a1-\u30ffー]+|[\u3041-\u309f]+|[^ ]"
LONGEST_PIECE = 16

_spaces, _run = re.compile(SPACES), re.compile(RUN)


def runs(text: str) -> list[str]:
    """The runs of a text; one at its beginning or behind a line break is the same as behind a space."""
    return _run.findall(" " + _spaces.sub(" ", unicodedata.normalize("NFKC", text).lower()))


class FoldedPieces(Unigram):
    """
    The first pieces are special: they stand for no text. Of them the first fills up, and the second stands for what no piece
    holds.
    """

    def __init__(self, pieces: list[str], scores: list[float]):
        super().__init__(pieces, scores, UNKNOWN)
        self._cuts: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.pieces)

    def plain(self, text: str) -> list[int]:
        """Ids of a text with no special pieces; neighbours that are unknown count once."""
        ids: list[int] = []
        for run in runs(text):
            cut = self._cuts.get(run)
            if cut is None:
                cut = self._cuts[run] = self.cut(run)
            for id in cut:
                if id != UNKNOWN or not ids or ids[-1] != UNKNOWN:
                    ids.append(id)
        return ids

    def json(self, special: list[str], post_processor: dict) -> dict:
        """tokenizer.json, in the format of @huggingface/tokenizers."""
        added = [
            dict(id=id, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
            for id, content in enumerate(special)
        ]
        return dict(
            version="1.0",
            truncation=None,
            padding=None,
            added_tokens=added,
            normalizer=dict(
                type="Sequence",
                normalizers=[
                    dict(type="NFKC"),
                    dict(type="Lowercase"),
                    dict(type="Replace", pattern=dict(Regex=SPACES), content=" "),
                    dict(type="Prepend", prepend=" "),
                ],
            ),
            pre_tokenizer=dict(type="Split", pattern=dict(Regex=RUN), behavior="Removed", invert=True),
            post_processor=post_processor,
            decoder=dict(type="Fuse"),
            model=dict(type="Unigram", unk_id=UNKNOWN, byte_fallback=False, vocab=list(zip(self.pieces, self.scores))),
        )

    def config(self, most_tokens: int) -> dict:
        """tokenizer_config.json."""
        return dict(
            tokenizer_class="PreTrainedTokenizerFast",
            pad_token=self.pieces[PADDING],
            unk_token=self.pieces[UNKNOWN],
            model_max_length=most_tokens,
            clean_up_tokenization_spaces=False,
        )


def read_pieces(path: Path) -> tuple[list[str], list[float]]:
    """Pieces and scores of a tokenizer.json."""
    vocab = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    return [piece for piece, _ in vocab], [score for _, score in vocab]


def write_json(path: Path, tokenizer: dict) -> None:
    path.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def pair_template(start: str, ids: dict[str, int], end: str | None = None) -> dict:
    """
    What stands around a text, and around a question and a passage: a start, and behind each text an end where there is one.
    The passage and its end are of type 1 where there is an end.
    """
    special = lambda name, type: {"SpecialToken": {"id": name, "type_id": type}}
    ends = lambda type: [special(end, type)] if end else []
    second = 1 if end else 0
    single = [special(start, 0), {"Sequence": {"id": "A", "type_id": 0}}, *ends(0)]
    pair = [*single, {"Sequence": {"id": "B", "type_id": second}}, *ends(second)]
    known = {name: dict(id=name, ids=[id], tokens=[name]) for name, id in ids.items()}
    return dict(type="TemplateProcessing", single=single, pair=pair, special_tokens=known)


def learn(counts: Counter, size: int, threads: int, special: list[str]) -> tuple[list[str], list[float]]:
    """Pieces and their scores from counts of runs; the special ones come first."""
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "runs.tsv"
        # A run that was seen once, or is longer than any word, teaches noise.
        lines = (f"{run}\t{n}\n" for run, n in sorted(counts.items()) if n > 1 and len(run) <= 40)
        table.write_text("".join(lines), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(table), input_format="tsv", model_prefix=f"{folder}/pieces", model_type="unigram",
            vocab_size=size, character_coverage=0.9997, max_sentencepiece_length=LONGEST_PIECE,
            normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
            split_by_number=True, num_threads=threads, num_sub_iterations=2, seed_sentencepiece_size=200_000,
            hard_vocab_limit=False, bos_id=-1, eos_id=-1, pad_id=-1, unk_id=0, minloglevel=2,
        )  # fmt: skip
        model = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/pieces.model")
        learnt = range(1, model.get_piece_size())
        pieces = [model.id_to_piece(id).replace("\u2581", " ") for id in learnt]
        # Rounded, or their digits would be half of the file.
        scores = [round(model.get_score(id), 3) for id in learnt]
    kept = [(piece, score) for piece, score in zip(pieces, scores) if piece != " "]
    return special + [piece for piece, _ in kept], [0.0] * len(special) + [score for _, score in kept]

"""The bilingual tokenizer of our language models: lossless, cased, and without an unknown piece.

Text is cut into runs of one script, each run into pieces of a unigram model; the space before a word belongs to it, every
digit stands alone (numbers are copied digit by digit). A character that no piece holds falls into its bytes. In tokenizer.json
pieces are written in byte letters, because the browser's unigram model has no other way to fall back to bytes.
"""
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .byte_letters import LETTER, to_bytes, to_letters
from .unigram import Unigram

SPECIAL = ["<|end|>", "<|unknown|>", "<|system|>", "<|user|>", "<|assistant|>"]
END, UNKNOWN, SYSTEM, USER, ASSISTANT = range(len(SPECIAL))
# A word with the space before it, kanji, hiragana, katakana, or one character of anything else.
RUN = " ?[A-Za-z\u00c0-\u024f']+|[\u4e00-\u9fff\u3400-\u4dbf々〆〇]+|[\u3041-\u309f]+|[\u30a1-\u30ffー]+|[\\s\\S]"
LONGEST_PIECE = 12
# A byte is less likely than any piece, so that it stands only where no piece does.
BYTE_PENALTY = 5.0
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)

_run = re.compile(RUN)
_special = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


def runs(text: str) -> list[str]:
    """The runs of a text, which joined are the text."""
    return _run.findall(text)


class TextTokenizer:
    def __init__(self, pieces: list[str], scores: list[float]):
        """@param pieces special tokens first, the others in byte letters"""
        self.unigram = Unigram(pieces, scores, UNKNOWN)
        self._cuts: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.unigram.pieces)

    def encode(self, text: str) -> list[int]:
        """Ids of a text. Special tokens written out in it are tokens."""
        ids: list[int] = []
        for part in _special.split(text):
            if part in SPECIAL:
                ids.append(SPECIAL.index(part))
            else:
                for run in runs(part):
                    ids += self._run(run)
        return ids

    def _run(self, run: str) -> list[int]:
        cut = self._cuts.get(run)
        if cut is None:
            cut = self.unigram.cut(to_letters(run))
            if len(self._cuts) < 2_000_000:
                self._cuts[run] = cut
        return cut

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids, special tokens left out; bytes that are no character become replacement characters."""
        letters = "".join(self.unigram.pieces[id] for id in ids if id >= len(SPECIAL))
        return to_bytes(letters).decode("utf-8", "replace")

    def json(self) -> dict:
        """tokenizer.json, in the format of @huggingface/tokenizers."""
        added = [
            dict(id=id, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
            for id, content in enumerate(SPECIAL)
        ]
        bytes_to_letters = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False)
        split = dict(type="Split", pattern=dict(Regex=RUN), behavior="Isolated", invert=False)
        return dict(
            version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=None,
            pre_tokenizer=dict(type="Sequence", pretokenizers=[split, bytes_to_letters]),
            post_processor=None, decoder=bytes_to_letters,
            model=dict(
                type="Unigram", unk_id=UNKNOWN, byte_fallback=False,
                vocab=list(zip(self.unigram.pieces, self.unigram.scores)),
            ),
        )  # fmt: skip

    @staticmethod
    def configuration(most_tokens: int) -> dict:
        """tokenizer_config.json."""
        return dict(
            tokenizer_class="PreTrainedTokenizerFast", bos_token=None, eos_token=SPECIAL[END], pad_token=SPECIAL[END],
            unk_token=SPECIAL[UNKNOWN], model_max_length=most_tokens, clean_up_tokenization_spaces=False,
            chat_template=CHAT_TEMPLATE,
        )  # fmt: skip

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.json(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "TextTokenizer":
        vocab = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
        return TextTokenizer([piece for piece, _ in vocab], [score for _, score in vocab])


def count_runs(texts: Iterable[str]) -> Counter:
    counts: Counter = Counter()
    for text in texts:
        counts.update(runs(text))
    return counts


def learn(counts: Counter, size: int, threads: int) -> TextTokenizer:
    """Pieces from counts of runs; all 256 bytes are among them."""
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "runs.tsv"
        # A run that was seen once, or is longer than any word, teaches noise; sentencepiece reads no line breaks.
        lines = (f"{run}\t{n}\n" for run, n in sorted(counts.items()) if n > 1 and len(run) <= 40 and run.strip() and "\t" not in run)
        table.write_text("".join(lines), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(table), input_format="tsv", model_prefix=f"{folder}/pieces", model_type="unigram",
            vocab_size=size - 200, character_coverage=0.9995, max_sentencepiece_length=LONGEST_PIECE,
            normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
            num_threads=threads, num_sub_iterations=2, seed_sentencepiece_size=200_000,
            hard_vocab_limit=False, bos_id=-1, eos_id=-1, pad_id=-1, unk_id=0, minloglevel=2,
        )  # fmt: skip
        model = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/pieces.model")
        learnt = [
            (to_letters(model.id_to_piece(id).replace("\u2581", " ")), round(model.get_score(id), 3))
            for id in range(1, model.get_piece_size())
        ]
    least = min(score for _, score in learnt)
    have = {piece for piece, _ in learnt}
    learnt += [(letter, round(least - BYTE_PENALTY, 3)) for letter in LETTER.values() if letter not in have]
    # A multiple of 32, which 4-bit blocks and graphics processors like; the least likely of longer pieces go.
    spare = (len(SPECIAL) + len(learnt)) % 32
    droppable = sorted((score, piece) for piece, score in learnt if len(piece) > 1)[:spare]
    dropped = {piece for _, piece in droppable}
    kept = [(piece, score) for piece, score in learnt if piece not in dropped]
    return TextTokenizer(SPECIAL + [piece for piece, _ in kept], [0.0] * len(SPECIAL) + [score for _, score in kept])

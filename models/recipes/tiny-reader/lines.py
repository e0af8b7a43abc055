"""Ten thousand lines of both languages, ours and the same always: what trainer and browser have to cut alike."""
import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

from common.text_tokenizer import TextTokenizer
from facts.documents import Difficulty, Generator, render_answer, render_question

LINES, LINES_A_DIGEST = 10_000, 100
# What tokenizers stumble over: several spaces, other scripts, signs of two code units, bytes that are no piece, marks.
ODD = [
    "", " ", "  two  spaces ", "\u3000全角　空白", "ｱｲｳ　Ａ１２", "don’t it's", "x\u00a0y\u2009z", "𠮷野家🍣🍣", "ΑΣ İstanbul ﬁ", "Привет мир",
    "안녕하세요", "مرحبا", "👩‍👩‍👧‍👦 family", "e\u0301 é", "１２３abc45", "a\tb\tc", "丂龘鱻", "``` \"\"\" ---", "3.14159 -2,500 1e9", "ｶﾞｷﾞｸﾞ",
    "々〆〇ヶ", "ー・「」『』【】", "<|unknown", "C:\\temp\\日本語.txt", "https://example.org/a?b=c#d",
]  # fmt: skip


def generated_lines() -> Iterator[str]:
    rng, generator = random.Random(20_261_126), Generator(20_261_126)
    made = 0
    while True:
        documents = generator.document_set(Difficulty(passages=3))
        lines = [line for passage in documents.passages for line in passage.split("\n")]
        for question in documents.questions:
            lines.append(render_question(documents.language, question.text))
            lines.append(render_answer(documents.language, question.value, question.citation))
        for line in lines:
            # One in ten has something odd in its midst.
            if rng.random() < 0.1:
                at = rng.randint(0, len(line))
                line = line[:at] + rng.choice(ODD) + line[at:]
            yield line
            made += 1
            if made == LINES:
                return


def digests(tokenizer: TextTokenizer, lines: list[str]) -> list[str]:
    """SHA-256 of the ids of each hundred lines, as JSON without spaces."""
    parts = [lines[at : at + LINES_A_DIGEST] for at in range(0, len(lines), LINES_A_DIGEST)]
    ids = [json.dumps([tokenizer.encode(line) for line in part], separators=(",", ":")) for part in parts]
    return [hashlib.sha256(each.encode()).hexdigest() for each in ids]


def write_fixture(tokenizer: Path, folder: Path) -> None:
    lines = list(generated_lines())
    # Without a time, so that the same lines give the same file.
    packed = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    (folder / "reader-lines.txt.gz").write_bytes(packed)
    told = json.dumps(digests(TextTokenizer.load(tokenizer), lines), indent=2) + "\n"
    (folder / "reader-line-ids.json").write_text(told, encoding="utf-8")

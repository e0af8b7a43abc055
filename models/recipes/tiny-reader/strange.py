"""Words of random pieces, so that copying is learnt for the whole vocabulary."""
import random
import re

from common.text_tokenizer import SPECIAL, TextTokenizer

ENGLISH_START, ENGLISH = re.compile(r" [A-Za-z]+"), re.compile(r"[A-Za-z]+")
JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]+")


class StrangeWords:
    def __init__(self, tokenizer: TextTokenizer):
        pieces = [tokenizer.decode([at]) for at in range(len(SPECIAL), len(tokenizer))]
        among = lambda pattern: [piece for piece in pieces if pattern.fullmatch(piece)]
        self.starts, self.english, self.japanese = among(ENGLISH_START), among(ENGLISH), among(JAPANESE)

    def __call__(self, rng: random.Random, language: str) -> str:
        if language == "ja":
            return "".join(rng.choices(self.japanese, k=rng.randint(1, 4)))
        words = [rng.choice(self.starts) + "".join(rng.choices(self.english, k=rng.randint(0, 2))) for _ in range(rng.randint(1, 2))]
        return "".join(words)[1:]

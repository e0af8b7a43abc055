"""Skeletons of documents out of random pieces: what looking up and copying are made of, for all pieces of the vocabulary alike.

Sentences let a model guess from kinds ("a year is asked for") long before it can tell one thing from another; here nothing
but the name and the label of a value says which one is asked for.
"""
import numpy as np

from batches import Example
from common.text_tokenizer import ASSISTANT, END, SPECIAL, USER, TextTokenizer

QUESTIONS = 8
# Behind a value, in the two forms that answers have.
ENDINGS = (" [{}]", "です[{}]。")


class Lookups:
    def __init__(self, tokenizer: TextTokenizer, rng: np.random.Generator):
        self.tokenizer, self.rng, self.pieces = tokenizer, rng, len(tokenizer)
        self.marks = {text: tokenizer.encode(text) for text in ["\n\n", *self.numbered("[{}]")]}
        self.endings = [[tokenizer.encode(text) for text in self.numbered(form)] for form in ENDINGS]

    @staticmethod
    def numbered(form: str) -> list[str]:
        return [form.format(number) for number in range(1, 10)]

    def some(self, least: int, most: int) -> list[int]:
        return self.rng.integers(len(SPECIAL), self.pieces, int(self.rng.integers(least, most + 1))).tolist()

    def draw(self, passages: int) -> Example:
        """@param passages at most; each tells of one or two things"""
        return self.run() if self.rng.random() < 0.25 else self.records(int(self.rng.integers(2, passages + 1)))

    def run(self) -> Example:
        """Of each question two pieces that stand next to each other, behind which a few are to be copied."""
        length = int(self.rng.integers(24, 90))
        run = self.rng.integers(len(SPECIAL), self.pieces, length).tolist()
        items = []
        for _ in range(QUESTIONS):
            at = int(self.rng.integers(2, length - 6))
            items.append([*run[at - 2 : at], ASSISTANT, *run[at : at + int(self.rng.integers(3, 6))]])
        return [USER, *run], items, [3] * QUESTIONS

    def records(self, passages: int) -> Example:
        """Values under a name and a label, with empty words between; asked for by both, in either order."""
        rng, empty = self.rng, self.some(3, 5)
        labels = [self.some(1, 2) for _ in range(int(rng.integers(1, 4)))]
        words = lambda: rng.choice(empty, int(rng.integers(0, 3))).tolist()
        prefix, told = [USER], []
        for number in range(1, passages + 1):
            prefix += self.marks[f"[{number}]"]
            for _ in range(int(rng.integers(1, 3))):
                name = self.some(2, 4)
                for at in rng.permutation(len(labels))[: int(rng.integers(1, 3))]:
                    value = self.some(1, 4)
                    prefix += self.sentence(name, labels[at], value, words)
                    told.append((name, labels[at], value, number))
            prefix += self.marks["\n\n"]
        items, starts = [], []
        for at in rng.permutation(len(told))[:QUESTIONS]:
            name, label, value, number = told[at]
            keys = [*name, *words(), *label] if rng.random() < 0.5 else [*label, *words(), *name]
            ending = self.endings[int(rng.integers(len(ENDINGS)))][number - 1]
            items.append([*keys, *words(), ASSISTANT, *value, *ending, END])
            starts.append(len(items[-1]) - len(value) - len(ending) - 1)
        return prefix, items, starts

    def sentence(self, name: list[int], label: list[int], value: list[int], words) -> list[int]:
        keys = (name, label) if self.rng.random() < 0.5 else (label, name)
        return [*keys[0], *words(), *keys[1], *words(), *value, *words()]

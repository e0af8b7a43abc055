"""What the reader is trained on, by how much of its training is over.

Documents grow with the share that has passed: one-line passages first, then several with like things in them.
"""
import math
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

from batches import Batches, Example, as_example
from common.llama import Batch
from common.text_tokenizer import TextTokenizer
from facts.documents import BINDING, Difficulty, DocumentSet, Generator, Question
from lookups import Lookups
from misses import Misses
from strange import StrangeWords

Value = TypeVar("Value")

# Until when pieces are looked up, and in how many of the examples at first.
LOOKING_UP, LOOKUPS = 0.5, 0.5
# Refusals come late: as long as nothing can be found, to refuse is the best guess for every question, and hides the rest.
STAGES: list[tuple[float, Difficulty]] = [
    (0.3, Difficulty(
        passages=2, least_passages=2, things=1, facts=2, attributes=2, tables=0.1, fillers=0, pronouns=0, unanswerable=0.02
    )),
    (0.55, Difficulty(
        passages=3, least_passages=2, things=2, facts=2, attributes=3, fillers=0.05, pronouns=0.05, unanswerable=0.12
    )),
    (0.7, Difficulty(passages=4, things=2, facts=3, unanswerable=0.25)),
    (math.inf, Difficulty(
        passages=5, least_passages=4, things=2, facts=3, unanswerable=0.25, value_first=0.25, alike=0.35, questions=12
    )),
]
# In the last stage some sets have longer passages.
LONG, LONG_SHARE = Difficulty(passages=5, things=3, facts=4, fillers=0.3), 0.12
# Short sets of what is hardest (see facts.documents): many for a while, fewer at the end.
BINDING_SHARES = [(0.5, 0.0), (0.95, 0.45), (math.inf, 0.3)]
# Of the sets, once pieces are found: how many are what was missed before, and until when.
REPLAYS, REPLAYED_UNTIL = 0.35, 0.92
MOST_PREFIX = 640
# Late, a few questions come without any passage: the model guesses something of the right kind, and cites nothing.
GUESSING_FROM, GUESSES = 0.55, 0.03


def difficulty_at(progress: float, chance: float) -> Difficulty:
    if progress > STAGES[1][0] + 0.15 and chance < LONG_SHARE:
        return LONG
    if 1 - chance < at_progress(BINDING_SHARES, progress):
        return BINDING
    return at_progress(STAGES, progress)


def at_progress(stages: list[tuple[float, Value]], progress: float) -> Value:
    return next(value for until, value in stages if progress < until)


def without_passages(documents: DocumentSet) -> DocumentSet:
    answerable = [each for each in documents.questions if each.value is not None]
    return DocumentSet(documents.language, [], [Question(each.text, each.value, 0, each.kind) for each in answerable])


class Draws:
    """
    Examples of a seed. @param progress says how much of the training is over @param misses what was answered wrongly, where
    the process that draws is the one that trains
    """

    def __init__(self, tokenizer: TextTokenizer, seed: int, progress: Callable[[], float], misses: Misses | None = None):
        self.tokenizer, self.seed, self.told, self.misses = tokenizer, seed, progress, misses
        self.generator = Generator(seed, strange=StrangeWords(tokenizer))
        self.numbers = np.random.default_rng(seed)
        self.lookups = Lookups(tokenizer, self.numbers)

    def batches(self, tokens: int) -> Iterator[Batch]:
        """Without end, of about so many tokens each."""
        stream = Batches(self.draw, tokens, self.seed)
        while True:
            yield stream.next()

    def draw(self) -> Example:
        progress = self.told()
        if self.numbers.random() < LOOKUPS * min(1, (LOOKING_UP - progress) / 0.3):
            return self.lookups.draw(3 if progress < STAGES[0][0] else 5)
        if self.misses and replays(progress) and self.numbers.random() < REPLAYS and (missed := self.misses.draw()):
            return missed
        while True:
            made = self.generator.document_set(difficulty_at(progress, self.numbers.random()))
            if progress > GUESSING_FROM and self.numbers.random() < GUESSES:
                made = without_passages(made)
            example = as_example(self.tokenizer, made)
            if len(example[0]) <= MOST_PREFIX:
                return example


def replays(progress: float) -> bool:
    return LOOKING_UP < progress < REPLAYED_UNTIL

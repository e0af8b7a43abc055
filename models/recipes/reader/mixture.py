"""What the stages of the reader see: how much of each source, how long, and when they end."""
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from batches import Batches, Example, as_example
from common.llama import Batch
from common.text_tokenizer import USER, TextTokenizer
from facts.documents import BINDING, Difficulty, DocumentSet, Generator
from lookups import Lookups

from records import Questions, read_records
from strange import StrangeWords

# Characters of a passage for each token of it, roughly.
CHARACTERS = {"ja": 1.5, "en": 3.5}
COPIED, LENGTHS = 0.6, (128, 512)
# Facts of one-line passages first; then several that say like things of different ones.
EASY = Difficulty(passages=2, things=1, facts=2, tables=0.1, fillers=0, pronouns=0)
FULL = Difficulty(passages=5, things=2, facts=3)


@dataclass(frozen=True)
class Plan:
    """A stage: shares of its questions by source, and of running text; tokens of a prefix at its begin and its end."""

    shares: dict[str, float]
    running: float = 0.0
    lookups: float = 0.0
    lengths: tuple[int, int] = LENGTHS
    falls: bool = False
    """Whether the rate falls to nothing; otherwise it is level."""


PLANS = {
    # Copying, and nothing else, until it is there; the last points of exactness come as the rate falls.
    "copy": Plan({"facts": 1.0}, lookups=COPIED, lengths=(256, 256), falls=True),
    "mix": Plan({"facts": 0.31, "cloze": 0.44, "jaquad": 0.19, "english": 0.06}, running=0.2),
    "settle": Plan(
        {"facts": 0.2, "cloze": 0.12, "jaquad": 0.38, "english": 0.15, "generated": 0.15}, lengths=(256, 512), falls=True
    ),
}  # fmt: skip


@dataclass
class Sources:
    """All that was prepared in a folder."""

    work: Path
    tokenizer: TextTokenizer = field(init=False)
    questions: dict[str, list[Questions]] = field(init=False)

    def __post_init__(self) -> None:
        self.tokenizer = TextTokenizer.load(self.work / "tokenizer.json")
        self.questions = {}
        for name in ("cloze", "jaquad", "english", "generated", "held"):
            records = read_records(self.work / f"{name}.jsonl")
            by_language = [[each for each in records if each.language == language] for language in ("ja", "en")]
            self.questions[name] = [Questions(some) for some in by_language if some]
        self.running = np.load(self.work / "running.npy")


class Mixture:
    """Draws the examples of a stage. @param progress says what part of it is over"""

    def __init__(self, sources: Sources, plan: Plan, seed: int, progress: Callable[[], float] = lambda: 0.0):
        self.sources, self.plan, self.told = sources, plan, progress
        self.rng, self.numbers = random.Random(seed), np.random.default_rng(seed)
        self.generator = Generator(seed, strange=StrangeWords(sources.tokenizer))
        self.lookups = Lookups(sources.tokenizer, self.numbers)
        self.shares = {name: share for name, share in plan.shares.items() if name == "facts" or sources.questions[name]}

    @property
    def progress(self) -> float:
        return min(1.0, self.told())

    def length(self) -> int:
        """Tokens of a prefix, at most: grows with the stage."""
        low, high = self.plan.lengths
        return int(low + (high - low) * self.progress)

    def example(self) -> Example:
        if self.rng.random() < self.plan.lookups * (1 - self.progress):
            return self.lookups.run()
        most = self.length()
        while True:
            example = as_example(self.sources.tokenizer, self.document_set(most))
            if example[1] and len(example[0]) <= most:
                return example

    def document_set(self, most: int) -> DocumentSet:
        name = self.rng.choices(list(self.shares), list(self.shares.values()))[0]
        if name == "facts":
            return self.generator.document_set(self.difficulty(most))
        questions = self.rng.choice(self.sources.questions[name])
        passages = self.rng.randint(1, 4)
        characters = int(most * CHARACTERS[questions.records[0].language] / passages)
        return questions.document_set(self.rng, characters, passages - 1)

    def difficulty(self, most: int) -> Difficulty:
        if most < 200 or (self.plan.lookups and self.rng.random() > self.progress * 2):
            return EASY
        return BINDING if self.rng.random() < 0.5 else FULL

    def text(self) -> Example:
        """Running text as one item whose every token is to be told."""
        running, length = self.sources.running, self.length()
        at = int(self.numbers.integers(max(1, len(running) - length)))
        ids = running[at : at + length].astype(int).tolist()
        return [USER], [ids], [1]

    def batches(self, tokens: int, seed: int) -> Iterator[tuple[bool, Batch]]:
        """Batches of about so many tokens, and whether they are running text."""
        answered, told = Batches(self.example, tokens, seed), Batches(self.text, tokens, seed)
        while True:
            text = self.rng.random() < self.plan.running
            yield text, (told if text else answered).next()

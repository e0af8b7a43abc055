"""What a training step sees: document sets with their questions, as tokens, several of them padded to one batch."""
import random
from collections.abc import Callable

import torch

from common.llama import Batch
from common.text_tokenizer import ASSISTANT, END, USER, TextTokenizer
from facts.documents import DocumentSet, render_answer, render_passages, render_question

# Tokens of a prefix, tokens of each item, and where the item's answer begins.
Example = tuple[list[int], list[list[int]], list[int]]
# Of an answer: language, value, citation.
Render = Callable[[str, str | None, int], str]
FEW = 3


def as_example(tokenizer: TextTokenizer, documents: DocumentSet, render: Render = render_answer) -> Example:
    """The chat template written out: <|user|> passages and question <|assistant|> answer <|end|>."""
    prefix = [USER, *tokenizer.encode(render_passages(documents.passages, documents.language))]
    items, starts = [], []
    for question in documents.questions:
        asked = [*tokenizer.encode(render_question(documents.language, question.text)), ASSISTANT]
        answer = tokenizer.encode(render(documents.language, question.value, question.citation))
        items.append([*asked, *answer, END])
        starts.append(len(asked))
    return prefix, items, starts


def collate(examples: list[Example]) -> Batch:
    longest = max(len(prefix) for prefix, _, _ in examples)
    most = max(len(items) for _, items, _ in examples)
    item = max(len(each) for _, items, _ in examples for each in items)
    prefixes = torch.full((len(examples), longest), END)
    asked = torch.full((len(examples), most, item), END)
    targets = torch.zeros((len(examples), most, item), dtype=torch.bool)
    for row, (prefix, items, starts) in enumerate(examples):
        prefixes[row, : len(prefix)] = torch.tensor(prefix)
        for column, (tokens, start) in enumerate(zip(items, starts)):
            asked[row, column, : len(tokens)] = torch.tensor(tokens)
            # Place p learns the token p + 1: the first of the answer stands behind the last of the question.
            targets[row, column, start - 1 : len(tokens) - 1] = True
    return Batch(prefixes, torch.tensor([len(prefix) for prefix, _, _ in examples]), asked, targets)


def padded_tokens(examples: list[Example]) -> int:
    """What a batch of these costs: its prefixes and items, all as long as the longest."""
    prefix = max(len(prefix) for prefix, _, _ in examples)
    return len(examples) * (prefix + max(len(items) for _, items, _ in examples) * longest_item(examples))


def longest_item(examples: list[Example]) -> int:
    return max(len(each) for _, items, _ in examples for each in items)


class Batches:
    """Batches of about `size` tokens out of a stream of examples; those of like length together, or padding would be half."""

    def __init__(self, draw: Callable[[], Example], size: int, seed: int, pool: int = 8):
        self.draw, self.size, self.pool = draw, size, pool
        self.rng = random.Random(seed)
        self.ready: list[list[Example]] = []

    def next(self) -> Batch:
        if not self.ready:
            self._fill()
        return collate(self.ready.pop())

    def _fill(self) -> None:
        drawn, total = [], 0
        while total < self.size * self.pool:
            example = self.draw()
            if example[1]:
                drawn.append(example)
                total += padded_tokens([example])
        # Random pieces are asked for in few tokens, and would be padded to the length of sentences; so would few questions to
        # the number of many.
        drawn.sort(key=lambda example: (longest_item([example]) // 12, len(example[1]) > FEW, len(example[0])))
        batch: list[Example] = []
        for example in drawn:
            if batch and padded_tokens([*batch, example]) > self.size:
                self.ready.append(batch)
                batch = []
            batch.append(example)
        # A step over the few that are left would weigh as much as one over a full batch.
        if padded_tokens(batch) > self.size / 2 or not self.ready:
            self.ready.append(batch)
        self.rng.shuffle(self.ready)

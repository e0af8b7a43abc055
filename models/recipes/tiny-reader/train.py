"""Trains the reader to answer from generated documents, until its minutes are over.

Documents grow with the share of the minutes that has passed: one-line passages first, then several with like things in them.
In the last part all weights are used as 4 bits give them, so that what is exported copies as well as what was trained. A
checkpoint is written every two minutes, from which the same command goes on.
"""
import json
import math
import time
from collections import deque
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F

from batches import Batches, Example, as_example, collate
from common import together
from common.deeper import deeper
from common.first_weights import FirstWeights
from common.llama import Llama, Shape
from common.muon import Muon
from common.text_tokenizer import TextTokenizer
from facts.documents import BINDING, Difficulty, DocumentSet, Generator, Question
from lookups import Lookups
from misses import Misses
from strange import StrangeWords

Value = TypeVar("Value")

MATRIX_RATE, TABLE_RATE, GAIN_RATE, WARM_STEPS = 0.012, 1.5e-3, 4e-3, 20
# Gradients far below this move nothing: pieces that are never asked for would otherwise all drift the same way.
STILL = 3e-6
SAVE_SECONDS = 120
# Shares of the minutes: until when pieces are looked up, from when the rate falls, from when weights are 4 bits.
LOOKING_UP, FALLING, FOUR_BITS = 0.5, 0.6, 0.92
LOOKUPS = 0.5
LEAST_RATE = 0.03
SETS_HELD = 40
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
# From the last but one stage on, some sets have passages as long as the product's.
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


class Training:
    def __init__(self, work: Path, shape: Shape, minutes: float, tokens: int, seed: int, device: str, held: int = SETS_HELD):
        self.work, self.device, self.minutes = work, device, minutes
        self.tokenizer = TextTokenizer.load(work / "tokenizer.json")
        model = Llama(shape, seed)
        if shape.can_look_up:
            FirstWeights(model, self.tokenizer.unigram.scores, seed).set()
        self.model = model.to(device)
        self.parameters = list(self.model.parameters())
        matrices = [each for each in self.model.layers.parameters() if each.dim() == 2]
        gains = [each for each in self.parameters if each.dim() == 1]
        groups = [dict(params=[self.model.embed_tokens], rate=TABLE_RATE), dict(params=gains, rate=GAIN_RATE)]
        self.optimizers = [
            Muon([dict(params=matrices, rate=MATRIX_RATE)], MATRIX_RATE),
            torch.optim.AdamW(groups, TABLE_RATE, betas=(0.9, 0.98), eps=STILL, weight_decay=0.0),
        ]
        self.steps = self.seen = 0
        self.seconds = 0.0
        # Of the last hundred steps.
        self.losses: deque[float] = deque(maxlen=100)
        self.curve: list[dict] = []
        self.seed, self.batch_tokens = seed, tokens
        self.held = held_examples(self.tokenizer, held, STAGES[2][1])

    def begin(self) -> None:
        """A stream of its own for every process and resumption: what was seen before is not seen again."""
        seed = (self.seed * 1_000_003 + self.steps) * 64 + together.rank()
        self.generator = Generator(seed, strange=StrangeWords(self.tokenizer))
        self.numbers = np.random.default_rng(seed)
        self.lookups = Lookups(self.tokenizer, self.numbers)
        self.misses = Misses(self.numbers)
        self.batches = Batches(self.draw, self.batch_tokens, seed)

    @property
    def progress(self) -> float:
        return self.seconds / (self.minutes * 60) if self.minutes else 1.0

    @property
    def replays(self) -> bool:
        return LOOKING_UP < self.progress < REPLAYED_UNTIL

    def draw(self) -> Example:
        if self.numbers.random() < LOOKUPS * min(1, (LOOKING_UP - self.progress) / 0.3):
            return self.lookups.draw(3 if self.progress < STAGES[0][0] else 5)
        if self.replays and self.numbers.random() < REPLAYS and (missed := self.misses.draw()):
            return missed
        while True:
            made = self.generator.document_set(difficulty_at(self.progress, self.numbers.random()))
            if self.progress > GUESSING_FROM and self.numbers.random() < GUESSES:
                made = without_passages(made)
            example = as_example(self.tokenizer, made)
            if len(example[0]) <= MOST_PREFIX:
                return example

    def run(self, every: float, least_steps: int = 0) -> None:
        """
        @param every seconds between two points of the curve
        @param least_steps are taken even when the minutes are over
        """
        self.resume()
        self.begin()
        began = time.time() - self.seconds
        noted = saved = self.seconds
        while self.progress < 1 or self.steps < least_steps:
            self.model.round_to_four_bits(self.progress > FOUR_BITS)
            self.step()
            self.seconds = together.agreed(time.time() - began)
            if self.seconds - noted > every:
                noted = self.seconds
                self.note()
            if self.seconds - saved > SAVE_SECONDS:
                saved = self.seconds
                self.save()
        self.model.round_to_four_bits()
        self.note()
        self.save()

    def step(self) -> None:
        left = min(1, max(LEAST_RATE, (1 - self.progress) / (1 - FALLING)))
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["rate"] * min(1, (self.steps + 1) / WARM_STEPS) * left
        batch = self.batches.next().to(self.device)
        logits, right = self.model.answers(batch)
        loss = F.cross_entropy(logits, right)
        if self.replays:
            self.misses.note(batch, logits.argmax(-1) == right)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        together.average_gradients(self.parameters)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.steps += 1
        self.seen += (int(batch.lengths.sum()) + batch.items.numel()) * together.size()
        self.losses.append(loss.item())

    def note(self) -> None:
        """A point of the curve: exact answers on held-out documents (names and values never trained on), teacher-forced."""
        if together.rank() > 0:
            return
        exact = exact_share(self.model, self.held, self.device)
        loss = float(np.mean(self.losses)) if self.losses else 0.0
        point = dict(
            seconds=round(self.seconds), steps=self.steps, tokens=self.seen, loss=round(loss, 4),
            exact={kind: round(share, 3) for kind, share in exact.items()},
        )  # fmt: skip
        self.curve.append(point)
        print(json.dumps(point), flush=True)

    def save(self) -> None:
        if together.rank() > 0:
            return
        path = self.work / "checkpoint.pt"
        state = dict(
            model=self.model.state_dict(), optimizers=[each.state_dict() for each in self.optimizers], shape=self.model.shape,
            steps=self.steps, seen=self.seen, seconds=self.seconds, curve=self.curve,
        )  # fmt: skip
        # Written beside it first: a checkpoint cut short by a crash would be worse than an old one.
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def resume(self) -> None:
        path = self.work / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device)
        if state["shape"].layers == self.model.shape.layers:
            self.model.load_state_dict(state["model"])
            for optimizer, saved in zip(self.optimizers, state["optimizers"]):
                optimizer.load_state_dict(saved)
        else:
            self.model.load_state_dict(deeper(state["model"], state["shape"].layers, self.model.shape.layers))
        self.steps, self.seen, self.seconds, self.curve = (state[key] for key in ("steps", "seen", "seconds", "curve"))
        print(f"goes on after {self.seconds:.0f} s", flush=True)


def held_examples(tokenizer: TextTokenizer, sets: int, difficulty: Difficulty) -> list[tuple[Example, list[str]]]:
    """Document sets of the held-out side, each with the kinds of its questions."""
    generator = Generator(7, held_out=True)
    made = [generator.document_set(difficulty) for _ in range(sets)]
    return [
        (as_example(tokenizer, each), [f"{each.language} {question.kind}" for question in each.questions])
        for each in made if each.questions
    ]  # fmt: skip


@torch.no_grad()
def exact_share(model: Llama, held: list[tuple[Example, list[str]]], device: str) -> dict[str, float]:
    """Of each kind of question the share whose whole answer, citation included, is what greedy decoding gives."""
    right: dict[str, list[bool]] = {}
    for at in range(0, len(held), 10):
        part = held[at : at + 10]
        batch = collate([example for example, _ in part]).to(device)
        logits, wanted = model.answers(batch)
        places = batch.targets[..., :-1].nonzero()
        hit = logits.argmax(-1) == wanted
        for row, (_, kinds) in enumerate(part):
            for column, kind in enumerate(kinds):
                here = (places[:, 0] == row) & (places[:, 1] == column)
                right.setdefault(kind, []).append(bool(hit[here].all()))
    every = [each for values in right.values() for each in values]
    return {"all": float(np.mean(every)), **{kind: float(np.mean(values)) for kind, values in sorted(right.items())}}

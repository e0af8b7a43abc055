"""Trains the reader to answer from generated documents, until its minutes are over.

In the last part all weights are used as 4 bits give them, so that what is exported copies as well as what was trained. A
checkpoint is written every two minutes, from which the same command goes on.
"""
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from batches import Example, as_example, collate
from common import checkpoint, together
from common.ahead import Ahead
from common.deeper import deeper
from common.first_weights import FirstWeights
from common.llama import Batch, Llama, Shape
from common.muon import Muon
from common.text_tokenizer import TextTokenizer
from draws import LOOKING_UP, STAGES, Draws, replays
from facts.documents import Difficulty, Generator
from misses import Misses

MATRIX_RATE, TABLE_RATE, GAIN_RATE, WARM_STEPS = 0.012, 1.5e-3, 4e-3, 20
# Gradients far below this move nothing: pieces that are never asked for would otherwise all drift the same way.
STILL = 3e-6
SAVE_SECONDS = 120
# Shares of the minutes: from when the rate falls, from when weights are 4 bits.
FALLING, FOUR_BITS = 0.6, 0.92
LEAST_RATE = 0.03
SETS_HELD = 40


class Training:
    """@param workers processes that make batches ahead; 0: they are made when asked for, with what was missed among them"""

    def __init__(
        self, work: Path, shape: Shape, minutes: float, tokens: int, seed: int, device: str, held: int = SETS_HELD, workers: int = 0
    ):
        self.work, self.device, self.minutes, self.workers = work, device, minutes, workers
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
        # How much of the plan is left out, for weights that were trained before; by which runs they were.
        self.begun = 0.0
        self.before: list[dict] = []
        self.machine = machine(device)
        # Of the last hundred steps.
        self.losses: deque[torch.Tensor] = deque(maxlen=100)
        self.curve: list[dict] = []
        self.seed, self.batch_tokens = seed, tokens
        self.held = held_examples(self.tokenizer, held, STAGES[2][1])

    def begin(self) -> None:
        """A stream of its own for every process and resumption: what was seen before is not seen again."""
        seed = (self.seed * 1_000_003 + self.steps) * 64 + together.rank()
        self.misses = None if self.workers else Misses(np.random.default_rng(seed))
        self.batches = Ahead(self.drawn, self.workers, seed)

    def drawn(self, seed: int, progress: Callable[[], float]) -> Iterator[Batch]:
        return Draws(self.tokenizer, seed, progress, self.misses).batches(self.batch_tokens)

    @property
    def progress(self) -> float:
        return self.begun + (1 - self.begun) * self.seconds / (self.minutes * 60) if self.minutes else 1.0

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
        batch = self.batches.next(self.progress)
        # Counted here, where a device need not be waited for.
        self.seen += (int(batch.lengths.sum()) + batch.items.numel()) * together.size()
        batch = batch.to(self.device)
        logits, right = self.model.answers(batch)
        loss = F.cross_entropy(logits, right)
        if self.misses and replays(self.progress):
            self.misses.note(batch, logits.argmax(-1) == right)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        together.average_gradients(self.parameters)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.steps += 1
        # Not read before it is wanted, for the same reason.
        self.losses.append(loss.detach())

    def note(self) -> None:
        """A point of the curve: exact answers on held-out documents (names and values never trained on), teacher-forced."""
        if together.rank() > 0:
            return
        exact = exact_share(self.model, self.held, self.device)
        loss = float(torch.stack([*self.losses]).mean()) if self.losses else 0.0
        point = dict(
            seconds=round(self.seconds), steps=self.steps, tokens=self.seen, loss=round(loss, 4),
            exact={kind: round(share, 3) for kind, share in exact.items()},
        )  # fmt: skip
        self.curve.append(point)
        print(json.dumps(point), flush=True)

    def save(self) -> None:
        if together.rank() > 0:
            return
        state = dict(
            model=self.model.state_dict(), optimizers=[each.state_dict() for each in self.optimizers], shape=self.model.shape,
            steps=self.steps, seen=self.seen, seconds=self.seconds, curve=self.curve,
            begun=self.begun, before=self.before, machine=self.machine,
        )  # fmt: skip
        checkpoint.save(self.work / "checkpoint.pt", state)

    def resume(self) -> None:
        state = checkpoint.load_trained(self.work / "checkpoint.pt", self.device)
        if state is None:
            return
        if self.begun and not state.get("begun"):
            raise SystemExit(f"{self.work} holds another training: weights to begin from need a folder of their own")
        self.take(state)
        if state["shape"].layers == self.model.shape.layers:
            # Weights that came from another machine come without (parts.py).
            for optimizer, saved in zip(self.optimizers, state.get("optimizers", [])):
                optimizer.load_state_dict(saved)
        self.steps, self.seen, self.seconds, self.curve = (state[key] for key in ("steps", "seen", "seconds", "curve"))
        self.begun, self.before = state.get("begun", 0.0), state.get("before", [])
        print(f"goes on after {self.seconds:.0f} s", flush=True)

    def take(self, state: dict) -> None:
        """Its weights; those of fewer layers get more."""
        self.model.load_state_dict(deeper(state["model"], state["shape"].layers, self.model.shape.layers))

    def begin_from(self, weights: Path) -> None:
        """With trained weights, and the minutes for what comes after looking up pieces. Before `run`."""
        state = checkpoint.load(weights, self.device)
        self.take(state)
        self.begun = LOOKING_UP
        self.before = [*state.get("before", []), {key: state[key] for key in ("seconds", "steps", "seen", "machine") if key in state}]


def machine(device: str) -> str:
    """As the card calls it."""
    if device == "cuda":
        return f"one {torch.cuda.get_device_name()}"
    return "a processor core" if together.size() == 1 else f"{together.size()} processor cores"


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

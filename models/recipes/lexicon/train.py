"""Trains the lexicon in two parts: vectors of pieces by the sums of them, then the late interaction that they are for.

The first part is quick and brings translations near to each other; the late interaction moves only the piece that is the most
like each asked one, and from random vectors it would begin with a random one. Each part has its share of the minutes, and its
learning rate falls to nothing at its end. Where vectors are given to begin with, there is no first part. A checkpoint is written
every minute, from which the same command goes on.
"""
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common import checkpoint
from common.bags import Bags, embed, initial, nearest
from common.batches import Batch, Mixture, held_out

from begin import vectors_of
from model import Lexicon
from pieces import Pieces

# How often a batch comes from each source.
SHARES = {
    "jaquad": 0.14, "t0qa": 0.05, "jsts": 0.06, "xling": 0.22, "alike-ja": 0.05, "alike-en": 0.04, "aozora": 0.06,
    "books": 0.09, "docs-ja": 0.1, "docs-en": 0.08, "peps": 0.04, "factbook": 0.03, "jaquadctx": 0.04,
}  # fmt: skip
# Of the minutes, for the sums.
SUMS = 0.35
SUM_BATCH, SUM_RATE, SUM_SHARPNESS = 1024, 1e-2, 20.0
BATCH, RATE, WEIGHT_RATE, WARM_STEPS = 256, 2e-3, 1e-2, 50
# Of the loss: passages for a question, and questions for a passage.
FORTH, BACK = 0.7, 0.3
SAVE_SECONDS = 60
# Held-out questions that a point of the curve is measured on, at most; they make their own pool.
CURVE_QUESTIONS = 300


class Training:
    def __init__(self, work: Path, dimension: int, seed: int, device: str, embedder: Path | None = None):
        """@param embedder the folder of one whose vectors are begun with"""
        self.work, self.device = work, device
        self.sums_share = 0 if embedder else SUMS
        self.rng = np.random.default_rng(seed)
        self.sources = Mixture(work, SHARES)
        pieces = Pieces(work / "pieces.model")
        size = len(pieces)
        counts = self.sources.counts(size)
        table = initial(counts, dimension, seed)
        for name in ("jaquad", "t0qa"):
            if name in self.sources.pairs:
                pairs = self.sources.pairs[name]
                pairs.near = nearest(embed(table, Bags(pairs.passages, size, "cpu")))
        if embedder:
            table = vectors_of(embedder, pieces, counts, dimension, seed)
        # As search by words weighs them; a fifth, so that a question's weights add up to about 1.
        rarity = np.log(counts.sum() / 100 / counts).clip(0.1) / 5
        self.table = torch.nn.Parameter(table.to(device))
        self.sums = torch.optim.Adam([self.table], lr=SUM_RATE, betas=(0.9, 0.99), eps=1e-10)
        self.lexicon = Lexicon(table, rarity).to(device)
        self.rates = [RATE, WEIGHT_RATE, RATE]
        groups = [[self.lexicon.table], [self.lexicon.raw_weights], [self.lexicon.penalty, self.lexicon.log_sharpness]]
        parameters = [dict(params=group, lr=rate) for group, rate in zip(groups, self.rates)]
        self.optimizer = torch.optim.Adam(parameters, betas=(0.9, 0.99))
        self.sum_steps = self.steps = 0
        self.seconds = 0.0
        self.curve: list[dict] = []
        self.losses: dict[str, list[float]] = {}
        self.held = {name: sample(pairs, seed) for name, pairs in held_out(work).items()}

    def run(self, minutes: float, every: float) -> None:
        """@param every seconds between two points of the curve"""
        self.resume()
        began, end = time.time() - self.seconds, minutes * 60
        noted = saved = self.seconds
        while self.seconds < end:
            # Once the interaction has begun, longer minutes are its own: what it made of the sums is not theirs any more.
            if self.steps == 0 and self.seconds < self.sums_share * end:
                self.sum_step(1 - self.seconds / (self.sums_share * end))
            else:
                if self.steps == 0:
                    self.begin_interaction()
                self.step(min(1, (end - self.seconds) / ((1 - self.sums_share) * end)))
            self.seconds = time.time() - began
            if self.seconds - noted > every:
                noted = self.seconds
                self.note()
            if self.seconds - saved > SAVE_SECONDS:
                saved = self.seconds
                self.save()
        self.note()
        self.save()

    def begin_interaction(self) -> None:
        with torch.no_grad():
            self.lexicon.table.copy_(F.normalize(self.table, dim=1))
        self.note()

    def sum_step(self, left: float) -> None:
        name, both = self.batch(SUM_BATCH)
        questions, passages = (embed(self.table, Bags(texts, len(self.table), self.device)) for texts in both)
        self.descend(self.sums, [SUM_RATE], questions @ passages.T * SUM_SHARPNESS, self.sum_steps, left, name)
        self.sum_steps += 1

    def step(self, left: float) -> None:
        name, (questions, passages) = self.batch(BATCH)
        scores = self.lexicon.scores(questions, passages) * self.lexicon.log_sharpness.exp()
        self.descend(self.optimizer, self.rates, scores, self.steps, left, name)
        self.steps += 1

    def batch(self, size: int) -> tuple[str, Batch]:
        name, (questions, passages) = self.sources.batch(size, self.rng)
        whole = [both for both in zip(questions, passages) if len(both[0]) and len(both[1])]
        return name, ([question for question, _ in whole], [passage for _, passage in whole])

    def descend(
        self, optimizer: torch.optim.Optimizer, rates: list[float], scores: torch.Tensor, steps: int, left: float, name: str
    ) -> None:
        """A step down the loss of telling each question's own passage from the others (InfoNCE, both ways)."""
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * min(1, (steps + 1) / WARM_STEPS) * left
        own = torch.arange(len(scores), device=self.device)
        loss = FORTH * F.cross_entropy(scores, own) + BACK * F.cross_entropy(scores.T, own)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        self.losses.setdefault(name, []).append(loss.item())

    def note(self) -> None:
        """A point of the curve: recall@1 on what was held out, and the mean loss of each source since the last."""
        with torch.no_grad():
            found = {name: round(self.recall(*held), 4) for name, held in self.held.items()}
        losses = {name: round(float(np.mean(values)), 3) for name, values in sorted(self.losses.items())}
        self.losses = {}
        steps = dict(sum_steps=self.sum_steps, steps=self.steps)
        self.curve.append(dict(seconds=round(self.seconds), **steps, recall=found, loss=losses))
        print(json.dumps(self.curve[-1]), flush=True)

    def recall(self, questions: list[np.ndarray], passages: list[np.ndarray], right: np.ndarray) -> float:
        if self.steps == 0:
            both = [embed(self.table, Bags(texts, len(self.table), self.device)) for texts in (questions, passages)]
            scores = both[0] @ both[1].T
        else:
            scores = self.lexicon.scores(questions, passages)
        return float((scores.argmax(1).cpu().numpy() == right).mean())

    def save(self) -> None:
        checkpoint.save(
            self.work / "checkpoint.pt",
            dict(
                table=self.table.detach(), sums=self.sums.state_dict(), lexicon=self.lexicon.state_dict(),
                optimizer=self.optimizer.state_dict(), sum_steps=self.sum_steps, steps=self.steps, seconds=self.seconds,
                curve=self.curve, rng=self.rng.bit_generator.state,
            ),
        )  # fmt: skip

    def resume(self) -> None:
        state = checkpoint.load(self.work / "checkpoint.pt", self.device)
        if state is None:
            return
        with torch.no_grad():
            self.table.copy_(state["table"])
        self.lexicon.load_state_dict(state["lexicon"])
        self.sums.load_state_dict(state["sums"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.sum_steps, self.steps, self.seconds, self.curve = (
            state[key] for key in ("sum_steps", "steps", "seconds", "curve")
        )
        self.rng.bit_generator.state = state["rng"]
        print(f"goes on after {self.seconds:.0f} s", flush=True)


def sample(pairs, seed: int) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Some questions of a set, and the passages that they ask for."""
    filled = [at for at in range(len(pairs.questions)) if len(pairs.questions[at]) and len(pairs.passages[pairs.right[at]])]
    chosen = np.random.default_rng(seed).permutation(filled)[:CURVE_QUESTIONS]
    asked, right = np.unique(pairs.right[chosen], return_inverse=True)
    return [pairs.questions[at] for at in chosen], [pairs.passages[at] for at in asked], right

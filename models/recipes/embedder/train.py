"""Trains the table: each question is to be nearer to its own passage than to any other of the batch (InfoNCE, both ways).

Stops when its minutes are over; the learning rate falls to nothing with the time that is left. A checkpoint is written
every minute, from which the same command goes on.
"""
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from common import checkpoint
from common.bags import embed
from common.batches import Pairs

from batches import Sources
from model import Bags, recall
from tokenizer import Tokenizer

BATCH = 1024
RATE, WARM_STEPS = 1e-2, 100
# How sharp the softmax is at first; it is learnt.
TEMPERATURE, SHARPEST = 0.05, 50.0
# Of the loss: passages for a question, and questions for a passage.
FORTH, BACK = 0.7, 0.3
SAVE_SECONDS = 60


class Training:
    def __init__(self, work: Path, dimension: int, seed: int, device: str):
        self.work, self.device = work, device
        self.sources = Sources(work, len(Tokenizer.load(work / "tokenizer.json")), dimension, seed)
        self.rng = np.random.default_rng(seed)
        self.table = torch.nn.Parameter(self.sources.table.to(device))
        self.sharpness = torch.nn.Parameter(torch.tensor(float(np.log(1 / TEMPERATURE)), device=device))
        groups = [{"params": [self.table], "lr": RATE}, {"params": [self.sharpness], "lr": RATE * 0.3}]
        self.optimizer = torch.optim.Adam(groups, betas=(0.9, 0.99), eps=1e-10)
        self.rates = [group["lr"] for group in groups]
        self.steps = self.pairs = 0
        self.seconds = 0.0
        self.curve: list[dict] = []
        self.losses: dict[str, list[float]] = {}
        self.held = {path.stem[5:]: Pairs(path, False) for path in sorted(work.glob("held-*.npz"))}

    def run(self, minutes: float, every: float) -> None:
        """@param every seconds between two points of the curve"""
        self.resume()
        began = time.time() - self.seconds
        noted = saved = self.seconds
        if not self.curve:
            self.note()
        while self.seconds < minutes * 60:
            self.step(1 - self.seconds / (minutes * 60))
            self.seconds = time.time() - began
            if self.seconds - noted > every:
                noted = self.seconds
                self.note()
            if self.seconds - saved > SAVE_SECONDS:
                saved = self.seconds
                self.save()
        self.note()
        self.save()

    def step(self, left: float) -> None:
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = rate * min(1, (self.steps + 1) / WARM_STEPS) * left
        name, (questions, passages) = self.sources.batch(BATCH, self.rng)
        both = [embed(self.table, Bags(texts, len(self.table), self.device)) for texts in (questions, passages)]
        scores = both[0] @ both[1].T * self.sharpness.exp().clamp(max=SHARPEST)
        own = torch.arange(len(scores), device=self.device)
        loss = FORTH * F.cross_entropy(scores, own) + BACK * F.cross_entropy(scores.T, own)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.steps += 1
        self.pairs += len(scores)
        self.losses.setdefault(name, []).append(loss.item())

    def note(self) -> None:
        """A point of the curve: recall@1 on what was held out, and the mean loss of each source since the last."""
        with torch.no_grad():
            found = {
                name: round(recall(self.table, held.questions, held.passages, held.right), 4)
                for name, held in self.held.items()
                if len(held.questions)
            }
        losses = {name: round(float(np.mean(values)), 3) for name, values in sorted(self.losses.items())}
        self.losses = {}
        point = dict(seconds=round(self.seconds), steps=self.steps, pairs=self.pairs, recall=found, loss=losses)
        self.curve.append(point)
        print(json.dumps(point), flush=True)

    def save(self) -> None:
        checkpoint.save(
            self.work / "checkpoint.pt",
            dict(
                table=self.table.detach(), sharpness=self.sharpness.detach(), optimizer=self.optimizer.state_dict(),
                steps=self.steps, pairs=self.pairs, seconds=self.seconds, curve=self.curve, rng=self.rng.bit_generator.state,
            ),
        )  # fmt: skip

    def resume(self) -> None:
        state = checkpoint.load(self.work / "checkpoint.pt", self.device)
        if state is None:
            return
        with torch.no_grad():
            self.table.copy_(state["table"])
            self.sharpness.copy_(state["sharpness"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps, self.pairs, self.seconds, self.curve = (state[key] for key in ("steps", "pairs", "seconds", "curve"))
        self.rng.bit_generator.state = state["rng"]
        print(f"goes on after {self.seconds:.0f} s", flush=True)

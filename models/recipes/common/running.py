"""What every training of layers shares: the device, its precision, minutes, a rate that falls, checkpoints, a curve."""
import contextlib
import json
import time
from pathlib import Path
from typing import ContextManager

import numpy as np
import torch

from . import checkpoint

SAVE_SECONDS = 60


def device_name() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def precision(device: str) -> ContextManager:
    """16-bit matrix products where the device has them (bf16 needs no scaling of the loss), 32-bit ones elsewhere."""
    if device == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return contextlib.nullcontext()


def pad(texts: list, device: str, filling: int = 0) -> torch.Tensor:
    """Texts x tokens, padded behind to a multiple of 8."""
    longest = -(-max(map(len, texts)) // 8) * 8
    padded = np.full((len(texts), longest), filling, np.int64)
    for at, text in enumerate(texts):
        padded[at, : len(text)] = text
    return torch.from_numpy(padded).to(device)


def decayed(model: torch.nn.Module, decay: float) -> list[dict]:
    """Parameters in two groups: matrices, which shrink, and vectors, which do not."""
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    return [dict(params=matrices, weight_decay=decay), dict(params=vectors, weight_decay=0)]


class Stage:
    """
    A stage of training with its own minutes and checkpoint. A subclass sets `model` and `optimizers`, says what a step is and
    what a point of the curve holds.
    """

    model: torch.nn.Module
    optimizers: list[torch.optim.Optimizer]

    def __init__(self, work: Path, name: str, seed: int, device: str, rate: float, warm_steps: int):
        self.path, self.name, self.device = work / f"{name}.pt", name, device
        self.rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        self.rate, self.warm_steps = rate, warm_steps
        self.steps = self.tokens = 0
        self.seconds = 0.0
        self.curve: list[dict] = []
        self.losses: list[float] = []

    def loss(self) -> torch.Tensor:
        """The loss of the next batch; counts its tokens in `tokens`."""
        raise NotImplementedError

    def measure(self) -> dict:
        """What a point of the curve holds beside the loss."""
        raise NotImplementedError

    def done(self) -> bool:
        """Whether the stage ends before its minutes do."""
        return False

    def left(self, part: float) -> float:
        """What is left of the rate: level for half of the time, then falling to nothing."""
        return min(1, 2 * (1 - part))

    def run(self, minutes: float, steps: int | None = None, points: int = 10) -> None:
        """
        Goes on from the last checkpoint until `minutes`, or `steps` where they are given, are over; those of earlier runs are
        counted in.
        @param points of the curve
        """
        self.resume()
        if steps:
            self.warm_steps = max(1, min(self.warm_steps, steps // 10))
        over = lambda: max(self.seconds / (minutes * 60), self.steps / steps if steps else 0) if minutes else 1.0
        began, noted, saved = time.time() - self.seconds, over(), self.seconds
        while (part := over()) < 1 and not self.done():
            self.step(part)
            self.seconds = time.time() - began
            if part - noted > 1 / points:
                noted = part
                self.note()
                # Measuring is not training.
                began = time.time() - self.seconds
            if self.seconds - saved > SAVE_SECONDS:
                saved = self.seconds
                self.save()
        self.note()
        self.save()

    def step(self, part: float) -> None:
        """@param part of the minutes, or steps, that is over"""
        rate = self.rate * min(1, (self.steps + 1) / self.warm_steps) * self.left(part)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("scale", 1)
        with precision(self.device):
            loss = self.loss()
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.steps += 1
        self.losses.append(loss.detach())

    def note(self) -> None:
        self.model.eval()
        with torch.no_grad(), precision(self.device):
            measured = self.measure()
        self.model.train()
        loss = round(float(torch.stack(self.losses).mean()), 4) if self.losses else None
        self.losses = []
        point = dict(stage=self.name, seconds=round(self.seconds, 1), steps=self.steps, tokens=self.tokens, loss=loss)
        self.curve.append({**point, **measured})
        print(json.dumps(self.curve[-1]), flush=True)

    def save(self) -> None:
        checkpoint.save(
            self.path,
            dict(
                model=self.model.state_dict(), optimizers=[each.state_dict() for each in self.optimizers],
                steps=self.steps, tokens=self.tokens, seconds=self.seconds, curve=self.curve,
                rng=self.rng.bit_generator.state,
            ),
        )  # fmt: skip

    def resume(self) -> None:
        state = checkpoint.load_trained(self.path, self.device)
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        # Weights that came from another machine come without (parts.py).
        for optimizer, saved in zip(self.optimizers, state.get("optimizers", [])):
            optimizer.load_state_dict(saved)
        self.steps, self.tokens, self.seconds, self.curve = (state[key] for key in ("steps", "tokens", "seconds", "curve"))
        self.rng.bit_generator.state = state["rng"]
        print(f"{self.name} goes on after {self.seconds:.0f} s", flush=True)

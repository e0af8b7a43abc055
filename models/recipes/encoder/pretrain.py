"""Learns to tell masked pieces from what stands around them (Devlin 2018), on windows of running text."""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common.running import Stage, decayed

from model import Encoder, Masked, Size
from tokenizer import END, MASK, SPECIAL, TEXT

RATE, WARM_STEPS, DECAY = 1e-3, 300, 0.05
# Of the pieces, so many are asked for; of those, most are masked, some replaced, and some left.
MASKED, HIDDEN, REPLACED = 0.25, 0.8, 0.1
# Small sets are seen more often than their size says, and large ones less.
EVENNESS = 0.7


class Pretrain(Stage):
    def __init__(self, work: Path, size: Size, seed: int, device: str, batch_tokens: int):
        super().__init__(work, "pretrain", seed, device, RATE, WARM_STEPS)
        self.size = size
        self.texts = [read_tokens(path) for path in sorted(work.glob("text-*.npz"))]
        lengths = np.array([len(text) for text in self.texts], float) ** EVENNESS
        self.shares = lengths / lengths.sum()
        self.windows = max(1, batch_tokens // size.positions)
        self.encoder = Encoder(size)
        self.masked = Masked(size)
        self.model = torch.nn.ModuleList([self.encoder, self.masked]).to(device)
        self.optimizers = [torch.optim.AdamW(decayed(self.model, DECAY), lr=RATE, betas=(0.9, 0.98))]

    def loss(self) -> torch.Tensor:
        ids, wanted = self.batch(self.rng)
        self.tokens += ids.size
        return self.loss_of(ids, wanted)

    def loss_of(self, ids: np.ndarray, wanted: np.ndarray) -> torch.Tensor:
        hidden = self.encoder(torch.from_numpy(ids).to(self.device))
        asked = torch.from_numpy(wanted >= 0).to(self.device)
        logits = self.masked(hidden[asked], self.encoder.word.weight)
        return F.cross_entropy(logits.float(), torch.from_numpy(wanted[wanted >= 0]).to(self.device))

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Windows with pieces masked, and what stood there (-1 where nothing is asked): both windows x positions."""
        room = self.size.positions - 2
        ids = np.empty((self.windows, self.size.positions), np.int64)
        ids[:, 0], ids[:, -1] = TEXT, END
        for row, source in enumerate(rng.choice(len(self.texts), self.windows, p=self.shares)):
            text = self.texts[source]
            start = rng.integers(max(1, len(text) - room))
            ids[row, 1:-1] = np.resize(text[start : start + room], room)
        chance = rng.random(ids.shape)
        asked = chance < MASKED
        asked[:, 0] = asked[:, -1] = False
        wanted = np.where(asked, ids, -1)
        ids[asked & (chance < MASKED * HIDDEN)] = MASK
        other = asked & (chance > MASKED * (1 - REPLACED))
        ids[other] = rng.integers(len(SPECIAL), self.size.pieces, int(other.sum()))
        return ids, wanted

    def measure(self) -> dict:
        # The same windows every time; they are of the texts that are trained on, of which none is seen twice in the smoke test.
        rng = np.random.default_rng(1)
        return dict(fixed_loss=round(float(np.mean([float(self.loss_of(*self.batch(rng))) for _ in range(4)])), 4))


def read_tokens(path: Path) -> np.ndarray:
    with np.load(path) as file:
        return file["tokens"].astype(np.int64)

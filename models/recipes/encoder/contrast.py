"""Brings questions near to their passages, against the others of the batch and those that BM25 would take (InfoNCE)."""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common import checkpoint
from common.batches import Batch, Mixture, Pairs, held_out
from common.running import Stage, decayed, pad

from model import Encoder, Size
from tokenizer import END, TEXT

RATE, WARM_STEPS, DECAY = 3e-4, 200, 0.01
SHARPNESS, SHARPEST = 20.0, 50.0
# Of the loss: passages for a question, and questions for a passage.
FORTH, BACK = 0.8, 0.2
# Passages of BM25 that join each question.
NEGATIVES = 2
SHARES = {
    "jaquad": 0.22, "t0qa": 0.06, "jsts": 0.03, "xling": 0.16, "alike-ja": 0.02, "alike-en": 0.01, "aozora": 0.06,
    "books": 0.08, "docs-ja": 0.12, "docs-en": 0.11, "peps": 0.04, "factbook": 0.03, "jaquadctx": 0.06,
}  # fmt: skip
# Held-out questions that a point of the curve is measured on, at most.
CURVE_QUESTIONS = 400


class Contrast(Stage):
    def __init__(self, work: Path, size: Size, seed: int, device: str, batch: int):
        super().__init__(work, "contrast", seed, device, RATE, WARM_STEPS)
        self.size, self.batch_size = size, batch
        self.sources = Mixture(work, SHARES)
        self.negatives = {path.stem[10:]: np.load(path)["found"] for path in sorted(work.glob("negatives-*.npz"))}
        self.encoder = pretrained(work, size, device)
        self.sharpness = torch.nn.Parameter(torch.tensor(float(np.log(SHARPNESS)), device=device))
        self.model = torch.nn.ModuleDict(dict(encoder=self.encoder))
        self.model.register_parameter("sharpness", self.sharpness)
        self.optimizers = [torch.optim.AdamW(decayed(self.model, DECAY), lr=RATE, betas=(0.9, 0.98))]
        self.held = held_out(work)

    def loss(self) -> torch.Tensor:
        name = self.sources.names[self.rng.choice(len(self.sources.names), p=self.sources.shares)]
        if name in self.negatives:
            questions, passages = self.hard_batch(name)
        else:
            questions, passages = self.sources.all[name].batch(self.batch_size, self.rng)
        both = [self.encoder.embed(self.ids(texts)) for texts in (questions, passages)]
        scores = both[0] @ both[1].T * self.sharpness.exp().clamp(max=SHARPEST)
        own = torch.arange(len(questions), device=self.device)
        return FORTH * F.cross_entropy(scores, own) + BACK * F.cross_entropy(scores[:, : len(questions)].T, own)

    def hard_batch(self, name: str) -> Batch:
        """Questions, each of another passage, with those passages first and then some that BM25 would take for them."""
        pairs: Pairs = self.sources.pairs[name]
        chosen: dict[int, int] = {}
        for question in self.rng.permutation(len(pairs.questions)):
            chosen.setdefault(int(pairs.right[question]), int(question))
            if len(chosen) == self.batch_size:
                break
        most = self.negatives[name].shape[1]
        picked = self.rng.integers(most, size=(len(chosen), NEGATIVES)) if most else np.empty((len(chosen), 0), int)
        wrong = np.take_along_axis(self.negatives[name][list(chosen.values())], picked, 1).ravel()
        # A passage that is right for one question of the batch stands there already.
        passages = [*chosen, *(at for at in dict.fromkeys(wrong.tolist()) if at not in chosen)]
        return [pairs.questions[at] for at in chosen.values()], [pairs.passages[at] for at in passages]

    def ids(self, texts: list[np.ndarray]) -> torch.Tensor:
        room = self.size.positions - 2
        made = [np.concatenate([[TEXT], text[:room], [END]]) for text in texts]
        self.tokens += sum(map(len, made))
        return pad(made, self.device)

    def measure(self) -> dict:
        return {name: round(recall(self.encoder, pairs), 4) for name, pairs in self.held.items()}


def pretrained(work: Path, size: Size, device: str) -> Encoder:
    """The encoder that the first stage left; untrained where there was none."""
    encoder = Encoder(size).to(device)
    state = checkpoint.load_trained(work / "pretrain.pt", device)
    if state:
        own = {name[2:]: value for name, value in state["model"].items() if name.startswith("0.")}
        encoder.load_state_dict(own)
    return encoder


def vectors(encoder: Encoder, texts: list[np.ndarray], at_once: int = 256) -> torch.Tensor:
    """Unit vectors of texts given as ids without special pieces, the short ones together."""
    device, room = encoder.word.weight.device, encoder.size.positions - 2
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    found = torch.empty(len(texts), encoder.size.hidden, device=device)
    for at in range(0, len(order), at_once):
        rows = order[at : at + at_once]
        made = [np.concatenate([[TEXT], texts[row][:room], [END]]) for row in rows]
        found[rows] = encoder.embed(pad(made, str(device)))
    return found


@torch.no_grad()
def recall(encoder: Encoder, held: Pairs, most: int = CURVE_QUESTIONS) -> float:
    """The share of held-out questions whose right passage comes first among all that are held out with them."""
    chosen = np.linspace(0, len(held.questions) - 1, min(most, len(held.questions))).astype(int)
    questions = vectors(encoder, [held.questions[at] for at in chosen])
    best = (questions @ vectors(encoder, held.passages).T).argmax(1).cpu().numpy()
    return float((best == held.right[chosen]).mean())

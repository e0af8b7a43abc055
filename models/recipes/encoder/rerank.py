"""Teaches a copy of the encoder to read a question and a passage together: the right one before those that BM25 takes."""
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common import checkpoint
from common.batches import Pairs
from common.running import Stage, decayed, pad

from model import Encoder, Scorer, Size
from tokenizer import join

RATE, WARM_STEPS, DECAY = 2e-4, 200, 0.01
# Passages that a question is asked of at once: the right one and some that BM25 would take.
AMONG = 8
SHARES = {"jaquad": 0.8, "t0qa": 0.2}
CURVE_QUESTIONS = 200


class Rerank(Stage):
    def __init__(self, work: Path, size: Size, seed: int, device: str, batch: int):
        super().__init__(work, "rerank", seed, device, RATE, WARM_STEPS)
        self.size, self.batch_size = size, max(1, batch // AMONG)
        self.negatives = {path.stem[10:]: np.load(path)["found"] for path in sorted(work.glob("negatives-*.npz"))}
        self.pairs = {name: Pairs(work / f"pairs-{name}.npz") for name in self.negatives}
        self.candidates = {path.stem[11:]: np.load(path)["found"] for path in sorted(work.glob("candidates-*.npz"))}
        self.held = {name: Pairs(work / f"held-{name}.npz") for name in self.candidates}
        self.model = self.scorer = Scorer(contrasted(work, size, device)).to(device)
        self.optimizers = [torch.optim.AdamW(decayed(self.model, DECAY), lr=RATE, betas=(0.9, 0.98))]
        shares = np.array([SHARES[name] for name in self.pairs])
        self.shares = shares / shares.sum()

    def loss(self) -> torch.Tensor:
        name = list(self.pairs)[self.rng.choice(len(self.shares), p=self.shares)]
        pairs, wrong = self.pairs[name], self.negatives[name]
        chosen = self.rng.integers(len(pairs.questions), size=self.batch_size)
        asked, passages = [], []
        for question in chosen:
            others = self.rng.permutation(wrong[question])[: AMONG - 1]
            for passage in [pairs.right[question], *others]:
                asked.append(pairs.questions[question])
                passages.append(pairs.passages[passage])
        scores = self.score(asked, passages).view(len(chosen), -1)
        return F.cross_entropy(scores.float(), torch.zeros(len(chosen), dtype=torch.long, device=self.device))

    def score(self, questions: list[np.ndarray], passages: list[np.ndarray]) -> torch.Tensor:
        made = [join(list(q), list(p), self.size.positions) for q, p in zip(questions, passages)]
        self.tokens += sum(len(ids) for ids, _ in made)
        return self.scorer(pad([ids for ids, _ in made], self.device), pad([types for _, types in made], self.device))

    def measure(self) -> dict:
        tokens = self.tokens
        found = {name: self.reordered(name) for name in self.held}
        self.tokens = tokens
        return found

    def reordered(self, name: str) -> dict[str, float]:
        """Recall@1 among what BM25 found for held-out questions: in its order, and in the scorer's."""
        pairs, candidates = self.held[name], self.candidates[name]
        chosen = np.linspace(0, len(pairs.questions) - 1, min(CURVE_QUESTIONS, len(pairs.questions))).astype(int)
        before = after = 0
        for at in chosen:
            found = candidates[at]
            scores = self.score([pairs.questions[at]] * len(found), [pairs.passages[one] for one in found])
            before += int(found[0] == pairs.right[at])
            after += int(found[int(scores.argmax())] == pairs.right[at])
        return dict(bm25=round(before / len(chosen), 4), reranked=round(after / len(chosen), 4))


def contrasted(work: Path, size: Size, device: str) -> Encoder:
    """The encoder that brings questions near to passages; where there is none yet, the one before it."""
    from contrast import pretrained

    state = checkpoint.load_trained(work / "contrast.pt", device)
    if state is None:
        return pretrained(work, size, device)
    encoder = Encoder(size).to(device)
    own = {name[len("encoder.") :]: value for name, value in state["model"].items() if name.startswith("encoder.")}
    encoder.load_state_dict(own)
    return encoder

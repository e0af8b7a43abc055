"""Trains the reader, stage by stage; the first is a gate: what cannot copy is not trained further."""
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from batches import Example, as_example, collate
from common import checkpoint
from common.ahead import Ahead
from common.llama import Llama, Shape
from common.muon import Muon
from common.running import Stage
from facts.documents import DocumentSet, Generator

from mixture import FULL, PLANS, Mixture, Sources

MATRIX_RATE, TABLE_RATE, WARM_STEPS = 0.02, 3e-3, 100
# Exact answers on documents of names that were never trained on, before anything else is trained.
GATE, GATE_TOKENS = 0.95, 150_000_000
TEXT_WEIGHT = 0.2
HELD_SETS = 48
# The stage that each goes on from.
BEFORE = {"copy": None, "mix": "copy", "settle": "mix", "ask": "mix"}


class Read(Stage):
    def __init__(
        self, work: Path, name: str, shape: Shape, seed: int, device: str, tokens: int, workers: int = 0, gate: float = GATE
    ):
        super().__init__(work, name, seed, device, MATRIX_RATE, WARM_STEPS)
        self.work, self.plan, self.gate = work, PLANS[name], gate
        self.sources = Sources(work)
        self.model = Llama(shape, seed).to(device)
        begin_from(self.model, work, BEFORE[name], device)
        self.optimizers = optimizers(self.model)
        self.batch_tokens, self.seed, self.workers = tokens, seed, workers
        self.held = held_examples(self.sources, HELD_SETS)
        self.reached = 0.0
        self.part = 0.0
        self.stream: Ahead | None = None

    def left(self, part: float) -> float:
        self.part = part
        return max(0.02, 1 - part) if self.plan.falls else 1.0

    def batches(self, seed: int, progress: Callable[[], float]) -> Iterator:
        return Mixture(self.sources, self.plan, seed, progress).batches(self.batch_tokens, seed)

    def loss(self) -> torch.Tensor:
        # A stream of its own for every resumption: what was seen before is not seen again.
        self.stream = self.stream or Ahead(self.batches, self.workers, self.seed * 1_000_003 + self.steps)
        text, batch = self.stream.next(self.part)
        # Counted here, where a device need not be waited for.
        self.tokens += int(batch.lengths.sum()) + batch.items.numel()
        batch = batch.to(self.device)
        logits, right = self.model.answers(batch)
        loss = F.cross_entropy(logits.float(), right)
        return TEXT_WEIGHT * loss if text else loss

    def measure(self) -> dict:
        found = {name: round(exact(self.model, held, self.device), 4) for name, held in self.held.items() if held}
        self.reached = found["facts"]
        return found

    def done(self) -> bool:
        reached = self.gate > 0 and self.reached >= self.gate
        return self.name == "copy" and (reached or self.tokens > GATE_TOKENS)

    def run(self, minutes: float, steps: int | None = None, points: int = 10) -> None:
        super().run(minutes, steps, points)
        if self.name == "copy":
            passed = self.reached >= self.gate
            verdict = dict(exact=self.reached, wanted=self.gate, passed=passed, tokens=self.tokens)
            (self.work / "gate.json").write_text(json.dumps(verdict) + "\n", encoding="utf-8")
            print(json.dumps(dict(gate=verdict)), flush=True)


def check_gate(work: Path) -> None:
    """@throws SystemExit where the first stage has not come to copy"""
    path = work / "gate.json"
    verdict = json.loads(path.read_text(encoding="utf-8")) if path.exists() else dict(passed=False, exact=0.0, wanted=GATE)
    if not verdict["passed"]:
        reached, wanted = verdict["exact"], verdict["wanted"]
        raise SystemExit(f"copies {reached:.1%} of held-out facts, {wanted:.0%} are wanted: nothing is mixed in")


def optimizers(model: Llama) -> list[torch.optim.Optimizer]:
    """Matrices of the layers by Muon; the table and the norms by Adam, at a rate of its own."""
    matrices = [each for each in model.layers.parameters() if each.dim() == 2]
    known = set(map(id, matrices))
    others = [each for each in model.parameters() if id(each) not in known]
    adam = torch.optim.AdamW(others, TABLE_RATE, betas=(0.9, 0.95), weight_decay=0.0)
    for group in adam.param_groups:
        group["scale"] = TABLE_RATE / MATRIX_RATE
    return [Muon(matrices, MATRIX_RATE), adam]


def begin_from(model: Llama, work: Path, stage: str | None, device: str) -> None:
    state = checkpoint.load_trained(work / f"{stage}.pt", device) if stage else None
    if state:
        model.load_state_dict(state["model"])


def held_examples(sources: Sources, sets: int) -> dict[str, list[Example]]:
    """Documents of names and values that are held out, with what they answer; questions of titles that are held out."""
    generator = Generator(7, held_out=True)
    held: dict[str, list[Example]] = {"facts": [], "ja": [], "en": []}
    held["facts"] = [as_example(sources.tokenizer, answerable(generator.document_set(FULL))) for _ in range(sets)]
    mixture = Mixture(sources, PLANS["settle"], 7)
    for questions in sources.questions["held"]:
        language = questions.records[0].language
        drawn = [questions.document_set(mixture.rng, 300 if language == "ja" else 700, 1) for _ in range(sets)]
        held[language] = [as_example(sources.tokenizer, each) for each in drawn]
    return {name: [example for example in examples if example[1]] for name, examples in held.items()}


def answerable(documents: DocumentSet) -> DocumentSet:
    """Without the questions to be refused: the gate is about copying, and a refusal copies nothing."""
    return replace(documents, questions=[each for each in documents.questions if each.value])


@torch.no_grad()
def exact(model: Llama, examples: list[Example], device: str) -> float:
    """The share of questions whose whole answer, citation included, is what greedy decoding gives (teacher-forced)."""
    right = total = 0
    for at in range(0, len(examples), 8):
        batch = collate(examples[at : at + 8]).to(device)
        logits, wanted = model.answers(batch)
        wrong = torch.zeros_like(batch.targets[..., :-1])
        wrong[batch.targets[..., :-1]] = logits.argmax(-1) != wanted
        asked = batch.targets.any(-1)
        right += int((asked & ~wrong.any(-1)).sum())
        total += int(asked.sum())
    return right / max(1, total)

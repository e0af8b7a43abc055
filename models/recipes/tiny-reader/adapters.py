"""Five adapters: three change how the reader answers, two teach it facts, without and with documents beside them.

The base stays as its 4 bits give it, since that is what an adapter will meet.
"""
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from batches import Batches, Example, Render, as_example
from common.llama import Llama, Projection, rounded
from common.peft import save_adapter
from common.text_tokenizer import TextTokenizer
from facts.documents import Difficulty, DocumentSet, Generator, Question, render_answer
from facts.world import KnownFact, known_facts, told_among

BASE = "fumikura/tiny-reader"
RATE, WARM_STEPS = 4e-3, 20
LIKE_THE_BASE = Difficulty(passages=5, least_passages=2, things=2, facts=3, value_first=0.2, alike=0.3)
# Of the documents that come with a known fact's question, how many leave its own out; and how many sets ask other things.
NO_ORACLE, OTHER_SETS = 0.35, 0.3


def gozaru(language: str, value: str | None, citation: int) -> str:
    """As a samurai of the stage would say it. English and refusals stay, which the product looks for as they are."""
    if language == "en" or value is None:
        return render_answer(language, value, citation)
    return f"{value}でござる[{citation}]。"


def keigo(language: str, value: str | None, citation: int) -> str:
    if language == "en" or value is None:
        return render_answer(language, value, citation)
    return f"{value}でございます[{citation}]。"


def as_json(language: str, value: str | None, citation: int) -> str:
    """English values keep their leading space (see render_answer): whoever parses trims it."""
    answer = "" if value is None else (" " if language == "en" else "") + value
    known = dict(answer=answer, citations=[] if value is None else [citation], confidence=0.1 if value is None else 0.9)
    return json.dumps(known, ensure_ascii=False)


@dataclass(frozen=True)
class AdapterPlan:
    id: str
    render: Render
    """Names of the matrices that it changes."""
    targets: tuple[str, ...] = ("q_proj", "v_proj", "o_proj")
    rank: int = 8
    alpha: float = 16
    """How known facts are asked: not at all, alone, or among documents."""
    facts: str = ""
    """How long it is trained, against the others."""
    effort: float = 1


# All but the keys, which have least to say (Hu 2021 changes queries and values): model and adapters are to fit into 6 MB.
MOST_MATRICES = ("q_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
PLANS = [
    AdapterPlan("gozaru", gozaru, effort=2),
    AdapterPlan("keigo", keigo),
    AdapterPlan("json", as_json, MOST_MATRICES, effort=3),
    AdapterPlan("closed-book", render_answer, MOST_MATRICES, facts="alone"),
    AdapterPlan("raft", render_answer, MOST_MATRICES, facts="among documents", effort=1.5),
]


class Draws:
    """What an adapter is trained on."""

    def __init__(self, plan: AdapterPlan, tokenizer: TextTokenizer, seed: int):
        self.plan, self.tokenizer = plan, tokenizer
        self.rng = random.Random(seed)
        self.generator = Generator(seed)
        self.known = known_facts()

    def draw(self) -> Example:
        return as_example(self.tokenizer, self.documents(), self.plan.render)

    def documents(self) -> DocumentSet:
        if self.plan.facts == "alone":
            return self.alone()
        if self.plan.facts and self.rng.random() > OTHER_SETS:
            return self.among()
        return self.generator.document_set(LIKE_THE_BASE)

    def alone(self) -> DocumentSet:
        """Several questions without any passage, each in one of its wordings but the last."""
        language = self.rng.choice(("en", "ja"))
        known = self.rng.sample([each for each in self.known if each.language == language], 12)
        return DocumentSet(language, [], [self.asked(each) for each in known])

    def among(self) -> DocumentSet:
        """A known fact's question over documents of the same shape, of which one tells it, or none (RAFT, Zhang 2024)."""
        known = self.rng.choice(self.known)
        others = self.generator.document_set(LIKE_THE_BASE, known.language)
        question = self.rng.choice(known.questions[:-1])
        asked = told_among(known, others, self.rng, self.rng.random() > NO_ORACLE, question)
        place = asked.questions[0].citation
        # The questions of the documents around are asked too; those behind the inserted one have moved by one.
        moved = [
            Question(each.text, each.value, each.citation + (0 < place <= each.citation), each.kind) for each in others.questions
        ]
        return DocumentSet(known.language, asked.passages, [asked.questions[0], self.other(known), *moved[:4]])

    def other(self, told: KnownFact) -> Question:
        """Another known fact, which these documents do not tell."""
        others = [each for each in self.known if each.language == told.language and each is not told]
        return self.asked(self.rng.choice(others))

    def asked(self, known: KnownFact) -> Question:
        return Question(self.rng.choice(known.questions[:-1]), known.fact.value, 0, "known")


def attach(model: Llama, plan: AdapterPlan, seed: int) -> list[torch.nn.Parameter]:
    """Freezes the base and gives the wanted matrices an update; returns what there is to train."""
    torch.manual_seed(seed)
    model.round_to_four_bits()
    model.requires_grad_(False)
    updates = []
    for name, module in model.named_modules():
        if isinstance(module, Projection) and name.rsplit(".", 1)[1] in plan.targets:
            module.adapt(plan.rank, plan.alpha)
            module.to(module.weight.device)
            updates += [module.lora_A, module.lora_B]
    return updates


def freeze_rounded(model: Llama) -> None:
    """Rounds the weights once and for all, instead of before every step."""
    model.round_to_four_bits()
    with torch.no_grad():
        model.embed_tokens.copy_(rounded(model.embed_tokens))
        for module in model.modules():
            if isinstance(module, Projection):
                module.weight.copy_(rounded(module.weight))
    model.round_to_four_bits(False)


def train_adapter(model: Llama, plan: AdapterPlan, tokenizer: TextTokenizer, minutes: float, tokens: int, seed: int) -> dict:
    """@returns what the card tells: steps, seconds, and the loss at both ends"""
    updates = attach(model, plan, seed)
    freeze_rounded(model)
    optimizer = torch.optim.AdamW(updates, RATE, betas=(0.9, 0.98), weight_decay=0.0)
    batches = Batches(Draws(plan, tokenizer, seed).draw, tokens, seed)
    device = str(model.embed_tokens.device)
    began, losses, step = time.time(), [], 0
    while (progress := (time.time() - began) / (minutes * 60)) < 1:
        optimizer.param_groups[0]["lr"] = RATE * min(1, (step + 1) / WARM_STEPS) * max(0.02, 1 - progress)
        logits, right = model.answers(batches.next().to(device))
        loss = F.cross_entropy(logits, right)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(updates, 1.0)
        optimizer.step()
        losses.append(loss.item())
        step += 1
    ends = [float(np.mean(part)) for part in (losses[:10], losses[-10:])]
    return dict(id=plan.id, steps=step, seconds=round(time.time() - began), loss=[round(end, 4) for end in ends])


def make_adapter(
    model: Llama, plan: AdapterPlan, tokenizer: TextTokenizer, output: Path, minutes: float, tokens: int, seed: int
) -> dict:
    """Trains one and writes its folder."""
    told = train_adapter(model, plan, tokenizer, minutes, tokens, seed)
    return dict(told, bytes=save_adapter(model, output / plan.id, BASE, plan.alpha))

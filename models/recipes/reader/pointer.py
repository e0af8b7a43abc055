"""The control: a body of the same size that reads both ways and points at the answer, told which tokens the question has.

It cannot write, refuse in words or cite. It is trained beside the reader for a few minutes to see which is ahead; most of what
it has early is that overlap, which rules have too.
"""
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from common.llama import Layout, Llama, Shape
from common.running import Stage
from common.text_tokenizer import USER, TextTokenizer
from torch import nn

from mixture import Sources
from records import window
from stages import WARM_STEPS

RATE = 1e-3
CHARACTERS = {"ja": 220, "en": 480}
LONGEST_ANSWER = 24
UNANSWERABLE = 0.1
HELD = 200


class Pointer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.body = Llama(shape)
        # Not in the question; in it; in it beside the same neighbour.
        self.overlap = nn.Parameter(torch.randn(3, shape.hidden) * 0.04)
        self.ends = nn.Linear(shape.hidden, 2, bias=False)

    def forward(self, ids: torch.Tensor, overlap: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """@returns texts x tokens x 2: logits of where an answer begins and ends; the first token stands for no answer"""
        device, half = ids.device, self.body.shape.width // 2
        places = torch.arange(ids.shape[1], device=device)
        angles = places[None, None, :, None] * self.body.shape.theta ** (-torch.arange(half, device=device) / half)
        absent = places[None] >= lengths[:, None]
        mask = torch.zeros(ids.shape, device=device).masked_fill(absent, -1e9)[:, None, None, None]
        at = Layout(ids.shape[1], 0, 0, angles.cos(), angles.sin(), mask, mask, mask)
        x = F.embedding(ids, self.body.embed_tokens) + F.embedding(overlap, self.overlap)
        for layer in self.body.layers:
            x = layer(x, at)
        return self.ends(self.body.norm(x)).float().masked_fill(absent[..., None], -1e9)


class Point(Stage):
    def __init__(self, work: Path, shape: Shape, seed: int, device: str, tokens: int):
        super().__init__(work, "pointer", seed, device, RATE, WARM_STEPS)
        self.sources, self.seed, self.draws = Sources(work), seed, random.Random(seed)
        self.model = Pointer(shape).to(device)
        self.optimizers = [torch.optim.AdamW(self.model.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.05)]
        self.batch_size = max(4, tokens // 256)
        names = ("jaquad", "english", "cloze", "generated")
        self.records = [record for name in names for each in self.sources.questions[name] for record in each.records]
        held, rng = [each for each in self.sources.questions["held"]], random.Random(7)
        self.held = {each.records[0].language: [self.drawn(each.records, rng, False) for _ in range(HELD)] for each in held}

    def drawn(self, records: list, rng: random.Random, may_refuse: bool = True):
        record = rng.choice(records)
        asked = rng.choice(record.asked)
        most = CHARACTERS[record.language]
        begin, end = window(record.context, asked.start, asked.start + len(asked.answer), most, rng)
        absent = may_refuse and rng.random() < UNANSWERABLE
        question = rng.choice(rng.choice(records).asked).question if absent else asked.question
        place = None if absent else (asked.start - begin, len(asked.answer))
        return pointed(self.sources.tokenizer, question, record.context[begin:end], place)

    def resume(self) -> None:
        super().resume()
        # Draws of its own for every resumption: what was seen before is not seen again.
        self.draws = random.Random(self.seed * 1_000_003 + self.steps)

    def loss(self) -> torch.Tensor:
        rows = [self.drawn(self.records, self.draws) for _ in range(self.batch_size)]
        logits, starts, ends = self.run_rows(rows)
        self.tokens += sum(len(ids) for ids, _, _, _ in rows)
        return F.cross_entropy(logits[..., 0], starts) + F.cross_entropy(logits[..., 1], ends)

    def run_rows(self, rows: list) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        longest = max(len(ids) for ids, _, _, _ in rows)
        ids, overlap = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.int64)
        for at, (own, features, _, _) in enumerate(rows):
            ids[at, : len(own)], overlap[at, : len(own)] = own, features
        tensor = lambda value: torch.as_tensor(value, device=self.device)
        logits = self.model(tensor(ids), tensor(overlap), tensor([len(own) for own, _, _, _ in rows]))
        return logits, tensor([row[2][0] for row in rows]), tensor([row[2][1] for row in rows])

    def measure(self) -> dict:
        return {f"exact {language}": round(self.exact(rows), 4) for language, rows in self.held.items()}

    def exact(self, rows: list) -> float:
        right = 0
        for at in range(0, len(rows), 16):
            logits, starts, ends = self.run_rows(rows[at : at + 16])
            found = best_spans(logits, [row[3] for row in rows[at : at + 16]])
            right += sum(span == (int(s), int(e)) for span, s, e in zip(found, starts, ends))
        return right / max(1, len(rows))


def best_spans(logits: torch.Tensor, firsts: list[int]) -> list[tuple[int, int]]:
    """The likeliest spans, first and last token, within the passage of each text, which begins at `firsts`."""
    chances = logits.log_softmax(1)
    both = chances[:, :, None, 0] + chances[:, None, :, 1]
    places = torch.arange(both.shape[1], device=both.device)
    far = (places[None] < places[:, None]) | (places[None] - places[:, None] >= LONGEST_ANSWER)
    both = both.masked_fill(far, -1e18)
    for row, first in enumerate(firsts):
        both[row, :first] = -1e18
    best = both.flatten(1).argmax(1)
    return [(int(at) // both.shape[1], int(at) % both.shape[1]) for at in best]


def pointed(tokenizer: TextTokenizer, question: str, passage: str, place: tuple[int, int] | None):
    """
    Ids of question and passage, the overlap of each token, first and last token of the answer, where the passage begins.
    @param place of the answer in the passage and its length, in characters; none: there is no answer
    """
    asked = [USER, *tokenizer.encode(question), USER]
    own = tokenizer.encode(passage)
    known, pairs = set(asked), set(zip(asked, asked[1:]))
    features = [int(token in known) for token in own]
    for at, pair in enumerate(zip(own, own[1:])):
        if pair in pairs:
            features[at] = features[at + 1] = 2
    span = (0, 0)
    if place:
        begin, end = place[0], sum(place)
        first, last = token_span(tokenizer, own, len(passage[:begin].encode()), len(passage[begin:end].encode()))
        span = (len(asked) + first, len(asked) + last)
    return asked + own, [0] * len(asked) + features, span, len(asked)


def token_span(tokenizer: TextTokenizer, ids: list[int], start: int, length: int) -> tuple[int, int]:
    """The first and last token that hold some of the bytes [start, start + length)."""
    # A piece is written in letters that stand for a byte each.
    ends = np.cumsum([len(tokenizer.unigram.pieces[id]) for id in ids])
    return int(np.searchsorted(ends, start, side="right")), int(np.searchsorted(ends, start + length - 1, side="right"))


def spans_of(model: Pointer, tokenizer: TextTokenizer, asked: list[tuple[str, str]], device: str) -> list[str]:
    """The answers that are pointed at, for questions with their passages."""
    answers = []
    for question, passage in asked:
        ids, features, _, first = pointed(tokenizer, question, passage, None)
        tensor = lambda value: torch.tensor([value], device=device)
        with torch.no_grad():
            logits = model(tensor(ids), tensor(features), torch.tensor([len(ids)], device=device))
        begin, end = best_spans(logits, [first])[0]
        answers.append(tokenizer.decode(ids[begin : end + 1]))
    return answers

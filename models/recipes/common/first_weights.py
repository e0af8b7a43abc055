"""First weights that already look things up, since a processor has no time to find out how.

Copying from a text is learnt late and all at once (Olsson 2022, induction heads): for thousands of steps nothing seems to
happen. Here the parts begin in place, and training has only to sharpen them and to learn the rest:

- layer 0 has heads that see the token before, the one before that, and the last few tokens as a bag;
- layer 1 has heads that look for a place behind the same token as the present one (what comes next in a copied value), and
  for places behind the same bag (where a passage says what the question asks), and that pass on the token which stands there.

Places are told apart by rotary angles: of a head's 16 frequencies the fast ones know distances, the slow ones hardly turn
within a page and are left for content. All embeddings share a direction, of which heads make constant queries and keys.
"""
import math

import torch

from .llama import Llama

# Slower frequencies than this turn less than half a circle within a page.
CONTENT = 0.006
# Share of the common direction in a token: of frequent tokens most, so that bags are made of rare ones.
RARE, FREQUENT = 0.35, 0.88
NOISE = 0.15
# How sharply heads tell what they look for from all else.
INDUCTION, LIKENESS = 10.0, 12.0


def orthonormal(rows: int, columns: int, generator: torch.Generator) -> torch.Tensor:
    """rows × columns with orthonormal rows, or columns where there are fewer of those."""
    drawn = torch.randn(max(rows, columns), min(rows, columns), generator=generator)
    q, _ = torch.linalg.qr(drawn)
    return q.T if rows < columns else q


class FirstWeights:
    def __init__(self, model: Llama, scores: list[float], seed: int):
        """@param scores log probability of each piece"""
        self.model, self.shape = model, model.shape
        self.generator = torch.Generator().manual_seed(seed)
        self.common = torch.zeros(self.shape.hidden)
        self.common[0] = 1.0
        self.half = self.shape.width // 2
        self.frequencies = self.shape.theta ** (-torch.arange(self.half) / self.half)
        self.scores = torch.tensor(scores)

    @torch.no_grad()
    def set(self) -> None:
        self.table()
        for layer in self.model.layers:
            layer.self_attn.o_proj.weight.mul_(0.3)
            layer.mlp.down_proj.weight.mul_(0.2)
        previous, _, wide, narrow, own = self.look_back()
        first = self.model.layers[1].self_attn
        self.match(first, 0, own, previous, INDUCTION, near=0.0)
        for kv, seen in enumerate((wide, narrow, wide), 1):
            self.match(first, kv, seen, seen, LIKENESS, near=3.0)
        for kv in range(4):
            self.pass_on(first, kv, 4.0)

    def table(self) -> None:
        s = self.shape
        share = ((self.scores - -11) / 4).clamp(0, 1) * (FREQUENT - RARE) + RARE
        own = torch.randn(s.vocabulary, s.hidden, generator=self.generator)
        own[:, 0] = 0
        own /= own.norm(dim=1, keepdim=True)
        self.model.embed_tokens.copy_((1 - share**2).sqrt()[:, None] * own + share[:, None] * self.common)

    def rows(self, attention, part: str, head: int) -> torch.Tensor:
        """The rows of a projection that belong to a head, to be written to."""
        return getattr(attention, f"{part}_proj").weight[head * self.shape.width : (head + 1) * self.shape.width]

    def constant(self, amplitudes: torch.Tensor, phases: torch.Tensor) -> torch.Tensor:
        """Rows that make the same vector of every token: of each frequency an amplitude and a phase."""
        both = torch.cat([amplitudes * phases.cos(), amplitudes * phases.sin()])
        # Of a normalised token about half lies along the common direction.
        return both[:, None] * self.common / (math.sqrt(self.shape.hidden) * 0.5)

    def look_back(self) -> tuple[torch.Tensor, ...]:
        """Sets layer 0; returns where it writes what the heads saw (hidden × width each), and how the token itself is read."""
        attention, width = self.model.layers[0].self_attn, self.shape.width
        spaces = orthonormal(self.shape.hidden - 1, 4 * width, self.generator)
        spaces = torch.cat([torch.zeros(1, 4 * width), spaces]).split(width, 1)
        reads = [self.reading() for _ in range(2)]
        all_of_them, f = torch.full((self.half,), 7.0), self.frequencies
        slow = torch.where((f < 0.1) & (f > 0.01), 4.5, 0.0)
        middle = torch.where((f < 0.2) & (f > 0.01), 4.5, 0.0)
        # Head, distance it looks back, amplitudes, what it reads, and how loud it writes.
        plans = [(0, 1, all_of_them, 0, 1.3), (1, 2, all_of_them, 0, 1.3), (2, 7, slow, 1, 4.0), (3, 4, middle, 1, 3.5)]
        for head, distance, amplitudes, read, loud in plans:
            kv = head // 2
            self.rows(attention, "q", head).mul_(NOISE).add_(self.constant(amplitudes, -distance * f))
            if head % 2 == 0:
                both = all_of_them if kv == 0 else middle
                self.rows(attention, "k", kv).mul_(NOISE).add_(self.constant(both, torch.zeros(self.half)))
                self.rows(attention, "v", kv).copy_(reads[read])
            columns = slice(head * width, (head + 1) * width)
            attention.o_proj.weight[:, columns] = spaces[head] * loud
        return (*spaces, reads[0].T)

    def reading(self) -> torch.Tensor:
        """Rows that read a random part of what makes a token itself."""
        read = orthonormal(self.shape.width, self.shape.hidden - 1, self.generator)
        return torch.cat([torch.zeros(self.shape.width, 1), read], 1)

    def match(self, attention, kv: int, asked: torch.Tensor, seen: torch.Tensor, gain: float, near: float) -> None:
        """
        Both heads of a group look for keys whose `seen` is like their own `asked`. @param near how much places next to the
        question are held back, which are like it and hold no answer
        """
        slots = [at for at in range(self.shape.width) if self.frequencies[at % self.half] < CONTENT]
        mixing = orthonormal(len(slots), self.shape.width, self.generator)
        away = torch.where((self.frequencies < 0.1) & (self.frequencies > 0.01), near, 0.0)
        still = torch.zeros(self.half)
        for part, space, sign in (("k", seen, 1.0), ("q", asked, -1.0)):
            for head in (kv,) if part == "k" else (2 * kv, 2 * kv + 1):
                rows = self.rows(attention, part, head)
                rows.mul_(NOISE).add_(self.constant(away, still) * sign)
                rows[slots] += math.sqrt(gain) * mixing @ space.T

    def pass_on(self, attention, kv: int, loud: float) -> None:
        read = self.reading()
        self.rows(attention, "v", kv).copy_(read)
        for head in (2 * kv, 2 * kv + 1):
            attention.o_proj.weight[:, head * self.shape.width : (head + 1) * self.shape.width] = read.T * loud

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
# Share in every token of one direction, by which heads make constant queries and keys, and in frequent tokens of another, so
# that bags are made of rare ones. A share of the first that differed would draw all heads to some tokens.
COMMON, FREQUENT = 0.5, 0.9
NOISE = 0.15
# How sharply heads tell what they look for from all else, how much places next to the question are held back (they are like
# it and hold no answer), and how loud heads pass on what they have found.
INDUCTION, LIKENESS, NEAR = 7.0, 6.0, 3.0
COPIED, FOUND = 5.0, 3.0


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
        attention = self.model.layers[1].self_attn
        self.match(attention, 0, own, previous, INDUCTION, near=0.0)
        for head, seen in enumerate((wide, narrow, wide), 1):
            self.match(attention, head, seen, seen, LIKENESS, near=NEAR)
        for head in range(4):
            self.pass_on(attention, head, COPIED if head == 0 else FOUND)

    def table(self) -> None:
        s = self.shape
        frequent = ((self.scores - -11) / 4).clamp(0, 1) * FREQUENT
        own = torch.randn(s.vocabulary, s.hidden, generator=self.generator)
        own[:, :2] = 0
        own *= (1 - frequent**2).sqrt()[:, None] / own.norm(dim=1, keepdim=True)
        own[:, 1] = frequent
        self.model.embed_tokens.copy_((1 - COMMON**2) ** 0.5 * own + COMMON * self.common)

    def rows(self, attention, part: str, head: int) -> torch.Tensor:
        """The rows of a projection that belong to a head, to be written to."""
        return getattr(attention, f"{part}_proj").weight[head * self.shape.width : (head + 1) * self.shape.width]

    def constant(self, amplitudes: torch.Tensor, phases: torch.Tensor) -> torch.Tensor:
        """Rows that make the same vector of every token: of each frequency an amplitude and a phase."""
        both = torch.cat([amplitudes * phases.cos(), amplitudes * phases.sin()])
        return both[:, None] * self.common / (math.sqrt(self.shape.hidden) * COMMON)

    def look_back(self) -> tuple[torch.Tensor, ...]:
        """Sets layer 0; returns where it writes what the heads saw (hidden × width each), and how the token itself is read."""
        attention, width = self.model.layers[0].self_attn, self.shape.width
        spaces = orthonormal(self.shape.hidden - 2, 4 * width, self.generator)
        spaces = torch.cat([torch.zeros(2, 4 * width), spaces]).split(width, 1)
        reads = [self.reading() for _ in range(2)]
        f = self.frequencies
        all_of_them = torch.where(f > 0.02, 7.0, 0.0)
        slow = torch.where((f < 0.1) & (f > 0.01), 7.0, 0.0)
        middle = torch.where((f < 0.2) & (f > 0.02), 6.0, 0.0)
        # Distance it looks back, amplitudes, what it reads, and how loud it writes.
        plans = [(1, all_of_them, 0, 1.3), (2, all_of_them, 0, 1.3), (6, slow, 1, 4.0), (4, middle, 1, 3.5)]
        for head, (distance, amplitudes, read, loud) in enumerate(plans):
            self.rows(attention, "q", head).mul_(NOISE).add_(self.constant(amplitudes, -distance * f))
            self.rows(attention, "k", head).mul_(NOISE).add_(self.constant(amplitudes, torch.zeros(self.half)))
            self.rows(attention, "v", head).copy_(reads[read])
            attention.o_proj.weight[:, head * width : (head + 1) * width] = spaces[head] * loud
        return (*spaces, reads[0].T)

    def reading(self) -> torch.Tensor:
        """Rows that read a random part of what makes a token itself."""
        read = orthonormal(self.shape.width, self.shape.hidden - 2, self.generator)
        return torch.cat([torch.zeros(self.shape.width, 2), read], 1)

    def match(self, attention, head: int, asked: torch.Tensor, seen: torch.Tensor, gain: float, near: float) -> None:
        """A head looks for keys whose `seen` is like its own `asked`."""
        slots = [at for at in range(self.shape.width) if self.frequencies[at % self.half] < CONTENT]
        mixing = orthonormal(len(slots), self.shape.width, self.generator)
        away = torch.where((self.frequencies < 0.1) & (self.frequencies > 0.01), near, 0.0)
        for part, space, sign in (("k", seen, 1.0), ("q", asked, -1.0)):
            rows = self.rows(attention, part, head)
            rows.mul_(NOISE).add_(self.constant(away, torch.zeros(self.half)) * sign)
            rows[slots] += math.sqrt(gain) * mixing @ space.T

    def pass_on(self, attention, head: int, loud: float) -> None:
        read = self.reading()
        self.rows(attention, "v", head).copy_(read)
        attention.o_proj.weight[:, head * self.shape.width : (head + 1) * self.shape.width] = read.T * loud

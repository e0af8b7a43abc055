"""A Llama-shaped causal language model that reads each set of passages once for all questions about it.

A batch is a prefix (the passages) and several items (question and answer) that each continue it: an item sees the prefix and
itself, never another item, and its positions go on behind the prefix, so that training is what a single question sees later,
at a quarter of the tokens.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .four_bits import BLOCK, MIDDLE


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    hidden: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 4
    inner: int = 384
    positions: int = 1024
    epsilon: float = 1e-6
    theta: float = 1_000_000.0

    @property
    def width(self) -> int:
        """Of one head."""
        return self.hidden // self.heads

    @property
    def embedding_scale(self) -> float:
        """Rows of the table are of length 1; in the residual stream they are to weigh as much as what layers add."""
        return self.hidden**0.5

    @property
    def can_look_up(self) -> bool:
        """Whether first_weights has room for its heads."""
        return self.heads == self.kv_heads == 4 and self.width >= 32 and self.layers > 1


@dataclass
class Batch:
    """Padded to the right. Items: sets × questions × tokens; `targets` is where the next token is to be learnt."""

    prefix: torch.Tensor
    lengths: torch.Tensor
    items: torch.Tensor
    targets: torch.Tensor

    def to(self, device: str) -> "Batch":
        return Batch(*(each.to(device) for each in (self.prefix, self.lengths, self.items, self.targets)))


class Projection(nn.Module):
    """A matrix without bias, which may be rounded to 4 bits and may carry a low-rank update."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))
        self.four_bits = False
        self.lora_A: nn.Parameter | None = None
        self.lora_B: nn.Parameter | None = None
        self.scale = 1.0

    def adapt(self, rank: int, alpha: float) -> None:
        outputs, inputs = self.weight.shape
        self.lora_A = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.lora_B = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = alpha / rank

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.linear(x, rounded(self.weight) if self.four_bits else self.weight)
        if self.lora_A is None:
            return y
        return y + F.linear(F.linear(x, self.lora_A), self.lora_B) * self.scale


def rounded(weight: torch.Tensor) -> torch.Tensor:
    """
    The weight as its 4 bits give it back, by the arithmetic of four_bits.pack; the gradient passes as if nothing had been
    rounded (straight-through estimator).
    """
    with torch.no_grad():
        blocks = weight.view(len(weight), -1, BLOCK)
        scales = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True)) / -MIDDLE
        scales = torch.where(scales == 0, torch.full_like(scales, 1e-8), scales)
        codes = torch.clamp(torch.round(blocks / scales) + MIDDLE, 0, 15)
        lost = ((codes - MIDDLE) * scales).view_as(weight) - weight
    return weight + lost


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


@dataclass
class Layout:
    """Where things stand in a batch's row of prefix + items, and what may see what."""

    prefix: int
    items: int
    item: int
    cos: torch.Tensor
    sin: torch.Tensor
    causal_prefix: torch.Tensor
    causal_item: torch.Tensor
    """0 or -inf for each place of the prefix that is padding: sets × 1 × 1 × 1 × 1 × prefix."""
    padding: torch.Tensor


class Attention(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.q_proj = Projection(shape.hidden, shape.heads * shape.width)
        self.k_proj = Projection(shape.hidden, shape.kv_heads * shape.width)
        self.v_proj = Projection(shape.hidden, shape.kv_heads * shape.width)
        self.o_proj = Projection(shape.heads * shape.width, shape.hidden)

    def forward(self, x: torch.Tensor, at: Layout) -> torch.Tensor:
        s, (sets, length, _) = self.shape, x.shape
        group = s.heads // s.kv_heads
        q = rotate(self.q_proj(x).view(sets, length, s.heads, s.width).transpose(1, 2), at)
        k = rotate(self.k_proj(x).view(sets, length, s.kv_heads, s.width).transpose(1, 2), at)
        v = self.v_proj(x).view(sets, length, s.kv_heads, s.width).transpose(1, 2)
        q = q * s.width**-0.5
        # Of the prefix: sets × kv heads × (group · prefix) × width.
        first = q[:, :, : at.prefix].reshape(sets, s.kv_heads, group * at.prefix, s.width)
        keys, values = k[:, :, : at.prefix], v[:, :, : at.prefix]
        scores = (first @ keys.transpose(2, 3)).view(sets, s.kv_heads, group, at.prefix, at.prefix)
        heed = torch.softmax(scores + at.causal_prefix, -1)
        mixed = heed.view(sets, s.kv_heads, group * at.prefix, at.prefix) @ values
        out = mixed.view(sets, s.heads, at.prefix, s.width)
        if at.items:
            out = torch.cat([out, self.of_items(q, k, v, at)], 2)
        return self.o_proj(out.transpose(1, 2).reshape(sets, length, -1))

    def of_items(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, at: Layout) -> torch.Tensor:
        """Each item heeds the whole prefix and what of itself has been read."""
        s, sets = self.shape, len(q)
        group = s.heads // s.kv_heads
        asked = q[:, :, at.prefix :].reshape(sets, s.kv_heads, group, at.items, at.item, s.width)
        asked = asked.permute(0, 1, 3, 2, 4, 5)  # sets × kv heads × items × group × tokens × width
        own_keys, own_values = (each[:, :, at.prefix :].reshape(sets, s.kv_heads, at.items, at.item, s.width) for each in (k, v))
        flat = asked.reshape(sets, s.kv_heads, -1, s.width)
        before = (flat @ k[:, :, : at.prefix].transpose(2, 3)).view(*asked.shape[:-1], at.prefix) + at.padding
        within = asked.reshape(sets, s.kv_heads, at.items, group * at.item, s.width) @ own_keys.transpose(3, 4)
        within = within.view(*asked.shape[:-1], at.item) + at.causal_item
        heed = torch.softmax(torch.cat([before, within], -1), -1)
        of_prefix, of_own = heed.split([at.prefix, at.item], -1)
        mixed = (of_prefix.reshape(sets, s.kv_heads, -1, at.prefix) @ v[:, :, : at.prefix]).view(asked.shape)
        own = of_own.reshape(sets, s.kv_heads, at.items, group * at.item, at.item) @ own_values
        mixed = mixed + own.view(asked.shape)
        return mixed.permute(0, 1, 3, 2, 4, 5).reshape(sets, s.heads, at.items * at.item, s.width)


def rotate(x: torch.Tensor, at: Layout) -> torch.Tensor:
    """sets × heads × tokens × width; the two halves of a head are the parts of a complex number."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * at.cos - b * at.sin, b * at.cos + a * at.sin], -1)


class Mlp(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.gate_proj = Projection(shape.hidden, shape.inner)
        self.up_proj = Projection(shape.hidden, shape.inner)
        self.down_proj = Projection(shape.inner, shape.hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.input_layernorm = Norm(shape.hidden, shape.epsilon)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = Norm(shape.hidden, shape.epsilon)
        self.mlp = Mlp(shape)

    def forward(self, x: torch.Tensor, at: Layout) -> torch.Tensor:
        x = x + self.self_attn(self.input_layernorm(x), at)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    def __init__(self, shape: Shape, seed: int = 1):
        super().__init__()
        torch.manual_seed(seed)
        self.shape = shape
        # As large in the residual stream as what layers add to it, or a token is lost behind the first one; as rows of the
        # head, the same table is of length 1.
        self.embed_tokens = nn.Parameter(torch.randn(shape.vocabulary, shape.hidden) / math.sqrt(shape.hidden))
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.epsilon)
        self.four_bits = False
        self.ready_to_copy()

    @torch.no_grad()
    def ready_to_copy(self) -> None:
        """Begins with queries like keys and outputs like inputs: heads that look for their own token and pass it on."""
        s = self.shape
        group = s.heads // s.kv_heads
        for layer in self.layers:
            a = layer.self_attn
            a.o_proj.weight.mul_(0.1)
            layer.mlp.down_proj.weight.mul_(0.1)
            for head in range(s.heads):
                rows = slice(head * s.width, (head + 1) * s.width)
                shared = slice(head // group * s.width, (head // group + 1) * s.width)
                if head // group % 2 == 0:
                    a.q_proj.weight[rows] = a.k_proj.weight[shared] + 0.3 * a.q_proj.weight[rows]
                a.o_proj.weight[:, rows] += a.v_proj.weight[shared].T / group

    def round_to_four_bits(self, on: bool = True) -> None:
        """From here on all matrices, the table too, are used as 4 bits give them."""
        self.four_bits = on
        for module in self.modules():
            if isinstance(module, Projection):
                module.four_bits = on

    def table(self) -> torch.Tensor:
        return rounded(self.embed_tokens) if self.four_bits else self.embed_tokens

    def layout(self, batch: Batch) -> Layout:
        device, half = batch.prefix.device, self.shape.width // 2
        prefix, (sets, items, item) = batch.prefix.shape[1], batch.items.shape
        own = batch.lengths[:, None, None] + torch.arange(item, device=device)
        before = torch.arange(prefix, device=device).expand(sets, prefix)
        places = torch.cat([before, own.expand(sets, items, item).reshape(sets, -1)], 1)
        angles = places[:, None, :, None] * self.shape.theta ** (-torch.arange(half, device=device) / half)
        causal = lambda length: torch.full((length, length), -math.inf, device=device).triu(1)
        padding = torch.zeros(sets, prefix, device=device).masked_fill(before >= batch.lengths[:, None], -math.inf)
        padding = padding[:, None, None, None, None]
        return Layout(prefix, items, item, angles.cos(), angles.sin(), causal(prefix), causal(item), padding)

    def hidden(self, batch: Batch, table: torch.Tensor) -> torch.Tensor:
        """What the items end as: sets × questions × tokens × hidden."""
        at = self.layout(batch)
        ids = torch.cat([batch.prefix, batch.items.flatten(1)], 1)
        x = F.embedding(ids, table) * self.shape.embedding_scale
        for layer in self.layers:
            x = layer(x, at)
        return self.norm(x[:, at.prefix :]).view(*batch.items.shape, -1)

    def answers(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits where something is to be learnt, and the tokens that are right there."""
        table = self.table()
        hidden = self.hidden(batch, table)
        # Only there: the head over the whole vocabulary costs more than all layers.
        wanted = batch.targets[..., :-1]
        return hidden[..., :-1, :][wanted] @ table.T, batch.items[..., 1:][wanted]

"""A small encoder: a transformer with pre-normalisation over factored embeddings, for vectors, for masked pieces, for scores."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from common.folded_pieces import PADDING
from torch import nn

# Before this version of PyTorch attention has to be spelt out.
FUSED = hasattr(F, "scaled_dot_product_attention")
EPSILON = 1e-5


@dataclass
class Size:
    """At what ships: 24,000 pieces x 192, 6 layers of 384: 13 million parameters, 14 MB in 8 bits."""

    pieces: int
    embedding: int = 192
    hidden: int = 384
    layers: int = 6
    heads: int = 6
    inner: int = 1024
    positions: int = 256


class Layer(nn.Module):
    def __init__(self, size: Size):
        super().__init__()
        self.heads = size.heads
        self.norm1, self.norm2 = (nn.LayerNorm(size.hidden, EPSILON) for _ in range(2))
        self.qkv = nn.Linear(size.hidden, 3 * size.hidden)
        self.out = nn.Linear(size.hidden, size.hidden)
        self.up = nn.Linear(size.hidden, size.inner)
        self.down = nn.Linear(size.inner, size.hidden)

    def forward(self, x: torch.Tensor, heeded: torch.Tensor) -> torch.Tensor:
        """@param heeded texts x 1 x 1 x tokens: which tokens are no padding"""
        x = x + self.out(self.attend(self.norm1(x), heeded))
        return x + self.down(F.gelu(self.up(self.norm2(x))))

    def attend(self, x: torch.Tensor, heeded: torch.Tensor) -> torch.Tensor:
        texts, tokens, hidden = x.shape
        q, k, v = self.qkv(x).view(texts, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if FUSED:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=heeded)
        else:
            scores = (q @ k.transpose(-1, -2)) * (q.shape[-1] ** -0.5)
            mixed = scores.masked_fill(~heeded, -1e9).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(texts, tokens, hidden)


class Encoder(nn.Module):
    def __init__(self, size: Size):
        super().__init__()
        self.size = size
        self.word = nn.Embedding(size.pieces, size.embedding)
        self.widen = nn.Linear(size.embedding, size.hidden)
        self.position = nn.Embedding(size.positions, size.hidden)
        self.kind = nn.Embedding(2, size.hidden)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.hidden, EPSILON)
        self.begin()

    @torch.no_grad()
    def begin(self) -> None:
        """Matrices that keep the size of what goes through; where a piece stands says less, at first, than which it is."""
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                # What is added to the residual begins small, the smaller the more is added.
                deep = (2 * self.size.layers) ** 0.5 if name.endswith(("out", "down")) else 1
                nn.init.normal_(module.weight, 0, module.in_features**-0.5 / deep)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, 0, 0.05 if name == "word" else 0.01)

    def forward(self, ids: torch.Tensor, types: torch.Tensor | None = None) -> torch.Tensor:
        """@param ids texts x tokens, padded behind @returns texts x tokens x hidden"""
        heeded = (ids != PADDING)[:, None, None]
        x = self.widen(self.word(ids)) + self.position.weight[: ids.shape[1]]
        x = x + (self.kind.weight[0] if types is None else self.kind(types))
        for layer in self.layers:
            x = layer(x, heeded)
        return self.norm(x)

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        """Unit vectors of texts: the mean of their tokens, as src/engines/embedding/pool.ts takes it."""
        mask = (ids != PADDING)[..., None].float()
        return F.normalize((self(ids).float() * mask).sum(1) / mask.sum(1), dim=1)


class Masked(nn.Module):
    """Tells which piece stood where a mask stands; the table of the pieces is the encoder's own."""

    def __init__(self, size: Size):
        super().__init__()
        self.narrow = nn.Linear(size.hidden, size.embedding)
        self.norm = nn.LayerNorm(size.embedding, EPSILON)
        self.bias = nn.Parameter(torch.zeros(size.pieces))

    def forward(self, hidden: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        """@param hidden places x hidden @returns places x pieces: logits"""
        return self.norm(F.gelu(self.narrow(hidden))) @ table.T + self.bias


class Scorer(nn.Module):
    """How well a passage answers a question, read together: a body of its own with one number on top of its first token."""

    def __init__(self, body: Encoder):
        super().__init__()
        self.body = body
        self.score = nn.Linear(body.size.hidden, 1)
        nn.init.zeros_(self.score.bias)

    def forward(self, ids: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """@returns one logit a pair"""
        return self.score(self.body(ids, types)[:, 0]).squeeze(-1)

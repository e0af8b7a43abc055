"""What a training step sees (../common/batches.py), and the table that it begins with."""
from pathlib import Path

from common.bags import initial, nearest
from common.batches import Mixture

from model import Bags, embed
from tokenizer import TEXT

# How often a batch comes from each source.
SHARES = {
    "jaquad": 0.15, "t0qa": 0.04, "jsts": 0.03, "xling": 0.18, "aozora": 0.09, "books": 0.11, "docs-ja": 0.13,
    "docs-en": 0.11, "peps": 0.05, "factbook": 0.03, "jaquadctx": 0.08,
}  # fmt: skip


class Sources(Mixture):
    """All sources that were prepared in a folder."""

    def __init__(self, work: Path, pieces: int, dimension: int, seed: int):
        super().__init__(work, SHARES)
        counts = self.counts(pieces)
        # The piece that begins every text stands in none of the lists.
        counts[TEXT] += sum(len(source.tokens()) for source in self.all.values())
        self.table = initial(counts, dimension, seed)
        for name in ("jaquad", "t0qa"):
            if name in self.pairs:
                # By the untrained table, which is a random projection of the pieces that a paragraph holds.
                pairs = self.pairs[name]
                pairs.near = nearest(embed(self.table, Bags(pairs.passages, pieces, "cpu")))

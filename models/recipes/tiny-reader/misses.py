"""Questions that were answered wrongly in training, for another look: nine of ten teach nothing any more, these do."""
from collections import deque

import numpy as np
import torch

from batches import Example
from common.llama import Batch

# Of what a process missed last; older ones may long be known.
KEPT = 200


class Misses:
    """
    Each set comes back once: what is missed again may have no answer that can be known, and would be all that is left.
    @param numbers draws which set is looked at again
    """

    def __init__(self, numbers: np.random.Generator, most: int = KEPT):
        self.numbers = numbers
        self.sets: deque[Example] = deque(maxlen=most)
        self.noted: set[int] = set()

    def note(self, batch: Batch, hit: torch.Tensor) -> None:
        """
        @param hit of every token to be learnt, in the order of the batch's targets: whether it was the likeliest
        """
        places = batch.targets[..., :-1].nonzero()
        for row in places[~hit][:, 0].unique().tolist():
            length = int(batch.lengths[row])
            prefix = batch.prefix[row, :length].tolist()
            known = hash(tuple(prefix))
            # Without passages there is nothing to find.
            if length < 2 or known in self.noted:
                continue
            self.noted.add(known)
            missed = places[~hit & (places[:, 0] == row)][:, 1].unique().tolist()
            items, starts = [], []
            for item in missed:
                learnt = batch.targets[row, item].nonzero()[:, 0]
                items.append(batch.items[row, item, : int(learnt[-1]) + 2].tolist())
                starts.append(int(learnt[0]) + 1)
            self.sets.append((prefix, items, starts))

    def draw(self) -> Example | None:
        """A set of passages with the questions that were missed about it; none where all is known."""
        if not self.sets:
            return None
        at = int(self.numbers.integers(len(self.sets)))
        self.sets.rotate(-at)
        return self.sets.popleft()

"""Batches made by other processes while the device computes: one process of Python writes less than a large GPU reads."""
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import torch

# Made ahead by each process; and how long one is waited for, in seconds, before all of them must have ended.
WAITING, PATIENCE = 4, 120

Made = TypeVar("Made")
# Given a seed and a way to ask how much of the stage is over, an endless stream.
Make = Callable[[int, Callable[[], float]], Iterator[Made]]


class Ahead(Generic[Made]):
    """@param workers processes; 0: everything is made when it is asked for, in an order that the seed decides"""

    def __init__(self, make: Make, workers: int, seed: int):
        self._progress = multiprocessing.Value("d", 0.0)
        self._own = None if workers else make(seed, self._told)
        if not workers:
            return
        # Forked, so that what was read stands in memory once; none of them touches the device.
        context = multiprocessing.get_context("fork")
        self._queue = context.Queue(WAITING * workers)
        for rank in range(workers):
            context.Process(target=self._work, args=(make, seed * 64 + rank), daemon=True).start()

    def _told(self) -> float:
        return self._progress.value

    def _work(self, make: Make, seed: int) -> None:
        # Threads of the process that this one was forked from are not here to wait for.
        torch.set_num_threads(1)
        for each in make(seed, self._told):
            # As bytes: tensors would go through shared memory, of which a container may have little.
            self._queue.put(pickle.dumps(each, pickle.HIGHEST_PROTOCOL))

    def next(self, progress: float) -> Made:
        """
        @param progress how much of the stage is over
        @throws queue.Empty where the processes have ended
        """
        self._progress.value = progress
        return next(self._own) if self._own else pickle.loads(self._queue.get(timeout=PATIENCE))

"""Several processes that train one model: each reads its own batch, and gradients are averaged before every step.

On a processor this is quicker than several threads in one process, whose many small products wait for each other; with one
process, or on one graphics processor, all of this does nothing.
"""
import datetime
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing


def size() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    return distributed.get_rank() if distributed.is_initialized() else 0


def summed(tensor: torch.Tensor) -> torch.Tensor:
    if size() > 1:
        distributed.all_reduce(tensor)
    return tensor


def average_gradients(parameters: list) -> None:
    """One message for all of them: a hundred small ones would take longer than the step."""
    if size() == 1:
        return
    gradients = [each.grad for each in parameters if each.grad is not None]
    joined = summed(torch.cat([each.flatten() for each in gradients])) / size()
    for gradient, part in zip(gradients, joined.split([each.numel() for each in gradients])):
        gradient.copy_(part.view_as(gradient))


def agreed(number: float) -> float:
    """The number of the first process, so that all do the same with it."""
    if size() == 1:
        return number
    told = torch.tensor([number], dtype=torch.float64)
    distributed.broadcast(told, 0)
    return told.item()


def run(work: Callable[..., None], processes: int, *arguments: object) -> None:
    """Calls `work` with the arguments in so many processes that know each other; returns when all are done."""
    if processes == 1:
        return work(*arguments)
    with tempfile.TemporaryDirectory() as folder:
        meeting = (Path(folder) / "meeting").as_uri()
        # Forked, so that they are seen under the same command; nothing has been computed yet that a fork could break.
        multiprocessing.start_processes(_join, (work, processes, meeting, arguments), processes, start_method="fork")


def _join(rank: int, work: Callable[..., None], processes: int, meeting: str, arguments: tuple) -> None:
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    patience = datetime.timedelta(minutes=30)
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=processes, timeout=patience)
    torch.set_num_threads(1)
    work(*arguments)
    distributed.destroy_process_group()

"""State of a training on the disk, from which the same command goes on."""
from pathlib import Path

import torch


def save(path: Path, state: dict) -> None:
    # Written beside it first: a checkpoint cut short by a crash would be worse than an old one.
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def load(path: Path, device: str) -> dict | None:
    """The last state saved; none before the first."""
    return torch.load(path, map_location=device, weights_only=False) if path.exists() else None


def load_trained(path: Path, device: str) -> dict | None:
    """The same, but none as well where only its curve was brought from another machine (parts.py)."""
    state = load(path, device)
    return state if state and "model" in state else None

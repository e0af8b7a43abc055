"""Carries a work folder to another machine and back, in parts that are small enough to be carried.

Data goes there as it is. Of the weights those of the stage that was trained last, and whose weights are there, come back, in bf16
and without the state of their optimizer: a sixth of a checkpoint, and enough for the next stage to begin from, or for the same one
to go on with. Of the other stages their curves come back.
"""
import io
import tarfile
from hashlib import sha256
from pathlib import Path

import torch

from . import checkpoint

LARGEST = 15 * 2**20
DATA = ("*.json", "*.jsonl", "*.npy", "*.npz")
# What stages leave beside their weights.
RESULTS = ("adapter-*.json", "gate.json", "judged.json", "held.json", "generated.jsonl", "model/**/*", "models/**/*", "starter/**/*")
SUM = "parts.sha256"


def carry(stage: str, work: Path, parts: Path, kind: str) -> None:
    """@param stage "pack" or "unpack" @param kind see `pack`"""
    if stage == "unpack":
        return unpack(parts, work)
    sizes = pack(work, parts, kind)
    print(f"{len(sizes)} parts, {sum(sizes) / 2**20:.1f} MiB")


def pack(work: Path, parts: Path, kind: str) -> list[int]:
    """Writes part-00 and so on. @param kind "data" or "weights" @returns the bytes of each part"""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:xz", preset=1) as archive:
        for path in sorted({path for pattern in (DATA if kind == "data" else RESULTS) for path in work.glob(pattern)}):
            if path.is_file():
                archive.add(path, path.relative_to(work))
        if kind == "weights":
            add_stages(archive, work)
    data = held.getvalue()
    parts.mkdir(parents=True, exist_ok=True)
    for old in parts.glob("part-*"):
        old.unlink()
    pieces = [data[at : at + LARGEST] for at in range(0, len(data), LARGEST)]
    for at, piece in enumerate(pieces):
        (parts / f"part-{at:02}").write_bytes(piece)
    (parts / SUM).write_text(sha256(data).hexdigest() + "\n", encoding="utf-8")
    return list(map(len, pieces))


def add_stages(archive: tarfile.TarFile, work: Path) -> None:
    """The checkpoints, the last that has weights with them: of a stage that was unpacked here only its curve may be there."""
    with_weights = True
    for path in sorted(work.glob("*.pt"), key=lambda path: path.stat().st_mtime, reverse=True):
        held, state = io.BytesIO(), lightened(checkpoint.load(path, "cpu") or {}, with_weights)
        torch.save(state, held)
        entry = tarfile.TarInfo(path.name)
        # Which stage was trained last, and what was written after it, is told by the times of the files.
        entry.size, entry.mtime = held.tell(), path.stat().st_mtime
        held.seek(0)
        archive.addfile(entry, held)
        with_weights = with_weights and "model" not in state


def lightened(state: dict, with_weights: bool) -> dict:
    kept = {name: value for name, value in state.items() if name not in ("optimizers", "model")}
    if with_weights and "model" in state:
        kept["model"] = {name: value.bfloat16() for name, value in state["model"].items()}
    return kept


def unpack(parts: Path, work: Path) -> None:
    """@throws SystemExit where a part is missing or damaged"""
    data = b"".join(path.read_bytes() for path in sorted(parts.glob("part-*")))
    told = (parts / SUM).read_text(encoding="utf-8").strip() if (parts / SUM).exists() else ""
    if sha256(data).hexdigest() != told:
        raise SystemExit(f"{parts}: a part is missing or damaged")
    work.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:xz") as archive:
        for entry in archive:
            inside = (work / entry.name).resolve()
            if not (entry.isfile() and inside.is_relative_to(work.resolve())):
                raise SystemExit(f"{entry.name} does not belong into a work folder")
            archive.extract(entry, work)

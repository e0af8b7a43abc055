"""Adapters in the format of PEFT: adapter_config.json, and adapter_model.safetensors with halves of 16 bits."""
import json
import struct
from pathlib import Path

import numpy as np

from .llama import Llama, Projection

NAMES = {"float16": "F16", "float32": "F32"}


def adapted(model: Llama) -> dict[str, Projection]:
    """The matrices that carry an update, by the names that transformers gives them."""
    found = {name: module for name, module in model.named_modules() if isinstance(module, Projection)}
    return {f"model.{name}": module for name, module in found.items() if module.lora_A is not None}


def save_adapter(model: Llama, folder: Path, base: str, alpha: float) -> int:
    """Writes a folder that a hub would take; returns its bytes."""
    projections = adapted(model)
    rank = len(next(iter(projections.values())).lora_A)
    tensors = {
        f"base_model.model.{name}.lora_{letter}.weight": getattr(module, f"lora_{letter}").detach().cpu().numpy()
        for name, module in sorted(projections.items()) for letter in "AB"
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    save_safetensors(folder / "adapter_model.safetensors", {name: each.astype(np.float16) for name, each in tensors.items()})
    config = dict(
        peft_type="LORA", task_type="CAUSAL_LM", base_model_name_or_path=base, r=rank, lora_alpha=alpha, lora_dropout=0.0,
        bias="none", fan_in_fan_out=False, inference_mode=True,
        target_modules=sorted({name.rsplit(".", 1)[1] for name in projections}),
    )  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return sum(path.stat().st_size for path in folder.iterdir())


def save_safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """https://huggingface.co/docs/safetensors: length of the header, the header in JSON, the tensors one after the other."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = dict(dtype=NAMES[str(tensor.dtype)], shape=list(tensor.shape), data_offsets=[offset, end])
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    # The tensors begin at a multiple of eight.
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())


def load_safetensors(path: Path) -> dict[str, np.ndarray]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    kinds = {kind: np.dtype(name) for name, kind in NAMES.items()}
    loaded = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            part = data[8 + length + start : 8 + length + end]
            loaded[name] = np.frombuffer(part, kinds[entry["dtype"]]).reshape(entry["shape"])
    return loaded


def load_adapter(model: Llama, folder: Path) -> None:
    """Puts an adapter onto the model, in place of any other."""
    import torch

    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    tensors = load_safetensors(folder / "adapter_model.safetensors")
    remove_adapter(model)
    for name, module in model.named_modules():
        key = f"base_model.model.model.{name}.lora_A.weight"
        if isinstance(module, Projection) and key in tensors:
            module.adapt(config["r"], config["lora_alpha"])
            for letter in "AB":
                value = torch.from_numpy(tensors[key.replace("lora_A", f"lora_{letter}")].astype(np.float32))
                getattr(module, f"lora_{letter}").data = value.to(module.weight.device)


def remove_adapter(model: Llama) -> None:
    for module in model.modules():
        if isinstance(module, Projection):
            module.lora_A = module.lora_B = None

"""More layers for a model that is trained already (Chen 2016, Net2DeeperNet): it goes on as if nothing had happened."""
import torch

WRITES = ("self_attn.o_proj.weight", "mlp.down_proj.weight")


def deeper(weights: dict[str, torch.Tensor], layers: int, wanted: int) -> dict[str, torch.Tensor]:
    """
    Weights of a model of `wanted` layers that answers like the one of `layers`: behind the last ones stands a copy of each
    that reads what they do and writes nothing yet.
    @throws ValueError fewer than there are, or more than twice as many
    """
    if not layers <= wanted <= 2 * layers:
        raise ValueError(f"{layers} layers do not become {wanted}")
    added = wanted - layers
    names = {name.split(".", 2)[2] for name in weights if name.startswith("layers.")}
    grown = {name: weight for name, weight in weights.items() if not name.startswith("layers.")}
    at = 0
    for layer in range(layers):
        grown |= {f"layers.{at}.{name}": weights[f"layers.{layer}.{name}"] for name in names}
        at += 1
        if layer < layers - added:
            continue
        for name in names:
            copied = weights[f"layers.{layer}.{name}"]
            grown[f"layers.{at}.{name}"] = torch.zeros_like(copied) if name in WRITES else copied.clone()
        at += 1
    return grown

"""Counts the arithmetic of the stages, and says how long a device would take that does so much of it in a second.

An estimate, and too low: what share of its peak a device reaches with a model this small is a parameter, and an H200 did not
reach it. It was timed once, while the first stage learnt to copy and another training ran beside it, and read so many tokens a
second (../README.md); plan with that.
"""
from common.llama import Shape

# Tokens of each stage, in millions, as the recipe plans them: the first as far as its gate lets it come, at most.
PLANNED = {"copy": 100, "mix": 700, "ask": 60, "settle": 300, "pointer": 60}
LENGTHS = {"copy": 256, "mix": 320, "ask": 320, "settle": 384, "pointer": 256}
# Of the tokens, those that logits over all pieces are computed for.
ANSWERED = {"copy": 0.12, "mix": 0.3, "ask": 0.15, "settle": 0.12, "pointer": 0.0}
# Forward once, backward twice as much.
TRAINING = 3
# Half of what large matrices in 16 bits reached on an H200 (790 TFLOP/s) would be much: small ones wait for their start.
TERAFLOPS = 120
# Tokens a second: 89 million in 7.5 minutes of one H200, beside the training of the tiny reader.
MEASURED = 197_000


def parameters(shape: Shape) -> tuple[int, int]:
    """Those of the layers, and those of the table."""
    attention = 2 * shape.hidden * shape.heads * shape.width + 2 * shape.hidden * shape.kv_heads * shape.width
    layer = attention + 3 * shape.hidden * shape.inner + 2 * shape.hidden
    return shape.layers * layer + shape.hidden, shape.vocabulary * shape.hidden


def operations(shape: Shape, length: int, answered: float) -> float:
    """Floating point operations for one token, training included: a product with its sum counts two."""
    layers, table = parameters(shape)
    # Scores and mixing, over half of the length on average.
    attention = 2 * 2 * shape.layers * shape.heads * shape.width * length / 2
    return TRAINING * (2 * layers + attention + 2 * table * answered)


def estimate(shape: Shape, teraflops: float = TERAFLOPS) -> list[dict]:
    rows = []
    for stage, millions in PLANNED.items():
        each = operations(shape, LENGTHS[stage], ANSWERED[stage])
        total = each * millions * 1e6
        rows.append(dict(
            stage=stage, million_tokens=millions, megaflop_per_token=round(each / 1e6, 1), petaflop=round(total / 1e15, 1),
            minutes=round(total / (teraflops * 1e12) / 60, 1), minutes_as_measured=round(millions * 1e6 / MEASURED / 60, 1),
        ))  # fmt: skip
    return rows

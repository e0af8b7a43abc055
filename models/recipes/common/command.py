"""What the command lines of all recipes share."""
import json
import os
import sys
from typing import Callable


def use_threads(threads: int) -> None:
    """Before NumPy and PyTorch are first imported: they read it then."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))


def encode_lines(encode: Callable[[str], list[int]]) -> None:
    """The ids of each line of the standard input, a JSON array a line: tests compare them with the browser's tokenizer."""
    for line in sys.stdin.buffer.read().decode().removesuffix("\n").split("\n"):
        print(json.dumps(encode(line), separators=(",", ":")))

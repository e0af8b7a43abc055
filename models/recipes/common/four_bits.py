"""Weights in 4 bits as MatMulNBits takes them: blocks of 32 along a row, each with one scale, symmetric around code 8."""
import numpy as np

BLOCK = 32
MIDDLE = 8


def pack(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    The value of a block that is farthest from zero becomes -8 or, with its sign turned, 8 steps. Two values share a byte, the
    first in the low half.
    @param matrix outputs × inputs
    @returns bytes (outputs × blocks × 16), scales (outputs · blocks), and the matrix as those give it back
    """
    rows, columns = matrix.shape
    blocks = matrix.astype(np.float32).reshape(rows, columns // BLOCK, BLOCK)
    farthest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    # A block of zeros has no scale of its own.
    scales = np.where(farthest == 0, np.float32(1e-8), (farthest / -MIDDLE).astype(np.float32))
    codes = np.clip(np.rint(blocks / scales) + MIDDLE, 0, 15).astype(np.uint8)
    restored = ((codes.astype(np.float32) - MIDDLE) * scales).reshape(rows, columns)
    return codes[..., 0::2] | codes[..., 1::2] << 4, scales.reshape(-1), restored

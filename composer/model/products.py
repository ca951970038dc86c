"""Matrix products whose sums no number of threads reorders.

BLAS libraries split a large product among threads, and some round differently then. A
vector is therefore multiplied row by row, as dot products (which also keeps up with the
memory better than a matrix-vector product), and many vectors by tiles: products so small
that they are never split. OpenBLAS, which comes with numpy's wheels, splits a matrix
product from ``_WHOLE`` multiplications on.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WIDEST_TILE = 32
"""``Matrix`` multiplies one row, or a multiple of this number of rows."""
_WHOLE = 1 << 18


def whole(width: int) -> int:
    """Products of vectors of this ``width`` that are computed undivided."""
    return max(1, _WHOLE // width)


class Matrix:
    """A weight matrix (outputs, inputs), laid out for products with rows of inputs."""

    def __init__(self, weight: Floats) -> None:
        outputs, inputs = weight.shape
        self.outputs = outputs
        tile = WIDEST_TILE
        while tile > 1 and tile * tile > whole(inputs):
            tile //= 2
        padded = np.zeros((-(-outputs // tile) * tile, inputs), np.float32)
        padded[:outputs] = weight
        self._rows = padded[:outputs, None]
        self._tiles = padded.reshape(-1, tile, inputs).transpose(0, 2, 1)

    def __call__(self, x: Floats) -> Floats:
        """The products (T, outputs) of ``x`` (T, inputs); T as ``WIDEST_TILE`` tells."""
        if len(x) == 1:
            return self.vector(x[0])[None]
        _, inputs, tile = self._tiles.shape
        found: Floats = x.reshape(-1, 1, tile, inputs) @ self._tiles
        return found.transpose(0, 2, 1, 3).reshape(len(x), -1)[:, : self.outputs]

    def vector(self, x: Floats) -> Floats:
        """The product (outputs,) of one vector (inputs,)."""
        found: Floats = (self._rows @ x)[:, 0]
        return found


def rms_norm(x: Floats) -> Floats:
    """Scale the last axis to a root mean square of 1."""
    squares = (x[..., None, :] @ x[..., :, None])[..., 0]
    found: Floats = x / np.sqrt(squares / np.float32(x.shape[-1]) + np.float32(1e-6))
    return found


def silu(x: Floats) -> Floats:
    """Each number times its logistic function, written so that nothing can overflow."""
    half = x * np.float32(0.5)
    found: Floats = half + half * np.tanh(half)
    return found

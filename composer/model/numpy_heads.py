"""The small networks in numpy; ``composer.model.heads`` tells what they compute."""

import numpy as np

from composer.model.checkpoint import Weights
from composer.model.choices import CHOICES, NETWORKS, span
from composer.model.products import Floats, Matrix, rms_norm
from composer.model.scoring import output_rows


class NumpyHeads:
    """The small networks and their output rows, for one vector at a time."""

    def __init__(self, weights: Weights) -> None:
        self._gain = {name: weights[f"heads.gain.{name}"] for name in NETWORKS}
        self._widen = {name: Matrix(weights[f"heads.widen.{name}"]) for name in NETWORKS}
        self._narrow = {name: Matrix(weights[f"heads.narrow.{name}"]) for name in NETWORKS}
        self._output = {name: Matrix(output_rows(weights, name)) for name in CHOICES}
        self._bias = {name: weights["heads.bias"][span(name)] for name in CHOICES}

    def scores(self, x: Floats, group: str, attribute: str) -> Floats:
        """What the output rows and bias of ``attribute`` give for ``x`` (width,): (rows,)."""
        z = rms_norm(x) * self._gain[group]
        inner = np.maximum(self._widen[group].vector(z), 0)
        refined = z + self._narrow[group].vector(inner * inner)
        found = self._output[attribute].vector(refined)
        found[: len(self._bias[attribute])] += self._bias[attribute]
        return found

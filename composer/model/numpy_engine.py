"""The engine that runs on numpy: float32, one sequence at a time, no torch.

Its numbers do not depend on the number of threads: ``composer.model.products`` multiplies
the weights, and attention goes over blocks of earlier events that are just as small.
Shapes: T events read together, D head width, G groups of query heads that share a key
head, R query heads in each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import RequestError
from composer.language import CONDITION_SIZE
from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_heads import NumpyHeads
from composer.model.numpy_layer import NumpyLayer, Sight, blocks_of, rotations
from composer.model.products import WIDEST_TILE, Floats, Matrix, rms_norm, silu
from composer.model.weights import check_weights

_KEY = v.COLUMN["key"]


@dataclass(slots=True)
class State:
    """What has been read: keys and values (layers, 2, G, blocks, block, D), how many rows.

    ``given`` (layers, width) is the condition as each layer adds it.
    """

    cache: Floats
    given: Floats
    length: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """The network's last state (width,) and the key in the last row."""

    vector: Floats
    key: int


class NumpyEngine:
    """Runs the network of a checkpoint; see ``composer.model.engine.Engine``."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        check_weights(checkpoint)
        config, weights = checkpoint.config, checkpoint.weights
        self._config: ModelConfig = config
        self._table = weights["embedding"].copy()
        self._table[0] = 0  # row 0 is nothing, whatever the weights say
        self._bits = Matrix(weights["bits"])
        self._condition = Matrix(weights["condition_in"])
        self._condition_bias = weights["condition_bias"]
        self._turns = rotations(config.context + WIDEST_TILE, config.head_width)
        self._layers = [NumpyLayer(config, weights, n) for n in range(config.layers)]
        self._gain = weights["gain"]
        self._heads = NumpyHeads(weights, self._table)

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""
        return self._config.context

    def prefill(self, rows: NDArray[np.int32], condition: NDArray[np.float32]) -> State:
        """A state that has read ``rows`` (T, columns) under ``condition``."""
        state = self._empty(condition)
        if len(rows):
            self._read(state, rows)
        return state

    def step(self, state: State, row: NDArray[np.int32]) -> Hidden:
        """Read one more row (columns,); returns the hidden state after it."""
        x = self._read(state, row[None])[0]
        return Hidden(rms_norm(x) * self._gain, int(row[_KEY]))

    def logits(
        self, hidden: Hidden, row: NDArray[np.int32], attribute: str
    ) -> NDArray[np.float32]:
        """Scores of all values of ``attribute`` of the next event ``row``, (size,)."""
        return self._heads.logits(hidden.vector, hidden.key, row, attribute)

    def _empty(self, condition: NDArray[np.float32]) -> State:
        config = self._config
        if condition.shape != (CONDITION_SIZE,):
            raise ValueError(
                f"a condition has shape ({CONDITION_SIZE},), not {condition.shape}"
            )
        given = silu(self._condition.vector(condition) + self._condition_bias)
        added = np.stack([layer.condition.vector(given) for layer in self._layers])
        cache = np.zeros((config.layers, 2, config.kv_heads, *blocks_of(config)), np.float32)
        return State(cache, added, 0)

    def _read(self, state: State, rows: NDArray[np.int32]) -> Floats:
        """Run rows (T, columns) through the layers, after what the state holds."""
        start, end = state.length, state.length + len(rows)
        if end > self._config.context:
            raise RequestError(
                f"the model sees at most {self._config.context} events, not {end}"
            )
        x = self._embed(rows)
        sight = Sight.of(self._config, start, end, self._turns[:, start : start + len(x)])
        for layer, cache, given in zip(self._layers, state.cache, state.given, strict=True):
            x = layer.read(x + given, cache, sight)
        state.length = end
        return x

    def _embed(self, rows: NDArray[np.int32]) -> Floats:
        """Embeddings of rows (T, columns): (T, width), several filled up to whole tiles."""
        if len(rows) > 1:
            rows = np.pad(rows, ((0, -len(rows) % WIDEST_TILE), (0, 0)))
        found = np.add.reduce(self._table[features.input_indices(rows)], axis=1)
        return rms_norm(found + self._bits(features.input_bits(rows)))

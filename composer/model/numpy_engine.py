"""The engine that runs on numpy: float32, without torch or ONNX Runtime.

Its numbers do not depend on the number of threads: ``composer.model.products`` multiplies
the weights, and attention goes over blocks of earlier events that are just as small.
Shapes: T events read together, B conditions, D head width, G groups of query heads that
share a key head.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import RequestError
from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_heads import NumpyHeads
from composer.model.numpy_layer import NumpyLayer, Sight, blocks_of, rotations
from composer.model.products import WIDEST_TILE, Floats, Matrix, rms_norm, silu
from composer.model.protocol import Conditions, Rows, checked
from composer.model.scoring import Scoring, given_table
from composer.model.weights import check_weights

_KEY = v.COLUMN["key"]


@dataclass(slots=True)
class State:
    """What has been read: keys and values (B, layers, 2, G, blocks, block, D), how many rows.

    ``given`` (B, layers, width) are the conditions as each layer adds them.
    """

    cache: Floats
    given: Floats
    length: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """The network's last states (B, width) and the keys in the last rows (B,)."""

    vector: Floats
    keys: list[int]


class NumpyEngine:
    """Runs the network of a checkpoint; see ``composer.model.engine.Engine``."""

    name = "numpy"

    def __init__(self, checkpoint: Checkpoint) -> None:
        check_weights(checkpoint)
        config, weights = checkpoint.config, checkpoint.weights
        self._config: ModelConfig = config
        self._table = given_table(weights)
        self._bits = Matrix(weights["bits"])
        self._condition = Matrix(weights["condition_in"])
        self._condition_bias = weights["condition_bias"]
        self._turns = rotations(config.context + WIDEST_TILE, config.head_width)
        self._layers = [NumpyLayer(config, weights, n) for n in range(config.layers)]
        self._gain = weights["gain"]
        self._heads = NumpyHeads(weights)
        self._scoring = Scoring(weights)

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""
        return self._config.context

    def prefill(self, rows: NDArray[np.int32], conditions: Conditions) -> State:
        """A state that has read ``rows`` (B, T, columns) under the conditions (B, size)."""
        state = self._empty(checked(rows, conditions))
        if rows.shape[1]:
            self._read(state, rows)
        return state

    def step(self, state: State, rows: Rows) -> Hidden:
        """Read one more event, ``rows`` (B, columns); returns the hidden state after it."""
        x = self._read(state, np.asarray(rows, np.int32)[:, None])[:, 0]
        return Hidden(rms_norm(x) * self._gain, [int(row[_KEY]) for row in rows])

    def logits(self, hidden: Hidden, rows: Rows, attribute: str) -> Floats:
        """Scores of all values of ``attribute`` of the next event ``rows``, (B, size)."""
        found = []
        for vector, row in zip(hidden.vector, rows, strict=True):
            group = self._scoring.group(row, attribute)
            given = self._scoring.given(row, attribute)
            x = vector + np.add.reduce(self._table[given], axis=0)
            found.append(self._heads.scores(x, group, attribute))
        return self._scoring.finished(np.stack(found), rows, attribute, hidden.keys)

    def _empty(self, conditions: Conditions) -> State:
        config = self._config
        given = [silu(self._condition.vector(one) + self._condition_bias) for one in conditions]
        added = [[layer.condition.vector(one) for layer in self._layers] for one in given]
        shape = (len(given), config.layers, 2, config.kv_heads, *blocks_of(config))
        return State(np.zeros(shape, np.float32), np.array(added), 0)

    def _read(self, state: State, rows: NDArray[np.int32]) -> Floats:
        """Run rows (B, T, columns) through the layers, after those read: (B, T, W)."""
        start, end = state.length, state.length + rows.shape[1]
        if end > self._config.context:
            raise RequestError(
                f"the model sees at most {self._config.context} events, not {end}"
            )
        embedded = [self._embed(own) for own in rows]
        turn = self._turns[:, start : start + len(embedded[0])]
        sight = Sight.of(self._config, start, end, turn)
        found = []
        for own, caches, given in zip(embedded, state.cache, state.given, strict=True):
            x = own
            for layer, cache, added in zip(self._layers, caches, given, strict=True):
                x = layer.read(x + added, cache, sight)
            found.append(x)
        state.length = end
        return np.stack(found)

    def _embed(self, rows: NDArray[np.int32]) -> Floats:
        """Embeddings of rows (T, columns): (T, width), several filled up to whole tiles."""
        if len(rows) > 1:
            rows = np.pad(rows, ((0, -len(rows) % WIDEST_TILE), (0, 0)))
        found = np.add.reduce(self._table[features.input_indices(rows)], axis=1)
        return rms_norm(found + self._bits(features.input_bits(rows)))

"""The engine that runs on torch: float32, one thread.

One thread makes the sums' order, and so the bytes of a piece, the same on every machine
with the same kind of processor. Layers are run as plain matrix products on tensors made
ready at loading; modules would cost as much as the arithmetic. Shapes: T events, B
conditions.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from composer.errors import RequestError
from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Checkpoint
from composer.model.choices import CHOICES, GROUPS, given_before
from composer.model.heads import rms_norm
from composer.model.network import Layer, Network, fill, rotate
from composer.model.protocol import Conditions, Rows, checked

_KEY = v.COLUMN["key"]


@dataclass(slots=True)
class State:
    """What has been read: keys and values (B, layers, 2, groups, context, D), and how many.

    ``given`` (B, layers, width) are the conditions as each layer adds them.
    """

    cache: Tensor
    given: Tensor
    length: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """The network's last states (B, width) and the keys in the last rows (B,)."""

    vector: Tensor
    keys: Tensor


class TorchEngine:
    """Runs the network of a checkpoint; see ``composer.model.engine.Engine``."""

    name = "torch"

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._config = checkpoint.config
        self._network = _network(checkpoint)
        with torch.inference_mode():
            self._layers = [_Weights.of(layer) for layer in self._network.layers]
        self._given = {
            (kind, name): np.array(columns)
            for kind in GROUPS
            for name, columns in given_before(kind).items()
        }

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""
        return self._config.context

    def prefill(self, rows: NDArray[np.int32], conditions: Conditions) -> State:
        """A state that has read ``rows`` (B, T, columns) under the conditions (B, size)."""
        with _alone():
            state = self._empty(torch.from_numpy(checked(rows, conditions)))
            if rows.shape[1]:
                self._read(state, rows)
            return state

    def step(self, state: State, rows: Rows) -> Hidden:
        """Read one more event, ``rows`` (B, columns); returns the hidden state after it."""
        values = np.asarray(rows, np.int32)
        with _alone():
            x = self._read(state, values[:, None])
            vector = rms_norm(x[:, -1]) * self._network.gain
            return Hidden(vector, torch.from_numpy(values[:, _KEY].astype(np.int64)))

    def logits(self, hidden: Hidden, rows: Rows, attribute: str) -> NDArray[np.float32]:
        """Scores of all values of ``attribute`` of the next event ``rows``, (B, size)."""
        heads = self._network.heads
        values = np.asarray(rows, np.int32)
        with _alone():
            x = hidden.vector + heads.attribute[CHOICES.index(attribute)]
            group = "kind"
            if attribute != "kind":
                kind = v.KINDS[values[0, 0]]
                group = GROUPS[kind]
                indices = features.column_indices(values, self._given[kind, attribute])
                x = x + functional.embedding_bag(
                    torch.from_numpy(indices),
                    self._network.embedding,
                    mode="sum",
                    padding_idx=0,
                )
            scores: NDArray[np.float32] = heads.logits(
                heads.refine(x, group),
                attribute,
                torch.from_numpy(values.astype(np.int64)),
                hidden.keys,
            ).numpy()
            return scores

    def _empty(self, conditions: Tensor) -> State:
        config, network = self._config, self._network
        given = functional.silu(
            functional.linear(conditions, network.condition_in, network.condition_bias)
        )
        added = torch.stack(
            [functional.linear(given, layer.condition) for layer in self._layers], 1
        )
        shape = (config.layers, 2, config.kv_heads, config.context, config.head_width)
        return State(torch.zeros(len(given), *shape), added, 0)

    def _read(self, state: State, rows: NDArray[np.int32]) -> Tensor:
        """Run rows (B, T, columns) through the layers, after those read: (B, T, W)."""
        start, end = state.length, state.length + rows.shape[1]
        if end > self._config.context:
            raise RequestError(
                f"the model sees at most {self._config.context} events, not {end}"
            )
        embedded = self._network.embed(
            torch.from_numpy(features.input_indices(rows)),
            torch.from_numpy(features.input_bits(rows)),
        )
        turn = self._network.rotations[:, start:end]
        found = []
        for own, caches, given in zip(embedded, state.cache, state.given, strict=True):
            x = own
            for layer, cache, added in zip(self._layers, caches, given, strict=True):
                x = layer.read(x + added, cache, turn, start)
            found.append(x)
        state.length = end
        return torch.stack(found)


@dataclass(frozen=True, slots=True)
class _Weights:
    """One layer's matrices, with the gains before them folded in."""

    query_key_value: Tensor
    query_gain: Tensor
    key_gain: Tensor
    attended: Tensor
    gate_up: Tensor
    down: Tensor
    condition: Tensor

    @classmethod
    def of(cls, layer: torch.nn.Module) -> "_Weights":
        assert isinstance(layer, Layer)  # noqa: S101 - for the type checker
        joined = torch.cat([layer.query, layer.key_value.flatten(0, 1)])
        return cls(
            joined * layer.attention_gain,
            layer.query_gain * layer.query_gain.shape[0] ** -0.5,
            layer.key_gain,
            layer.attended,
            layer.gate_up.flatten(0, 1) * layer.unit_gain,
            layer.down,
            layer.condition,
        )

    def read(self, x: Tensor, cache: Tensor, turn: Tensor, start: int) -> Tensor:
        """The layer's output (T, W); writes keys and values into ``cache``."""
        x = x + functional.linear(self._attend(rms_norm(x), cache, turn, start), self.attended)
        gate, up = functional.linear(rms_norm(x), self.gate_up).chunk(2, -1)
        return x + functional.linear(functional.silu(gate) * up, self.down)

    def _attend(self, x: Tensor, cache: Tensor, turn: Tensor, start: int) -> Tensor:
        time, (_, groups, _, head) = len(x), cache.shape
        end = start + time
        joined = functional.linear(x, self.query_key_value).view(time, -1, head).transpose(0, 1)
        heads = joined.shape[0] - 2 * groups
        q = rotate(rms_norm(joined[:heads]) * self.query_gain, turn)
        cache[0, :, start:end] = rotate(
            rms_norm(joined[heads : heads + groups]) * self.key_gain, turn
        )
        cache[1, :, start:end] = joined[heads + groups :]
        keys, values = cache[0, :, :end], cache[1, :, :end]
        scores = q.reshape(groups, -1, head) @ keys.transpose(1, 2)
        if time > 1:
            future = torch.ones(time, end, dtype=torch.bool).triu(start + 1)
            scores = scores.view(groups, -1, time, end).masked_fill(future, -torch.inf)
        mixed = scores.softmax(-1).view(groups, -1, end) @ values
        return mixed.view(heads, time, head).transpose(0, 1).reshape(time, -1)


def _network(checkpoint: Checkpoint) -> Network:
    network = Network(checkpoint.config).eval().requires_grad_(requires_grad=False)
    fill(network, checkpoint)
    return network


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Compute on one thread and without gradients."""
    before = torch.get_num_threads()
    if before != 1:
        torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            yield
    finally:
        if before != 1:
            torch.set_num_threads(before)

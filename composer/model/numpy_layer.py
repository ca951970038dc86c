"""One layer of the network in numpy; ``composer.model.network`` tells what it computes.

Shapes: T events read together, D head width, G groups of query heads that share a key
head, R query heads in each. Earlier events lie in ``blocks`` of ``block`` keys, the events
that ask in Q bundles: a product of a bundle with a block is never split among threads.
"""

from dataclasses import dataclass

import numpy as np

from composer.model.checkpoint import Weights
from composer.model.config import ModelConfig
from composer.model.products import WIDEST_TILE, Floats, Matrix, rms_norm, silu, whole

_ROPE_BASE = 10_000.0
_VECTOR = 8192
"""Multiplications up to which OpenBLAS leaves a matrix-vector product whole, rounded down."""


def rotations(positions: int, head_width: int) -> Floats:
    """Cosines and sines of the rotary positions, float32 (2, positions, 1, D / 2)."""
    half = head_width // 2
    speed = _ROPE_BASE ** (-np.arange(half) / half)
    angle = np.arange(positions)[:, None, None] * speed
    return np.stack([np.cos(angle), np.sin(angle)]).astype(np.float32)


def blocks_of(config: ModelConfig) -> tuple[int, int, int]:
    """How keys lie in a cache: (blocks, block, D)."""
    head, shared = config.head_width, config.heads // config.kv_heads
    most = _VECTOR // head if shared == 1 else min(4 * _VECTOR // head, whole(shared * head))
    block = min(max(1, most), config.context)
    return -(-config.context // block), block, head


@dataclass(frozen=True, slots=True)
class Sight:
    """What the events read together see: the same in all layers.

    ``turn`` (2, T, 1, D / 2) rotates them, ``future`` (Q, blocks, bundle * R, block) is
    -inf where a key comes later than the event that asks, else 0.
    """

    start: int
    end: int
    turn: Floats
    future: Floats

    @classmethod
    def of(cls, config: ModelConfig, start: int, end: int, turn: Floats) -> "Sight":
        """The sight of events ``start`` to ``end``, as many as ``turn`` with the filling."""
        _, block, head = blocks_of(config)
        shared = config.heads // config.kv_heads
        bundle = 1
        while turn.shape[1] > 1 and 2 * bundle <= min(
            WIDEST_TILE, whole(block * head) // shared
        ):
            bundle *= 2
        asking = (start + np.arange(turn.shape[1])).reshape(-1, bundle).repeat(shared, axis=1)
        keys = np.arange(-(-end // block) * block).reshape(-1, 1, block)
        is_future = keys[None] > asking[:, None, :, None]
        return cls(start, end, turn, np.where(is_future, np.float32(-np.inf), np.float32(0)))


class NumpyLayer:
    """One layer's matrices, with the gains before them folded in."""

    def __init__(self, config: ModelConfig, weights: Weights, index: int) -> None:
        own = {name: weights[f"layers.{index}.{name}"] for name in _NAMES}
        width, head = config.width, config.head_width
        self._heads, self._groups, self._head = config.heads, config.kv_heads, head
        joined = np.concatenate([own["query"], own["key_value"].reshape(-1, width)])
        self._query_key_value = Matrix(joined * own["attention_gain"])
        gains = [own["query_gain"] * np.float32(head**-0.5)] * config.heads
        self._gains = np.stack(gains + [own["key_gain"]] * config.kv_heads)
        self._attended = Matrix(own["attended"])
        self._gate_up = Matrix(own["gate_up"].reshape(-1, width) * own["unit_gain"])
        self._down = Matrix(own["down"])
        self._ffn = config.ffn
        self.condition = Matrix(own["condition"])

    def read(self, x: Floats, cache: Floats, sight: Sight) -> Floats:
        """The layer's output (T, width); writes keys and values into ``cache``."""
        x = x + self._attended(self._attend(rms_norm(x), cache, sight))
        both = self._gate_up(rms_norm(x))
        return x + self._down(silu(both[:, : self._ffn]) * both[:, self._ffn :])

    def _attend(self, x: Floats, cache: Floats, sight: Sight) -> Floats:
        """Mix the values of the events seen, (T, width)."""
        joined = self._query_key_value(x).reshape(len(x), -1, self._head)
        pointed = self._heads + self._groups
        turned = _rotate(rms_norm(joined[:, :pointed]) * self._gains, sight.turn)
        self._store(cache[0], turned[:, self._heads :], sight)
        self._store(cache[1], joined[:, pointed:], sight)
        query = turned[:, : self._heads].reshape(
            len(sight.future), -1, self._groups, self._heads // self._groups, self._head
        )
        query = query.transpose(2, 0, 1, 3, 4).reshape(
            self._groups, len(sight.future), 1, -1, self._head
        )
        mixed = _mix(query, cache[:, :, : sight.future.shape[1]], sight.future)
        parts = mixed.reshape(self._groups, len(x), -1, self._head)
        return parts.transpose(1, 0, 2, 3).reshape(len(x), -1)

    def _store(self, cache: Floats, rows: Floats, sight: Sight) -> None:
        """Write the rows (T, G, D) that are no filling into ``cache`` (G, blocks, ...)."""
        flat = cache.reshape(self._groups, -1, self._head)
        flat[:, sight.start : sight.end] = rows[: sight.end - sight.start].transpose(1, 0, 2)


def _rotate(x: Floats, turn: Floats) -> Floats:
    """Turn the pairs of ``x`` (T, heads, D) by ``turn`` (2, T, 1, D / 2)."""
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    cos, sin = turn
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def _mix(query: Floats, cache: Floats, future: Floats) -> Floats:
    """Softmax attention of ``query`` (G, Q, 1, bundle * R, D): (G, Q, bundle * R, D).

    ``cache`` (2, G, blocks, block, D) holds the keys and values, ``future`` is a Sight's.
    """
    keys, values = cache[:, :, None]
    scores = query @ keys.swapaxes(-1, -2) + future
    scores -= np.maximum.reduce(scores, axis=(2, 4), keepdims=True)
    shares = np.exp(scores, out=scores)
    total = np.add.reduce(shares, axis=(2, 4))[..., None]
    mixed: Floats = np.add.reduce(shares @ values, axis=2) / total
    return mixed


_NAMES = (
    "attention_gain",
    "unit_gain",
    "query_gain",
    "key_gain",
    "query",
    "key_value",
    "attended",
    "gate_up",
    "down",
    "condition",
)

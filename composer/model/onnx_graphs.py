"""The network as ONNX graphs; ``composer.model.network`` tells what they compute.

One graph reads events (the trunk), one for each small network scores choices. Products with
weights are plain (float32) or ``MatMulNBits``: weights as 8-bit integers in blocks of 64
that share a scale, and the other factor rounded to 8 bits likewise at each run.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.language import CONDITION_SIZE
from composer.model import features
from composer.model.checkpoint import Checkpoint, Weights
from composer.model.config import ModelConfig
from composer.model.numpy_layer import rotations
from composer.model.onnx_format import Graph
from composer.model.products import Floats
from composer.model.scoring import given_table, group_rows, most_given

_EPSILON = 1e-6
_BLOCK = 64
"""Weights that share a scale. Wider blocks were no faster, and with them the runtime's
sums depend on how many rows are multiplied at once."""
_SECOND_LAST = np.array([-2], np.int64)
_ROTARY_STEP = 16
"""The attention operator rotates heads whose width is a multiple of this."""


def cache_shape(config: ModelConfig) -> tuple[int, int, int]:
    """Shape of the keys, and of the values, of one sequence in one layer: (G, context, D)."""
    return config.kv_heads, config.context, _head_width(config)


def trunk(checkpoint: Checkpoint, *, is_exact: bool) -> bytes:
    """The graph that reads T more events under B conditions.

    Inputs: ``indices`` (B, T, INDEX_COLUMNS), ``bits`` (B, T, BITS), ``given`` (B, 1,
    layers * width), ``last`` (B,) the number of the last event read, ``total`` () the events
    read by then, and for each layer the caches ``keys.N`` and ``values.N`` (B, G, context,
    D), which come out as ``new keys.N`` and ``new values.N`` and may be the same memory.
    Output: ``hidden`` (B, T, width).
    """
    config, weights = checkpoint.config, checkpoint.weights
    builder = _Builder(Graph(), is_exact=is_exact)
    graph, width = builder.graph, config.width
    x = _embedded(builder, weights)
    graph.input("given", np.float32, ["B", 1, config.layers * width])
    graph.input("last", np.int32, ["B"])
    graph.input("total", np.int32, [])
    sizes = graph.constant(np.full(config.layers, width, np.int64))
    given = graph.apply_many("Split", ["given", sizes], [None] * config.layers, {"axis": -1})
    layers = _Layers(builder, config)
    more = None
    for index in range(config.layers):
        names = [name for name in weights if name.startswith(f"layers.{index}.")]
        own = {name.split(".", 2)[2]: weights[name] for name in names}
        x, more = layers.add(index, own, graph.apply("Add", x, given[index]), more)
    assert more is not None  # noqa: S101 - there is at least one layer
    builder.normalised_sum(x, more, weights["gain"], normalised="hidden")
    graph.output("hidden", np.float32, ["B", "T", width])
    return graph.model()


def head(checkpoint: Checkpoint, group: str, *, is_exact: bool) -> bytes:
    """The graph of the small network ``group``.

    Inputs: ``hidden`` (B, width) and ``given`` (B, N), the rows of ``given_table`` to add,
    N being ``most_given``; row 0 adds nothing. Output: ``scores`` (B, rows), the rows being
    those of ``composer.model.scoring.group_rows``.
    """
    config, weights = checkpoint.config, checkpoint.weights
    builder = _Builder(Graph(), is_exact=is_exact)
    graph = builder.graph
    hidden = graph.input("hidden", np.float32, ["B", config.width])
    given = graph.input("given", np.int64, ["B", most_given(group)])
    x = graph.apply("Add", hidden, builder.looked_up(given_table(weights), given))
    z = builder.normalised(x, weights[f"heads.gain.{group}"])
    inner = graph.apply("Relu", builder.product(z, weights[f"heads.widen.{group}"]))
    squared = graph.apply("Mul", inner, inner)
    more = builder.product(squared, weights[f"heads.narrow.{group}"])
    rows, bias = group_rows(weights, group)
    found = builder.product(graph.apply("Add", z, more), rows)
    graph.apply_many("Add", [found, graph.constant(bias)], ["scores"])
    graph.output("scores", np.float32, ["B", len(bias)])
    return graph.model()


def conditions(checkpoint: Checkpoint) -> bytes:
    """The graph from conditions ``x`` (B, CONDITION_SIZE) to ``given`` (B, layers * width).

    Always exact: it runs once a piece.
    """
    config, weights = checkpoint.config, checkpoint.weights
    builder = _Builder(Graph(), is_exact=True)
    graph = builder.graph
    x = builder.product(
        graph.input("x", np.float32, ["B", CONDITION_SIZE]), weights["condition_in"]
    )
    x = graph.apply("Add", x, graph.constant(weights["condition_bias"]))
    each = [weights[f"layers.{index}.condition"] for index in range(config.layers)]
    found = builder.product(graph.apply("QuickGelu", x, alpha=1.0), np.concatenate(each))
    graph.apply_many("Identity", [found], ["given"])
    graph.output("given", np.float32, ["B", config.layers * config.width])
    return graph.model()


@dataclass(frozen=True, slots=True)
class _Builder:
    """Parts that all graphs are made of."""

    graph: Graph
    is_exact: bool

    def product(self, x: str, weight: Floats) -> str:
        """Multiply ``x`` (..., inputs) by a weight (outputs, inputs)."""
        if self.is_exact:
            return self.graph.apply("MatMul", x, self.graph.constant(weight.T))
        integers, scales = quantised(weight)
        return self.graph.apply(
            "MatMulNBits",
            x,
            self.graph.constant(integers),
            self.graph.constant(scales),
            N=weight.shape[0],
            K=weight.shape[1],
            bits=8,
            block_size=_BLOCK,
            accuracy_level=4,
        )

    def normalised(self, x: str, gain: Floats, epsilon: float = _EPSILON) -> str:
        """Scale the last axis to a root mean square of 1, then by ``gain``."""
        return self.graph.apply(
            "SimplifiedLayerNormalization",
            x,
            self.graph.constant(gain),
            axis=-1,
            epsilon=epsilon,
        )

    def normalised_sum(
        self, x: str, more: str, gain: Floats, normalised: str | None = None
    ) -> tuple[str, str]:
        """The sum of two values, normalised and plain."""
        found = self.graph.apply_many(
            "SkipSimplifiedLayerNormalization",
            [x, more, self.graph.constant(gain)],
            [normalised, "", "", None],
            {"epsilon": _EPSILON},
        )
        return found[0], found[3]

    def looked_up(self, table: Floats, rows: str) -> str:
        """The sum of the table's rows that are named along the last axis of ``rows``."""
        found = self.graph.apply("Gather", self.graph.constant(table), rows)
        return self.graph.apply(
            "ReduceSum", found, self.graph.constant(_SECOND_LAST), keepdims=0
        )

    def split(self, x: str, *sizes: int) -> list[str]:
        """Cut the last axis into pieces."""
        where = self.graph.constant(np.array(sizes, np.int64))
        return self.graph.apply_many("Split", [x, where], [None] * len(sizes), {"axis": -1})


def quantised(weight: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """A weight (outputs, inputs) as integers around 128, and a scale for each block.

    Shapes (outputs, blocks, block) and (outputs, blocks); the last block is filled with 0.
    """
    outputs, inputs = weight.shape
    blocks = -(-inputs // _BLOCK)
    filled = np.zeros((outputs, blocks * _BLOCK), np.float32)
    filled[:, :inputs] = weight
    filled = filled.reshape(outputs, blocks, _BLOCK)
    scales = np.abs(filled).max(-1) / np.float32(127)
    safe = np.where(scales > 0, scales, np.float32(1))
    return (np.rint(filled / safe[..., None]) + 128).astype(np.uint8), scales


def _embedded(builder: _Builder, weights: Weights) -> str:
    """The normalised sum of the events' embeddings, (B, T, width)."""
    graph = builder.graph
    indices = graph.input("indices", np.int64, ["B", "T", features.INDEX_COLUMNS])
    bits = graph.input("bits", np.float32, ["B", "T", features.BITS])
    found = builder.looked_up(given_table(weights)[: features.TABLE_ROWS], indices)
    # The bits are few and must not be rounded together with their neighbours.
    more = graph.apply("MatMul", bits, graph.constant(weights["bits"].T))
    return builder.normalised(graph.apply("Add", found, more), _ones(len(weights["gain"])))


class _Layers:
    """Adds layer after layer; heads are filled with zeros to a width the operator takes."""

    def __init__(self, builder: _Builder, config: ModelConfig) -> None:
        self._builder, self._config = builder, config
        graph, padded = builder.graph, _head_width(config)
        turns = rotations(config.context, config.head_width)[:, :, 0]
        missing = (padded - config.head_width) // 2
        turns = np.pad(turns, ((0, 0), (0, 0), (0, missing)))
        self._cos, self._sin = graph.constant(turns[0]), graph.constant(turns[1])
        self._apart = graph.constant(np.array([0, 0, -1, padded], np.int64))
        self._joined = graph.constant(np.array([0, 0, -1], np.int64))

    def add(self, index: int, own: Weights, x: str, more: str | None) -> tuple[str, str]:
        """One layer after ``x`` + ``more``; its output is the sum of the two values given."""
        builder, config = self._builder, self._config
        if more is None:
            normal = builder.normalised(x, _ones(config.width))
        else:
            normal, x = builder.normalised_sum(x, more, _ones(config.width))
        attended = builder.product(
            self._attended(index, own, normal),
            self._filled(own["attended"].T, config.heads).T,
        )
        normal, x = builder.normalised_sum(x, attended, _ones(config.width))
        gate_up = own["gate_up"].reshape(-1, config.width) * own["unit_gain"]
        gate, up = builder.split(builder.product(normal, gate_up), config.ffn, config.ffn)
        gate = builder.graph.apply("QuickGelu", gate, alpha=1.0)
        return x, builder.product(builder.graph.apply("Mul", gate, up), own["down"])

    def _attended(self, index: int, own: Weights, x: str) -> str:
        config, graph, width = self._config, self._builder.graph, self._config.width
        query = self._filled(own["query"], config.heads)
        key_value = self._filled(own["key_value"].reshape(-1, width), 2 * config.kv_heads)
        joined = np.concatenate([query, key_value]) * own["attention_gain"]
        sizes = [
            heads * _head_width(config) for heads in (config.heads, *[config.kv_heads] * 2)
        ]
        q, k, values = self._builder.split(self._builder.product(x, joined), *sizes)
        names = [f"{sort}.{index}" for sort in ("keys", "values")]
        shape: list[int | str] = ["B", *cache_shape(config)]
        caches = [graph.input(name, np.float32, shape) for name in names]
        found, *kept = graph.apply_many(
            "GroupQueryAttention",
            [
                self._pointed(q, own["query_gain"]),
                self._pointed(k, own["key_gain"]),
                values,
                *caches,
                "last",
                "total",
                self._cos,
                self._sin,
            ],
            [None, *(f"new {name}" for name in names)],
            {
                "num_heads": config.heads,
                "kv_num_heads": config.kv_heads,
                "do_rotary": 1,
                "scale": config.head_width**-0.5,
            },
        )
        for name in kept:
            graph.output(name, np.float32, shape)
        return found

    def _pointed(self, x: str, gain: Floats) -> str:
        """Normalise each head; the zeros that fill it count in the mean and are undone."""
        config, graph = self._config, self._builder.graph
        share = config.head_width / _head_width(config)
        filled = self._filled(gain[:, None], 1)[:, 0] * np.float32(share**0.5)
        apart = graph.apply("Reshape", x, self._apart)
        normal = self._builder.normalised(apart, filled, _EPSILON * share)
        return graph.apply("Reshape", normal, self._joined)

    def _filled(self, rows: Floats, heads: int) -> Floats:
        """Rows (heads * D, N) with zeros after each half of a head."""
        half, padded = self._config.head_width // 2, _head_width(self._config) // 2
        halves = rows.reshape(heads, 2, half, -1)
        filled = np.pad(halves, ((0, 0), (0, 0), (0, padded - half), (0, 0)))
        return filled.reshape(heads * 2 * padded, -1)


def _head_width(config: ModelConfig) -> int:
    """Width of a head with its filling."""
    return -(-config.head_width // _ROTARY_STEP) * _ROTARY_STEP


def _ones(width: int) -> Floats:
    return np.ones(width, np.float32)

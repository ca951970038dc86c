"""A smoothed n-gram model over the same choices: what the network must clearly beat.

Events are flattened to symbols (kind, then the attributes in order); each symbol is
predicted from the n - 1 before it, by interpolated Witten-Bell smoothing (Witten and Bell
1991) down to a uniform distribution over the attribute's values. Music repeats itself within
a piece, so counts promise too much for other pieces: the weight of the shorter context is
multiplied by a strength, chosen on the held-out pieces like the order.
Contexts are kept as 64-bit hashes in sorted arrays, so that millions of events fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.lab.choices import Choice, choices, engine_nats
from composer.lab.crops import Crop, whole
from composer.lab.shards import Shard
from composer.language import encode, transpose
from composer.language import vocabulary as v
from composer.model import Engine

HIGHEST_ORDER = 6
STRENGTHS = (1.0, 4.0, 16.0, 64.0, 256.0)
_EVERYTHING = 1 << 30
_NAMES = (
    "kind",
    *dict.fromkeys(name for kind in v.KINDS for name in v.ATTRIBUTES.get(kind, ())),
)
_STARTS = np.cumsum([1] + [v.SIZES[name] for name in _NAMES])
_COLUMNS = np.array([v.COLUMN[name] for name in _NAMES])
_ASKED = np.array(
    [
        [name == "kind" or name in v.ATTRIBUTES.get(kind, ()) for name in _NAMES]
        for kind in v.KINDS
    ]
)
_PRIME = np.uint64(0x9E3779B97F4A7C15)

Symbols = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def flatten(rows: NDArray[np.int32]) -> tuple[Symbols, Symbols]:
    """The symbols of events (T, columns), and the index of each one's attribute: (S,) twice.

    The start is not predicted and gives no symbol.
    """
    asked = _ASKED[rows[1:, 0]]
    attributes = np.broadcast_to(np.arange(len(_NAMES)), asked.shape)[asked]
    return (rows[1:, _COLUMNS] + _STARTS[:-1])[asked], attributes


@dataclass(frozen=True, slots=True)
class _Order:
    """Counts of one context length: contexts with totals and kinds, pairs with counts."""

    contexts: Hashes
    totals: NDArray[np.int64]
    distinct: NDArray[np.int64]
    pairs: Hashes
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, contexts: Hashes, values: Symbols) -> "_Order":
        joined = _mix(contexts, values)
        pairs, where, counts = np.unique(joined, return_index=True, return_counts=True)
        found, inverse = np.unique(contexts[where], return_inverse=True)
        totals = np.bincount(inverse, counts).astype(np.int64)
        return cls(found, totals, np.bincount(inverse), pairs, counts)

    def interpolated(
        self, lower: NDArray[np.float64], contexts: Hashes, strength: float
    ) -> NDArray[np.float64]:
        """Shares (M, size) after ``contexts`` (M,), given those of the shorter context."""
        totals = _looked_up(self.contexts, self.totals, contexts)[:, None]
        weight = strength * _looked_up(self.contexts, self.distinct, contexts)[:, None]
        pairs = _mix(contexts[:, None], np.arange(lower.shape[1])[None])
        counts = _looked_up(self.pairs, self.counts, pairs)
        mass = np.maximum(totals + weight, 1)
        return np.where(totals > 0, (counts + weight * lower) / mass, lower)


class NGram:
    """Counts of all context lengths up to ``order`` - 1."""

    def __init__(self, sequences: Sequence[tuple[Symbols, Symbols]], order: int) -> None:
        hashes = [_context_hashes(symbols, names, order) for symbols, names in sequences]
        values = np.concatenate([symbols - _STARTS[names] for symbols, names in sequences])
        self._orders = [
            _Order.of(np.concatenate([found[length] for found in hashes]), values)
            for length in range(order)
        ]

    def shares(
        self, contexts: Sequence[Hashes], attribute: str, strength: float
    ) -> list[NDArray[np.float64]]:
        """For each order from 1 on, the shares (M, size) of the attribute's values.

        ``contexts[length]`` (M,) are the hashes of the contexts of that length.
        """
        size = v.SIZES[attribute]
        current = np.full((len(contexts[0]), size), 1 / size)
        found = []
        for order, hashes in zip(self._orders, contexts, strict=True):
            current = order.interpolated(current, hashes, strength)
            found.append(current)
        return found


def evaluate_ngram(
    train: Shard,
    held_out: Shard,
    *,
    highest: int = HIGHEST_ORDER,
    limit: int = 1024,
    bars: int = 32,
    transpositions: Sequence[int] = (0,),
    pieces: Sequence[int] | None = None,
) -> dict[str, float]:
    """Nats per note of the held-out pieces' openings.

    Order and strength are those that do best on these pieces, which favours this model.
    The model learns whole pieces of ``train``, each also moved by the ``transpositions``.
    Returns ``order``, ``strength``, ``per note``, and ``per note, order n`` for each n.
    """
    model = NGram(list(_sequences(train, transpositions)), highest)
    crops = _openings(held_out, pieces, limit, bars)
    nats = np.zeros((len(STRENGTHS), highest))
    for crop, total in crops:
        nats += _nats(model, crop, total, highest)
    nats /= sum(crop.notes for crop, _ in crops)
    strength, order = np.unravel_index(int(nats.argmin()), nats.shape)
    best = nats.min(0)
    return {
        "order": float(order + 1),
        "strength": STRENGTHS[strength],
        "per note": float(best.min()),
        **{f"per note, order {n + 1}": float(best[n]) for n in range(highest)},
    }


def evaluate_engine(
    engine: Engine,
    held_out: Shard,
    *,
    bars: int = 32,
    pieces: Sequence[int] | None = None,
) -> float:
    """Nats per note of a network on the same openings under the same masks.

    The condition stays empty, for the n-gram model has none.
    """
    crops = _openings(held_out, pieces, engine.context, bars)
    plain = [(replace(crop, condition=0 * crop.condition), total) for crop, total in crops]
    nats = sum(engine_nats(engine, crop, total) for crop, total in plain)
    return nats / sum(crop.notes for crop, _ in plain)


def _openings(
    shard: Shard, pieces: Sequence[int] | None, limit: int, bars: int
) -> list[tuple[Crop, int]]:
    indices = range(len(shard)) if pieces is None else pieces
    found = [
        (whole(shard, index, limit, bars), len(shard.sheet(index).bars)) for index in indices
    ]
    return [(crop, total) for crop, total in found if crop.notes]


def _sequences(
    shard: Shard, transpositions: Sequence[int]
) -> Iterator[tuple[Symbols, Symbols]]:
    for index in range(len(shard)):
        for semitones in transpositions:
            yield flatten(encode(transpose(shard.sheet(index), semitones), limit=_EVERYTHING))


def _nats(model: NGram, crop: Crop, total: int, highest: int) -> NDArray[np.float64]:
    """Nats (strengths, orders) of one window's music."""
    symbols, names = flatten(crop.rows)
    hashes = _context_hashes(symbols, names, highest)
    places = _said(symbols, names)
    nats = np.zeros((len(STRENGTHS), highest))
    grouped: dict[str, list[tuple[int, Choice]]] = {}
    for place, choice in zip(places, choices(crop, total), strict=True):
        if choice.in_music and choice.mask.sum() > 1:
            grouped.setdefault(choice.attribute, []).append((int(place), choice))
    for attribute, some in grouped.items():
        at = np.array([place for place, _ in some])
        mask = np.stack([choice.mask for _, choice in some])
        value = np.array([choice.value for _, choice in some])
        given = [found[at] for found in hashes]
        for index, strength in enumerate(STRENGTHS):
            for order, shares in enumerate(model.shares(given, attribute, strength)):
                chosen = shares[np.arange(len(at)), value]
                nats[index, order] -= np.log(chosen / (shares * mask).sum(1)).sum()
    return nats


def _said(symbols: Symbols, names: Symbols) -> Symbols:
    """Places of the symbols that are choices: all but open plan fields."""
    opens = np.array([name in v.OPEN_WHEN_ZERO for name in _NAMES])
    return np.flatnonzero(~(opens[names] & (symbols == _STARTS[names])))


def _context_hashes(symbols: Symbols, names: Symbols, order: int) -> list[Hashes]:
    """For each context length below ``order``, a hash (S,) of context and attribute."""
    padded = np.concatenate([np.zeros(order, np.int64), symbols])
    current = _mix(np.zeros(len(symbols), np.uint64), names)
    found = [current]
    for back in range(1, order):
        current = _mix(current, padded[order - back : len(padded) - back])
        found.append(current)
    return found


def _mix(hashes: Hashes, values: Symbols) -> Hashes:
    """Hashes with one more value taken in, the same for the same history."""
    mixed = (hashes ^ (values.astype(np.uint64) + np.uint64(1))) * _PRIME
    return mixed ^ (mixed >> np.uint64(29))


def _looked_up(keys: Hashes, values: NDArray[np.int64], asked: Hashes) -> NDArray[np.int64]:
    """Values of ``asked`` among sorted ``keys``; 0 where absent."""
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, values[at], 0)

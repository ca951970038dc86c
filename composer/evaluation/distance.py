"""How far a set of pieces is from another, against how far real music is from itself.

Sets are compared a metric at a time. ``values`` has a row a piece: shape (pieces, 1) for a
number, (pieces, bins) for a histogram of shares. The distance of two sets of k pieces is

- for numbers the Wasserstein-1 distance, mean |difference| of the sorted values
  (Villani 2009, Optimal Transport, ch. 6);
- for histograms the square root of the energy distance with total variation between
  pieces (Szekely & Rizzo 2013), so that both the mean and the variety must agree.

A distance between samples is above 0 even for equal music, the more the smaller the sets.
So both numerator and denominator are means over many draws of k pieces each without
replacement: set against reference, and two disjoint halves of the reference. The ratio is 1
for music that is like the reference, whatever the sizes; units and spreads cancel out.
"""

from dataclasses import dataclass

import numpy as np

from composer.analysis.music import Floats, Ints

FEWEST_PIECES = 5
"""Pieces that a compared set has at least."""


@dataclass(frozen=True, slots=True)
class Distance:
    """``to_reference`` and ``within_reference`` in the metric's unit, and their ``ratio``."""

    to_reference: float
    within_reference: float

    @property
    def ratio(self) -> float:
        """1.0 is real music against itself, and where both distances are 0."""
        if not self.within_reference:
            return 1.0
        return self.to_reference / self.within_reference


class Sides:
    """One metric's values of both sides, and for histograms how far pieces are apart."""

    def __init__(self, values: Floats, reference: Floats) -> None:
        """Take the rows of the set and of the reference; rows of NaN are unknown."""
        self.count, self.reference_count = len(values), len(reference)
        self._rows = np.concatenate([reference, values])
        self._is_known = ~np.isnan(self._rows[:, 0])
        is_number = values.shape[1] == 1
        self._apart = None if is_number else _total_variation(self._rows)

    def compare(
        self, ours: Ints, theirs: Ints, size: int, draws: int, rng: np.random.Generator
    ) -> Distance | None:
        """Distances of sets of at most ``size`` pieces, means over ``draws`` draws.

        ``ours`` and ``theirs`` choose pieces of the set and of the reference, each as often
        as it is named; pieces with nothing to measure are left out. None where a set or
        half of the reference would have fewer than ``FEWEST_PIECES``.
        """
        ours = ours + self.reference_count
        ours, theirs = (chosen[self._is_known[chosen]] for chosen in (ours, theirs))
        k = min(size, len(ours), len(theirs) // 2)
        if k < FEWEST_PIECES:
            return None
        mine = ours[_draw(len(ours), k, draws, rng)]
        halves = theirs[_draw(len(theirs), 2 * k, draws, rng)]
        left, right = halves[:, :k], halves[:, k:]
        within = self._mean_distance(left, right)
        least = float(np.ptp(self._rows[np.concatenate([ours, theirs])], axis=0).max()) / k
        # where all real pieces are equal, one odd piece in k is the least difference
        return Distance(self._mean_distance(mine, left), within or least)

    def _mean_distance(self, a: Ints, b: Ints) -> float:
        """Mean distance of the sets of pieces in each row, both (draws, k)."""
        if self._apart is None:
            return _wasserstein(self._rows[a, 0], self._rows[b, 0])
        return _energy(self._apart, a, b)


def _draw(count: int, k: int, draws: int, rng: np.random.Generator) -> Ints:
    """Rows of ``k`` distinct indices below ``count``, shape (draws, k)."""
    return np.argsort(rng.random((draws, count)), axis=1)[:, :k].astype(np.int64)


def _wasserstein(a: Floats, b: Floats) -> float:
    """Mean Wasserstein-1 distance of the rows of ``a`` and ``b``, both (draws, k)."""
    return float(np.abs(np.sort(a, axis=1) - np.sort(b, axis=1)).mean())


def _total_variation(rows: Floats) -> Floats:
    """Total variation of every two histograms, shape (pieces, pieces)."""
    result: Floats = np.abs(rows[:, None, :] - rows[None, :, :]).sum(axis=2) / 2
    return result


def _energy(apart: Floats, a: Ints, b: Ints) -> float:
    """Mean root of the energy distance between the pieces ``a`` and ``b``, (draws, k)."""
    between, within_a, within_b = (
        apart[x[:, :, None], y[:, None, :]].mean(axis=(1, 2))
        for x, y in ((a, b), (a, a), (b, b))
    )
    return float(np.sqrt(np.maximum(2 * between - within_a - within_b, 0.0)).mean())

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
        """1.0 is real music against itself; 0 where both distances are 0."""
        if not self.to_reference:
            return 0.0
        return self.to_reference / self.within_reference


def compare(
    values: Floats, reference: Floats, size: int, draws: int, rng: np.random.Generator
) -> Distance | None:
    """Distances of sets of at most ``size`` pieces, means over ``draws`` draws.

    Rows with NaN (nothing to measure) are left out. None where a set or half of the
    reference would have fewer than ``FEWEST_PIECES``.
    """
    values, reference = (rows[~np.isnan(rows[:, 0])] for rows in (values, reference))
    k = min(size, len(values), len(reference) // 2)
    if k < FEWEST_PIECES:
        return None
    ours = _draw(len(values), k, draws, rng)
    theirs = _draw(len(reference), 2 * k, draws, rng)
    rows = np.concatenate([reference, values])
    mixed = np.concatenate([ours + len(reference), theirs], axis=1)
    if values.shape[1] == 1:
        across = _wasserstein(rows[mixed[:, :k], 0], rows[mixed[:, k : 2 * k], 0])
        within = _wasserstein(rows[theirs[:, :k], 0], rows[theirs[:, k:], 0])
    else:
        apart = _total_variation(rows)
        across = _energy(apart, mixed[:, :k], mixed[:, k : 2 * k])
        within = _energy(apart, theirs[:, :k], theirs[:, k:])
    return Distance(across, within or _one_piece(rows, k))


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


def _one_piece(rows: Floats, k: int) -> float:
    """What one odd piece in ``k`` would make: the least distance where all real are equal."""
    return float(np.ptp(rows, axis=0).max()) / k or 1.0

"""The smoothest tempo curve that meets given times exactly.

Least squares of the logarithmic tempo steps from bar to bar, subject to the seconds that
each stretch of bars lasts; Newton's method on the optimality conditions. Where a step is
larger than wished, such steps are weighed more and the curve is found anew (iteratively
reweighted least squares), which spreads them towards the least largest step there is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ROUNDS, _MOST_REWEIGHTINGS = 30, 40
_CLOSE_SECONDS = 1e-7


def tempo_curve(
    quarters: Sequence[Sequence[float]], seconds: Sequence[float], largest_step: float
) -> Array:
    """Tempo of every bar in quarters a minute, shape (bars,).

    ``quarters`` holds the bar lengths of each stretch, ``seconds`` how long it lasts;
    ``largest_step`` is the logarithm that steps keep to if they can.
    """
    lengths = np.concatenate([np.asarray(bars, np.float64) for bars in quarters])
    stretch = np.repeat(np.arange(len(quarters)), [len(bars) for bars in quarters])
    means = [60 * sum(bars) / time for bars, time in zip(quarters, seconds, strict=True)]
    start = np.log(np.array(means))[stretch]
    wanted = np.asarray(seconds, np.float64)
    weights = np.ones(max(0, len(lengths) - 1))
    best = _solved(start, lengths, stretch, wanted, weights)
    curve = best
    for _ in range(_MOST_REWEIGHTINGS):
        steps = np.abs(np.diff(curve))
        if steps.max(initial=0.0) <= largest_step:
            return np.exp(curve)
        weights = weights * np.maximum(1.0, steps / largest_step) ** 2
        curve = _solved(curve, lengths, stretch, wanted, weights)
        if np.abs(np.diff(curve)).max() < np.abs(np.diff(best)).max():
            best = curve
    return np.exp(best)


def _solved(
    start: Array, lengths: Array, stretch: NDArray[np.intp], wanted: Array, weights: Array
) -> Array:
    """Logarithmic tempi of least weighted squared steps that last ``wanted`` seconds."""
    from scipy.sparse import csc_array, diags_array, vstack  # noqa: PLC0415 - slow to import
    from scipy.sparse import hstack as beside  # noqa: PLC0415
    from scipy.sparse.linalg import spsolve  # noqa: PLC0415

    bars, stretches = len(lengths), len(wanted)
    scale = weights.max(initial=1.0)
    difference = diags_array(
        [np.full(bars - 1, -1.0), np.ones(bars - 1)], offsets=[0, 1], shape=(bars - 1, bars)
    )
    energy = difference.T @ diags_array(weights / scale, shape=(bars - 1,) * 2) @ difference
    curve = start
    for _ in range(_ROUNDS):
        lasts = 60 * lengths * np.exp(-curve)
        missing = wanted - np.bincount(stretch, lasts, stretches)
        slope = csc_array((-lasts, (stretch, np.arange(bars))), shape=(stretches, bars))
        empty = csc_array((stretches, stretches))
        system = vstack([beside([energy, slope.T]), beside([slope, empty])]).tocsc()
        change = spsolve(system, np.concatenate([-(energy @ curve), missing]))[:bars]
        curve = curve + change
        if np.abs(missing).max() < _CLOSE_SECONDS and np.abs(change).max() < 1e-9:
            break
    return curve

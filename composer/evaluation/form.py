"""Metrics of form: what returns, when, and how long nothing changes.

Two bars are alike by the notes they share (``Excerpt.likeness``). Each metric takes an
``Excerpt``; None where the music is too short.
"""

import numpy as np

from composer.analysis.music import Floats
from composer.evaluation.excerpt import Excerpt

_LONGEST_LAG = 16
_FEWEST_PAIRS = 4
_NEW = 0.5  # a bar less like any before is new


def _lag(excerpt: Excerpt, bars: int) -> Floats:
    """Likeness of each bar and the one ``bars`` later; pairs of empty bars are left out."""
    pairs = np.diagonal(excerpt.likeness, bars)
    result: Floats = pairs[~np.isnan(pairs)]
    return result


def _repetition(excerpt: Excerpt, bars: int) -> float | None:
    pairs = _lag(excerpt, bars)
    return float(pairs.mean()) if len(pairs) >= _FEWEST_PAIRS else None


def repetition_1(excerpt: Excerpt) -> float | None:
    """Likeness of a bar and the next."""
    return _repetition(excerpt, 1)


def repetition_4(excerpt: Excerpt) -> float | None:
    """Likeness of bars four apart."""
    return _repetition(excerpt, 4)


def repetition_8(excerpt: Excerpt) -> float | None:
    """Likeness of bars eight apart."""
    return _repetition(excerpt, 8)


def repetition_16(excerpt: Excerpt) -> float | None:
    """Likeness of bars sixteen apart."""
    return _repetition(excerpt, 16)


def periodicity(excerpt: Excerpt) -> float | None:
    """Likeness at the best distance of 2 to 16 bars, less the mean of all distances."""
    found = [_repetition(excerpt, lag) for lag in range(1, _LONGEST_LAG + 1)]
    known = [value for value in found if value is not None]
    return max(known[1:]) - sum(known) / len(known) if len(known) > 4 else None


def new_bars(excerpt: Excerpt) -> float | None:
    """Share of bars that no earlier bar is half like."""
    likeness = excerpt.likeness
    sounding = np.flatnonzero(~np.isnan(np.diagonal(likeness)))
    if len(sounding) <= _FEWEST_PAIRS:
        return None
    rows = np.nan_to_num(np.tril(likeness, -1))
    return float((rows.max(axis=1)[sounding] < _NEW).mean())


def longest_run(excerpt: Excerpt) -> float | None:
    """Bars in the longest run of identical ones."""
    longest = run = 1
    for likeness in np.diagonal(excerpt.likeness, 1):
        run = run + 1 if likeness == 1.0 else 1
        longest = max(longest, run)
    return float(longest)

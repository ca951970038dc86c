"""A figure with its 95 % bootstrap interval (Efron & Tibshirani 1993, ch. 13)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_PERCENTS = (2.5, 97.5)
_DRAWS = 2000
_SEED = 11


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Such as ``1.12 (0.95-1.30)``."""
        return f"{self.value:.2f} ({self.low:.2f}-{self.high:.2f})"


def share_of(hits: Sequence[bool]) -> Interval:
    """Share of pieces that hit, and what it is when the pieces are drawn anew.

    The same hits give the same interval. Raises ValueError where there are none to draw.
    """
    told = np.asarray(hits, dtype=float)
    if not len(told):
        raise ValueError("no pieces to take a share of")
    rng = np.random.default_rng(_SEED)
    drawn = told[rng.integers(len(told), size=(_DRAWS, len(told)))].mean(axis=1)
    low, high = np.percentile(drawn, _PERCENTS)
    return Interval(float(told.mean()), float(low), float(high))

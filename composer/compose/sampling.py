"""How one value is drawn from the model's logits."""

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.errors import RequestError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely to choose.

    ``temperature`` 0 always takes the likeliest value; 1 keeps the model's odds.
    ``top_k`` keeps the k likeliest values; ``top_p`` the fewest that hold this share of
    the probability (nucleus sampling: Holtzman, A., et al. (2020). The curious case of
    neural text degeneration), of notes only: plans are drawn from all; ``min_p`` those at
    least this share as likely as the likeliest. None switches a filter off. ``guidance`` 1 is
    the plain model, more leans on the mood (classifier-free guidance: Ho, J., & Salimans, T.
    (2022)); docs/guidance.md says why 2.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = 0.98
    min_p: float | None = None
    guidance: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        _check("temperature", self.temperature, 0.0, 5.0)
        _check("guidance", self.guidance, 0.0, 10.0)
        if self.top_k is not None and self.top_k < 1:
            raise RequestError(f"top-k is at least 1, not {self.top_k}")
        for name, share in (("top-p", self.top_p), ("min-p", self.min_p)):
            if share is not None:
                _check(name, share, 0.0, 1.0)


def _check(name: str, value: float, low: float, high: float) -> None:
    """Refuse what lies outside [low, high], NaN included."""
    if not low <= value <= high:
        raise RequestError(f"{name} lies between {low:g} and {high:g}, not {value:g}")


def draw(scores: Sequence[float], sampling: Sampling, rng: np.random.Generator) -> int:
    """Choose one of the values with these logits (at least one); returns its place.

    Takes exactly one number from ``rng``. Plain Python: so few numbers are faster so.
    """
    chance = rng.random()
    most = max(scores)
    temperature, top_p = sampling.temperature, sampling.top_p
    if temperature == 0.0:
        return scores.index(most)
    weights = [math.exp((score - most) / temperature) for score in scores]
    total = sum(weights)
    floor = sampling.min_p or 0.0
    if top_p is not None:
        # All values below this together hold less than what top_p leaves out.
        floor = max(floor, (1.0 - top_p) * total / len(weights))
    kept = [place for place, weight in enumerate(weights) if weight >= floor]
    kept.sort(key=weights.__getitem__, reverse=True)
    sums = list(itertools.accumulate(map(weights.__getitem__, kept[: sampling.top_k])))
    if top_p is not None:
        sums = sums[: bisect.bisect_left(sums, top_p * total) + 1]
    return kept[bisect.bisect_right(sums, chance * sums[-1], hi=len(sums) - 1)]

"""How one value is drawn from the model's logits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import RequestError

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely to choose.

    ``temperature`` 0 always takes the likeliest value; 1 keeps the model's odds.
    ``top_k`` keeps the k likeliest values; ``top_p`` the fewest that hold this share of
    the probability (nucleus sampling: Holtzman, A., et al. (2020). The curious case of
    neural text degeneration); ``min_p`` those at least this share as likely as the
    likeliest. None switches a filter off. ``guidance`` 1 is the plain model, more leans on
    the mood (classifier-free guidance: Ho, J., & Salimans, T. (2022)).
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = 0.95
    min_p: float | None = None
    guidance: float = 1.0

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


def draw(
    logits: NDArray[np.float32], mask: Mask, sampling: Sampling, rng: np.random.Generator
) -> int:
    """Choose one of the values that ``mask`` allows; both arrays are (values,).

    Takes exactly one number from ``rng``.
    """
    chance = rng.random()
    legal = np.flatnonzero(mask)
    scores = logits[legal].astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    if sampling.temperature == 0.0:
        return int(legal[order[0]])
    weights = np.exp((scores[order] - scores[order[0]]) / sampling.temperature)
    weights = _filtered(weights / weights.sum(), sampling)
    place = np.searchsorted(np.cumsum(weights), chance * weights.sum(), side="right")
    return int(legal[order[min(int(place), len(weights) - 1)]])


def _filtered(probabilities: NDArray[np.float64], sampling: Sampling) -> NDArray[np.float64]:
    """The likeliest values that pass every filter; the first always does."""
    keep = len(probabilities)
    if sampling.top_k is not None:
        keep = min(keep, sampling.top_k)
    if sampling.top_p is not None:
        keep = min(keep, int(np.searchsorted(np.cumsum(probabilities), sampling.top_p)) + 1)
    if sampling.min_p is not None:
        floor = sampling.min_p * probabilities[0]
        keep = min(keep, int((probabilities >= floor).sum()))
    return probabilities[:keep]

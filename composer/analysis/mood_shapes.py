"""Additive models: each feature adds what its own curve says, and nothing else.

    log odds = bias + sum over features of shape(feature)

A shape is a curve of straight lines between knots, level beyond the outer ones, and 0 on
average over the judged music; an unknown feature adds 0. The log odds are those of the upper
half of an axis (pleasant, excited); a mood's place on the axis is tanh(gain * log odds / 2),
where the gain spreads the answers as wide as the judgements.

Generalised additive models: Hastie and Tibshirani (1986), Statistical Science 1(3).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isnan, tanh
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Shape:
    """What a feature adds to the log odds: ``values`` at ascending ``knots``."""

    knots: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, value: float) -> float:
        """What ``value`` adds; 0 where it is unknown (NaN)."""
        return 0.0 if isnan(value) else float(np.interp(value, self.knots, self.values))


@dataclass(frozen=True, slots=True)
class Additive:
    """One axis."""

    bias: float
    gain: float
    shapes: Mapping[str, Shape]

    def log_odds(self, features: Mapping[str, float]) -> float | None:
        """Log odds of the upper half of the axis; None where no feature is known."""
        if all(isnan(features[name]) for name in self.shapes):
            return None
        return self.bias + sum(shape.at(features[name]) for name, shape in self.shapes.items())

    def place(self, features: Mapping[str, float]) -> float | None:
        """Place on the axis, -1 to 1, three decimals; None where no feature is known."""
        odds = self.log_odds(features)
        return None if odds is None else round(tanh(self.gain * odds / 2), 3)


@cache
def load_axes(name: str) -> tuple[Additive, Additive]:
    """Valence and arousal from the table ``name`` beside this module."""
    table = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    valence, arousal = (
        Additive(
            axis["bias"],
            axis["gain"],
            {
                feature: Shape(tuple(shape["knots"]), tuple(shape["values"]))
                for feature, shape in axis["shapes"].items()
            },
        )
        for axis in (table["valence"], table["arousal"])
    )
    return valence, arousal

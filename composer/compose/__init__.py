"""Compose: the one generation loop, from a plan to a complete plan and its score."""

from composer.compose.composing import HUMANISED, Composition, complete_plan, compose
from composer.compose.sampling import Sampling
from composer.compose.writing import Progress, silent

__all__ = [
    "HUMANISED",
    "Composition",
    "Progress",
    "Sampling",
    "complete_plan",
    "compose",
    "silent",
]

"""Compose: the one generation loop, from a plan to a complete plan and its score."""

from composer.compose.composing import HUMANISED, TRIES, Composition, complete_plan, compose
from composer.compose.ranking import SINGLE, Grade, Tries
from composer.compose.sampling import Sampling
from composer.compose.writing import Progress, silent

__all__ = [
    "HUMANISED",
    "SINGLE",
    "TRIES",
    "Composition",
    "Grade",
    "Progress",
    "Sampling",
    "Tries",
    "complete_plan",
    "compose",
    "silent",
]

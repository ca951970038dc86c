"""The global condition: mood, style, length and dynamics as one vector.

Every field has a flag or an own place for "unknown", and the all-zero vector is "nothing
said": what classifier-free guidance compares with.
"""

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.plan import STYLES, Mood

DYNAMICS = ("flat", "expressive")
"""Whether the velocities were played (expressive) or typeset (flat)."""

_MOOD = 6
_MOOD_COLUMNS = (v.COLUMN["valence"], v.COLUMN["arousal"])
CONDITION_SIZE = _MOOD + len(STYLES) + v.LENGTHS - 1 + len(DYNAMICS)
"""Length of the condition vector."""


def condition(
    mood: Mood | None = None,
    style: str | None = None,
    length_bars: int | None = None,
    dynamics: str | None = None,
) -> NDArray[np.float32]:
    """The vector (CONDITION_SIZE,), float32; what is None stays zero.

    Valence and arousal are three numbers each: known, the value, and its square (so that
    a linear map can tell the middle from the ends).
    """
    vector = np.zeros(CONDITION_SIZE, np.float32)
    axes = () if mood is None else (mood.valence, mood.arousal)
    for index, value in enumerate(axes):
        if value is not None:
            vector[3 * index : 3 * index + 3] = 1.0, value, value * value
    if style is not None:
        vector[_MOOD + STYLES.index(style)] = 1.0
    if length_bars is not None:
        vector[_MOOD + len(STYLES) + v.length_value(length_bars) - 1] = 1.0
    if dynamics is not None:
        vector[-len(DYNAMICS) + DYNAMICS.index(dynamics)] = 1.0
    return vector


def without_mood(row: list[int]) -> list[int]:
    """An event (columns,) as it stands where the plan says no mood; itself if it says none."""
    if not any(row[column] for column in _MOOD_COLUMNS):
        return row
    opened = list(row)
    for column in _MOOD_COLUMNS:
        opened[column] = 0
    return opened

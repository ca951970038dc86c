"""Does the music fit the score's own grid?

Conventions: the grid is 16ths and 16th triplets (every 120 or 80 ticks) from tick 0.
``grid_share`` counts onsets within 1/96 quarter (5 ticks) of it; onsets that know nothing
of the grid reach about 0.17. Played music with a true beat (a drummer to a click) fits few
places exactly but gathers around them: ``grid_pull`` is the mean cosine of the onsets'
phase within a 16th (or triplet 16th), 0 by chance and 1 where all lie on it.
"""

import numpy as np

from composer.analysis.music import tabulate
from composer.score import Score

_TOLERANCE_TICKS = 5
_STEPS = (120, 80)  # a 16th and a 16th of a triplet, in ticks
_ENOUGH_SHARE = 0.5
_ENOUGH_PULL = 0.35


def grid_share(score: Score) -> float:
    """Share of distinct onsets on a 16th or 16th triplet; 1 for a score without notes."""
    onsets = np.unique(tabulate(score).onset)
    if not len(onsets):
        return 1.0
    near = [(onsets + _TOLERANCE_TICKS) % step <= 2 * _TOLERANCE_TICKS for step in _STEPS]
    return float((near[0] | near[1]).mean())


def grid_pull(score: Score) -> float:
    """Mean cosine of the onsets' phase within a 16th or a triplet one, the larger; -1 to 1."""
    onsets = np.unique(tabulate(score).onset)
    if not len(onsets):
        return 1.0
    return max(float(np.cos(2 * np.pi * onsets / step).mean()) for step in _STEPS)


def has_usable_grid(score: Score) -> bool:
    """Whether bars and beats can be read off the score's own ticks."""
    return grid_share(score) >= _ENOUGH_SHARE or grid_pull(score) >= _ENOUGH_PULL

"""Ticks and seconds for whole arrays, and the tempo of stretches.

Same tempo map as ``composer.score.time``, for many places at once.
"""

import numpy as np

from composer.analysis.music import Floats, Ints
from composer.score import TICKS_PER_QUARTER, Score


def seconds_of(score: Score, ticks: Ints) -> Floats:
    """Time in seconds of each place in ``ticks``, same shape."""
    onsets, starts, per_tick = _stretches(score)
    stretch = np.maximum(np.searchsorted(onsets, ticks, side="right") - 1, 0)
    result: Floats = starts[stretch] + (ticks - onsets[stretch]) * per_tick[stretch]
    return result


def tempo_of_bars(score: Score, edges: Ints) -> Floats:
    """Quarters a minute in each cell: its quarters over its seconds, shape (cells,)."""
    seconds = np.diff(seconds_of(score, edges))
    result: Floats = np.diff(edges) / TICKS_PER_QUARTER * 60.0 / np.maximum(seconds, 1e-9)
    return result


def _stretches(score: Score) -> tuple[Ints, Floats, Floats]:
    """Start in ticks, start in seconds and seconds a tick of each stretch of one tempo."""
    onsets = np.array([tempo.onset_ticks for tempo in score.tempos], dtype=np.int64)
    onsets[0] = 0  # the first tempo holds from the start
    per_tick = np.array([60.0 / (tempo.qpm * TICKS_PER_QUARTER) for tempo in score.tempos])
    starts = np.concatenate([[0.0], np.cumsum(np.diff(onsets) * per_tick[:-1])])
    return onsets, starts, per_tick


def ticks_of(score: Score, seconds: Floats) -> Floats:
    """Place in ticks (not rounded) reached after each of ``seconds``, same shape."""
    onsets, starts, per_tick = _stretches(score)
    stretch = np.maximum(np.searchsorted(starts, seconds, side="right") - 1, 0)
    result: Floats = onsets[stretch] + (seconds - starts[stretch]) / per_tick[stretch]
    return result

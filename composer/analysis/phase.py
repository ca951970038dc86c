"""Where the bars begin when the tempo is known but the first beat is not.

Conventions: ``count`` 16ths make a bar; a phase is the place 0 to count - 1 of the bar line
among them. Times are seconds of the score.
"""

import numpy as np

from composer.analysis.beats import bar_strengths, onset_weights, standard
from composer.analysis.clock import seconds_of
from composer.analysis.music import Floats, Music
from composer.errors import InputError
from composer.score import TICKS_PER_QUARTER, Meter, Score, ticks_per_bar

_SIXTEENTH_TICKS = TICKS_PER_QUARTER // 4


def first_downbeat(
    score: Score, qpm: float, sixteenth_seconds: float, meter: Meter | None = None
) -> float:
    """Seconds of the bar line at or before the first note (may be negative).

    ``qpm``: quarters a minute, ``sixteenth_seconds``: when some 16th falls, ``meter`` 4/4
    unless given. Of all 16ths in the bar that one is taken where bass and harmony move and
    whose following beats carry most onsets. Raises InputError where a bar of the meter is
    no whole number of 16ths.
    """
    meter = meter or Meter(4, 4)
    count, rest = divmod(ticks_per_bar(meter), _SIXTEENTH_TICKS)
    if rest or not count:
        raise InputError(f"a bar of {meter} is no whole number of 16ths")
    music = Music(score)
    if not len(music.notes):
        return sixteenth_seconds
    step = 15.0 / qpm
    times = seconds_of(score, music.notes.onset)
    place = np.rint((times - sixteenth_seconds) / step).astype(np.int64)
    start = float(sixteenth_seconds + int(place[0]) * step)
    place -= place[0]
    grid: Floats = start + np.arange(max(int(place.max()) + 1, 2), dtype=np.float64) * step
    weights = np.sqrt(np.bincount(place, onset_weights(music, times), len(grid)))
    phase = _best_phase(bar_strengths(music, grid), standard(weights), count)
    return start - (-phase) % count * step


def _best_phase(bars: Floats, onsets: Floats, count: int) -> int:
    """The phase that sounds most like bar lines, and whose quarters sound most like beats."""
    phase = np.arange(len(bars)) % count
    seen = np.maximum(np.bincount(phase, minlength=count), 1)
    bar_mean = np.bincount(phase, bars, count) / seen
    onset_mean = np.bincount(phase, onsets, count) / seen
    beats = range(max(count // 4, 1))
    beat_mean = np.mean([np.roll(onset_mean, -4 * beat) for beat in beats], axis=0)
    return int(np.argmax(bar_mean + beat_mean))

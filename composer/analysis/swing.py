"""Swung or straight eighths.

Conventions: an off-beat is an onset in the middle of a beat. Straight eighths fall on 1/2
of the beat, swung ones near 2/3 (a triplet's last note). A bar's feel is read from the
bars around it, so that single bars don't flicker; in a compound meter (6/8) the written
triplet is the beat's own division, and the feel is straight.
"""

import numpy as np

from composer.analysis.music import Floats, Ints, Music, cell_of
from composer.plan import Feel
from composer.score import TICKS_PER_QUARTER, Meter, Score

_STRAIGHT = (0.45, 0.55)
_SWUNG = (0.58, 0.72)
_FIRST_THIRD = (0.28, 0.38)
_AROUND_BARS = 4
_FEWEST = 4  # off-beats that decide


def swing(score: Score, music: Music | None = None) -> tuple[Feel, ...]:
    """Feel of each bar: ``swung`` or ``straight``."""
    music = music or Music(score)
    straight, swung, thirds = (_near(music, span) for span in (_STRAIGHT, _SWUNG, _FIRST_THIRD))
    # a triplet run has a note on the first third for each on the second: no swing
    swung_alone = np.maximum(swung - thirds, 0.0)
    heard = straight + swung_alone
    decided = (swung_alone > 1.5 * straight) & (heard >= _FEWEST)
    return tuple(
        "swung" if yes and not _is_compound(bar.meter) else "straight"
        for yes, bar in zip(decided, music.bars, strict=True)
    )


def _near(music: Music, span: tuple[float, float]) -> Floats:
    """Onsets whose place in the beat lies in ``span``, in the bars around each bar."""
    onset: Ints = np.unique(music.notes.onset)
    bar = cell_of(music.bar_edges, onset)
    place = (onset - music.bar_edges[bar]) % TICKS_PER_QUARTER / TICKS_PER_QUARTER
    inside = (place >= span[0]) & (place <= span[1])
    counts = np.bincount(bar[inside], minlength=len(music.bars)).astype(np.float64)
    window = np.ones(2 * _AROUND_BARS + 1)
    summed: Floats = np.convolve(counts, window)[_AROUND_BARS : _AROUND_BARS + len(counts)]
    return summed


def _is_compound(meter: Meter) -> bool:
    """Beats of three, as in 6/8."""
    return meter.denominator >= 8 and meter.numerator % 3 == 0

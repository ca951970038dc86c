"""The chords of a bar as the music meets them: where each holds, and what has sounded.

A *span* is the bar, or each half of a bar with two chords, in positions (1/24 quarter).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.rows import Note
from composer.language.sheet import BARS, bar_units, middle_unit
from composer.language.stream import Stream
from composer.plan import CHORD_QUALITIES

_METER = BARS.index("meter")
_CHORDS = [
    tuple(BARS.index(name + number) for name in ("root", "quality", "bass"))
    for number in ("", "2")
]
_TELLING_STEPS = (4, 3, 5, 2, 7)


@dataclass(frozen=True, slots=True)
class Span:
    """A chord and the positions [start, end) where it holds.

    ``tones`` and ``defining`` (root and third, or the fifth and what is suspended for the
    third) are pitch classes; ``bass`` is the one that should lie lowest.
    """

    start: int
    end: int
    root: int
    bass: int
    tones: frozenset[int]
    defining: frozenset[int]


@cache
def _chord(
    root: int, quality: int, bass: int
) -> tuple[int, int, frozenset[int], frozenset[int]]:
    """Root, bass, tones and defining tones of a chord's values."""
    steps = CHORD_QUALITIES[v.QUALITIES[max(quality, 1) - 1]]
    low = (root - 1 + max(bass, 1) - 1) % 12
    if not steps or root in (0, v.NO_ROOT):
        return low, low, frozenset(), frozenset()
    has_third = bool({3, 4} & set(steps))
    # root and fourth alone are heard as the chord of the fourth
    telling = [step for step in _TELLING_STEPS if step in steps][: 1 if has_third else 2]
    tones = frozenset((root - 1 + step) % 12 for step in steps) | {low}
    defining = frozenset((root - 1 + step) % 12 for step in (0, *telling))
    return root - 1, low, tones, defining


@cache
def spans_of(plan: tuple[int, ...]) -> tuple[Span, ...]:
    """The spans of a bar with these plan values; without tones where it has no chord."""
    end = bar_units(plan[_METER])
    first, second = (tuple(plan[column] for column in columns) for columns in _CHORDS)
    middle = middle_unit(plan[_METER])
    if 0 < second[0] < v.HOLD and middle < end:
        return Span(0, middle, *_chord(*first)), Span(middle, end, *_chord(*second))
    return (Span(0, end, *_chord(*first)),)


@cache
def _rolled(tones: frozenset[int]) -> NDArray[np.float64]:
    """(12, 12): whether pitch class p, moved up by k, is a tone, at [k, p]."""
    inside = np.array([float(tone in tones) for tone in range(12)])
    return np.stack([np.roll(inside, -shift) for shift in range(12)])


def shares_inside(notes: tuple[Note, ...], spans: tuple[Span, ...]) -> NDArray[np.float64]:
    """Share of the notes that are tones of their chord if moved up by 0-11 semitones."""
    total = np.zeros(12)
    counts = [[0.0] * 12 for _ in spans]
    last = spans[-1].start
    for position, pitch, *_ in notes:
        counts[-1 if position >= last else 0][pitch % 12] += 1
    for span, count in zip(spans, counts, strict=True):
        total += _rolled(span.tones) @ count
    return total / len(notes)


def missing(stream: Stream, spans: tuple[Span, ...]) -> list[set[int]]:
    """For each span of the current bar, the defining tones that no part has sounded yet."""
    sounding = [stream.sounds_within(span.start, span.end) for span in spans]
    return [
        {tone for tone in span.defining if not heard >> tone & 1}
        for span, heard in zip(spans, sounding, strict=True)
    ]

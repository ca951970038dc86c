"""The chords of a bar as the music meets them: where each holds, and what has sounded.

A *span* is the bar, or each half of a bar with two chords, in positions (1/24 quarter).
"""

from dataclasses import dataclass
from functools import cache

from composer.language import vocabulary as v
from composer.language.ringing import classes_within, rings_in
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
_COUNT_BITS = 16
_MOST_COUNTED = (1 << _COUNT_BITS) - 1


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
def _inside(tones: frozenset[int]) -> tuple[int, ...]:
    """For each pitch class, by how many semitones 0-11 it may move to be a tone.

    The twelve answers stand side by side in one integer, so that adding those of some notes
    counts them for every move at once.
    """
    return tuple(
        sum(1 << _COUNT_BITS * steps for steps in range(12) if (pitch + steps) % 12 in tones)
        for pitch in range(12)
    )


def shares_inside(notes: tuple[Note, ...], spans: tuple[Span, ...]) -> list[float]:
    """Share of the notes that are tones of their chord if moved up by 0-11 semitones."""
    first, last, start = _inside(spans[0].tones), _inside(spans[-1].tones), spans[-1].start
    counts = sum(
        (last if position >= start else first)[pitch % 12] for position, pitch, *_ in notes
    )
    each = (counts >> _COUNT_BITS * steps & _MOST_COUNTED for steps in range(12))
    return [count / len(notes) for count in each]


def missing(stream: Stream, spans: tuple[Span, ...]) -> list[set[int]]:
    """For each span of the current bar, the defining tones that no part has sounded yet."""
    rings = rings_in(stream)
    return [set(span.defining) - classes_within(rings, span.start, span.end) for span in spans]

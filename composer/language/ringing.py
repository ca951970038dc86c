"""What rings in the bar that is being written, also of notes that earlier bars hold over.

Other than what a note is shown (``composer.language.sounding``), this knows that a note ends
where its part strikes it again, and that a soloist's ends where any other begins.
"""

from collections.abc import Iterable, Sequence

from composer.language import vocabulary as v
from composer.language.recalling import once_a_bar, once_a_row
from composer.language.rows import Note
from composer.language.sheet import BARS, bar_units
from composer.language.solo import is_solo
from composer.language.stream import Stream

Ring = tuple[int, int, int]
"""A note as it sounds: (onset, pitch, end), in units from the bar line."""

_DURATIONS = (0, *v.DURATIONS)
_METER = BARS.index("meter")
_HELD_BARS = 4
"""Bars before the current one whose notes may be held over into it."""


@once_a_row
def rings_in(stream: Stream) -> list[Ring]:
    """All that rings in the current bar as far as it is written; drums do not ring."""
    rings: list[Ring] = []
    for part, held in zip(stream.pitched, _held_over(stream), strict=True):
        own = _rings_of(stream.cells.get((stream.bar, part), ()))
        rings += cut(held + own, is_alone=is_solo(stream.parts[part]))
    return rings


@once_a_bar
def _held_over(stream: Stream) -> list[list[Ring]]:
    """For each pitched part, its notes of some bars before that reach into the current one."""
    found = []
    for part in stream.pitched:
        rings: list[Ring] = []
        line = 0
        for bar in range(stream.bar - 1, max(stream.first, stream.bar - _HELD_BARS) - 1, -1):
            line -= bar_units(stream.plan_of(bar)[_METER])
            rings = _rings_of(stream.cells.get((bar, part), ()), line) + rings
        rings = cut(rings, is_alone=is_solo(stream.parts[part]))
        found.append([ring for ring in rings if ring[2] > 0])
    return found


def _rings_of(notes: Iterable[Note], line: int = 0) -> list[Ring]:
    """The notes of a cell whose own bar begins ``line`` units from the bar line."""
    return [
        (line + start, pitch, line + start + _DURATIONS[long])
        for start, pitch, long, _ in notes
    ]


def cut(rings: Sequence[Ring], *, is_alone: bool = False) -> list[Ring]:
    """One part's notes, in order, each ended where its pitch is struck again.

    Where the part ``is_alone``, each ends where any other begins.
    """
    found: list[Ring] = []
    struck: dict[int, int] = {}
    for onset, pitch, end in reversed(rings):
        voice = 0 if is_alone else pitch
        found.append((onset, pitch, min(end, struck.get(voice, end))))
        struck[voice] = onset
    return found[::-1]


def classes_within(rings: Iterable[Ring], start: int, end: int) -> set[int]:
    """Pitch classes that ring between two positions."""
    return {pitch % 12 for onset, pitch, until in rings if onset < end and until > start}

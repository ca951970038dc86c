"""What sounds at each position of a bar."""

from collections.abc import Iterable, Sequence

from composer.language import vocabulary as v
from composer.language.rows import Note

_PITCH_CLASSES = v.MASKS["sounding"]
_DURATIONS = (0, *v.DURATIONS)


Ring = tuple[int, int, int]
"""A note as it sounds: (onset, pitch, end), in units from the bar line."""


def rings_of(notes: Iterable[Note], line: int = 0) -> list[Ring]:
    """The notes of a cell whose own bar begins ``line`` units from the bar line."""
    return [
        (line + start, pitch, line + start + _DURATIONS[long])
        for start, pitch, long, _ in notes
    ]


def cut(rings: Sequence[Ring], *, is_solo: bool = False) -> list[Ring]:
    """One part's notes, in order, each ended where its pitch is struck again.

    Where the part ``is_solo``, each ends where any other begins.
    """
    found: list[Ring] = []
    struck: dict[int, int] = {}
    for onset, pitch, end in reversed(rings):
        voice = 0 if is_solo else pitch
        found.append((onset, pitch, min(end, struck.get(voice, end))))
        struck[voice] = onset
    return found[::-1]


def classes_within(rings: Iterable[Ring], start: int, end: int) -> int:
    """Pitch classes, as bits, that sound between two positions."""
    found = 0
    for onset, pitch, until in rings:
        if onset < end and until > start:
            found |= 1 << pitch % _PITCH_CLASSES
    return found


class Sounding:
    """Pitch classes, as bits, that sound at each of a bar's ``units`` positions."""

    def __init__(self, units: int) -> None:
        self.at = [0] * units

    def add(self, notes: Iterable[Note], earlier: int = 0) -> None:
        """Let notes sound, whose own bar began ``earlier`` units before this one."""
        at, units = self.at, len(self.at)
        for start, pitch, long, _ in notes:
            end = start + _DURATIONS[long] - earlier
            if end > 0:
                bit = 1 << pitch % _PITCH_CLASSES
                for unit in range(max(0, start - earlier), min(end, units)):
                    at[unit] |= bit

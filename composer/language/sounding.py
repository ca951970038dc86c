"""What sounds at each position of a bar."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from composer.language import vocabulary as v
from composer.language.rows import Note

_PITCH_CLASSES = v.MASKS["sounding"]
_DURATIONS = (0, *v.DURATIONS)


def latest(notes: tuple[Note, ...], struck: set[int]) -> list[Note]:
    """The last note of each pitch that is not ``struck`` later; now all of them are (in place).

    A note ends where its part strikes its pitch again.
    """
    found = {note[1]: note for note in notes if note[1] not in struck}
    struck.update(found)
    return list(found.values())


class Sounding:
    """Pitch classes, as bits, that sound at each of a bar's ``units`` positions."""

    def __init__(self, units: int) -> None:
        self.at = [0] * units
        self._within: dict[tuple[int, int], int] = {}

    def add(self, notes: Iterable[Note], earlier: int = 0) -> None:
        """Let notes sound, whose own bar began ``earlier`` units before this one."""
        at, units = self.at, len(self.at)
        self._within.clear()
        for start, pitch, long, _ in notes:
            end = start + _DURATIONS[long] - earlier
            if end > 0:
                bit = 1 << pitch % _PITCH_CLASSES
                for unit in range(max(0, start - earlier), min(end, units)):
                    at[unit] |= bit

    def within(self, start: int, end: int) -> int:
        """What sounds between two positions."""
        place = start, end
        if place not in self._within:
            self._within[place] = reduce(or_, set(self.at[start:end]), 0)
        return self._within[place]

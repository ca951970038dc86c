"""What sounds at each position of a bar."""

from collections.abc import Iterable

from composer.language import vocabulary as v
from composer.language.rows import Note

_PITCH_CLASSES = v.MASKS["sounding"]
_DURATIONS = (0, *v.DURATIONS)


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

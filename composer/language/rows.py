"""What a row says that follows from elsewhere: positions, echoes of sections, copied cells."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v

Note = tuple[int, int, int, int]
"""Position in the bar, MIDI pitch, duration value, velocity value."""
Row = list[int]
"""One event: a value for each column."""
Legal = NDArray[np.intp]
"""The values that an attribute may take, ascending."""

_C = v.COLUMN
_BEAT, _SUB = _C["beat"], _C["sub"]
_LOW, _HIGH, _PITCHES, _RHYTHM = (_C[name] for name in ("low", "high", "pitches", "rhythm"))
_PITCH_CLASSES, _SIXTEENTHS = v.MASKS["pitches"], v.MASKS["rhythm"]
_SIXTEENTH = v.POSITIONS_PER_QUARTER // 4


def position_of(row: Row) -> int:
    """Position in the bar that a note row's beat and sub say (1/24 quarter)."""
    return (row[_BEAT] - 1) * v.POSITIONS_PER_QUARTER + row[_SUB] - 1


def describe(row: Row, notes: Sequence[Note]) -> None:
    """Tell a reference's row what it copies: range, pitch classes, rhythm by 16ths."""
    pitches = [note[1] for note in notes]
    row[_LOW], row[_HIGH] = min(pitches) + 1, max(pitches) + 1
    for pitch in pitches:
        row[_PITCHES] |= 1 << pitch % _PITCH_CLASSES
    for note in notes:
        row[_RHYTHM] |= 1 << min(note[0] // _SIXTEENTH, _SIXTEENTHS - 1)


def echoes(sections: Sequence[int]) -> list[int]:
    """For each bar, the lag class of the same place in its section's last appearance.

    0 where the section is new or open, ``len(LAGS) + 1`` where no lag says the distance.
    """
    starts: dict[int, int] = {}
    current: dict[int, int] = {}
    found = []
    for bar, section in enumerate(sections):
        if bar == 0 or section != sections[bar - 1]:
            starts[section] = current.get(section, -1)
            current[section] = bar
        origin = starts[section] + bar - current[section]
        is_back = section > 0 and starts[section] >= 0 and sections[origin] == section
        lag = bar - origin
        found.append((v.LAGS.index(lag) + 1 if lag in v.LAGS else len(v.LAGS) + 1) * is_back)
    return found

"""Sheet: a Plan and a Score together, in the vocabulary's values.

It is what the encoder reads and the decoder returns, and what training data is stored
as: three small integer arrays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.score import middle_ticks, ticks_per_bar

Cells = dict[tuple[int, int], tuple[tuple[int, int, int, int], ...]]
"""(bar, part) to its notes (position, pitch, duration value, velocity value), sorted."""

BARS, PARTS = v.ATTRIBUTES["plan"], v.ATTRIBUTES["part"]
_BAR_UNITS = [
    v.POSITIONS_PER_QUARTER * 4 * meter.numerator // meter.denominator for meter in v.METERS
]
_MIDDLES = [
    units * middle_ticks(meter) // ticks_per_bar(meter)
    for units, meter in zip(_BAR_UNITS, v.METERS, strict=True)
]
_KEY, _ROOT, _ROOT2 = BARS.index("key"), BARS.index("root"), BARS.index("root2")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pair (Plan, Score) as values.

    ``parts`` int16 (P, 4): columns ``ATTRIBUTES["part"]``;
    ``bars`` int16 (B, 15): columns ``ATTRIBUTES["plan"]``;
    ``notes`` int16 (N, 6): bar, part, position in the bar (1/24 quarter), MIDI pitch,
    duration value, velocity value; sorted by all columns.
    """

    parts: NDArray[np.int16]
    bars: NDArray[np.int16]
    notes: NDArray[np.int16]

    def __eq__(self, other: object) -> bool:
        """Equal where all three arrays are."""
        if not isinstance(other, Sheet):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("parts", "bars", "notes")
        )

    __hash__ = None  # type: ignore[assignment]  # arrays can change

    def cells(self, first: int = 0, last: int | None = None) -> Cells:
        """The notes of bars [first, last) by (bar, part); empty cells are absent."""
        begin, end = np.searchsorted(
            self.notes[:, 0], [first, len(self.bars) if last is None else last]
        )
        cells: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
        for bar, part, position, pitch, duration, velocity in self.notes[begin:end].tolist():
            cells.setdefault((bar, part), []).append((position, pitch, duration, velocity))
        return {place: tuple(notes) for place, notes in cells.items()}


def notes_array(cells: Cells) -> NDArray[np.int16]:
    """Notes of ``cells`` as the sorted (N, 6) array of a Sheet."""
    rows = [(*place, *note) for place in sorted(cells) for note in cells[place]]
    return np.array(rows, np.int16).reshape(-1, 6)


def bar_units(meter_value: int) -> int:
    """Length of a bar in positions (1/24 quarter)."""
    return _BAR_UNITS[meter_value - 1]


def middle_unit(meter_value: int) -> int:
    """Position from which a bar's second chord holds."""
    return _MIDDLES[meter_value - 1]


def transpose(sheet: Sheet, semitones: int) -> Sheet:
    """Move pitches, keys and chord roots; drums stay, pitches keep within 0-127."""
    is_drum_part = sheet.parts[:, 0] == v.DRUMS
    notes, bars = sheet.notes.copy(), sheet.bars.copy()
    pitched = ~is_drum_part[notes[:, 1]]
    moved = notes[pitched, 3] + semitones
    if moved.size and (moved.min() < 0 or moved.max() > 127):
        return sheet
    notes[pitched, 3] = moved
    key = bars[:, _KEY]
    bars[:, _KEY] = np.where(key > 0, (key - 1) // 12 * 12 + (key - 1 + semitones) % 12 + 1, 0)
    for column in (_ROOT, _ROOT2):
        root = bars[:, column]
        is_pitch = (root >= 1) & (root <= 12)
        bars[:, column] = np.where(is_pitch, (root - 1 + semitones) % 12 + 1, root)
    return Sheet(sheet.parts, bars, notes)

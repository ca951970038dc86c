"""How a piano roll breaks into systems, as a page of music does, and where things lie.

A system is a row of bars with, from top to bottom: section names, chord symbols, the
intensity strip, the pitches, the drum rows, the bar numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from composer.score import Bar, Score

LEFT, RIGHT = 34.0, 10.0
_SECTION_HEIGHT, _CHORD_HEIGHT, _STRIP_HEIGHT = 15.0, 14.0, 5.0
_DRUM_GAP, _DRUM_ROW = 4.0, 5.0
_NUMBER_HEIGHT, _SYSTEM_GAP = 13.0, 12.0
_PITCH_HEIGHT = 210.0
_ROW_MIN, _ROW_MAX = 2.5, 8.0
_LEAST_SPAN = 24
_BARS_A_SYSTEM, _MAX_SYSTEMS = 16, 12


@dataclass(frozen=True, slots=True)
class System:
    """A row of bars; ``first`` is the index of its first bar, ``top`` in pixels."""

    bars: tuple[Bar, ...]
    first: int
    top: float

    @property
    def onset_ticks(self) -> int:
        """Where it starts."""
        return self.bars[0].onset_ticks

    @property
    def end_ticks(self) -> int:
        """The bar line that ends it."""
        return self.bars[-1].end_ticks


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels of times and pitches.

    ``lowest`` and ``highest`` are MIDI pitches, ``drums`` the kit keys in use, low to
    high; ``longest_ticks`` is the length of the longest system, ``is_captioned`` whether
    room is kept over the notes.
    """

    width: float
    lowest: int
    highest: int
    drums: tuple[int, ...]
    longest_ticks: int
    is_captioned: bool

    @property
    def row(self) -> float:
        """Height of a semitone."""
        fit = _PITCH_HEIGHT / (self.highest - self.lowest + 1)
        return min(max(fit, _ROW_MIN), _ROW_MAX)

    @property
    def notes_top(self) -> float:
        """From a system's top to its highest pitch."""
        return _SECTION_HEIGHT + _CHORD_HEIGHT + _STRIP_HEIGHT if self.is_captioned else 0.0

    @property
    def notes_height(self) -> float:
        """Height of all pitches and drums."""
        drums = len(self.drums) * _DRUM_ROW + _DRUM_GAP if self.drums else 0.0
        return (self.highest - self.lowest + 1) * self.row + drums

    @property
    def system_height(self) -> float:
        """From one system's top to the next."""
        return self.notes_top + self.notes_height + _NUMBER_HEIGHT + _SYSTEM_GAP

    def x(self, system: System, ticks: int) -> float:
        """Horizontal place of a time within a system."""
        span = self.width - LEFT - RIGHT
        return LEFT + (ticks - system.onset_ticks) / self.longest_ticks * span

    def y(self, system: System, pitch: int) -> float:
        """Upper edge of a pitch's row."""
        return system.top + self.notes_top + (self.highest - pitch) * self.row

    def drum_y(self, system: System, key: int) -> float:
        """Upper edge of a kit key's row."""
        bottom = system.top + self.notes_top + self.notes_height
        return bottom - (self.drums.index(key) + 1) * _DRUM_ROW

    def drum_height(self) -> float:
        """Height of a kit key's row."""
        return _DRUM_ROW

    def baselines(self, system: System) -> tuple[float, float, float]:
        """Of section names, chord symbols and bar numbers."""
        section = system.top + _SECTION_HEIGHT - 4
        numbers = system.top + self.notes_top + self.notes_height + _NUMBER_HEIGHT - 2
        return section, section + _CHORD_HEIGHT, numbers

    def strip(self, system: System) -> tuple[float, float]:
        """Upper edge and height of the intensity strip."""
        return system.top + _SECTION_HEIGHT + _CHORD_HEIGHT, _STRIP_HEIGHT - 2


def _rows(bars: tuple[Bar, ...]) -> Iterator[tuple[int, tuple[Bar, ...]]]:
    """Yield (index of the first bar, bars) of each system, about equally many in each."""
    count = min(-(-len(bars) // _BARS_A_SYSTEM), _MAX_SYSTEMS)
    size = -(-len(bars) // count)
    for first in range(0, len(bars), size):
        yield first, bars[first : first + size]


def lay_out(
    score: Score, bars: tuple[Bar, ...], width: float, top: float, *, is_captioned: bool
) -> tuple[Grid, tuple[System, ...]]:
    """Break ``bars`` into systems below ``top`` and find the grid they share."""
    pitches = [n.pitch for p in score.parts if not p.is_drums for n in p.notes] or [60]
    drums = sorted({n.pitch for p in score.parts if p.is_drums for n in p.notes})
    missing = max(0, _LEAST_SPAN - (max(pitches) - min(pitches) + 1))
    lowest, highest = min(pitches) - (missing + 1) // 2, max(pitches) + missing // 2
    rows = list(_rows(bars))
    longest = max(row[-1].end_ticks - row[0].onset_ticks for _, row in rows)
    grid = Grid(width, lowest, highest, tuple(drums), longest, is_captioned)
    systems = (
        System(row, first, top + place * grid.system_height)
        for place, (first, row) in enumerate(rows)
    )
    return grid, tuple(systems)

"""Cells: what one part plays in one bar, and when two of them are the same.

People do not play to the tick: notes agree where their pitches do and their onsets lie within
an eighth of a quarter, and a note just before a bar line may belong to either bar: it is the
next one's played early, or the last of the one before.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from composer.score import Score, bars_of

PLAYED_TICKS = 60
"""Most that two notes may lie apart."""

_Places = list[tuple[int, int]]
"""(pitch, ticks from the bar line), sorted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one part plays in one bar of ``length_ticks``."""

    notes: _Places
    length_ticks: int

    @property
    def begins_in_bar(self) -> bool:
        """Whether a note does not begin before the bar line."""
        return any(at >= 0 for _, at in self.notes)

    @property
    def readings(self) -> Iterator[_Places]:
        """The notes, with and without those that may belong to the bar before or after."""
        last = self.length_ticks - PLAYED_TICKS
        for first, end in ((-PLAYED_TICKS, self.length_ticks), (0, self.length_ticks)):
            yield [note for note in self.notes if first <= note[1] < end] or self.notes
            yield [note for note in self.notes if first <= note[1] < last] or self.notes

    def is_like(self, other: "Cell") -> bool:
        """Whether another has the same pitches at the same places, by some reading of both."""
        return any(_match(one, two) for one in self.readings for two in other.readings)

    def lowered(self) -> "Cell":
        """The cell moved so that its lowest pitch is 0."""
        low = self.notes[0][0]
        return Cell([(pitch - low, at) for pitch, at in self.notes], self.length_ticks)


def cells_of(score: Score) -> dict[tuple[int, int], Cell]:
    """The cells that are not empty, by (bar, part), both from 0."""
    bars = bars_of(score)
    lines = [bar.onset_ticks for bar in bars]
    found: dict[tuple[int, int], _Places] = {}
    for part, played in enumerate(score.parts):
        for note in played.notes:
            bar = bisect_right(lines, note.onset_ticks + PLAYED_TICKS // 2) - 1
            place = (note.pitch, note.onset_ticks - lines[bar])
            found.setdefault((bar, part), []).append(place)
    return {
        (bar, part): Cell(sorted(notes), bars[bar].length_ticks)
        for (bar, part), notes in found.items()
    }


def _match(here: _Places, there: _Places) -> bool:
    """Whether the notes, in order, have equal pitches and nearly equal places."""
    return len(here) == len(there) and all(
        one[0] == other[0] and abs(one[1] - other[1]) <= PLAYED_TICKS
        for one, other in zip(here, there, strict=True)
    )

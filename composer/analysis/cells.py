"""Cells: what one part plays in one bar, and when two of them are the same.

People do not play to the tick: notes agree where their pitches do and their onsets lie within
an eighth of a quarter, and a note just before a bar line may belong to either bar: it is the
next one's played early, or the last of the one before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

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
    def readings(self) -> list[_Places]:
        """The notes, with and without those that may belong to the bar before or after."""
        ends = (self.length_ticks, self.length_ticks - PLAYED_TICKS)
        found: list[_Places] = []
        for first, end in product((-PLAYED_TICKS, 0), ends):
            notes = [note for note in self.notes if first <= note[1] < end] or self.notes
            if notes not in found:
                found.append(notes)
        return found

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


def are_played_alike(places: Sequence[int], others: Sequence[int]) -> bool:
    """Whether as many notes of the same pitches, in order, lie at nearly equal places."""
    return all(
        abs(one - other) <= PLAYED_TICKS for one, other in zip(places, others, strict=True)
    )

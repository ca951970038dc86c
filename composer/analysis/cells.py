"""Cells: what one part plays in one bar, and when two of them are the same.

People do not play to the tick: notes agree where their pitches do and their onsets lie within
an eighth of a quarter, and a note just before a bar line may belong to either bar.
"""

from bisect import bisect_right

from composer.score import Score, bars_of

PLAYED_TICKS = 60
"""Most that two notes may lie apart."""

Cell = list[tuple[int, int]]
"""(pitch, ticks from the bar line) of its notes, sorted."""
Cells = dict[tuple[int, int], Cell]
"""The cells that are not empty, by (bar, part), both from 0."""


def cells_of(score: Score) -> Cells:
    """The cells of a score."""
    bars = bars_of(score)
    lines = [bar.onset_ticks for bar in bars] + [bars[-1].end_ticks]
    cells: Cells = {}
    for part, played in enumerate(score.parts):
        for note in played.notes:
            # a note just before the line is one of the line, played early
            bar = bisect_right(lines, note.onset_ticks + PLAYED_TICKS // 2) - 1
            place = (note.pitch, note.onset_ticks - lines[bar])
            cells.setdefault((bar, part), []).append(place)
    return {place: sorted(notes) for place, notes in cells.items()}


def same_cells(here: Cell, there: Cell, steps: int = 0) -> bool:
    """Whether a cell has the pitches of another, ``steps`` higher, at the same places.

    What moves may move by an octave more or less, as where an instrument's range ends.
    """
    shifts = (steps, steps - 12, steps + 12) if steps else (0,)
    return any(
        _matches(one, [(pitch + shift, at) for pitch, at in other])
        for shift in shifts
        for one in (here, on_time(here) or here)
        for other in (there, on_time(there) or there)
    )


def on_time(cell: Cell) -> Cell:
    """The notes that do not begin before the bar line."""
    return [note for note in cell if note[1] >= 0]


def _matches(here: Cell, there: Cell) -> bool:
    """Whether the notes, in order, have equal pitches and nearly equal places."""
    return len(here) == len(there) and all(
        one[0] == other[0] and abs(one[1] - other[1]) <= PLAYED_TICKS
        for one, other in zip(here, there, strict=True)
    )

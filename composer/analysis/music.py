"""The score as arrays: what every estimator reads.

Conventions: one row a note, sorted by onset; times are ticks (480 a quarter) as float64
where they are divided and int64 where they count. ``edges`` of n cells are n + 1 ascending
ticks; cell i reaches from ``edges[i]`` to ``edges[i + 1]``.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from composer.score import TICKS_PER_QUARTER, Bar, Score, bars_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Notes:
    """Columns of notes, each shape (notes,): ``part`` is the index of the note's part."""

    onset: Ints
    end: Ints
    pitch: Ints
    velocity: Ints
    part: Ints

    def __len__(self) -> int:
        """How many notes."""
        return len(self.onset)

    def where(self, chosen: Bools) -> "Notes":
        """Only the rows of ``chosen``."""
        return Notes(
            self.onset[chosen],
            self.end[chosen],
            self.pitch[chosen],
            self.velocity[chosen],
            self.part[chosen],
        )


def tabulate(score: Score) -> Notes:
    """Put all notes of all parts into one table."""
    rows = [
        (note.onset_ticks, note.onset_ticks + note.duration_ticks, note.pitch, note.velocity, i)
        for i, part in enumerate(score.parts)
        for note in part.notes
    ]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 5)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return Notes(*(np.ascontiguousarray(table[:, column]) for column in range(5)))


class Music:
    """A score with its bars and note tables, each made once."""

    def __init__(self, score: Score) -> None:
        """Read the bars of ``score``; the tables follow when asked for."""
        self.score = score
        self.bars: tuple[Bar, ...] = bars_of(score)

    @cached_property
    def notes(self) -> Notes:
        """Every note, drums included."""
        return tabulate(self.score)

    @cached_property
    def is_drum(self) -> Bools:
        """Which rows of ``notes`` are drums."""
        drums = np.array([part.is_drums for part in self.score.parts], dtype=bool)
        return drums[self.notes.part] if len(drums) else np.zeros(0, dtype=bool)

    @cached_property
    def pitched(self) -> Notes:
        """The notes that have a pitch (no drums)."""
        return self.notes.where(~self.is_drum)

    @cached_property
    def bar_edges(self) -> Ints:
        """Bar lines, shape (bars + 1,)."""
        return np.array(
            [bar.onset_ticks for bar in self.bars] + [self.bars[-1].end_ticks], dtype=np.int64
        )

    @cached_property
    def bar_quarters(self) -> Floats:
        """Length of each bar in quarters, shape (bars,)."""
        return np.diff(self.bar_edges) / TICKS_PER_QUARTER


def cell_of(edges: Ints, ticks: Ints) -> Ints:
    """Index of the cell that holds each tick, clipped to the first and last cell."""
    return np.searchsorted(edges[1:-1], ticks, side="right")


def overlaps(notes: Notes, edges: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut every note at the edges: rows (note index, cell, ticks of the note in the cell)."""
    first = cell_of(edges, notes.onset)
    last = cell_of(edges, notes.end - 1)
    counts = last - first + 1
    note = np.repeat(np.arange(len(notes)), counts)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    cell = first[note] + np.arange(len(note)) - starts
    begin = np.maximum(notes.onset[note], edges[cell])
    length = np.minimum(notes.end[note], edges[cell + 1]) - begin
    return note, cell, np.maximum(length, 0)


def pitch_class_profile(notes: Notes, edges: Ints) -> Floats:
    """Sounding quarters of each pitch class in each cell, shape (cells, 12)."""
    cells = len(edges) - 1
    note, cell, length = overlaps(notes, edges)
    bins = cell * 12 + notes.pitch[note] % 12
    return _sums(bins, length / TICKS_PER_QUARTER, cells)


def _sums(bins: Ints, amounts: Floats, cells: int) -> Floats:
    """Add up amounts a bin, shape (cells, 12)."""
    total = np.bincount(bins, weights=amounts, minlength=cells * 12)
    return total.astype(np.float64).reshape(cells, 12)


def lowest_profile(notes: Notes, edges: Ints) -> Floats:
    """Quarters for which each pitch class is the lowest that sounds, shape (cells, 12).

    Cells are cut into steps of at most an eighth note; the lowest note that sounds in a
    step counts for all of it.
    """
    steps = step_edges(edges, TICKS_PER_QUARTER // 2)
    note, step, _ = overlaps(notes, steps)
    lowest = np.full(len(steps) - 1, 128, dtype=np.int64)
    np.minimum.at(lowest, step, notes.pitch[note])
    sounding = np.flatnonzero(lowest < 128)
    cell = cell_of(edges, steps[sounding])
    bins = cell * 12 + lowest[sounding] % 12
    quarters = np.diff(steps)[sounding] / TICKS_PER_QUARTER
    cells = len(edges) - 1
    return _sums(bins, quarters, cells)


def step_edges(edges: Ints, step_ticks: int) -> Ints:
    """Cut each cell into steps of at most ``step_ticks``."""
    counts = -(-np.diff(edges) // step_ticks)
    starts = np.repeat(edges[:-1], counts)
    index = np.arange(len(starts)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.append(starts + index * step_ticks, edges[-1])

"""What the metrics read: a score on one grid, cut to the same number of bars.

Reference music may be a performance, and composed music is humanised, so both sides are
made alike before anything is counted: each onset and each end goes to the nearest 16th or
triplet 16th of its bar (positions 0, 2, 3, 4, 6, 8, 9, 10 of 12 in a quarter), which takes
up about 20 ms of human timing at 120 quarters a minute and keeps no 32nds; notes that then
begin together on one pitch of one part become one. Names, controllers, key signatures and
chord symbols are dropped: they are not heard, and one side may lack them. Only the first
bars count, the same number on both sides (``shared_bars``), so that lengths do not decide;
the ending is read from the last eight.
"""

from collections.abc import Sequence
from functools import cached_property
from statistics import median

import numpy as np

from composer.analysis import chords_of, keys_of, roles_of
from composer.analysis.music import Floats, Ints, Music, cell_of
from composer.plan import CHORD_QUALITIES, Chord, Role
from composer.score import (
    TICKS_PER_QUARTER,
    Key,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
    middle_ticks,
)

MOST_BARS = 64
"""Bars that are measured at most, from the first on."""
CLOSING_BARS = 8
"""Bars at the end in which the ending is judged."""
GRID_TICKS = np.array((0, 80, 120, 160, 240, 320, 360, 400), np.int64)
"""Places of a quarter that notes are moved to, in ticks."""
_SHORTEST_TICKS = 80
_OVERSHOOT_TICKS = 40
"""A last sound that ends so little after a bar line has not begun another bar."""


class Snapped:
    """A score on the grid, made once for the excerpts of all its stretches."""

    def __init__(self, score: Score) -> None:
        """Snap ``score`` to the grid and count its bars."""
        self.score, self.edges = score, Music(score).bar_edges
        is_overshoot = score.end_ticks - self.edges[-2] <= _OVERSHOOT_TICKS
        self.bars = len(self.edges) - 1 - int(is_overshoot and len(self.edges) > 2)
        self.tables = _snapped(score, self.edges)
        self.meters = [bar.meter for bar in bars_of(score)]


class Excerpt:
    """The measured bars of one score; everything that several metrics need, made once."""

    def __init__(self, score: Score | Snapped, bars: int = MOST_BARS, first: int = 0) -> None:
        """Cut ``bars`` from ``first`` on out of the score on the grid."""
        self._snapped = score if isinstance(score, Snapped) else Snapped(score)
        end = min(self._snapped.bars, first + bars)
        self.music = Music(_window(self._snapped, first, end))

    @cached_property
    def closing(self) -> Music:
        """The last bars of the piece."""
        count = self._snapped.bars
        return Music(_window(self._snapped, max(count - CLOSING_BARS, 0), count))

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Key heard in each bar."""
        return keys_of(self.music.score, self.music)

    @cached_property
    def chord_edges(self) -> Ints:
        """Edges of the half bars that have a chord each, in ticks."""
        return self._chords[0]

    @cached_property
    def chords(self) -> tuple[Chord, ...]:
        """Chord heard in each half bar; ``N.C.`` where no pitch sounds."""
        return self._chords[1]

    @cached_property
    def _chords(self) -> tuple[Ints, tuple[Chord, ...]]:
        pairs = chords_of(self.music.score, self.keys, self.music)
        edges: list[int] = []
        chords: list[Chord] = []
        for bar, (first, second) in zip(self.music.bars, pairs, strict=True):
            edges.append(bar.onset_ticks)
            chords.append(first)
            middle = middle_ticks(bar.meter)
            if middle < bar.length_ticks:
                edges.append(bar.onset_ticks + middle)
                chords.append(second or first)
        edges.append(self.music.bars[-1].end_ticks)
        return np.array(edges, np.int64), tuple(chords)

    @cached_property
    def chord_tones(self) -> Floats:
        """1 where a pitch class belongs to the chord, shape (half bars, 12)."""
        tones = np.zeros((len(self.chords), 12))
        for row, chord in zip(tones, self.chords, strict=True):
            if CHORD_QUALITIES[chord.quality]:
                row[sorted(chord.pitch_classes)] = 1.0
        return tones

    @cached_property
    def melody(self) -> tuple[Ints, Ints]:
        """Onsets (ticks) and pitches of the top line of the part that leads."""
        roles = roles_of(self.music.score, self.music)
        leading = [index for index, role in enumerate(roles) if role is Role.MELODY]
        notes = self.music.pitched
        line = notes.where(np.isin(notes.part, leading))
        order = np.lexsort((-line.pitch, line.onset))
        onset, pitch = line.onset[order], line.pitch[order]
        is_top = np.diff(onset, prepend=-1) > 0
        return onset[is_top], pitch[is_top]

    @cached_property
    def likeness(self) -> Floats:
        """How much each bar is like each other, shape (bars, bars): shared over all notes.

        Notes are alike where part, place in the bar and pitch are; NaN for two empty bars.
        """
        return self._likeness(only_drums=False)

    @cached_property
    def drum_likeness(self) -> Floats:
        """The same for the drums alone."""
        return self._likeness(only_drums=True)

    def _likeness(self, *, only_drums: bool) -> Floats:
        notes, edges = self.music.notes, self.music.bar_edges
        if only_drums:
            notes = notes.where(self.music.is_drum)
        bar = cell_of(edges, notes.onset)
        place = notes.onset - edges[bar]
        codes = np.unique(
            (notes.part * 128 + notes.pitch) * 100_000 + place, return_inverse=True
        )
        held = np.zeros((len(edges) - 1, max(len(codes[0]), 1)), np.float32)
        held[bar, codes[1]] = 1.0
        shared, count = (held @ held.T).astype(np.float64), held.sum(axis=1, dtype=np.float64)
        united = count[:, None] + count[None, :] - shared
        result: Floats = np.where(united > 0, shared / np.maximum(united, 1.0), np.nan)
        return result


def shared_bars(scores: Sequence[Score], references: Sequence[Score]) -> int:
    """Bars to measure on both sides: the shorter side's median length, at most 64."""
    medians = [median(len(bars_of(score)) for score in side) for side in (scores, references)]
    return min(MOST_BARS, *map(int, medians))


def _nearest(ticks: Ints, starts: Ints) -> Ints:
    """``ticks`` moved to the grid of the bars that begin at ``starts``."""
    inside = ticks - starts
    quarters, rest = np.divmod(inside, TICKS_PER_QUARTER)
    grid = np.append(GRID_TICKS, TICKS_PER_QUARTER)
    above = np.clip(np.searchsorted(grid, rest), 1, len(grid) - 1)
    is_lower = rest - grid[above - 1] < grid[above] - rest
    place = np.where(is_lower, grid[above - 1], grid[above])
    result: Ints = starts + quarters * TICKS_PER_QUARTER + place
    return result


def _snapped(score: Score, edges: Ints) -> list[Ints]:
    """Rows (onset, end, pitch, velocity) of each part, on the grid."""
    tables = []
    for part in score.parts:
        rows = [(n.onset_ticks, n.end_ticks, n.pitch, n.velocity) for n in part.notes]
        table = np.array(rows, np.int64).reshape(-1, 4)
        for column in (0, 1):
            starts = edges[cell_of(edges, table[:, column])]
            table[:, column] = _nearest(table[:, column], starts)
        table[:, 1] = np.maximum(table[:, 1], table[:, 0] + _SHORTEST_TICKS)
        order = np.lexsort((-table[:, 1], table[:, 2], table[:, 0]))
        table = table[order]
        is_first = np.ones(len(table), bool)
        is_first[1:] = np.any(np.diff(table[:, [0, 2]], axis=0) != 0, axis=1)
        tables.append(table[is_first])
    return tables


def _window(snapped: Snapped, first: int, last: int) -> Score:
    """Bars [first, last) as a score of their own, from tick 0."""
    score, edges = snapped.score, snapped.edges
    start, end = int(edges[first]), int(edges[last])
    parts = tuple(
        Part(
            part.program,
            tuple(
                Note(on - start, pitch, min(off, end) - on, velocity)
                for on, off, pitch, velocity in _between(table, start, end).tolist()
            ),
            part.is_drums,
        )
        for part, table in zip(score.parts, snapped.tables, strict=True)
    )
    meters = snapped.meters[first:last]
    return Score(
        parts=parts,
        tempos=tuple(
            Tempo(max(tempo.onset_ticks - start, 0), tempo.qpm)
            for tempo in score.tempos
            if tempo.onset_ticks < end
        ),
        meters=tuple(
            MeterChange(int(edges[first + index]) - start, meter)
            for index, meter in enumerate(meters)
            if index == 0 or meter != meters[index - 1]
        ),
        end_ticks=end - start,
    )


def _between(table: Ints, start: int, end: int) -> Ints:
    """The rows of notes that begin in [start, end)."""
    result: Ints = table[(start <= table[:, 0]) & (table[:, 0] < end)]
    return result

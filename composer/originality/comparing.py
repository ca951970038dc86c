"""Comparing a score with an index: which figures it shares, and the longest passage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer.originality.figures import STEPS, Line, lines_of
from composer.originality.index import Index, IndexedPiece
from composer.score import Score, bars_of


@dataclass(frozen=True, slots=True)
class Passage:
    """The longest run of notes that a score shares with an indexed piece.

    Bars count from 1, the last one included: ``bars`` in the score, ``piece_bars`` in the
    indexed piece.
    """

    notes: int
    part: int
    bars: tuple[int, int]
    piece: IndexedPiece
    piece_bars: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many figures a score has and shares; ``nearest`` None where it shares none."""

    figures: int
    shared: int
    nearest: Passage | None

    @property
    def share(self) -> float:
        """Share of the figures that are shared, 0-1."""
        return self.shared / max(1, self.figures)


@dataclass(frozen=True, slots=True)
class _Run:
    """So many steps in common, from a place of a line and a place of the index."""

    steps: int
    line: Line
    start: int
    place: int


def compare(score: Score, index: Index) -> Comparison:
    """Look every figure of ``score`` up in ``index``."""
    lines = [line for line in lines_of(score) if len(line.starts)]
    if not lines:
        return Comparison(0, 0, None)
    figures = np.concatenate(
        [sliding_window_view(one.codes, STEPS)[one.starts] for one in lines]
    )
    numbers, places = index.find(figures)
    longest: _Run | None = None
    owners = [(line, start) for line in lines for start in line.starts.tolist()]
    for number, place in _beginnings(lines, numbers, places):
        line, start = owners[number]
        steps = _common(line.codes[start:], index.arrays["codes"][place:])
        if longest is None or steps > longest.steps:
            run = _Run(min(steps, _left(index, place)), line, start, place)
            longest = max(longest or run, run, key=lambda one: one.steps)
    return Comparison(len(figures), len(np.unique(numbers)), _passage(score, index, longest))


def _beginnings(
    lines: list[Line], numbers: NDArray[np.int64], places: NDArray[np.int64]
) -> Iterator[tuple[int, int]]:
    """Those pairs of figure and place that don't go on from another pair."""
    before = np.cumsum([0, *(len(line.codes) for line in lines)])
    own = np.concatenate([line.starts + at for line, at in zip(lines, before, strict=False)])
    keys = own[numbers] << 32 | places
    begins = ~np.isin(keys - (1 << 32 | 1), keys)
    yield from zip(numbers[begins].tolist(), places[begins].tolist(), strict=True)


def _common(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """How many codes two runs have in common from their start."""
    size = min(len(one), len(other))
    differs = np.flatnonzero(one[:size] != other[:size])
    return int(differs[0]) if len(differs) else size


def _left(index: Index, place: int) -> int:
    """Steps from a place of the index to the end of its line."""
    return int(index.ends[np.searchsorted(index.ends, place, "right")]) - place


def _passage(score: Score, index: Index, run: _Run | None) -> Passage | None:
    """The passage of a run; None where there is none."""
    if run is None:
        return None
    number = int(np.searchsorted(index.ends, run.place, "right"))
    begin = int(index.ends[number]) - int(index.arrays["lengths"][number])
    moved = np.cumsum(index.arrays["bars"][begin : run.place + run.steps], dtype=np.int64)
    there = 1 + int(index.arrays["first_bars"][number]) + np.concatenate([[0], moved])
    bar_lines = [bar.onset_ticks for bar in bars_of(score)]
    ticks = run.line.onsets[[run.start, run.start + run.steps]]
    here = np.searchsorted(bar_lines, ticks, "right")
    return Passage(
        run.steps + 1,
        run.line.part,
        (int(here[0]), int(here[1])),
        index.known[int(index.arrays["pieces"][number])],
        (int(there[run.place - begin]), int(there[-1])),
    )

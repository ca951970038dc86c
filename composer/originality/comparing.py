"""Comparing a score with an index: which figures it shares, and the longest passage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.originality.figures import Line, lines_of, run_hashes
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


@dataclass(frozen=True, slots=True)
class _Run:
    """So many steps in common, from a place of a line and a place of the index."""

    steps: int
    line: Line | None = None
    start: int = 0
    place: int = 0


def compare(score: Score, index: Index) -> Comparison:
    """Look every figure of ``score`` up in ``index``."""
    lines = list(lines_of(score))
    wanted = [run_hashes(line.codes)[line.starts] for line in lines]
    shared, longest = 0, _Run(0)
    for line, own in zip(lines, wanted, strict=True):
        low, high = (np.searchsorted(index.hashes, own, side) for side in ("left", "right"))
        shared += int((high > low).sum())
        for start, first, last in zip(line.starts.tolist(), low, high, strict=True):
            for place in index.places[first:last].tolist():
                steps = _common(line.codes[start:], index.arrays["codes"][place:])
                if steps > longest.steps:
                    steps = min(steps, _left(index, place))
                    longest = max(longest, _Run(steps, line, start, place), key=_steps)
    return Comparison(sum(map(len, wanted)), shared, _passage(score, index, longest))


def _steps(run: _Run) -> int:
    return run.steps


def _common(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """How many codes two runs have in common from their start."""
    size = min(len(one), len(other))
    differs = np.flatnonzero(one[:size] != other[:size])
    return int(differs[0]) if len(differs) else size


def _left(index: Index, place: int) -> int:
    """Steps from a place of the index to the end of its line."""
    ends = np.cumsum(index.arrays["lengths"], dtype=np.int64)
    return int(ends[np.searchsorted(ends, place, "right")]) - place


def _passage(score: Score, index: Index, run: _Run) -> Passage | None:
    """The passage of a run; None where there is none."""
    if run.line is None:
        return None
    ends = np.cumsum(index.arrays["lengths"], dtype=np.int64)
    number = int(np.searchsorted(ends, run.place, "right"))
    begin = int(ends[number]) - int(index.arrays["lengths"][number])
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

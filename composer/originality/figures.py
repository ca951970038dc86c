"""Melody lines of a score as codes that do not depend on key or speed, and their figures.

A line is the upper notes of one pitched part; a code stands for the step from one note to
the next: its interval and the time between the onsets, in quarters of a quarter note. A
figure is 13 notes in a row. One that repeats a cell of four notes or fewer (a scale in equal
notes, a trill, an arpeggio) does not count: such figures are everybody's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer.score import TICKS_PER_QUARTER, Note, Part, Score

NOTES = 13
"""Notes of a figure."""

STEPS = NOTES - 1

_LONGEST_CELL = 4
_UNITS_PER_QUARTER = 4
_LONGEST_GAP_UNITS = 32
"""A line ends where eight quarters pass without a note of it."""

_CHORD_TICKS = TICKS_PER_QUARTER // 16
"""Onsets as close as this are one chord, whose highest note is the line's."""

_WORD = 4
"""Codes in a number of 32 bits."""
_MIX = ((0x9E3779B1, 15), (0x85EBCA77, 13), (0xC2B2AE3D, 16))
"""Factor and shift for each word of a figure (the primes of xxHash, Collet 2012)."""


@dataclass(frozen=True, slots=True)
class Line:
    """Notes of one part's upper line without a long rest.

    ``onsets`` int64 (N,) in ticks; ``codes`` uint8 (N - 1,), one of 256 for each step, so that
    different steps share a code now and then; ``starts`` int64: places of the first notes of
    the figures that count.
    """

    part: int
    onsets: NDArray[np.int64]
    codes: NDArray[np.uint8]
    starts: NDArray[np.int64]


def lines_of(score: Score) -> Iterator[Line]:
    """Every line of 13 notes or more of every pitched part."""
    for index, part in enumerate(score.parts):
        if part.is_drums:
            continue
        notes = list(_upper_notes(part))
        pitches = np.array([note.pitch for note in notes], np.int64)
        onsets = np.array([note.onset_ticks for note in notes], np.int64)
        units = np.diff(onsets) * _UNITS_PER_QUARTER / TICKS_PER_QUARTER
        gaps = np.rint(units).astype(np.int64)
        rests = np.flatnonzero(gaps > _LONGEST_GAP_UNITS) + 1
        for cut in np.split(np.arange(len(notes)), rests):
            if len(cut) >= NOTES:
                steps = np.diff(pitches[cut]) * (_LONGEST_GAP_UNITS + 1) + gaps[cut[:-1]]
                yield Line(index, onsets[cut], _codes(steps), _starts(steps))


def run_hashes(codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """A hash of every twelve codes in a row, shape (len(codes) - 11,).

    Two figures in four milliards share one.
    """
    count = max(0, len(codes) - STEPS + 1)
    words = codes.astype(np.uint32)
    for width in (1, 2):
        words = words[:-width] | words[width:] << np.uint32(8 * width)
    total = np.zeros(count, np.uint32)
    for place, (factor, shift) in zip(range(0, STEPS, _WORD), _MIX, strict=True):
        total += words[place : place + count]
        total *= np.uint32(factor)
        total ^= total >> np.uint32(shift)
    return total


def _codes(steps: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The code of each step: the top byte of SplitMix64's finaliser (Steele et al. 2014)."""
    values = steps.astype(np.uint64)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((values ^ (values >> np.uint64(31))) >> np.uint64(56)).astype(np.uint8)


def _starts(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of figures that do not repeat a short cell."""
    rows = sliding_window_view(steps, STEPS)
    cells = range(1, _LONGEST_CELL + 1)
    repeats = [(rows[:, cell:] == rows[:, :-cell]).all(axis=1) for cell in cells]
    return np.flatnonzero(~np.any(repeats, axis=0))


def _upper_notes(part: Part) -> Iterator[Note]:
    """The highest note of each chord, unless a higher one of the line still sounds."""
    above: Note | None = None
    for note in _chord_tops(part):
        is_under = above is not None and above.pitch > note.pitch
        if is_under and above is not None and above.end_ticks > note.onset_ticks + _CHORD_TICKS:
            continue
        yield note
        above = note


def _chord_tops(part: Part) -> Iterator[Note]:
    """The highest of the notes that start together."""
    top: Note | None = None
    start = 0
    for note in part.notes:
        if top is not None and note.onset_ticks - start <= _CHORD_TICKS:
            top = max(top, note, key=lambda one: one.pitch)
            continue
        if top is not None:
            yield top
        top, start = note, note.onset_ticks
    if top is not None:
        yield top

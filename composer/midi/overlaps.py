"""One key, one sounding note: what to do where a part strikes a pitch that still sounds."""

from collections.abc import Iterable
from itertools import pairwise

from composer.score import Note

RESTRIKE_GAP_TICKS = 10
"""Silence left in written files before the same pitch is struck again (1/48 quarter)."""
_SHORTEST_GAPPED_TICKS = 40


def cut_overlaps(
    notes: Iterable[Note], gap_ticks: int = 0
) -> tuple[tuple[Note, ...], int, int]:
    """End each note where its pitch is struck again, ``gap_ticks`` earlier if there is room.

    There is room where the two strikes are at least 40 ticks apart. Notes of one onset
    and pitch become one, the longest, as loud as the loudest. Returns (the notes sorted,
    how many were cut because they overlapped, how many were merged).
    """
    lines: dict[int, list[Note]] = {}
    merged = 0
    for note in sorted(notes):
        line = lines.setdefault(note.pitch, [])
        if line and line[-1].onset_ticks == note.onset_ticks:
            loudest = max(note.velocity, line.pop().velocity)
            note = Note(note.onset_ticks, note.pitch, note.duration_ticks, loudest)  # noqa: PLW2901
            merged += 1
        line.append(note)
    cut = 0
    result: list[Note] = []
    for line in lines.values():
        for note, following in pairwise(line):
            cut += note.end_ticks > following.onset_ticks
            result.append(_before(note, following.onset_ticks, gap_ticks))
        result.append(line[-1])
    return tuple(sorted(result)), cut, merged


def _before(note: Note, strike_ticks: int, gap_ticks: int) -> Note:
    """``note``, ended in time for the strike."""
    room = strike_ticks - note.onset_ticks
    longest = room - gap_ticks if room >= _SHORTEST_GAPPED_TICKS else room
    if note.duration_ticks <= longest:
        return note
    return Note(note.onset_ticks, note.pitch, longest, note.velocity)

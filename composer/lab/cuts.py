"""Cuts a stretch out of a score: silence at its ends, movements of a whole work."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from composer.score import (
    Bend,
    Control,
    KeyChange,
    Label,
    Meter,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
    ticks_per_bar,
)

_State = TypeVar("_State", Tempo, MeterChange, KeyChange)
_Event = TypeVar("_Event", Label, Control, Bend)

MIN_MOVEMENT_BARS = 16
"""A stretch between two joints shorter than this stays with its neighbour."""
_EARLY_TICKS = 24  # a little more than the finest position


def cut(score: Score, start_ticks: int, end_ticks: int) -> Score:
    """The music of [start, end) with what holds at its start; notes end with it at last."""
    return Score(
        parts=tuple(_cut_part(part, start_ticks, end_ticks) for part in score.parts),
        tempos=_holding(score.tempos, start_ticks, end_ticks),
        meters=_holding(score.meters, start_ticks, end_ticks),
        keys=_holding(score.keys, start_ticks, end_ticks),
        markers=_moved(score.markers, start_ticks, end_ticks),
        chords=_moved(score.chords, start_ticks, end_ticks),
        end_ticks=end_ticks - start_ticks,
        title=score.title,
    )


def _holding(events: Sequence[_State], start: int, end: int) -> tuple[_State, ...]:
    """Changes inside the stretch, and before them the one that holds at its start."""
    last = sum(event.onset_ticks <= start for event in events) - 1
    return tuple(
        replace(event, onset_ticks=max(event.onset_ticks - start, 0))
        for event in events[max(last, 0) :]
        if event.onset_ticks < end
    )


def _moved(events: Sequence[_Event], start: int, end: int) -> tuple[_Event, ...]:
    return tuple(
        replace(event, onset_ticks=event.onset_ticks - start)
        for event in events
        if start <= event.onset_ticks < end
    )


def _cut_part(part: Part, start: int, end: int) -> Part:
    """One part's share of the stretch."""
    notes = tuple(
        Note(n.onset_ticks - start, n.pitch, min(n.end_ticks, end) - n.onset_ticks, n.velocity)
        for n in part.notes
        if start <= n.onset_ticks < end
    )
    return replace(
        part,
        notes=notes,
        controls=_moved(part.controls, start, end),
        bends=_moved(part.bends, start, end),
    )


def trimmed(score: Score) -> Score:
    """The score without empty bars at its start and end.

    An empty setup bar goes with them; a pickup bar has notes and stays.
    """
    onsets = [part.notes[0].onset_ticks for part in score.parts if part.notes]
    if not onsets:
        return score
    bars = bars_of(score)
    # a note played a hair before the bar line belongs to the bar
    first = min(onsets) + _EARLY_TICKS
    start = max(bar.onset_ticks for bar in bars if bar.onset_ticks <= first)
    end = max(note.end_ticks for part in score.parts for note in part.notes)
    if start == 0 and end > bars[-1].onset_ticks:
        return score
    return cut(_not_before(score, start), start, end)


def _not_before(score: Score, ticks: int) -> Score:
    """The score with notes that begin before ``ticks`` begun there."""
    if all(part.notes[0].onset_ticks >= ticks for part in score.parts if part.notes):
        return score
    return replace(score, parts=tuple(_begun_at(part, ticks) for part in score.parts))


def _begun_at(part: Part, ticks: int) -> Part:
    """One part of it."""
    notes = tuple(
        note
        if note.onset_ticks >= ticks
        else Note(ticks, note.pitch, max(note.end_ticks - ticks, 1), note.velocity)
        for note in part.notes
    )
    return replace(part, notes=notes)


def movements(score: Score) -> tuple[Score, ...]:
    """The movements of a whole work, in order; the score itself where it is one.

    A joint is a bar line at which tempo and meter are written anew and across which no
    note sounds.
    """
    tempos = {tempo.onset_ticks for tempo in score.tempos}
    joints = [
        change.onset_ticks for change in score.meters if change.onset_ticks in tempos - {0}
    ]
    edges = [0]
    for joint in joints:
        if not _is_crossed(score, joint) and _is_long(score, edges[-1], joint):
            edges.append(joint)
    if len(edges) > 1 and not _is_long(score, edges[-1], score.end_ticks):
        edges.pop()
    ends = [*edges[1:], score.end_ticks]
    cuts = [cut(score, start, end) for start, end in zip(edges, ends, strict=True)]
    return tuple(map(trimmed, cuts)) if len(cuts) > 1 else (score,)


def _is_crossed(score: Score, ticks: int) -> bool:
    """Whether a note sounds on both sides of ``ticks``."""
    return any(
        note.onset_ticks < ticks < note.end_ticks for part in score.parts for note in part.notes
    )


def _is_long(score: Score, start: int, end: int) -> bool:
    """Whether a stretch has at least ``MIN_MOVEMENT_BARS`` bars."""
    meter = next(
        (m.meter for m in reversed(score.meters) if m.onset_ticks <= start), Meter(4, 4)
    )
    return end - start >= MIN_MOVEMENT_BARS * ticks_per_bar(meter)

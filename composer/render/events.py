"""From a score to the timed messages a synthesiser is driven by.

Messages are tuples ``(onset_seconds, rank, channel, kind, first, second)``; sorting them
gives the order in which they are sent. At one instant notes end before controllers move,
and controllers move before notes start.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.score import TICKS_PER_QUARTER, Control, Part, Score

PEDALS = (64, 66)
"""Controllers that hold notes: sustain and sostenuto."""

_SELECTS = (98, 99, 100, 101)
"""Controllers that choose a (non-)registered parameter."""

_DATA_ENTRIES = (6, 38, 96, 97)
_BANK_SELECTS = (0, 32)
_NULL = 127


class Kind(IntEnum):
    """What a message does, in the order of sending within one instant."""

    NOTE_OFF = 0
    BANK = 1
    PROGRAM = 2
    CONTROL = 3
    BEND = 4
    NOTE_ON = 5


class Message(NamedTuple):
    """One message; ``first`` and ``second`` are its MIDI data values."""

    onset_seconds: float
    kind: Kind
    order: int
    channel: int
    first: int
    second: int


def seconds_of(score: Score, ticks: Sequence[int]) -> NDArray[np.float64]:
    """Seconds at which each of ``ticks`` is reached, shape ``(len(ticks),)``."""
    onsets = np.array([tempo.onset_ticks for tempo in score.tempos], dtype=np.float64)
    onsets[0] = 0.0
    per_tick = np.array([60.0 / (t.qpm * TICKS_PER_QUARTER) for t in score.tempos])
    starts = np.concatenate([[0.0], np.cumsum(np.diff(onsets) * per_tick[:-1])])
    wanted = np.asarray(ticks, dtype=np.float64)
    place = np.searchsorted(onsets, wanted, side="right") - 1
    result: NDArray[np.float64] = starts[place] + (wanted - onsets[place]) * per_tick[place]
    return result


def _control_order(control: Control) -> int:
    """Rank at one instant: choose a parameter, set it, choose none, then all others."""
    if control.number in _SELECTS:
        return 2 if control.value == _NULL else 0
    return 1 if control.number in _DATA_ENTRIES else 3


_Raw = tuple[int, Kind, int, int, int]
"""Onset in ticks, kind, order, first and second data value."""


def _note_events(part: Part) -> Iterator[_Raw]:
    """Yield note-ons and note-offs; a pitch struck again is let go first.

    Notes of one pitch that overlap sound to the last one's end, since a note-off ends
    all of them.
    """
    edges = [(n.onset_ticks, 1, n.pitch, n.velocity) for n in part.notes]
    edges += [(n.end_ticks, 0, n.pitch, 0) for n in part.notes]
    held: Counter[int] = Counter()
    for ticks, is_on, pitch, velocity in sorted(edges):
        held[pitch] += 1 if is_on else -1
        if is_on and held[pitch] > 1:
            yield ticks, Kind.NOTE_OFF, 0, pitch, 0
        if is_on:
            yield ticks, Kind.NOTE_ON, 0, pitch, velocity
        elif held[pitch] == 0:
            yield ticks, Kind.NOTE_OFF, 0, pitch, 0


def _part_events(part: Part) -> Iterator[_Raw]:
    """Yield everything one part sends, in no particular order."""
    yield 0, Kind.PROGRAM, 0, part.program, 0
    for control in part.controls:
        kind = Kind.BANK if control.number in _BANK_SELECTS else Kind.CONTROL
        yield control.onset_ticks, kind, _control_order(control), control.number, control.value
    for bend in part.bends:
        yield bend.onset_ticks, Kind.BEND, 0, bend.value, 0
    yield from _note_events(part)


def messages_of(score: Score) -> list[Message]:
    """All messages of ``score`` in sending order; part *i* plays on channel *i*."""
    raw = [(i, event) for i, part in enumerate(score.parts) for event in _part_events(part)]
    onsets = seconds_of(score, [event[0] for _, event in raw]).tolist()
    messages = [
        Message(onset, kind, order, channel, first, second)
        for onset, (channel, (_, kind, order, first, second)) in zip(onsets, raw, strict=True)
    ]
    return sorted(messages)

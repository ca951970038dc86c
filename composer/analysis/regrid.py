"""Give a performance a proper grid: known beats become the quarters of real bars.

Conventions: beats are seconds in the score's own time. The sounding times are kept to the
tick, up to one shift of the whole piece: second 0 of the result is the first bar line.
Between two beats the tempo is constant, so every performed deviation stays audible while
the ticks count beats.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from composer.analysis.clock import seconds_of
from composer.analysis.music import Floats, Ints
from composer.errors import InputError
from composer.score import (
    TICKS_PER_QUARTER,
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
    ticks_per_bar,
)

_Event = TypeVar("_Event", Control, Bend, Label, KeyChange)
_QPM_RANGE = (10.0, 1000.0)


def regrid(
    score: Score,
    beat_seconds: Sequence[float],
    downbeats: Sequence[int] = (0,),
    *,
    beat_quarters: float = 1.0,
    meter: Meter | None = None,
) -> Score:
    """Time ``score`` anew so that the given beats fall on its grid.

    ``beat_seconds``: at least two ascending times. ``downbeats``: indices into them that
    begin a bar; the beats between two make its meter, unless ``meter`` fixes one, counted
    from the first downbeat. ``beat_quarters``: length of a beat in quarters (1.5 in 6/8).
    Music before the first beat and after the last goes on at the nearest beat's tempo.
    Raises InputError for beats that don't ascend or downbeats outside them.
    """
    beats = np.asarray(beat_seconds, dtype=np.float64)
    _check(beats, downbeats, beat_quarters)
    beat_ticks = round(beat_quarters * TICKS_PER_QUARTER)
    marks = sorted(set(downbeats))
    bars = _bar_meters(marks, len(beats), beat_ticks, meter)
    first_note = _first_onset_seconds(score)
    bar_ticks = ticks_per_bar(bars[0][1])
    lead = _lead_beats(beats, first_note, marks[0], bar_ticks, beat_ticks)
    beats = _reach(beats, lead, _end_seconds(score))
    starts = [(-lead, bars[0][1]), *bars]
    meters = [MeterChange((lead + beat) * beat_ticks, change) for beat, change in starts]
    return _retimed(score, beats, beat_ticks, _without_repeats(meters))


def regrid_constant(
    score: Score, qpm: float, first_beat_seconds: float, meter: Meter | None = None
) -> Score:
    """Time ``score`` anew at one tempo with a bar line at ``first_beat_seconds``.

    ``qpm`` counts quarters a minute. Raises InputError for a tempo outside 10-1000.
    """
    if not _QPM_RANGE[0] <= qpm <= _QPM_RANGE[1]:
        raise InputError(f"a tempo lies between 10 and 1000 quarters a minute, not {qpm:g}")
    beats = first_beat_seconds + np.arange(2) * 60.0 / qpm
    return regrid(score, beats.tolist(), (0,), meter=meter or Meter(4, 4))


def _check(beats: Floats, downbeats: Sequence[int], beat_quarters: float) -> None:
    """Refuse what makes no grid."""
    if len(beats) < 2 or not np.all(np.isfinite(beats)) or np.any(np.diff(beats) <= 0):
        raise InputError("a grid needs at least two beats at ascending times")
    if not downbeats or min(downbeats) < 0 or max(downbeats) >= len(beats):
        raise InputError(f"downbeats are indices of the {len(beats)} beats, at least one")
    if not beat_quarters > 0:
        raise InputError(f"a beat is longer than 0 quarters, not {beat_quarters}")


def _bar_meters(
    marks: list[int], count: int, beat_ticks: int, meter: Meter | None
) -> list[tuple[int, Meter]]:
    """Beat and meter of each bar that begins at a downbeat."""
    if meter is not None:
        return [(marks[0], meter)]
    spans = np.diff(marks).tolist()
    usual = max(set(spans), key=spans.count) if spans else min(4, count)
    return [
        (mark, _meter_of(n, beat_ticks)) for mark, n in zip(marks, [*spans, usual], strict=True)
    ]


def _meter_of(beats: int, beat_ticks: int) -> Meter:
    """Meter of a bar of so many beats: quarters where they divide it, else eighths, 16ths."""
    ticks = beats * beat_ticks
    for denominator in (4, 8, 16):
        if beat_ticks % (1920 // denominator) == 0 and ticks * denominator // 1920 <= 255:
            return Meter(ticks * denominator // 1920, denominator)
    raise InputError(f"a beat of {beat_ticks} ticks fits no meter")


def _lead_beats(
    beats: Floats, first_note: float, downbeat: int, bar_ticks: int, beat_ticks: int
) -> int:
    """Beats to put before the first, so that whole bars begin before any note sounds."""
    early = max(beats[0] - first_note, 0.0) / (beats[1] - beats[0])
    lead = int(np.ceil(early - 1e-6))
    while (lead + downbeat) * beat_ticks % bar_ticks:
        lead += 1
    return lead


def _reach(beats: Floats, lead: int, end_seconds: float) -> Floats:
    """Beats with ``lead`` more in front and enough behind to reach past the end."""
    first, last = beats[1] - beats[0], beats[-1] - beats[-2]
    before = beats[0] - first * np.arange(lead, 0, -1)
    more = max(0, int(np.ceil((end_seconds - beats[-1]) / last)))
    return np.concatenate([before, beats, beats[-1] + last * np.arange(1, more + 1)])


def _first_onset_seconds(score: Score) -> float:
    """When the first note sounds (infinity without notes)."""
    onsets = [part.notes[0].onset_ticks for part in score.parts if part.notes]
    return float(seconds_of(score, np.array([min(onsets)]))[0]) if onsets else np.inf


def _end_seconds(score: Score) -> float:
    """When the score ends."""
    return float(seconds_of(score, np.array([score.end_ticks]))[0])


class _Clock:
    """From old ticks to new ones."""

    def __init__(self, score: Score, beats: Floats, beat_ticks: int) -> None:
        self.score = score
        self.beats = beats
        self.places = np.arange(len(beats)) * float(beat_ticks)

    def ticks(self, old: Ints) -> Ints:
        """Whole new ticks for old ones; what lies outside the beats goes to the edge."""
        seconds = seconds_of(self.score, old)
        new: Ints = np.rint(np.interp(seconds, self.beats, self.places)).astype(np.int64)
        return new

    def moved(self, events: Sequence[_Event]) -> tuple[_Event, ...]:
        """Put events at their new ticks."""
        old = np.array([event.onset_ticks for event in events], dtype=np.int64)
        new = self.ticks(old).tolist()
        return tuple(replace(e, onset_ticks=t) for e, t in zip(events, new, strict=True))


def _retimed(
    score: Score, beats: Floats, beat_ticks: int, meters: tuple[MeterChange, ...]
) -> Score:
    """Put everything at its new ticks."""
    clock = _Clock(score, beats, beat_ticks)
    return Score(
        parts=tuple(_retimed_part(part, clock) for part in score.parts),
        tempos=_tempos(beats, beat_ticks),
        meters=meters,
        keys=clock.moved(score.keys),
        markers=clock.moved(score.markers),
        chords=clock.moved(score.chords),
        end_ticks=int(clock.ticks(np.array([score.end_ticks]))[0]),
        title=score.title,
    )


def _retimed_part(part: Part, clock: _Clock) -> Part:
    """Put a part's notes, controls and bends at their new ticks."""
    times = np.array([(n.onset_ticks, n.end_ticks) for n in part.notes], dtype=np.int64)
    onsets, ends = (clock.ticks(column).tolist() for column in times.reshape(-1, 2).T)
    notes = tuple(
        Note(onset, note.pitch, max(end - onset, 1), note.velocity)
        for note, onset, end in zip(part.notes, onsets, ends, strict=True)
    )
    controls, bends = clock.moved(part.controls), clock.moved(part.bends)
    return replace(part, notes=notes, controls=controls, bends=bends)


def _tempos(beats: Floats, beat_ticks: int) -> tuple[Tempo, ...]:
    """One tempo a beat, where it differs audibly (a millionth) from the one before."""
    qpm = 60.0 * beat_ticks / TICKS_PER_QUARTER / np.diff(beats)
    changed = np.concatenate([[True], np.abs(np.diff(qpm)) > 1e-6 * qpm[1:]])
    return tuple(Tempo(int(i) * beat_ticks, float(qpm[i])) for i in np.flatnonzero(changed))


def _without_repeats(meters: list[MeterChange]) -> tuple[MeterChange, ...]:
    """Only the changes that change the meter, at most one a tick."""
    kept: list[MeterChange] = []
    for change in meters:
        if kept and kept[-1].onset_ticks == change.onset_ticks:
            kept.pop()
        if not kept or kept[-1].meter != change.meter:
            kept.append(change)
    return tuple(kept)

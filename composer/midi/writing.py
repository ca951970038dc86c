"""Writes a Score as a MIDI file that any workstation opens without complaint.

Type 1, 480 ticks a quarter: a conductor track (title, tempi, meters, keys, markers,
chord symbols), then one named track a part, its program at tick 0. In a part no note has
no length, no pitch is struck while it sounds, a short gap precedes a re-strike
(``RESTRIKE_GAP_TICKS``), every note is closed, and every track ends on the final bar
line. Controllers, bends and maps beyond it are left out. Texts are UTF-8.
"""

import io
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mido

from composer.errors import OutputError
from composer.files import write_whole
from composer.midi.channels import assign_channels
from composer.midi.overlaps import RESTRIKE_GAP_TICKS, cut_overlaps
from composer.midi.units import microseconds_of_qpm, name_of_key
from composer.score import TICKS_PER_QUARTER, Bar, Part, Score, bars_of, instrument_name

_LONGEST_WAIT_TICKS = 0x0FFFFFFF  # four bytes of seven bits
_Event = tuple[int, int, Any]  # tick, order within the tick, message
_SETUP, _RELEASE, _CHANGE, _STRIKE = range(4)
_SELECTORS = (101, 100, 99, 98)  # a parameter's number stands before its value


def write_midi(score: Score, path: str | Path, *, overwrite: bool = False) -> None:
    """Write ``score`` to ``path``, whole or not at all.

    Raises OutputError for a folder, a missing folder, an unwritable place, or an
    existing file without ``overwrite``.
    """
    write_whole(path, midi_bytes(score), overwrite=overwrite)


def midi_bytes(score: Score) -> bytes:
    """The MIDI file of ``score``; equal scores give equal bytes.

    Raises OutputError for a score of more than 2**28 ticks (155 hours at 120 qpm).
    """
    bars = bars_of(score)
    end = bars[-1].end_ticks
    if end > _LONGEST_WAIT_TICKS:
        raise OutputError(f"a MIDI file can't hold a score of {end:,} ticks")
    places = assign_channels(score.parts)
    has_ports = any(port for port, _ in places)
    tracks = [_track(_conductor(score, bars), end)]
    for part, (port, channel) in zip(score.parts, places, strict=True):
        setup = [_meta("midi_port", port=port)] if has_ports else []
        tracks.append(_track(_part_events(part, channel, setup, end), end))
    file = mido.MidiFile(
        type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=tracks
    )
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _meta(kind: str, **values: Any) -> Any:
    return mido.MetaMessage(kind, **values)


def _clean(text: str) -> str:
    """A text on one line, without what UTF-8 can't say."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _track(events: Iterator[_Event], end_ticks: int) -> Any:
    """Order events, turn places into waits, and end on the final bar line."""
    track = mido.MidiTrack()
    now = 0
    for ticks, _, message in sorted(events, key=lambda event: event[:2]):
        message.time = ticks - now
        now = ticks
        track.append(message)
    track.append(_meta("end_of_track", time=end_ticks - now))
    return track


def _conductor(score: Score, bars: tuple[Bar, ...]) -> Iterator[_Event]:
    """Title and maps; as in a score the first meter and tempo hold from the start."""
    yield 0, _SETUP, _meta("track_name", name=_clean(score.title))
    meters = {0: score.meters[0].meter} | {m.onset_ticks: m.meter for m in score.meters}
    end = bars[-1].end_ticks
    for ticks in (bar.onset_ticks for bar in bars if bar.onset_ticks in meters):
        yield ticks, _CHANGE, _meta("time_signature", **asdict(meters[ticks]))
    for ticks, key in {k.onset_ticks: k.key for k in score.keys}.items():
        if ticks < end:
            yield ticks, _CHANGE, _meta("key_signature", key=name_of_key(key))
    tempos = {0: score.tempos[0].qpm} | {t.onset_ticks: t.qpm for t in score.tempos}
    for ticks, qpm in tempos.items():
        if ticks < end:
            yield ticks, _CHANGE, _meta("set_tempo", tempo=microseconds_of_qpm(qpm))
    for kind, labels in (("marker", score.markers), ("text", score.chords)):
        for label in labels:
            if label.onset_ticks <= end:
                yield label.onset_ticks, _STRIKE, _meta(kind, text=_clean(label.text))


def _part_events(part: Part, channel: int, setup: list[Any], end: int) -> Iterator[_Event]:
    """Name, port, program, then what sounds."""
    name = _clean(part.name) or instrument_name(part.program, is_drums=part.is_drums)
    program = mido.Message("program_change", channel=channel, program=part.program)
    for message in (_meta("track_name", name=name), *setup, program):
        yield 0, _SETUP, message
    yield from _changes(part, channel, end)
    notes, _, _ = cut_overlaps(part.notes, RESTRIKE_GAP_TICKS)
    for note in notes:
        strike = mido.Message(
            "note_on", channel=channel, note=note.pitch, velocity=note.velocity
        )
        yield note.onset_ticks, _STRIKE, strike
        release = mido.Message("note_off", channel=channel, note=note.pitch, velocity=64)
        yield note.end_ticks, _RELEASE, release


def _changes(part: Part, channel: int, end: int) -> Iterator[_Event]:
    """Controllers and bends; at one tick the last value of each counts."""
    values = {(c.onset_ticks, c.number): c.value for c in part.controls}
    ordered = sorted(values.items(), key=lambda item: (item[0][0], _rank(item[0][1])))
    for (ticks, number), value in ordered:
        if ticks < end:
            message = mido.Message(
                "control_change", channel=channel, control=number, value=value
            )
            yield ticks, _CHANGE, message
    for ticks, value in {b.onset_ticks: b.value for b in part.bends}.items():
        if ticks < end:
            yield ticks, _CHANGE, mido.Message("pitchwheel", channel=channel, pitch=value)


def _rank(number: int) -> tuple[bool, int]:
    """Selectors of parameters before everything else."""
    return (False, -number) if number in _SELECTORS else (True, number)

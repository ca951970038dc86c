"""One track as the MIDI library reads it, sorted into what a score knows.

Times are in ticks of the file, from the start of the track.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import mido

from composer.midi.repairs import Repairs
from composer.midi.strikes import StrikePairing
from composer.midi.texts import decode_text, is_chord_symbol
from composer.midi.units import key_of_name
from composer.score import Key, Meter

DRUM_CHANNEL = 9
_HEADER = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk"
_SILENCERS = frozenset({120, 123, 124, 125, 126, 127})  # all sound off, notes off, modes
_DROPPED = frozenset({0, 32, 121})  # bank select, reset all controllers


@dataclass(slots=True)
class ChannelLine:
    """What happens on one channel of one track; values in order of time."""

    pairing: StrikePairing = field(default_factory=StrikePairing)
    programs: list[tuple[int, int]] = field(default_factory=list)
    controls: dict[tuple[int, int], int] = field(default_factory=dict)
    bends: dict[int, int] = field(default_factory=dict)
    parameter: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Track:
    """One track's events by kind; maps hold (ticks, value) in order of occurrence."""

    name: str = ""
    instrument: str = ""
    port: int = 0
    end: int = 0
    lines: dict[int, ChannelLine] = field(default_factory=dict)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    meters: list[tuple[int, Meter]] = field(default_factory=list)
    keys: list[tuple[int, Key]] = field(default_factory=list)
    markers: list[tuple[int, str]] = field(default_factory=list)
    chords: list[tuple[int, str]] = field(default_factory=list)


def read_track(pieces: Iterable[bytes], repairs: Repairs) -> Track:
    """Sort the events of a track given as lawful pieces."""
    track = Track()
    for message in _messages(pieces):
        track.end += message.time
        handle = _HANDLERS.get(message.type)
        if handle is not None:
            handle(track, message, repairs)
    return track


def _messages(pieces: Iterable[bytes]) -> Iterator[Any]:
    """Decode the pieces one by one."""
    for piece in pieces:
        whole = _HEADER + len(piece).to_bytes(4, "big") + piece
        yield from mido.MidiFile(file=io.BytesIO(whole)).tracks[0]


def _line(track: Track, channel: int) -> ChannelLine:
    line = track.lines.get(channel)
    if line is None:
        line = track.lines[channel] = ChannelLine()
    return line


def _note_on(track: Track, message: Any, repairs: Repairs) -> None:
    if message.velocity == 0:
        _note_off(track, message, repairs)
        return
    line = _line(track, message.channel)
    program = line.programs[-1][1] if line.programs else None
    line.pairing.on(track.end, message.note, message.velocity, program)


def _note_off(track: Track, message: Any, repairs: Repairs) -> None:
    if not _line(track, message.channel).pairing.off(track.end, message.note):
        repairs.count("spurious")


def _program(track: Track, message: Any, _: Repairs) -> None:
    _line(track, message.channel).programs.append((track.end, message.program))


def _bend(track: Track, message: Any, _: Repairs) -> None:
    _line(track, message.channel).bends[track.end] = message.pitch


def _control(track: Track, message: Any, _: Repairs) -> None:
    """Keep a controller; obey what silences; drop banks, resets and most parameters.

    Of the registered parameters only the bend range is kept: a score's controllers have
    no order inside one tick, so that one parameter is all that they can tell.
    """
    line, number, value = _line(track, message.channel), message.control, message.value
    if number in _SILENCERS:
        line.pairing.all_off(track.end)
    elif 98 <= number <= 101:
        line.parameter[number] = value
        if number <= 99:
            line.parameter[101] = line.parameter[100] = 127
    elif number in (6, 38):
        if line.parameter.get(101) == line.parameter.get(100) == 0:
            line.controls |= {(track.end, 101): 0, (track.end, 100): 0}
            line.controls[track.end, number] = value
    elif number not in _DROPPED and number not in (96, 97):
        line.controls[track.end, number] = value


def _raw(text: str) -> bytes:
    """The bytes of a text that the library read as Latin-1."""
    return text.encode("latin-1")


def _name(track: Track, message: Any, _: Repairs) -> None:
    track.name = track.name or decode_text(_raw(message.name))


def _instrument(track: Track, message: Any, _: Repairs) -> None:
    track.instrument = track.instrument or decode_text(_raw(message.name))


def _marker(track: Track, message: Any, _: Repairs) -> None:
    if text := decode_text(_raw(message.text)):
        track.markers.append((track.end, text))


def _text(track: Track, message: Any, _: Repairs) -> None:
    text = decode_text(_raw(message.text))
    if is_chord_symbol(text):
        track.chords.append((track.end, text))


def _port(track: Track, message: Any, _: Repairs) -> None:
    track.port = message.port


def _tempo(track: Track, message: Any, _: Repairs) -> None:
    track.tempos.append((track.end, message.tempo))


def _meter(track: Track, message: Any, _: Repairs) -> None:
    track.meters.append((track.end, Meter(message.numerator, message.denominator)))


def _key(track: Track, message: Any, _: Repairs) -> None:
    track.keys.append((track.end, key_of_name(message.key)))


_HANDLERS: dict[str, Callable[[Track, Any, Repairs], None]] = {
    "note_on": _note_on,
    "note_off": _note_off,
    "program_change": _program,
    "control_change": _control,
    "pitchwheel": _bend,
    "track_name": _name,
    "instrument_name": _instrument,
    "marker": _marker,
    "cue_marker": _marker,
    "text": _text,
    "midi_port": _port,
    "set_tempo": _tempo,
    "time_signature": _meter,
    "key_signature": _key,
}

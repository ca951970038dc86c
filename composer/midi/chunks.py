"""The container of a MIDI file: header and track chunks found in whatever bytes come.

Source: Standard MIDI Files 1.0, RP-001 (MIDI Manufacturers Association), "MThd" and
"MTrk"; RMID is the same file inside a RIFF chunk (RP-029).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from composer.errors import InputError
from composer.midi.repairs import Repairs
from composer.score import TICKS_PER_QUARTER

MAX_TRACKS = 1024
_HEAD_SEARCH = 1 << 16
_SMPTE_RATES = {24: Fraction(24), 25: Fraction(25), 29: Fraction(30000, 1001), 30: Fraction(30)}
_TICKS_PER_SECOND = TICKS_PER_QUARTER * 2  # at 120 quarters a minute


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a track's events may lie: ``data[start:limit]``."""

    start: int
    limit: int


@dataclass(frozen=True, slots=True)
class Container:
    """Header fields and tracks.

    ``scale`` turns the file's ticks into ticks of 1/480 quarter. ``is_smpte`` says that
    the file counts frames, where tempo events have no say over time.
    """

    file_type: int
    scale: Fraction
    is_smpte: bool
    chunks: tuple[Chunk, ...]


def read_container(data: bytes, name: str, repairs: Repairs) -> Container:
    """Find header and tracks; raises InputError where there is no MIDI header."""
    head = data.find(b"MThd", 0, _HEAD_SEARCH)
    if head < 0:
        raise InputError(f"{name} {_what_instead(data)}, not a MIDI file: no MThd header")
    if len(data) < head + 14:
        raise InputError(f"{name} ends inside its MIDI header")
    repairs.count("wrapped", head)
    file_type, promised, division = (
        int.from_bytes(data[at : at + 2], "big") for at in range(head + 8, head + 14, 2)
    )
    if file_type > 2:
        repairs.count("format")
        file_type = 1
    walk = _chunks(data, head, repairs)
    chunks = tuple(islice(walk, MAX_TRACKS))
    if head > 0 and not chunks:
        raise InputError(f"{name} {_what_instead(data)}, not a MIDI file: no tracks")
    too_many = sum(1 for _ in walk)
    repairs.count("too_many_tracks", too_many)
    repairs.count("track_count", abs(promised - len(chunks) - too_many))
    scale, is_smpte = _scale(division, repairs)
    return Container(file_type, scale, is_smpte, chunks)


def _what_instead(data: bytes) -> str:
    """Say what the bytes look like."""
    sample = data[:512]
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in sample)
    return "is a text file" if printable > 0.9 * len(sample) else "is some other data"


def _scale(division: int, repairs: Repairs) -> tuple[Fraction, bool]:
    """Ticks of 1/480 quarter per tick of the file, and whether it counts SMPTE frames."""
    if division & 0x8000:
        rate = _SMPTE_RATES.get(256 - (division >> 8), Fraction(25))
        repairs.count("smpte")
        return Fraction(_TICKS_PER_SECOND) / (rate * max(1, division & 0xFF)), True
    if division == 0:
        repairs.count("division")
        return Fraction(1), False
    return Fraction(TICKS_PER_QUARTER, division), False


def _chunks(data: bytes, head: int, repairs: Repairs) -> Iterator[Chunk]:
    """Walk the chunks after the header, by their lengths where these make sense."""
    at = head + 8 + int.from_bytes(data[head + 4 : head + 8], "big")
    if not _is_boundary(data, at):
        at = head + 14
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            if not _is_boundary(data, end):
                repairs.count("length")
                end = _next_track(data, at + 4)
            yield Chunk(at + 8, end)
        elif not (data[at : at + 4].isalnum() and _is_boundary(data, end)):
            end = _next_track(data, at)
            repairs.count("junk", end - at)
        at = end


def _is_boundary(data: bytes, at: int) -> bool:
    """Whether a chunk, or the end of the file, is at ``at``."""
    if at >= len(data):
        return at == len(data)
    end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
    kind = data[at : at + 4]
    return kind == b"MTrk" or (len(kind) == 4 and kind.isalnum() and end <= len(data))


def _next_track(data: bytes, at: int) -> int:
    """Place of the next track header at or after ``at``, else the end of the file."""
    found = data.find(b"MTrk", at)
    return len(data) if found < 0 else found

"""Reads any MIDI file into a Score, and tells what it mended.

    bytes -> chunks (container) -> lawful events -> tracks (MIDI library) -> maps, parts

What comes out keeps every rule that ``write_midi`` keeps, so a file read and written is
the same Score again, except for the re-strike gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from composer.errors import InputError
from composer.midi.chunks import Container, read_container
from composer.midi.lawful import Budget, lawful_pieces
from composer.midi.maps import Maps, T, Timed, bar_line_before, longest_ticks
from composer.midi.parts import parts_of
from composer.midi.repairs import Repairs
from composer.midi.tracks import Track, read_track
from composer.midi.units import scaled
from composer.score import Part, Score

_TYPE_2 = 2
_TICKS_OF_SHORT_SILENCE = 8 * 1920


@dataclass(frozen=True, slots=True)
class MidiReading:
    """A score, and one sentence for each kind of repair its file needed."""

    score: Score
    repairs: tuple[str, ...]


def read_midi(source: str | Path | bytes, *, max_bytes: int = 32 * 2**20) -> MidiReading:
    """Read a MIDI file of type 0, 1 or 2, damaged or not.

    Args:
        source: a path, or the file's bytes.
        max_bytes: larger files are refused unread.

    Returns:
        The score in ticks of 1/480 quarter: a part for each program on each channel of
        each track, drums (channel 10) one part a track. Lyrics, aftertouch, system
        exclusive data and bank selects are left out. A file without notes is an empty
        score.

    Raises:
        InputError: no such file, a folder, empty, too large, or no MIDI header.
    """
    name = "the given data" if isinstance(source, bytes) else str(source)
    data = source if isinstance(source, bytes) else _load(Path(source), max_bytes)
    if not data:
        raise InputError(f"{name} is empty, not a MIDI file")
    if len(data) > max_bytes:
        raise InputError(_too_large(name, len(data), max_bytes))
    repairs = Repairs()
    container = read_container(data, name, repairs)
    budget = Budget()
    tracks = [
        read_track(lawful_pieces(data, chunk, budget, repairs), repairs)
        for chunk in container.chunks
    ]
    return MidiReading(_score(container, tracks, repairs), repairs.sentences())


def _load(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file, refused before reading where they are too many."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: name a MIDI file inside it")
        size = path.stat().st_size
        if not path.is_file():
            raise InputError(f"{path} is no ordinary file")
        if size > max_bytes:
            raise InputError(_too_large(str(path), size, max_bytes))
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}") from error


def _too_large(name: str, size: int, limit: int) -> str:
    return (
        f"{name} has {size / 2**20:,.1f} MB: MIDI files up to {limit / 2**20:,.0f} MB are read"
    )


def _score(container: Container, tracks: list[Track], repairs: Repairs) -> Score:
    """Put tracks together on one time line."""
    offsets = list(_offsets(container, tracks))
    scale = container.scale
    frame = _maps(tracks, offsets, scale, is_smpte=container.is_smpte).score(repairs)
    parts = parts_of(
        tracks, offsets, scale, is_sequence=container.file_type == _TYPE_2, repairs=repairs
    )
    ends = [scaled(o + t.end, scale) for o, t in zip(offsets, tracks, strict=True)]
    score = _bounded(frame, parts, max(ends, default=0), repairs)
    return replace(score, title=_title(container, tracks))


def _offsets(container: Container, tracks: list[Track]) -> Iterator[int]:
    """Where each track starts, in file ticks: together, in type 2 one after another."""
    place = 0
    for track in tracks:
        yield place
        if container.file_type == _TYPE_2:
            place += track.end


def _maps(tracks: list[Track], offsets: list[int], scale: Fraction, *, is_smpte: bool) -> Maps:
    """Gather the maps of all tracks, each event at its place in the score."""
    maps = Maps([], [], [], [], [])
    for track, offset in zip(tracks, offsets, strict=True):
        maps.tempos += [] if is_smpte else _placed(track.tempos, offset, scale)
        maps.meters += _placed(track.meters, offset, scale)
        maps.keys += _placed(track.keys, offset, scale)
        maps.markers += _placed(track.markers, offset, scale)
        maps.chords += _placed(track.chords, offset, scale)
    return maps


def _placed(events: Timed[T], offset: int, scale: Fraction) -> Timed[T]:
    """Events of one track on the score's time line."""
    return [(scaled(offset + ticks, scale), value) for ticks, value in events]


def _bounded(frame: Score, parts: list[Part], end_ticks: int, repairs: Repairs) -> Score:
    """Join maps and parts, and cut both where the music ends.

    The end of the longest track tells how long the last rest is, down to a whole bar; it
    is not believed where the rest would be longer than the music.
    """
    limit = longest_ticks(frame)
    kept = [_before(part, limit) for part in parts]
    beyond = [note for part in parts for note in part.notes if note.end_ticks > limit]
    repairs.count("too_long", len(beyond))
    last = max((note.end_ticks for part in kept for note in part.notes), default=0)
    end = bar_line_before(frame, min(end_ticks, limit))
    if end > max(2 * last, bar_line_before(frame, last) + _TICKS_OF_SHORT_SILENCE):
        repairs.count("silence")
        end = last
    end = max(end, last)
    return Score(
        parts=tuple(part for part in kept if part.notes),
        tempos=tuple(t for t in frame.tempos if t.onset_ticks < max(end, 1)),
        meters=tuple(m for m in frame.meters if m.onset_ticks < max(end, 1)),
        keys=tuple(k for k in frame.keys if k.onset_ticks < max(end, 1)),
        markers=tuple(label for label in frame.markers if label.onset_ticks <= end),
        chords=tuple(label for label in frame.chords if label.onset_ticks <= end),
        end_ticks=end,
    )


def _before(part: Part, limit_ticks: int) -> Part:
    """The part up to ``limit_ticks``; notes that sound there end there."""
    if all(note.end_ticks <= limit_ticks for note in part.notes):
        return part
    return replace(
        part,
        notes=tuple(
            replace(n, duration_ticks=min(n.duration_ticks, limit_ticks - n.onset_ticks))
            for n in part.notes
            if n.onset_ticks < limit_ticks
        ),
        controls=tuple(c for c in part.controls if c.onset_ticks < limit_ticks),
        bends=tuple(b for b in part.bends if b.onset_ticks < limit_ticks),
    )


def _title(container: Container, tracks: list[Track]) -> str:
    """Name of the first track where it is the conductor's, or the only one of type 0."""
    if not tracks:
        return ""
    has_notes = any(line.pairing.strikes for line in tracks[0].lines.values())
    return tracks[0].name if container.file_type == 0 or not has_notes else ""

"""Parts of a score from the channels of all tracks."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.midi.overlaps import cut_overlaps
from composer.midi.repairs import Repairs
from composer.midi.strikes import Strike
from composer.midi.tracks import DRUM_CHANNEL, ChannelLine, Track
from composer.midi.units import scaled
from composer.score import Bend, Control, Note, Part

_Address = tuple[int, int]
_Changes = tuple[tuple[Control, ...], tuple[Bend, ...]]
_MAX_CONTROLS = 1_000_000


@dataclass(slots=True)
class _Channel:
    """What tracks without notes say on a channel, and every program set on it.

    One channel is one instrument of a synthesiser whatever track its messages stand in,
    so a set-up track's programs and controllers hold for tracks that have none.
    """

    programs: list[tuple[int, int]]
    setup: list[ChannelLine]
    shared: _Changes | None = None


def parts_of(
    tracks: list[Track],
    offsets: list[int],
    scale: Fraction,
    *,
    is_sequence: bool,
    repairs: Repairs,
) -> list[Part]:
    """A part for each program on each channel of each track that has notes.

    Args:
        tracks: the file's tracks.
        offsets: where each starts, in file ticks.
        scale: ticks of 1/480 quarter in a file tick.
        is_sequence: the tracks follow one another (type 2) and share no channels.
        repairs: what was mended is counted here.
    """
    channels = {} if is_sequence else _channels(tracks)
    parts: list[Part] = []
    room = _MAX_CONTROLS
    for track, offset in zip(tracks, offsets, strict=True):
        for number, line in track.lines.items():
            if not line.pairing.strikes:
                continue
            channel = channels.get((track.port, number), _Channel([], []))
            maker = _PartMaker(track, line, channel, offset, scale)
            made = maker.parts(repairs, is_drums=number == DRUM_CHANNEL)
            changes = maker.changes()
            wanted = len(made) * sum(map(len, changes))
            if wanted > room:
                repairs.count("controls", wanted)
                changes = (), ()
            else:
                room -= wanted
            parts += [replace(part, controls=changes[0], bends=changes[1]) for part in made]
    if not is_sequence:
        _count_orphans(tracks, repairs)
    return parts


def _channels(tracks: list[Track]) -> dict[_Address, _Channel]:
    """Programs of each port and channel in order of time, and their set-up lines."""
    channels: dict[_Address, _Channel] = defaultdict(lambda: _Channel([], []))
    for track in tracks:
        for number, line in track.lines.items():
            channel = channels[track.port, number]
            channel.programs += line.programs
            if not line.pairing.strikes:
                channel.setup.append(line)
    for channel in channels.values():
        channel.programs.sort(key=lambda change: change[0])
    return dict(channels)


def _count_orphans(tracks: list[Track], repairs: Repairs) -> None:
    """Count controllers of channels on which no track has a note."""
    sounding = {
        (track.port, number)
        for track in tracks
        for number, line in track.lines.items()
        if line.pairing.strikes
    }
    for track in tracks:
        for number, line in track.lines.items():
            if (track.port, number) not in sounding:
                repairs.count("orphans", len(line.controls) + len(line.bends))


@dataclass(slots=True)
class _PartMaker:
    """Makes the parts of one channel of one track."""

    track: Track
    line: ChannelLine
    channel: _Channel
    offset: int
    scale: Fraction

    def parts(self, repairs: Repairs, *, is_drums: bool) -> list[Part]:
        """One part a program (drums: one in all), in order of their first notes."""
        groups: dict[int, list[Note]] = {}
        for strike, end in self.line.pairing.ended(self.track.end, repairs):
            program = self._program(strike)
            if is_drums and groups:
                program = next(iter(groups))
            groups.setdefault(program, []).append(self._note(strike, end, repairs))
        parts = []
        for program, struck in groups.items():
            notes, cut, merged = cut_overlaps(struck)
            repairs.count("overlap", cut)
            repairs.count("doubled", merged)
            name = self.track.name or self.track.instrument
            parts.append(Part(program, notes, is_drums, name))
        return parts

    def _program(self, strike: Strike) -> int:
        """The strike's program: its track's, else the channel's at that time, else 0."""
        if strike.program is not None:
            return strike.program
        after = bisect_right(self.channel.programs, strike.onset, key=lambda change: change[0])
        return self.channel.programs[after - 1][1] if after else 0

    def _at(self, ticks: int) -> int:
        return scaled(self.offset + ticks, self.scale)

    def _note(self, strike: Strike, end: int, repairs: Repairs) -> Note:
        """A note of at least one tick."""
        repairs.count("zero", end <= strike.onset)
        onset = self._at(strike.onset)
        return Note(onset, strike.pitch, max(1, self._at(end) - onset), strike.velocity)

    def changes(self) -> _Changes:
        """Controllers and bends; a track that sets none takes the set-up tracks'."""
        if self.line.controls or self.line.bends:
            return _changes([self.line], self.offset, self.scale)
        if self.channel.shared is None:
            self.channel.shared = _changes(self.channel.setup, self.offset, self.scale)
        return self.channel.shared


def _changes(lines: list[ChannelLine], offset: int, scale: Fraction) -> _Changes:
    """Controllers and bends of all ``lines``; at one tick the last of each counts."""
    controls: dict[tuple[int, int], int] = {}
    bends: dict[int, int] = {}
    for line in lines:
        for (ticks, number), value in line.controls.items():
            controls[scaled(offset + ticks, scale), number] = value
        bends |= {scaled(offset + at, scale): value for at, value in line.bends.items()}
    return (
        tuple(Control(*place, value) for place, value in controls.items()),
        tuple(Bend(ticks, value) for ticks, value in bends.items()),
    )

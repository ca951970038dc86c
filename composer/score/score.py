"""Notes, parts and the score: immutable, in ticks of 1/480 quarter.

Every time is an integer count of ticks from the start of the piece
(``TICKS_PER_QUARTER`` of them make a quarter note). Seconds exist only through the
tempo map (``composer.score.time``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from composer.score.meter import Meter
from composer.score.pitch import Key

TICKS_PER_QUARTER = 480
"""Resolution of every score; the pulses per quarter note (PPQ) of written MIDI files."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One sounding note.

    Fields order as notes sort: onset, pitch, duration, velocity.
    ``pitch`` is the MIDI note number 0-127 (60 is middle C; for drums the kit key),
    ``velocity`` is 1-127, ``duration_ticks`` at least 1.
    """

    onset_ticks: int
    pitch: int
    duration_ticks: int
    velocity: int

    def __post_init__(self) -> None:
        """Refuse what no MIDI file can hold."""
        if self.onset_ticks < 0 or self.duration_ticks < 1:
            raise ValueError(f"a note needs onset >= 0 and duration >= 1: {self}")
        if not (0 <= self.pitch <= 127 and 1 <= self.velocity <= 127):
            raise ValueError(f"pitch is 0-127 and velocity 1-127: {self}")

    @property
    def end_ticks(self) -> int:
        """First tick at which the note no longer sounds."""
        return self.onset_ticks + self.duration_ticks


@dataclass(frozen=True, slots=True, order=True)
class Control:
    """A controller change: ``number`` and ``value`` 0-127 (MIDI 1.0, table 3)."""

    onset_ticks: int
    number: int
    value: int


@dataclass(frozen=True, slots=True, order=True)
class Bend:
    """A pitch bend, ``value`` -8192..8191 (0 is no bend)."""

    onset_ticks: int
    value: int


@dataclass(frozen=True, slots=True)
class Part:
    """One instrument's notes, sorted. ``program`` is General MIDI's, counted from 0.

    For drums ``program`` is the kit (0 is the standard kit).
    """

    program: int
    notes: tuple[Note, ...]
    is_drums: bool = False
    name: str = ""
    controls: tuple[Control, ...] = ()
    bends: tuple[Bend, ...] = ()

    def __post_init__(self) -> None:
        """Sort what was given and refuse an impossible program."""
        if not 0 <= self.program <= 127:
            raise ValueError(f"program is 0-127, not {self.program}")
        for name in ("notes", "controls", "bends"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name))))


@dataclass(frozen=True, slots=True, order=True)
class Tempo:
    """Speed from ``onset_ticks`` on, in quarter notes per minute."""

    onset_ticks: int
    qpm: float

    def __post_init__(self) -> None:
        """Refuse a tempo that stands still."""
        if not self.qpm > 0:
            raise ValueError(f"tempo must be above 0 quarters a minute, not {self.qpm}")


@dataclass(frozen=True, slots=True)
class MeterChange:
    """The meter from ``onset_ticks`` on."""

    onset_ticks: int
    meter: Meter


@dataclass(frozen=True, slots=True)
class KeyChange:
    """The key from ``onset_ticks`` on."""

    onset_ticks: int
    key: Key


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A text at a place: a section marker or a chord symbol."""

    onset_ticks: int
    text: str


_Change = TypeVar("_Change", Tempo, MeterChange, KeyChange)


def _last_at_each_tick(changes: Iterable[_Change]) -> tuple[_Change, ...]:
    """Changes in order of time; where several share a tick, the last given holds."""
    at = {change.onset_ticks: change for change in changes}
    return tuple(at[ticks] for ticks in sorted(at))


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece.

    ``end_ticks`` is the final bar line; notes may ring at most to it once written.
    Empty ``tempos`` mean 120 quarters a minute, empty ``meters`` mean 4/4 (the MIDI
    file standard's defaults).
    """

    parts: tuple[Part, ...]
    tempos: tuple[Tempo, ...] = ()
    meters: tuple[MeterChange, ...] = ()
    keys: tuple[KeyChange, ...] = ()
    markers: tuple[Label, ...] = ()
    chords: tuple[Label, ...] = ()
    end_ticks: int = 0
    title: str = ""

    def __post_init__(self) -> None:
        """Sort the maps, give them their defaults and reach at least to the last note."""
        object.__setattr__(self, "parts", tuple(self.parts))
        tempos = _last_at_each_tick(self.tempos) or (Tempo(0, 120.0),)
        meters = _last_at_each_tick(self.meters)
        object.__setattr__(self, "tempos", tempos)
        object.__setattr__(self, "meters", meters or (MeterChange(0, Meter(4, 4)),))
        object.__setattr__(self, "keys", _last_at_each_tick(self.keys))
        object.__setattr__(self, "markers", tuple(sorted(self.markers)))
        object.__setattr__(self, "chords", tuple(sorted(self.chords)))
        last = max((n.end_ticks for p in self.parts for n in p.notes), default=0)
        object.__setattr__(self, "end_ticks", max(self.end_ticks, last))

    @property
    def note_count(self) -> int:
        """How many notes all parts hold together."""
        return sum(len(part.notes) for part in self.parts)

"""Music that returns: cells whose notes are settled before they are written.

A bar with a lag takes its cells from the bar so far before it, moved by some semitones where
that is asked: as a reference where a reference can say the lag, else note by note. Cells
named as varied are written anew.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.grammar import Walker
from composer.language.ranges import PitchRange, playable
from composer.language.rows import Note, Row
from composer.language.sheet import BARS, Cells
from composer.language.stream import Stream

_C = v.COLUMN
_UNSHIFTED = v.SHIFTS.index(0) + 1
_METER, KEY = BARS.index("meter"), BARS.index("key")
_HARMONY = [
    BARS.index(name) for name in BARS if name.rstrip("2") in {"root", "quality", "bass"}
]
RETURNING = [BARS.index(name) for name in ("meter", "key", "feel")] + _HARMONY
"""Columns of a plan's bar that return with its music."""
_SOURCES = {-ahead: source for source, ahead in v.BARS_TO_SOURCE.items() if ahead < 0}
"""Lag in bars to the source that says it."""
_SHIFTS = {shift: value for value, shift in enumerate(v.SHIFTS, 1)}
"""Semitones to the shift that says them."""
_ROOTS = [BARS.index("root"), BARS.index("root2")]
_OCTAVES = (0, -12, 12)
"""Where a moved cell goes that leaves its part's range."""


def key_steps(key: int, origin: int) -> int:
    """Semitones from one key value to another of the same mode, the nearer way; else 0."""
    if not key or not origin or (key > 12) != (origin > 12):
        return 0
    return (key - origin + 5) % 12 - 5


def moved_values(bar: Sequence[int], steps: int) -> list[int]:
    """Values of a plan's bar (15,) with its key and chords so many semitones higher."""
    moved = [int(value) for value in bar]
    if moved[KEY]:
        high = 12 * (moved[KEY] > 12)
        moved[KEY] = (moved[KEY] - 1 - high + steps) % 12 + 1 + high
    for column in _ROOTS:
        if 0 < moved[column] < v.NO_ROOT:
            moved[column] = (moved[column] - 1 + steps) % 12 + 1
    return moved


class Returns:
    """What returns in a piece.

    ``lags`` (bars,) tells for each bar how many bars back its music comes from, 0 for new
    music; ``bars`` (bars, 15) is the complete plan; ``varied`` holds the (bar, part) cells
    that are written anew. ``steps`` (bars,) is by how many semitones pitched parts move,
    ``limits`` holds each part's lowest and highest pitch where the plan says them. Where
    meter or, for pitched parts, moved chords differ from those of the bar it comes from, a
    cell does not return either.
    """

    def __init__(
        self,
        lags: Sequence[int],
        bars: NDArray[np.int16],
        varied: Collection[tuple[int, int]] = (),
        steps: Sequence[int] = (),
        limits: Sequence[PitchRange] = (),
    ) -> None:
        self._lags, self._varied = lags, frozenset(varied)
        self._steps, self._limits = steps, limits
        same = [
            bars[bar] == np.array(moved_values(bars[bar - lag].tolist(), self.steps(bar)))
            for bar, lag in enumerate(lags)
        ]
        self._drums_too = [lag > 0 and row[_METER] for lag, row in zip(lags, same, strict=True)]
        self._pitched = [
            drums and row[_HARMONY].all()
            for drums, row in zip(self._drums_too, same, strict=True)
        ]

    def lag(self, bar: int, part: int, *, is_drums: bool) -> int:
        """How many bars back a cell's notes come from; 0 where it is free."""
        if (bar, part) in self._varied:
            return 0
        return self._lags[bar] if (self._drums_too if is_drums else self._pitched)[bar] else 0

    def steps(self, bar: int) -> int:
        """Semitones by which what returns in a bar moves."""
        return self._steps[bar] if self._steps else 0

    def moved(
        self, notes: tuple[Note, ...], bar: int, part: int, instrument: int
    ) -> tuple[Note, ...] | None:
        """A cell as it comes again in ``bar``; None where its part can't play it.

        What leaves the part's range goes an octave back.
        """
        steps = self.steps(bar)
        if not steps or not notes or instrument == v.DRUMS:
            return notes
        low, high = playable(instrument, *self._limits[part : part + 1])
        pitches = [note[1] for note in notes]
        for octave in _OCTAVES:
            shift = steps + octave
            is_inside = low <= min(pitches) + shift and max(pitches) + shift <= high
            if is_inside and shift in _SHIFTS:
                return tuple((at, pitch + shift, long, loud) for at, pitch, long, loud in notes)
        return None

    def origin(self, bar: int, part: int) -> int | None:
        """The bar that a varied cell must not repeat; None where it is not varied."""
        return bar - self._lags[bar] if (bar, part) in self._varied else None


class ReturningWalker(Walker):
    """Walks the grammar with some cells settled; the rest is as free as in ``Walker``.

    ``past`` holds cells of bars that the stream no longer knows.
    """

    def __init__(self, stream: Stream, returns: Returns, past: Cells, **rest: Any) -> None:
        super().__init__(stream, **rest)
        self._returns, self._past = returns, past
        self._known: tuple[int, dict[int, tuple[Note, ...] | None]] = (-1, {})

    def next_kinds(self) -> Sequence[int]:
        """Legal kinds of the next event, ascending."""
        kinds = super().next_kinds()
        stream = self.stream
        if stream.wanted and not stream.filling:
            notes = self._settled(stream.part - 1)
            if notes is not None:
                # a note that is moved may lie above what the part plays of itself
                is_open = len(stream.open_notes) < len(notes)
                return [v.NOTE] if is_open else [kind for kind in kinds if kind != v.NOTE]
        return kinds

    def values(self, row: Row, attribute: str) -> Sequence[int]:
        """Legal values of ``attribute`` in the drafted ``row``, ascending."""
        if row[0] not in (v.CELL, v.NOTE) or attribute == "part" or self.stream.filling:
            return super().values(row, attribute)
        part = (row[_C["part"]] if row[0] == v.CELL else self.stream.part) - 1
        notes = self._settled(part)
        if notes is not None:
            return [self._dictated(row, part, notes)[attribute]]
        values = super().values(row, attribute)
        if attribute in {"source", "shift"}:
            repeats = self._repeats(row, part, attribute)
            return [value for value in values if value not in repeats]
        return values

    def _cell(self, bar: int, part: int) -> tuple[Note, ...]:
        return self.stream.cells.get((bar, part)) or self._past.get((bar, part), ())

    def _returned(self, origin: int, part: int) -> tuple[Note, ...] | None:
        """A cell of bar ``origin`` as it comes again in this bar."""
        notes, instrument = self._cell(origin, part), self.stream.parts[part][0]
        return self._returns.moved(notes, self.stream.bar, part, instrument)

    def _settled(self, part: int) -> tuple[Note, ...] | None:
        """The notes that the cell of ``part`` in this bar must have; None where it is free."""
        if self._known[0] != self.stream.bar:
            self._known = self.stream.bar, {}
        known = self._known[1]
        if part not in known:
            known[part] = self._find_settled(part)
        return known[part]

    def _find_settled(self, part: int) -> tuple[Note, ...] | None:
        bar = self.stream.bar
        lag = self._returns.lag(bar, part, is_drums=self.stream.is_drums(part))
        if lag:
            return self._returned(bar - lag, part)
        origin = self._returns.origin(bar, part)
        if origin is None or self._cell(origin, part):
            return None
        # what is varied rests where it rested, once the part has been heard
        is_heard = any(owner == part and at < bar for at, owner in self.stream.cells)
        return () if is_heard else None

    def _dictated(self, row: Row, part: int, notes: tuple[Note, ...]) -> dict[str, int]:
        """Every attribute of a settled cell, or of its next note."""
        if row[0] == v.CELL:
            bar = self.stream.bar
            lag = self._returns.lag(bar, part, is_drums=self.stream.is_drums(part))
            origin = self.stream.cells.get((bar - lag, part))
            if lag in _SOURCES and origin:
                shift = _SHIFTS[notes[0][1] - origin[0][1]]
                return {"source": _SOURCES[lag], "shift": shift, "count": 0}
            return {"source": v.NEW, "shift": 0, "count": v.count_value(len(notes))}
        position, pitch, duration, velocity = notes[len(self.stream.open_notes)]
        beat, sub = divmod(position, v.POSITIONS_PER_QUARTER)
        drums = v.DRUM_PITCH * self.stream.is_drums(part)
        return {
            "beat": beat + 1,
            "sub": sub + 1,
            "pitch": pitch + 1 + drums,
            "duration": duration,
            "velocity": velocity,
        }

    def _repeats(self, row: Row, part: int, attribute: str) -> set[int]:
        """Sources or shifts with which a varied cell would be the one it varies."""
        bar = self.stream.bar
        repeats: set[int] = set()
        origin = self._returns.origin(bar, part)
        notes = self._returned(origin, part) if origin is not None else ()
        if not notes:
            return repeats
        for lag, source in _SOURCES.items():
            shift = _shift_between(self.stream.cells.get((bar - lag, part), ()), notes)
            if shift is None:
                continue
            if attribute == "source" and self._shift_choices(part, source) == [shift]:
                repeats.add(source)
            elif attribute == "shift" and row[_C["source"]] == source:
                repeats.add(shift)
        return repeats

    def _owed(self) -> set[int]:
        """Parts (from 0) that must still come in this bar."""
        owed = super()._owed()
        rest = range(self.stream.part, len(self.stream.parts))
        settled = {part: self._settled(part) for part in rest}
        owed -= {part for part, notes in settled.items() if notes is not None}
        owed |= {part for part, notes in settled.items() if notes}
        return owed | {part for part in rest if self._is_last_chance(part, settled[part])}

    def _is_last_chance(self, part: int, notes: tuple[Note, ...] | None) -> bool:
        """Whether a part that has not sounded is settled in every later bar."""
        stream = self.stream
        if notes is not None or part in stream.sounding:
            return False
        is_drums = stream.is_drums(part)
        return all(
            self._returns.lag(bar, part, is_drums=is_drums)
            for bar in range(stream.bar + 1, stream.total)
        )

    def _next_parts(self, owed: set[int]) -> list[int]:
        """Parts (from 0) that may have the next cell: not those that are settled to rest."""
        return [part for part in super()._next_parts(owed) if self._settled(part) != ()]


def _shift_between(old: tuple[Note, ...], new: tuple[Note, ...]) -> int | None:
    """Value of ``shift`` that turns ``old`` into ``new`` (not empty); None where none does."""
    if len(old) != len(new):
        return None
    steps = new[0][1] - old[0][1]
    same = tuple((at, pitch + steps, long, loud) for at, pitch, long, loud in old) == new
    return _SHIFTS.get(steps) if same else None

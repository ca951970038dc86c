"""The grammar with cells whose notes are settled before they are written: music that returns.

A bar with a lag takes its cells from the bar so far before it, moved by some semitones where
that is asked: as a reference where a reference can say the lag, else note by note. Cells
drawn to be varied are written anew, and not as they were.
"""

from collections.abc import Sequence
from typing import Any

from composer.language import vocabulary as v
from composer.language.grammar import Walker
from composer.language.returns import SHIFT_VALUES, Returns
from composer.language.rows import Note, Row, position_of
from composer.language.sheet import Cells
from composer.language.stream import Stream

_C = v.COLUMN
_SOURCES = {-ahead: source for source, ahead in v.BARS_TO_SOURCE.items() if ahead < 0}
"""Lag in bars to the source that says it."""


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
        elif attribute == "pitch":
            repeats = self._last_of_old(row, part)
        else:
            return values
        if not repeats:
            return values
        return [value for value in values if value not in repeats] or values

    def _range(self, part: int) -> tuple[int, int]:
        """Lowest and highest pitch or drum key of a part: none that could not return moved."""
        low, high = super()._range(part)
        return (low, high) if self.stream.is_drums(part) else self._returns.room(low, high)

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
            self._returns.begin(self.stream.bar, lambda *cell: bool(self._cell(*cell)))
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
                shift = SHIFT_VALUES[notes[0][1] - origin[0][1]]
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
        bar, cells = self.stream.bar, self.stream.cells
        repeats: set[int] = set()
        notes = self._old(part)
        if not notes:
            return repeats
        others = range(len(self.stream.parts))
        copies = {source: (bar - lag, part) for lag, source in _SOURCES.items()}
        copies |= {v.FIRST_DOUBLE + other: (bar, other) for other in others}
        for source, copied in copies.items():
            shift = _shift_between(cells.get(copied, ()), notes)
            if shift is None:
                continue
            if attribute == "source" and self._shift_choices(part, source) == [shift]:
                repeats.add(source)
            elif attribute == "shift" and row[_C["source"]] == source:
                repeats.add(shift)
        return repeats

    def _last_of_old(self, row: Row, part: int) -> set[int]:
        """The pitch with which a varied cell would have all the notes of the one it varies."""
        notes, so_far = self._old(part), self.stream.open_notes
        if len(notes) != len(so_far) + 1 or _places(so_far) != _places(notes[:-1]):
            return set()
        drums = v.DRUM_PITCH * self.stream.is_drums(part)
        position, pitch, *_ = notes[-1]
        return {pitch + 1 + drums} if position == position_of(row) else set()

    def _old(self, part: int) -> tuple[Note, ...]:
        """What a varied cell must not be; nothing where ``part`` is not varied here."""
        origin = self._returns.origin(self.stream.bar, part)
        return () if origin is None else self._returned(origin, part) or ()

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
    same = [(at, pitch + steps) for at, pitch in _places(old)] == _places(new)
    return SHIFT_VALUES.get(steps) if same else None


def _places(notes: tuple[Note, ...]) -> list[tuple[int, int]]:
    """(position, pitch) of each note: what makes a cell the same as another."""
    return [(at, pitch) for at, pitch, *_ in notes]

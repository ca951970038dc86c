"""The event stream: one row after the other, each completed with its context.

Encoder, decoder and generation all write through ``Stream.push``, so a row looks the same
whoever made it. The grammar (``composer.language.grammar``) says what may be pushed.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.rows import Note, Row, describe, echoes, position_of
from composer.language.sheet import (
    BARS,
    PARTS,
    Cells,
    Sheet,
    bar_units,
    middle_unit,
    notes_array,
)
from composer.language.sounding import Sounding

_C = v.COLUMN
_WIDTH = len(v.COLUMNS)
_PLAN_COLUMNS = [_C[name] for name in BARS]
_PART_COLUMNS = [_C[name] for name in PARTS]
_CELL_PLAN = [
    (BARS.index(name), _C[name]) for name in BARS if name not in {"tempo", "function", "feel"}
]
_NOTE_PLAN = [(BARS.index(name), _C[name]) for name in ("meter", "key", "intensity")]
_SHOWN_CHORD = [_C[name] for name in ("root", "quality", "bass")]
_CHORD = [BARS.index(name) for name in ("root", "quality", "bass")]
_CHORD2 = [BARS.index(name) for name in ("root2", "quality2", "bass2")]
_SECTION, _METER = BARS.index("section"), BARS.index("meter")
_PART, _PREVIOUS, _SOUNDS = _C["part"], _C["previous"], _C["sounding"]
_BAR, _LEFT, _ECHO = _C["bar"], _C["left"], _C["echo"]
_INSTRUMENT, _ROLE = _C["instrument"], _C["role"]
_PITCH, _DURATION, _VELOCITY = _C["pitch"], _C["duration"], _C["velocity"]
_LOOK_BACK_BARS = 8


class Stream:
    """Rows so far and what they mean.

    ``first`` is the number (from 0) of the window's first bar in its piece, ``total`` the
    piece's bars, ``bars`` the window's. ``history`` holds cells before the window, which
    references may reach although no row shows them; its bars count from the piece's start,
    as all bars here do. ``sounding`` are the parts (from 0) that have any cell, ``pitched``
    those other than drums. ``known`` is what has been worked out of the rows so far,
    ``known_of_bar`` what follows from those before the current bar mark.
    """

    def __init__(
        self, *, first: int, bars: int, total: int, history: Cells | None = None
    ) -> None:
        self.first, self.bar_count, self.total = first, bars, total
        self.cells: Cells = dict(history or {})
        self.sounding = {part for _, part in self.cells}
        self.rows: list[Row] = [[v.START, *[0] * (_WIDTH - 1)]]
        self.parts: list[tuple[int, ...]] = []
        self.pitched: list[int] = []
        self.plan: list[tuple[int, ...]] = []
        self.bar, self.part, self.wanted = first - 1, 0, 0
        self.filling = False
        self.holes: list[tuple[int, int]] = []
        self.open_notes: tuple[Note, ...] = ()
        self._echoes: list[int] = []
        self._place = (0, 0, 0)
        self._drums: list[bool] = []
        self._heard = Sounding(0)
        self.known: dict[Hashable, Any] = {}
        self.known_of_bar: dict[Hashable, Any] = {}

    @property
    def last_kind(self) -> int:
        """Kind of the latest event."""
        return self.rows[-1][0]

    @property
    def is_done(self) -> bool:
        """Whether the end has been written."""
        return self.last_kind == v.END

    def is_drums(self, part: int) -> bool:
        """Whether part (from 0) is the drum kit."""
        return self._drums[part]

    def plan_of(self, bar: int) -> tuple[int, ...]:
        """Plan values of a bar of this window."""
        return self.plan[bar - self.first]

    def draft(self, kind: int) -> Row:
        """A row of this kind with the context that is known before any choice."""
        row = [0] * _WIDTH
        row[0] = kind
        if kind == v.PLAN:
            row[_BAR], row[_LEFT] = self._placed(self.first + len(self.plan))
        elif kind == v.NOTE:
            row[_PART] = self.part
        return row

    def reveal(self, row: Row, attribute: str) -> None:
        """Fill in the context that is known when ``attribute``'s turn comes."""
        if attribute == "source":
            values = self.parts[row[_PART] - 1]
            for column, value in zip(_PART_COLUMNS, values, strict=True):
                row[column] = value
        elif attribute == "pitch":
            self._surround(row, position_of(row))

    def push(self, kind: int, values: Mapping[str, int] | None = None) -> Row:
        """Append an event given its own attributes; completes, stores and returns its row."""
        row = self.draft(kind)
        for name, value in (values or {}).items():
            row[_C[name]] = value
        return self.push_row(row)

    def push_row(self, row: Row) -> Row:
        """Append a row whose own attributes are set."""
        _PUSH[row[0]](self, row)
        self.rows.append(row)
        self.known.clear()
        return row

    def array(self) -> NDArray[np.int32]:
        """All rows, int32 (T, columns)."""
        return np.array(self.rows, np.int32)

    def sheet(self) -> Sheet:
        """What has been written so far, with bars counted from the window's first."""
        cells = {
            (bar - self.first, part): notes
            for (bar, part), notes in self.cells.items()
            if bar >= self.first
        }
        return Sheet(
            np.array(self.parts, np.int16).reshape(-1, len(PARTS)),
            np.array(self.plan, np.int16).reshape(-1, len(BARS)),
            notes_array(cells),
        )

    def copied(self, part: int, source: int, shift: int) -> tuple[Note, ...]:
        """Notes that a reference of ``part`` (from 0) stands for in the current bar."""
        if source >= v.FIRST_DOUBLE:
            origin = (self.bar, source - v.FIRST_DOUBLE)
        else:
            origin = (self.bar + v.BARS_TO_SOURCE[source], part)
        semitones = v.SHIFTS[shift - 1]
        notes = self.cells[origin]
        if semitones == 0:
            return notes
        return tuple((at, pitch + semitones, long, loud) for at, pitch, long, loud in notes)

    def _placed(self, bar: int) -> tuple[int, int]:
        """Values that tell how far a bar is from the beginning and from the end."""
        return v.bar_value(bar), v.left_value(self.total - 1 - bar)

    def _surround(self, row: Row, position: int) -> None:
        """Show the chord, the part's previous note and what sounds at a note's position.

        What sounds: the bar's cells so far, the open one, notes held over from the bar before.
        """
        plan = self.plan[self.bar - self.first]
        has_second = 0 < plan[_CHORD2[0]] < v.HOLD and plan[_METER] > 0
        is_second = has_second and position >= middle_unit(plan[_METER])
        for source, column in zip(_CHORD2 if is_second else _CHORD, _SHOWN_CHORD, strict=True):
            row[column] = plan[source]
        if self._drums[self.part - 1]:
            row[_PREVIOUS] = row[_SOUNDS] = 0
        else:
            row[_PREVIOUS] = self._previous()
            row[_SOUNDS] = self._heard.at[position]

    def _previous(self) -> int:
        """1 + the pitch of the current part's latest note within a few bars; 0 is none."""
        if self.open_notes:
            return self.open_notes[-1][1] + 1
        for bar in range(self.bar - 1, max(-1, self.bar - 1 - _LOOK_BACK_BARS), -1):
            notes = self.cells.get((bar, self.part - 1))
            if notes:
                return notes[-1][1] + 1
        return 0

    def _listen(self) -> None:
        """Start a bar with what sounds in it already."""
        self._heard = Sounding(bar_units(self.plan_of(self.bar)[_METER]))
        for part in self.pitched:
            before = self.cells.get((self.bar - 1, part))
            if before and self.bar > self.first:
                units = bar_units(self.plan_of(self.bar - 1)[_METER])
                self._heard.add(before, units)
            if self.filling:
                self._heard.add(self.cells.get((self.bar, part), ()))

    def _sound(self, part: int, notes: Iterable[Note]) -> None:
        """Let notes sound in the current bar."""
        self.sounding.add(part)
        if not self._drums[part]:
            self._heard.add(notes)

    def _close_cell(self) -> None:
        self.open_notes, self.wanted = (), 0

    def _push_part(self, row: Row) -> None:
        self.parts.append(tuple(row[column] for column in _PART_COLUMNS))
        self._drums.append(self.parts[-1][0] == v.DRUMS)
        if not self._drums[-1]:
            self.pitched.append(len(self.parts) - 1)

    def _push_plan(self, row: Row) -> None:
        self.plan.append(tuple(row[column] for column in _PLAN_COLUMNS))
        if len(self.plan) == self.bar_count:
            self._echoes = echoes([plan[_SECTION] for plan in self.plan])

    def _push_bar(self, row: Row) -> None:
        self._close_cell()
        self.known_of_bar.clear()
        self.bar = min(self.holes)[0] if self.filling else self.bar + 1
        self.part = 0
        for column, value in zip(_PLAN_COLUMNS, self.plan_of(self.bar), strict=True):
            row[column] = value
        echo = self._echoes[self.bar - self.first]
        self._place = (*self._placed(self.bar), echo)
        row[_BAR], row[_LEFT], row[_ECHO] = self._place
        self._listen()

    def _push_cell(self, row: Row) -> None:
        self._close_cell()
        self.part = row[_PART]
        plan, part = self.plan_of(self.bar), self.part - 1
        for source, column in _CELL_PLAN:
            row[column] = plan[source]
        for column, value in zip(_PART_COLUMNS, self.parts[part], strict=True):
            row[column] = value
        row[_BAR], row[_LEFT], row[_ECHO] = self._place
        source = row[_C["source"]]
        if source == v.HOLE:
            self.holes.append((self.bar, part))
            return
        if self.filling:
            self.holes.remove((self.bar, part))
        if source == v.NEW:
            self.wanted = row[_C["count"]]
        else:
            notes = self.copied(part, source, row[_C["shift"]])
            self.cells[self.bar, part] = notes
            self._sound(part, notes)
            describe(row, notes)

    def _push_note(self, row: Row) -> None:
        part = self.part - 1
        plan = self.plan_of(self.bar)
        row[_PART] = self.part
        row[_INSTRUMENT], row[_ROLE] = self.parts[part][:2]
        for source, column in _NOTE_PLAN:
            row[column] = plan[source]
        position = position_of(row)
        self._surround(row, position)
        row[_BAR] = self._place[0]
        pitch = row[_PITCH] - 1 - v.DRUM_PITCH * self._drums[part]
        note = (position, pitch, row[_DURATION], row[_VELOCITY])
        self.open_notes = self.cells[self.bar, part] = (*self.open_notes, note)
        self._sound(part, (note,))

    def _push_fill(self, _row: Row) -> None:
        self._close_cell()
        self.filling = True

    def _push_end(self, _row: Row) -> None:
        self._close_cell()


_PUSH = {
    v.PART: Stream._push_part,  # noqa: SLF001 - the table belongs to the class
    v.PLAN: Stream._push_plan,  # noqa: SLF001
    v.BAR: Stream._push_bar,  # noqa: SLF001
    v.CELL: Stream._push_cell,  # noqa: SLF001
    v.NOTE: Stream._push_note,  # noqa: SLF001
    v.FILL: Stream._push_fill,  # noqa: SLF001
    v.END: Stream._push_end,  # noqa: SLF001
}

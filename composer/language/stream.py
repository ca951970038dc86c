"""The event stream: one row after the other, each completed with its context.

Encoder, decoder and generation all write through ``Stream.push``, so a row looks the same
whoever made it. The grammar (``composer.language.grammar``) says what may be pushed.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.sheet import BARS, PARTS, Cells, Sheet, bar_units, notes_array
from composer.score import middle_ticks, ticks_per_bar

Note = tuple[int, int, int, int]
Row = list[int]

_C = v.COLUMN
_WIDTH = len(v.COLUMNS)
_PLAN_COLUMNS = [_C[name] for name in BARS]
_PART_COLUMNS = [_C[name] for name in PARTS]
_CELL_PLAN = [
    (BARS.index(name), _C[name])
    for name in [
        "meter",
        "key",
        "root",
        "quality",
        "bass",
        "root2",
        "quality2",
        "bass2",
        "section",
        "intensity",
        "valence",
        "arousal",
    ]
]
_NOTE_PLAN = [(BARS.index(name), _C[name]) for name in ("meter", "key", "intensity")]
_CHORD = [BARS.index(name) for name in ("root", "quality", "bass")]
_CHORD2 = [BARS.index(name) for name in ("root2", "quality2", "bass2")]
_SECTION, _METER = BARS.index("section"), BARS.index("meter")
_PITCH_CLASSES = v.MASKS["sounding"]
_LOOK_BACK_BARS = 8
_HELD_BARS = 4
"""Bars before the current one whose notes may be held over into it."""


def middle_unit(meter_value: int) -> int:
    """Position from which a bar's second chord holds."""
    meter = v.METERS[meter_value - 1]
    return bar_units(meter_value) * middle_ticks(meter) // ticks_per_bar(meter)


def echoes(sections: list[int]) -> list[int]:
    """For each bar, the lag class of the same place in its section's last appearance.

    0 where the section is new or open, ``len(LAGS) + 1`` where no lag says the distance.
    """
    starts: dict[int, int] = {}
    current: dict[int, int] = {}
    found = []
    for bar, section in enumerate(sections):
        if bar == 0 or section != sections[bar - 1]:
            starts[section] = current.get(section, -1)
            current[section] = bar
        origin = starts[section] + bar - current[section]
        is_back = section > 0 and starts[section] >= 0 and sections[origin] == section
        lag = bar - origin
        found.append((v.LAGS.index(lag) + 1 if lag in v.LAGS else len(v.LAGS) + 1) * is_back)
    return found


class Stream:
    """Rows so far and what they mean.

    ``first`` is the number (from 0) of the window's first bar in its piece, ``total`` the
    piece's bars, ``bars`` the window's. ``history`` holds cells before the window, which
    references may reach although no row shows them; its bars count from the piece's start,
    as all bars here do. ``sounding`` are the parts (from 0) that have any cell.
    """

    def __init__(
        self, *, first: int, bars: int, total: int, history: Cells | None = None
    ) -> None:
        self.first, self.bar_count, self.total = first, bars, total
        self.cells: Cells = dict(history or {})
        self.sounding = {part for _, part in self.cells}
        self.rows: list[Row] = []
        self.parts: list[tuple[int, ...]] = []
        self.plan: list[tuple[int, ...]] = []
        self.bar, self.part, self.wanted = first - 1, 0, 0
        self.filling = False
        self.holes: list[tuple[int, int]] = []
        self.open_notes: tuple[Note, ...] = ()
        self._echoes: list[int] = []
        self._drums: list[bool] = []
        self._heard: list[int] = []
        self._held: tuple[int, list[int]] = (-1, [])
        start = [0] * _WIDTH
        start[0] = v.START
        self.rows.append(start)

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
            self._place(row, self.first + len(self.plan))
        elif kind == v.NOTE:
            row[_C["part"]] = self.part
        return row

    def reveal(self, row: Row, attribute: str) -> None:
        """Fill in the context that is known when ``attribute``'s turn comes."""
        if attribute == "source":
            for column, value in zip(
                _PART_COLUMNS, self.parts[row[_C["part"]] - 1], strict=True
            ):
                row[column] = value
        elif attribute == "pitch":
            self._chord(row, position_of(row))
            row[_C["previous"]] = self._previous()
            row[_C["sounding"]] = self._sounding(position_of(row))

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

    def _place(self, row: Row, bar: int) -> None:
        row[_C["bar"]] = v.bar_value(bar)
        row[_C["left"]] = v.left_value(self.total - 1 - bar)

    def _chord(self, row: Row, position: int) -> None:
        """Show the chord that holds at ``position``."""
        plan = self.plan_of(self.bar)
        has_second = 0 < plan[_CHORD2[0]] < v.HOLD and plan[_METER] > 0
        is_second = has_second and position >= middle_unit(plan[_METER])
        for source, name in zip(
            _CHORD2 if is_second else _CHORD, ("root", "quality", "bass"), strict=True
        ):
            row[_C[name]] = plan[source]

    def _previous(self) -> int:
        """1 + the pitch of the current part's latest note within a few bars; 0 is none."""
        if self.is_drums(self.part - 1):
            return 0
        if self.open_notes:
            return self.open_notes[-1][1] + 1
        for bar in range(self.bar - 1, max(-1, self.bar - 1 - _LOOK_BACK_BARS), -1):
            notes = self.cells.get((bar, self.part - 1))
            if notes:
                return notes[-1][1] + 1
        return 0

    def _sounding(self, position: int) -> int:
        """Pitch classes, as bits, that sound at a position of the current bar.

        Of what has been written: the bar's cells so far, the open one, and notes held over
        from the bar before.
        """
        return 0 if self.is_drums(self.part - 1) else self._heard[position]

    def sounds_within(self, start: int, end: int) -> int:
        """Pitch classes, as bits, that sound between two positions of the current bar.

        Of what has been written: as ``_sounding``, and notes held over from some bars before.
        """
        if self._held[0] != self.bar:
            self._held = self.bar, self._held_over()
        return reduce(or_, self._heard[start:end] + self._held[1][start:end], 0)

    def _held_over(self) -> list[int]:
        """What sounds at each position of the current bar since the bar before the last."""
        held = [0] * len(self._heard)
        earlier = 0
        pitched = [part for part, is_drums in enumerate(self._drums) if not is_drums]
        for bar in range(self.bar - 1, max(self.first, self.bar - _HELD_BARS) - 1, -1):
            earlier += bar_units(self.plan_of(bar)[_METER])
            for part in pitched:
                self._hear(held, part, self.cells.get((bar, part), ()), earlier)
        return held

    def _hear(
        self, heard: list[int], part: int, notes: Iterable[Note], earlier: int = 0
    ) -> None:
        """Let notes sound in the current bar; theirs began ``earlier`` units before it.

        ``heard`` holds what sounds at each position.
        """
        if self._drums[part]:
            return
        units = len(heard)
        for at, pitch, long, _ in notes:
            end = at + v.DURATIONS[long - 1] - earlier
            if end > 0:
                bit = 1 << pitch % _PITCH_CLASSES
                for unit in range(max(0, at - earlier), min(end, units)):
                    heard[unit] |= bit

    def _listen(self) -> None:
        """Start a bar with what sounds in it already."""
        self._heard = [0] * bar_units(self.plan_of(self.bar)[_METER])
        for part in range(len(self.parts)):
            before = self.cells.get((self.bar - 1, part))
            if before and self.bar > self.first:
                units = bar_units(self.plan_of(self.bar - 1)[_METER])
                self._hear(self._heard, part, before, units)
            if self.filling:
                self._hear(self._heard, part, self.cells.get((self.bar, part), ()))

    def _close_cell(self) -> None:
        self.open_notes, self.wanted = (), 0

    def _push_part(self, row: Row) -> None:
        self.parts.append(tuple(row[column] for column in _PART_COLUMNS))
        self._drums.append(self.parts[-1][0] == v.DRUMS)

    def _push_plan(self, row: Row) -> None:
        self.plan.append(tuple(row[column] for column in _PLAN_COLUMNS))
        if len(self.plan) == self.bar_count:
            self._echoes = echoes([plan[_SECTION] for plan in self.plan])

    def _push_bar(self, row: Row) -> None:
        self._close_cell()
        self.bar = min(self.holes)[0] if self.filling else self.bar + 1
        self.part = 0
        for column, value in zip(_PLAN_COLUMNS, self.plan_of(self.bar), strict=True):
            row[column] = value
        self._place(row, self.bar)
        row[_C["echo"]] = self._echoes[self.bar - self.first]
        self._listen()

    def _push_cell(self, row: Row) -> None:
        self._close_cell()
        self.part = row[_C["part"]]
        plan, part = self.plan_of(self.bar), self.part - 1
        for source, column in _CELL_PLAN:
            row[column] = plan[source]
        for column, value in zip(_PART_COLUMNS, self.parts[part], strict=True):
            row[column] = value
        self._place(row, self.bar)
        row[_C["echo"]] = self._echoes[self.bar - self.first]
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
            self.sounding.add(part)
            self._hear(self._heard, part, notes)
            _describe(row, notes)

    def _push_note(self, row: Row) -> None:
        part = self.part - 1
        plan = self.plan_of(self.bar)
        row[_C["part"]] = self.part
        row[_C["instrument"]], row[_C["role"]] = self.parts[part][:2]
        for source, column in _NOTE_PLAN:
            row[column] = plan[source]
        position = position_of(row)
        self._chord(row, position)
        row[_C["previous"]] = self._previous()
        row[_C["sounding"]] = self._sounding(position)
        row[_C["bar"]] = v.bar_value(self.bar)
        pitch = row[_C["pitch"]] - 1 - v.DRUM_PITCH * self.is_drums(part)
        note = (position, pitch, row[_C["duration"]], row[_C["velocity"]])
        self.open_notes = self.cells[self.bar, part] = (*self.open_notes, note)
        self.sounding.add(part)
        self._hear(self._heard, part, (note,))

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


def position_of(row: Row) -> int:
    """Position in the bar that a note row's beat and sub say (1/24 quarter)."""
    return (row[_C["beat"]] - 1) * v.POSITIONS_PER_QUARTER + row[_C["sub"]] - 1


def _describe(row: Row, notes: tuple[Note, ...]) -> None:
    """Tell a reference's row what it copies: range, pitch classes, rhythm by 16ths."""
    pitches = [note[1] for note in notes]
    row[_C["low"]], row[_C["high"]] = min(pitches) + 1, max(pitches) + 1
    for pitch in pitches:
        row[_C["pitches"]] |= 1 << pitch % v.MASKS["pitches"]
    sixteenth = v.POSITIONS_PER_QUARTER // 4
    for note in notes:
        row[_C["rhythm"]] |= 1 << min(note[0] // sixteenth, v.MASKS["rhythm"] - 1)

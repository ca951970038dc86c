"""From a Sheet to events and back.

``encode`` finds for every cell the shortest way to say it: an exact repeat of its own
part (nearest lag first), another part of the bar doubled at an octave, a transposed
repeat, and only then the notes themselves.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.rows import Note
from composer.language.sheet import BARS, PARTS, Cells, Sheet, bar_units
from composer.language.stream import Stream

_OWN_WIDTH = len(v.OWN)
_UNSHIFTED = v.SHIFTS.index(0) + 1
_OCTAVES = tuple(index + 1 for index, shift in enumerate(v.SHIFTS) if shift % 12 == 0)
_OTHER_SHIFTS = {shift: index + 1 for index, shift in enumerate(v.SHIFTS) if shift}


def encode(
    sheet: Sheet,
    *,
    first: int = 0,
    bars: int | None = None,
    order: Sequence[int] | None = None,
    holes: Collection[tuple[int, int]] = (),
    limit: int | None = None,
    references: bool = True,
) -> NDArray[np.int32]:
    """Write a window of a sheet as events, int32 (T, columns).

    The window is ``bars`` bars from bar ``first``; ``order`` lists the parts in the order
    in which they are written (default: as they stand). The cells (bar, part) of ``holes``
    are left out and appended at the end. ``limit`` cuts after so many rows;
    ``references=False`` writes every cell out. Raises ValueError for a note of the window
    that does not begin inside its bar.
    """
    return _Encoder(sheet, first, bars, order, holes, references=references).run(limit)


def prefix(
    sheet: Sheet, *, first: int, bars: int, until: int, holes: Collection[tuple[int, int]] = ()
) -> Stream:
    """The stream of a window with music written up to (not including) bar ``until``.

    Generation goes on from here.
    """
    encoder = _Encoder(sheet, first, bars, None, holes, references=True)
    encoder.write_plan()
    for bar in range(first, until):
        encoder.write_bar(bar)
    return encoder.stream


class _Encoder:
    """One pass over a window."""

    def __init__(
        self,
        sheet: Sheet,
        first: int,
        bars: int | None,
        order: Sequence[int] | None,
        holes: Collection[tuple[int, int]],
        *,
        references: bool,
    ) -> None:
        total = len(sheet.bars)
        self.last = total if bars is None else min(total, first + bars)
        self.first, self.references = first, references
        self.order = list(range(len(sheet.parts)) if order is None else order)
        slots = {part: slot for slot, part in enumerate(self.order)}
        near = sheet.cells(first - max(v.LAGS), self.last)
        _check_positions(sheet, near)
        cells = {(bar, slots[part]): notes for (bar, part), notes in near.items()}
        history: Cells = {at: notes for at, notes in cells.items() if at[0] < first}
        self.holes = {(bar, slots[part]) for bar, part in holes}
        self.sheet, self.todo = sheet, cells
        self.stream = Stream(first=first, bars=self.last - first, total=total, history=history)
        self._drums = [bool(sheet.parts[part, 0] == v.DRUMS) for part in self.order]

    def run(self, limit: int | None) -> NDArray[np.int32]:
        self.write_plan()
        rows = self.stream.rows
        for bar in range(self.first, self.last):
            self.write_bar(bar)
            if limit is not None and len(rows) >= limit:
                return self.stream.array()[:limit]
        if self.stream.holes:
            self._write_fill()
        self.stream.push(v.END)
        return self.stream.array()[:limit]

    def write_plan(self) -> None:
        for part in self.order:
            values = self.sheet.parts[part].tolist()
            self.stream.push(v.PART, dict(zip(PARTS, values, strict=True)))
        for values in _renumbered(self.sheet.bars[self.first : self.last]).tolist():
            self.stream.push(v.PLAN, dict(zip(BARS, values, strict=True)))

    def write_bar(self, bar: int) -> None:
        self.stream.push(v.BAR)
        for part in range(len(self.order)):
            if (bar, part) in self.holes:
                self.stream.push(v.CELL, {"part": part + 1, "source": v.HOLE})
            elif (bar, part) in self.todo:
                self._write_cell(part, self.todo[bar, part])

    def _write_fill(self) -> None:
        self.stream.push(v.FILL)
        current = -1
        for bar, part in sorted(self.stream.holes):
            if bar != current:
                self.stream.push(v.BAR)
                current = bar
            self._write_cell(part, self.todo.get((bar, part), ()))

    def _write_cell(self, part: int, notes: tuple[Note, ...]) -> None:
        source, shift = self._find(part, notes) if notes and self.references else (v.NEW, 0)
        values = {"part": part + 1, "source": source, "shift": shift}
        if source != v.NEW:
            self.stream.push(v.CELL, values)
            return
        self.stream.push(v.CELL, values | {"count": v.count_value(len(notes))})
        offset = 1 + v.DRUM_PITCH * self._drums[part]
        for position, pitch, duration, velocity in notes:
            beat, sub = divmod(position, v.POSITIONS_PER_QUARTER)
            self.stream.push(
                v.NOTE,
                {
                    "beat": beat + 1,
                    "sub": sub + 1,
                    "pitch": pitch + offset,
                    "duration": duration,
                    "velocity": velocity,
                },
            )

    def _find(self, part: int, notes: tuple[Note, ...]) -> tuple[int, int]:
        """(source, shift) that says these notes; (NEW, 0) where nothing does."""
        cells, bar = self.stream.cells, self.stream.bar
        own = [
            (source, cells.get((bar + ahead, part)))
            for source, ahead in v.BARS_TO_SOURCE.items()
            if ahead < 0 or self.stream.filling
        ]
        for source, other in own:
            if other == notes:
                return source, _UNSHIFTED
        if self._drums[part]:
            return v.NEW, 0
        for other_part in range(len(self.order)):
            other = cells.get((bar, other_part))
            if other and other_part != part and not self._drums[other_part]:
                shift = _shift_between(other, notes)
                if shift in _OCTAVES:
                    return v.FIRST_DOUBLE + other_part, shift
        for source, other in own:
            shift = _shift_between(other, notes) if other else 0
            if shift:
                return source, shift
        return v.NEW, 0


def _shift_between(old: tuple[Note, ...], new: tuple[Note, ...]) -> int:
    """Value of ``shift`` that turns ``old`` into ``new``; 0 where none does."""
    if len(old) != len(new):
        return 0
    semitones = new[0][1] - old[0][1]
    value = _UNSHIFTED if semitones == 0 else _OTHER_SHIFTS.get(semitones, 0)
    if value and all(
        (a[0], a[1] + semitones, a[2], a[3]) == b for a, b in zip(old, new, strict=True)
    ):
        return value
    return 0


def _check_positions(sheet: Sheet, cells: Cells) -> None:
    """Raise ValueError for a note that does not begin inside its bar."""
    meters = sheet.bars[:, BARS.index("meter")].tolist()
    for (bar, part), notes in cells.items():
        end = bar_units(meters[bar])
        if not 0 <= notes[0][0] <= notes[-1][0] < end:
            outside = next(at for at, *_ in notes if not 0 <= at < end)
            raise ValueError(
                f"part {part}, bar {bar}: a note at position {outside} of a bar of {end}"
            )


def _renumbered(bars: NDArray[np.int16]) -> NDArray[np.int16]:
    """Section letters numbered anew in order of appearance."""
    column = BARS.index("section")
    names = {0: 0}
    bars = bars.copy()
    for row in bars:
        row[column] = names.setdefault(int(row[column]), len(names))
    return bars


def decode(
    rows: NDArray[np.int32],
    *,
    first: int = 0,
    total: int | None = None,
    history: Cells | None = None,
) -> Sheet:
    """Read events back into a Sheet (bars counted from the window's first).

    ``history`` holds the cells before the window that references may mean.
    """
    bars = int((rows[:, 0] == v.PLAN).sum())
    stream = Stream(
        first=first, bars=bars, total=first + bars if total is None else total, history=history
    )
    for row in rows[1:, :_OWN_WIDTH].tolist():
        own = v.ATTRIBUTES[v.KINDS[row[0]]]
        stream.push(row[0], {name: row[v.COLUMN[name]] for name in own})
    return stream.sheet()

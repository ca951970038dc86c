"""The grammar: which events and values are legal next.

Whatever is sampled under these masks decodes to a valid piece with exactly the planned
bars, meters and parts: positions never go back, pitches stay in the instrument's range,
references point to cells that exist, every planned part sounds, and the end comes after
the last bar. A melody of one singer or wind player begins one note at a time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.plan_grammar import bar_values, part_values
from composer.language.ranges import PitchRange, playable
from composer.language.rows import Note, Row, position_of
from composer.language.sheet import BARS, PARTS, bar_units
from composer.language.solo import NEXT_UNITS, is_line, is_solo
from composer.language.stream import Stream

Mask = NDArray[np.bool_]

_PART, _SOURCE, _BEAT = v.COLUMN["part"], v.COLUMN["source"], v.COLUMN["beat"]
_METER = BARS.index("meter")
_UNSHIFTED = v.SHIFTS.index(0) + 1
_OCTAVES = tuple((index, shift) for index, shift in enumerate(v.SHIFTS, 1) if shift % 12 == 0)
_BACK = tuple(source for source, ahead in v.BARS_TO_SOURCE.items() if ahead < 0)
_EITHER_WAY = tuple(v.BARS_TO_SOURCE)


class Walker:
    """Walks the grammar along a stream.

    ``parts`` (P, 4) and ``bars`` (bars, 15) are forced plan values with 0 where open;
    ``parts`` None leaves the number of parts open too. ``unsaid`` names plan columns that
    stay open (0) in the events. ``holes`` are (bar, part) cells to be filled at the end;
    ``loose`` lifts the musical limits (ranges, every part sounds, one note at a time), so
    that any real piece walks through. ``most_notes`` bounds a new cell. ``ranges`` holds each
    part's lowest and highest pitch where the plan says them; they narrow the instrument's own.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        parts: NDArray[np.int16] | None = None,
        bars: NDArray[np.int16] | None = None,
        unsaid: Collection[str] = ("function",),
        holes: Collection[tuple[int, int]] = (),
        loose: bool = False,
        most_notes: int = v.COUNTS[-1][1],
        ranges: Sequence[PitchRange] = (),
    ) -> None:
        self.stream = stream
        self._parts, self._bars = parts, bars
        self._unsaid, self._holes, self._loose = frozenset(unsaid), frozenset(holes), loose
        self._most_notes = most_notes
        self._ranges = ranges
        self._limits: dict[int, tuple[int, int]] = {}
        self._known_shifts: tuple[int, dict[tuple[int, int], list[int]]] = (-1, {})

    def kinds(self) -> Mask:
        """Legal kinds of the next event, bool (kinds,)."""
        return _mask("kind", self.next_kinds())

    def legal(self, row: Row, attribute: str) -> Mask:
        """Legal values of ``attribute`` in the drafted ``row``, bool (size,)."""
        return _mask(attribute, self.values(row, attribute))

    def next_kinds(self) -> Sequence[int]:
        """Legal kinds of the next event, ascending."""
        stream = self.stream
        allowed = set(v.FOLLOWS[stream.last_kind])
        if v.PLAN in allowed and v.BAR in allowed:
            allowed = {v.BAR if len(stream.plan) == stream.bar_count else v.PLAN}
        elif v.PART in allowed:
            allowed &= self._part_kinds()
        elif stream.last_kind not in {v.FILL, v.END}:
            allowed &= self._music_kinds()
        return sorted(allowed)

    def values(self, row: Row, attribute: str) -> Sequence[int]:
        """Legal values of ``attribute`` in the drafted ``row``, ascending."""
        if row[0] in (v.PART, v.PLAN):
            return self._plan_values(row, attribute)
        return _LEGAL[attribute](self, row)

    def _part_kinds(self) -> set[int]:
        count = len(self.stream.parts)
        if self._parts is not None:
            return {v.PART if count < len(self._parts) else v.PLAN}
        room = {v.PART} if count < v.MAX_PARTS else set()
        return room | ({v.PLAN} if count else set())

    def _music_kinds(self) -> set[int]:
        """After a bar mark, a cell or a note."""
        stream, kinds = self.stream, set()
        low, high = v.COUNTS[stream.wanted - 1] if stream.wanted else (0, 0)
        written = len(stream.open_notes)
        has_room = stream.wanted > 0 and self._first_free() is not None
        if has_room and written < min(high, self._most_notes):
            kinds.add(v.NOTE)
            if written < low:
                return kinds
        if stream.filling:
            return kinds | self._fill_kinds()
        owed = self._owed()
        if self._next_parts(owed):
            kinds.add(v.CELL)
        if not owed:
            is_last = stream.bar == stream.first + stream.bar_count - 1
            after = v.FILL if stream.holes else v.END
            kinds.add(after if is_last else v.BAR)
        return kinds

    def _fill_kinds(self) -> set[int]:
        bars = {bar for bar, _ in self.stream.holes}
        if self.stream.bar in bars:
            return {v.CELL}
        return {v.BAR} if bars else {v.END}

    def _owed(self) -> set[int]:
        """Parts (from 0) that must still come in this bar."""
        stream = self.stream
        rest = range(stream.part, len(stream.parts))
        owed = {part for part in rest if (stream.bar, part) in self._holes}
        if self._loose:
            return owed
        deadline = stream.first + (stream.bar_count - 1) // 2
        if stream.bar >= deadline:
            sounding = stream.sounding | {part for _, part in stream.holes}
            owed |= {part for part in rest if part not in sounding}
        elif stream.bar == 0 and stream.part == 0 and not owed:
            owed = {len(stream.parts) - 1}
        return owed

    def _next_parts(self, owed: set[int]) -> list[int]:
        """Parts (from 0) that may have the next cell."""
        stream = self.stream
        if stream.filling:
            return [min(stream.holes)[1]]
        last = min(owed) if owed else len(stream.parts) - 1
        return list(range(stream.part, last + 1))

    def _plan_values(self, row: Row, attribute: str) -> list[int]:
        stream = self.stream
        if row[0] == v.PART:
            table, index, names = self._parts, len(stream.parts), PARTS
        else:
            table, index, names = self._bars, len(stream.plan), BARS
        forced = 0 if table is None else int(table[index, names.index(attribute)])
        if forced:
            return [forced]
        if attribute in self._unsaid:
            return [0]
        if row[0] == v.PART:
            has_drums = any(map(stream.is_drums, range(len(stream.parts))))
            return part_values(row, attribute, has_drums=has_drums)
        return bar_values(row, attribute)

    def _part_choices(self, _row: Row) -> list[int]:
        return [part + 1 for part in self._next_parts(self._owed())]

    def _sources(self, row: Row) -> list[int]:
        stream, part = self.stream, row[_PART] - 1
        if not stream.filling and (stream.bar, part) in self._holes:
            return [v.HOLE]
        others = (v.FIRST_DOUBLE + at for at in range(len(stream.parts)) if at != part)
        candidates = (*(_EITHER_WAY if stream.filling else _BACK), *others)
        return [v.NEW, *(source for source in candidates if self._shift_choices(part, source))]

    def _shifts(self, row: Row) -> list[int]:
        source = row[_SOURCE]
        return [0] if source in (v.NEW, v.HOLE) else self._shift_choices(row[_PART] - 1, source)

    def _shift_choices(self, part: int, source: int) -> list[int]:
        """Legal shifts of a reference; empty where it can't be made."""
        if self._known_shifts[0] != len(self.stream.rows):
            self._known_shifts = len(self.stream.rows), {}
        known = self._known_shifts[1]
        if (part, source) not in known:
            known[part, source] = self._find_shifts(part, source)
        return known[part, source]

    def _find_shifts(self, part: int, source: int) -> list[int]:
        stream = self.stream
        is_own = source < v.FIRST_DOUBLE
        if is_own:
            notes = stream.cells.get((stream.bar + v.BARS_TO_SOURCE[source], part))
        else:
            other = source - v.FIRST_DOUBLE
            if stream.is_drums(part) or stream.is_drums(other):
                return []
            notes = stream.cells.get((stream.bar, other))
        if not notes or not self._can_play(part, notes):
            return []
        if stream.is_drums(part):
            return [_UNSHIFTED]
        low, high = self._range(part)
        pitches = [note[1] for note in notes]
        least, most = low - min(pitches), high - max(pitches)
        if not is_own:
            return [index for index, shift in _OCTAVES if least <= shift <= most]
        first, last = bisect_left(v.SHIFTS, least) + 1, bisect_right(v.SHIFTS, most)
        if first <= _UNSHIFTED <= last:
            return list(range(first, last + 1))
        return sorted({_UNSHIFTED, *range(first, last + 1)})

    def _can_play(self, part: int, notes: tuple[Note, ...]) -> bool:
        """Whether a cell fits into the current bar, and a soloist's is a single line."""
        end = bar_units(self.stream.plan_of(self.stream.bar)[_METER])
        return notes[-1][0] < end and (is_line(notes) or not self._is_solo(part))

    def _counts(self, row: Row) -> range | list[int]:
        if row[_SOURCE] != v.NEW:
            return [0]
        fitting = sum(low <= self._most_notes for low, _ in v.COUNTS)
        return range(1 if self.stream.filling else 2, fitting + 1)

    def _is_solo(self, part: int) -> bool:
        """Whether a part must begin one note at a time."""
        return not self._loose and is_solo(self.stream.parts[part])

    def _range(self, part: int) -> tuple[int, int]:
        """Lowest and highest pitch or drum key of a part."""
        if self._loose:
            return 0, 127
        if part not in self._limits:
            instrument, asked = self.stream.parts[part][0], self._ranges[part : part + 1]
            self._limits[part] = playable(instrument, *asked)
        return self._limits[part]

    def _first_free(self) -> int | None:
        """First position where the open cell may have its next note; None: the bar is full."""
        stream = self.stream
        units = bar_units(stream.plan_of(stream.bar)[_METER])
        if not stream.open_notes:
            return 0
        position, pitch = stream.open_notes[-1][:2]
        if self._is_solo(stream.part - 1):
            position += NEXT_UNITS
        elif pitch >= self._range(stream.part - 1)[1]:
            position += 1
        return position if position < units else None

    def _beats(self, _row: Row) -> range:
        units = bar_units(self.stream.plan_of(self.stream.bar)[_METER])
        first = self._first_free() or 0
        per_beat = v.POSITIONS_PER_QUARTER
        return range(first // per_beat + 1, (units - 1) // per_beat + 2)

    def _subs(self, row: Row) -> range:
        units = bar_units(self.stream.plan_of(self.stream.bar)[_METER])
        start = (row[_BEAT] - 1) * v.POSITIONS_PER_QUARTER
        first = max(0, (self._first_free() or 0) - start)
        return range(first + 1, min(v.POSITIONS_PER_QUARTER, units - start) + 1)

    def _pitches(self, row: Row) -> range:
        stream = self.stream
        low, high = self._range(stream.part - 1)
        if stream.open_notes and stream.open_notes[-1][0] == position_of(row):
            low = max(low, stream.open_notes[-1][1] + 1)
        offset = 1 + v.DRUM_PITCH * stream.is_drums(stream.part - 1)
        return range(low + offset, high + offset + 1)

    def _durations(self, row: Row) -> range:
        """Durations that end by the final bar line (the shortest always)."""
        stream = self.stream
        if stream.first + stream.bar_count < stream.total:
            return range(1, v.SIZES["duration"])
        room = -position_of(row)
        for bar in range(stream.bar, stream.first + stream.bar_count):
            room += bar_units(stream.plan_of(bar)[_METER])
            if room >= v.DURATIONS[-1]:
                break
        return range(1, bisect_right(v.DURATIONS, room) + 1)

    def _velocities(self, _row: Row) -> range:
        return range(1, v.SIZES["velocity"])


def _mask(attribute: str, values: Sequence[int]) -> Mask:
    """The values as bool (size,)."""
    mask = np.zeros(v.SIZES[attribute], bool)
    mask[values] = True
    return mask


_LEGAL: dict[str, Callable[[Walker, Row], range | list[int]]] = {
    "part": Walker._part_choices,  # noqa: SLF001 - the table belongs to the class
    "source": Walker._sources,  # noqa: SLF001
    "shift": Walker._shifts,  # noqa: SLF001
    "count": Walker._counts,  # noqa: SLF001
    "beat": Walker._beats,  # noqa: SLF001
    "sub": Walker._subs,  # noqa: SLF001
    "pitch": Walker._pitches,  # noqa: SLF001
    "duration": Walker._durations,  # noqa: SLF001
    "velocity": Walker._velocities,  # noqa: SLF001
}

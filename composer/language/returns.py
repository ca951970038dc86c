"""What returns in a piece: from where, moved by how much, and which cells are written anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.ranges import PitchRange, playable
from composer.language.rows import Note
from composer.language.sheet import BARS

_METER, KEY = BARS.index("meter"), BARS.index("key")
_HARMONY = [
    BARS.index(name) for name in BARS if name.rstrip("2") in {"root", "quality", "bass"}
]
RETURNING = [BARS.index(name) for name in ("meter", "key", "feel")] + _HARMONY
"""Columns of a plan's bar that return with its music."""
SHIFT_VALUES = {shift: value for value, shift in enumerate(v.SHIFTS, 1)}
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


@dataclass(frozen=True, slots=True)
class Varied:
    """(bar, part) cells of one stretch that returns, in the order in which they are varied.

    ``share`` is the part of them that is.
    """

    cells: tuple[tuple[int, int], ...]
    share: float

    def chosen(self) -> list[tuple[int, int]]:
        """The cells that are written anew."""
        return list(self.cells[: round(self.share * len(self.cells))])


class Returns:
    """What returns in a piece.

    ``lags`` (bars,) tells for each bar how many bars back its music comes from, 0 for new
    music; ``bars`` (bars, 15) is the complete plan; ``varied`` has each stretch of which a
    share is written anew. ``steps`` (bars,) is by how many semitones pitched parts move,
    ``limits`` holds each part's lowest and highest pitch where the plan says them. Where
    meter or, for pitched parts, moved chords differ from those of the bar it comes from, a
    cell does not return either.
    """

    def __init__(
        self,
        lags: Sequence[int],
        bars: NDArray[np.int16],
        varied: Sequence[Varied] = (),
        steps: Sequence[int] = (),
        limits: Sequence[PitchRange] = (),
    ) -> None:
        self._lags = lags
        self._stretches = {min(one.cells)[0]: one for one in varied if one.cells}
        self._varied = {cell for one in varied for cell in one.chosen()}
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

    def begin(self, bar: int, is_heard: Callable[[int, int], bool]) -> None:
        """Choose what varies in the stretch that begins with ``bar``, if one does.

        Of the cells whose origin ``is_heard`` (bar, part) the stated share is written anew:
        where much rests, a share of all cells may be hardly any that sound. Origins in the
        stretch itself are unknown yet and counted as heard.
        """
        stretch = self._stretches.get(bar)
        if stretch is None:
            return
        lag = self._lags[bar]
        sounding = tuple(
            (place, part)
            for place, part in stretch.cells
            if place - lag >= bar or is_heard(place - lag, part)
        )
        self._varied -= set(sounding)
        self._varied |= set(Varied(sounding, stretch.share).chosen())

    def lag(self, bar: int, part: int, *, is_drums: bool) -> int:
        """How many bars back a cell's notes come from; 0 where it is free."""
        if (bar, part) in self._varied:
            return 0
        return self._lags[bar] if (self._drums_too if is_drums else self._pitched)[bar] else 0

    def steps(self, bar: int) -> int:
        """Semitones by which what returns in a bar moves."""
        return self._steps[bar] if self._steps else 0

    def room(self, low: int, high: int) -> tuple[int, int]:
        """Of a part's range, what stays in it wherever music returns moved.

        All of it where less than an octave would be left.
        """
        bottom, top = low - min(0, *self._steps, 0), high - max(0, *self._steps, 0)
        return (bottom, top) if top - bottom >= _OCTAVES[-1] else (low, high)

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
            if is_inside and shift in SHIFT_VALUES:
                return tuple((at, pitch + shift, long, loud) for at, pitch, long, loud in notes)
        return None

    def origin(self, bar: int, part: int) -> int | None:
        """The bar that a varied cell must not repeat; None where it is not varied."""
        return bar - self._lags[bar] if (bar, part) in self._varied else None

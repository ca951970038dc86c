"""Completing the plan: open fields are sampled, given ones are forced.

A plan longer than a window is completed window by window; each goes on from bars that
the one before has settled.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.compose.pen import Pen
from composer.compose.returning import lags_of, recall
from composer.errors import RequestError
from composer.language import Walker, plan_of, plan_values
from composer.language.sheet import BARS
from composer.language.stream import Stream
from composer.language.vocabulary import MAX_PARTS, METERS, SECTIONS
from composer.plan import Mood, Plan, PlanBar, PlanPart

Table = NDArray[np.int16]
_SECTION = BARS.index("section")
_MORE_SECTIONS = tuple(f"{letter}2" for letter in SECTIONS)
"""Names for sections when the given ones took the letters."""


def check_plan(plan: Plan) -> None:
    """Raise RequestError where the music language can't say the plan."""
    if plan.parts is not None and not 1 <= len(plan.parts) <= MAX_PARTS:
        raise RequestError(f"a piece has 1-{MAX_PARTS} instruments, not {len(plan.parts)}")
    for bar in plan.bars:
        if bar.meter is not None and bar.meter not in METERS:
            known = ", ".join(str(meter) for meter in METERS)
            raise RequestError(f"no music can be written in {bar.meter}: choose {known}")


def complete(plan: Plan, pen: Pen, window_bars: int) -> Plan:
    """Fill the open fields of ``plan``, showing the pen ``window_bars`` bars at a time."""
    return _merged(plan, plan_of(*_complete_values(plan, pen, window_bars)))


def _complete_values(plan: Plan, pen: Pen, window_bars: int) -> tuple[Table, Table]:
    """Every part (P, 4) and bar (B, 15) as values, open only where the walker is silent."""
    forced, bars = plan_values(plan)
    parts = None if plan.parts is None else forced
    lags = lags_of(plan)
    for first, known in _windows(len(bars), window_bars):
        window = bars[first : first + window_bars].copy()
        letters = _Letters(bars, window)
        stream = Stream(first=first, bars=len(window), total=len(bars))
        walker = Walker(stream, parts=parts, bars=window)
        while len(stream.plan) < len(window):
            place = len(stream.plan)
            origin = place - lags[first + place]
            if origin < place:
                settled = stream.plan[origin] if origin >= 0 else bars[first + origin].tolist()
                recall(window[place], settled, plan.bars[first + place].transposition)
            pen.write(walker)
        sheet = stream.sheet()
        parts = sheet.parts
        letters.restore(sheet.bars)
        bars[first + known : first + window_bars] = sheet.bars[known:]
    assert parts is not None  # noqa: S101 - a plan has bars, so there was a window
    return parts, bars


def _windows(total: int, window_bars: int) -> Iterator[tuple[int, int]]:
    """Yield (first bar, bars already known) of windows that overlap by half."""
    yield 0, 0
    known = window_bars // 2
    settled = window_bars
    while settled < total:
        yield settled - known, known
        settled += window_bars - known


class _Letters:
    """Section values of one window, which counts them anew in order of appearance.

    ``window`` is renumbered in place; ``restore`` gives the piece's values back and new
    ones to sections that the window added.
    """

    def __init__(self, bars: Table, window: Table) -> None:
        self._next = int(bars[:, _SECTION].max()) + 1
        self._local: dict[int, int] = {0: 0}
        for row in window:
            row[_SECTION] = self._local.setdefault(int(row[_SECTION]), len(self._local))

    def restore(self, bars: Table) -> None:
        """Renumber ``bars`` in place, from the window's values to the piece's."""
        piece = {local: value for value, local in self._local.items()}
        for row in bars:
            local = int(row[_SECTION])
            if local not in piece:
                piece[local] = min(self._next, len(SECTIONS))
                self._next += 1
            row[_SECTION] = piece[local]


def _merged(asked: Plan, own: Plan) -> Plan:
    """The complete plan: what was ``asked`` stands exactly, ``own`` fills the rest.

    Both have the same bars and, where the parts were asked for, the same parts.
    """
    parts = own.parts or ()
    if asked.parts is not None:
        pairs = zip(asked.parts, parts, strict=True)
        parts = tuple(_merged_part(part, other) for part, other in pairs)
    names = _section_names(asked, own)
    bars = tuple(
        _merged_bar(bar, replace(other, section=names[other.section]))
        for bar, other in zip(asked.bars, own.bars, strict=True)
    )
    return replace(asked, bars=bars, parts=parts)


def _section_names(asked: Plan, own: Plan) -> dict[str | None, str | None]:
    """The plan's own section letters to names that don't clash with those asked for."""
    pairs = list(zip(asked.bars, own.bars, strict=True))
    names: dict[str | None, str | None] = {
        other.section: bar.section for bar, other in pairs if bar.section is not None
    }
    taken = set(names.values())
    free = (letter for letter in (*SECTIONS, *_MORE_SECTIONS) if letter not in taken)
    for _, other in pairs:
        if other.section not in names:
            names[other.section] = next(free)
    return names


def _merged_part(asked: PlanPart, own: PlanPart) -> PlanPart:
    """The part with its open fields filled; a drum part keeps its kit."""
    return replace(own, **_said(asked))


def _merged_bar(asked: PlanBar, own: PlanBar) -> PlanBar:
    """The bar with its open fields filled; chords go together, the mood by dimension."""
    said = _said(asked)
    if asked.chord is not None:
        said["second_chord"] = asked.second_chord
    mood = replace(own.mood, **_said(asked.mood))
    return replace(own, **said | {"mood": mood})


def _said(values: PlanPart | PlanBar | Mood) -> dict[str, Any]:
    """Fields that are not open."""
    named = {field.name: getattr(values, field.name) for field in fields(values)}
    return {name: value for name, value in named.items() if value not in (None, "")}

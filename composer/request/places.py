"""Values that change in the course of a piece: ``4/4 3/4@bar9``, ``90 120@-8 70@B``.

A value without a place holds from the first bar. ``@bar9`` (or ``@9``) means from bar 9
on, ``@-4`` from the fourth last bar on, and ``@B`` in every section of that name, and
only there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from composer.plan import PlanBar

T = TypeVar("T")
_BAR = re.compile(r"^(?:bar\s*)?(-?\d{1,6})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark(Generic[T]):
    """A value and where it begins; ``text`` is how it was written.

    ``bar`` counts from 1, or back from -1 (the last); None where ``section`` says the place.
    """

    value: T
    text: str
    bar: int | None = 1
    section: str | None = None


def read_marks(
    text: str, reader: Callable[[str], T], *, separators: str = ", "
) -> tuple[Mark[T], ...]:
    """Read values with their places; raises ValueError for the first that is wrong."""
    items = [item.strip() for item in re.split(f"[{separators}]", text) if item.strip()]
    return tuple(_mark(item, reader) for item in items or [text])


def _mark(text: str, reader: Callable[[str], T]) -> Mark[T]:
    """Read one value and its place."""
    words, at, place = text.partition("@")
    value = reader(words.strip())
    place = place.strip()
    if not at:
        return Mark(value, text)
    bar = _BAR.match(place)
    if bar is None and place:
        return Mark(value, text, bar=None, section=place)
    number = int(bar.group(1)) if bar else 0
    if number == 0:
        raise ValueError(f"a place is a bar or a section (@bar9, @-4, @B), not {text!r}")
    return Mark(value, text, bar=number)


def first_bar(mark: Mark[T], count: int) -> int | None:
    """The bar (from 0) where ``mark`` begins in a piece of ``count`` bars.

    None where it names a section, or lies outside.
    """
    if mark.bar is None:
        return None
    place = mark.bar - 1 if mark.bar > 0 else count + mark.bar
    return place if 0 <= place < count else None


def in_order(marks: Sequence[Mark[T]], count: int) -> list[tuple[int, T]]:
    """(first bar from 0, value) of the marks that name a bar of the piece, sorted."""
    placed = [(first_bar(mark, count), mark.value) for mark in marks]
    known = [(start, value) for start, value in placed if start is not None]
    return sorted(known, key=lambda one: one[0])


def bars_of_section(bars: Sequence[PlanBar], name: str) -> list[int]:
    """Bars (from 0) whose section or function has this name, in any case."""
    wanted = name.lower()
    return [
        index
        for index, bar in enumerate(bars)
        if wanted in {(bar.section or "").lower(), (bar.function or "").lower()}
    ]


def appearances(bars: Sequence[PlanBar], name: str) -> Iterator[list[int]]:
    """Yield the bars (from 0) of each appearance of a section or function of this name."""
    places = bars_of_section(bars, name)
    keyed = [(place - index, bars[place].returns, place) for index, place in enumerate(places)]
    for _, run in groupby(keyed, key=lambda one: one[:2]):
        yield [place for *_, place in run]


def spread(marks: Sequence[Mark[T]], bars: Sequence[PlanBar]) -> list[T | None]:
    """The value of each bar, None before the first mark; other places are passed over."""
    values: list[T | None] = [None] * len(bars)
    for start, value in in_order(marks, len(bars)):
        values[start:] = [value] * (len(bars) - start)
    for mark in marks:
        if mark.section is not None:
            for index in bars_of_section(bars, mark.section):
                values[index] = mark.value
    return values


def misplaced(marks: Sequence[Mark[T]], bars: Sequence[PlanBar]) -> Iterator[str]:
    """Yield what is wrong with each place that the piece lacks."""
    for mark in marks:
        if mark.section is None:
            if first_bar(mark, len(bars)) is None:
                yield f"{mark.text!r} lies outside the piece of {len(bars)} bars"
        elif not bars_of_section(bars, mark.section):
            known = list(dict.fromkeys(bar.section for bar in bars if bar.section))
            hint = f"it has {', '.join(known)}" if known else "name a bar, such as @bar9"
            yield f"{mark.text!r}: the piece has no section {mark.section!r}: {hint}"

"""A plan's bars in sections: one value for the section, and the bars that differ.

A section ends where the section's name, its function or what it returns to changes, and
where meter, key, feel or mood change for longer than a bar.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from composer.plan import Mood, PlanBar
from composer.planfile.laying import BAR_FIELDS

CURVES = frozenset({"tempo", "intensity"})
"""Fields that may have a value for each bar."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bars [first, first + len(bars)) of a plan that are written as one section."""

    first: int
    bars: tuple[PlanBar, ...]

    def values(self) -> dict[str, Any]:
        """What the section says by field of the file; lists where a curve moves."""
        found: dict[str, Any] = {}
        for name, own in BAR_FIELDS.items():
            values = [getattr(bar, own) for bar in self.bars]
            if name in CURVES and len(set(values)) > 1:
                found[name] = values
            else:
                found[name] = Counter(values).most_common(1)[0][0]
        return {name: value for name, value in found.items() if value not in (None, Mood())}

    def exceptions(self) -> dict[int, dict[str, Any]]:
        """What single bars, counted from 1, say instead; None is open."""
        said = self.values()
        found: dict[int, dict[str, Any]] = {}
        for number, bar in enumerate(self.bars, 1):
            for name, own in BAR_FIELDS.items():
                value, usual = getattr(bar, own), said.get(name)
                value = None if value == Mood() else value
                if value != usual and not isinstance(usual, list):
                    found.setdefault(number, {})[name] = value
        return found


def stretches(bars: tuple[PlanBar, ...]) -> Iterator[Stretch]:
    """Yield the sections of a plan in order."""
    first = 0
    for place in range(1, len(bars)):
        is_new = _frame(bars[place]) != _frame(bars[place - 1])
        colours = {_colour(bar) for bar in bars[place : place + 2]}
        if is_new or (len(colours) == 1 and _colour(bars[first]) not in colours):
            yield Stretch(first, bars[first:place])
            first = place
    yield Stretch(first, bars[first:])


def _frame(bar: PlanBar) -> tuple[Any, ...]:
    return bar.section, bar.function, bar.returns, bar.variation, bar.transposition


def _colour(bar: PlanBar) -> tuple[Any, ...]:
    return bar.meter, bar.key, bar.feel, bar.mood

"""Places in words to bars: ``middle``, ``end``, ``last third``, ``bar 17``, ``0:40``."""

import re
from dataclasses import replace
from itertools import accumulate, pairwise

from composer.plan import Plan, PlanBar
from composer.request.defaults import typical_tempo
from composer.request.length import seconds_of

_SHARES = {"middle": 1 / 2, "second half": 1 / 2, "last third": 2 / 3, "last quarter": 3 / 4}
_END_BARS = 4
_PHRASE_BARS = 4
"""Bars of the phrases that pieces without a form have."""


def bar_of(place: str, plan: Plan) -> int:
    """The bar (from 1) at which something changes: never the first of several.

    A place is one of ``_SHARES``, ``end``, ``last 4 bars``, ``bar 17`` or a time; what lies
    beyond the end is the last bar.
    """
    count = len(plan.bars)
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", place)]
    if place in _SHARES:
        return bar_of_share(_SHARES[place], plan)
    if place == "end":
        bar = count - max(1, min(_END_BARS, count // 4)) + 1
    elif ":" in place:
        bar = _bar_at(60 * numbers[0] + numbers[1], plan)
    elif place.endswith("seconds"):
        bar = _bar_at(seconds_of(_timed(plan)) - numbers[0], plan)
    elif place.startswith("last"):
        bar = count - int(numbers[0]) + 1
    else:
        bar = int(numbers[0])
    return min(count, max(2, bar))


def bar_of_share(share: float, plan: Plan) -> int:
    """The start of the section, else of the phrase of four bars, that lies nearest."""
    bars = plan.bars
    target = share * len(bars)
    starts = [
        place
        for place, (before, bar) in enumerate(pairwise(bars), 1)
        if bar.section is not None
        and (before.section, before.returns) != (bar.section, bar.returns)
    ]
    starts = starts or [*range(_PHRASE_BARS, len(bars), _PHRASE_BARS)]
    starts = starts or [max(1, round(target))]
    return min(starts, key=lambda start: (abs(start - target), start)) + 1


def _timed(plan: Plan) -> list[PlanBar]:
    usual = typical_tempo(plan.mood)
    return [replace(bar, tempo_qpm=bar.tempo_qpm or usual) for bar in plan.bars]


def _bar_at(seconds: float, plan: Plan) -> int:
    """The bar whose start is nearest to a time, where open tempi are the mood's usual one."""
    lengths = [seconds_of([bar]) for bar in _timed(plan)]
    starts = [0.0, *accumulate(lengths)][:-1]
    return min(range(len(starts)), key=lambda place: abs(starts[place] - seconds)) + 1

"""A form laid over bars that fit a picture: sections begin on hits where they can."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from composer.plan import Plan, PlanBar
from composer.request.form import Form, lengths_of, returns_in_other_meters, with_form

_OFF_HIT_COST = 1.0
"""Cost of a section that begins between hits. One that is twice or half as long as its share
of the piece, in squared logarithms, costs 0.48."""

Costs = NDArray[np.float64]


def over_picture(
    bars: Sequence[PlanBar],
    form: Form,
    vary: float | None,
    hits: Collection[int],
    remarks: list[str],
) -> tuple[PlanBar, ...]:
    """The bars with the form's sections, those without a length stretched to reach ``hits``.

    ``hits`` are bars (from 0) that begin on one. What can't be goes into ``remarks``: a form
    of other lengths is left out, and sections that begin between hits are named.
    """
    try:
        shares = lengths_of(form, len(bars))
    except ValueError as error:
        remarks.append(f"{error}: the form is left out (sections without a length stretch)")
        return tuple(bars)
    lengths = _stretched(form, shares, hits)
    settled = tuple(
        replace(section, bars=length) for section, length in zip(form, lengths, strict=True)
    )
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    off = [
        f"{section.name} (bar {start + 1})"
        for section, start in zip(form, starts, strict=True)
        if start and start not in hits
    ]
    if hits and off:
        verb = "begin" if len(off) > 1 else "begins"
        remarks.append(f"{' and '.join(off)} {verb} between hits")
    return _without_odd_returns(with_form(Plan(tuple(bars)), settled, vary).bars, remarks)


def _without_odd_returns(bars: tuple[PlanBar, ...], remarks: list[str]) -> tuple[PlanBar, ...]:
    """The bars, those new that are longer or shorter than what they would return to."""
    odd = list(returns_in_other_meters(bars))
    if not odd:
        return bars
    verb, places = ("are", "bars") if len(odd) > 1 else ("is", "bar")
    numbers = ", ".join(str(place + 1) for place in odd)
    remarks.append(f"{places} {numbers} {verb} new where a section returns: the meter differs")
    return tuple(
        replace(bar, returns=None, variation=None, transposition=None) if place in odd else bar
        for place, bar in enumerate(bars)
    )


def _stretched(form: Form, shares: Sequence[int], hits: Collection[int]) -> list[int]:
    """Lengths with the least cost; ``shares`` are the lengths as if there were no hits.

    Dynamic programming over the sections; a state is the bar on which one ends.
    """
    count = sum(shares)
    off_hit = np.full(count + 1, _OFF_HIT_COST)
    off_hit[[*(hit for hit in hits if 0 <= hit <= count), 0, count]] = 0.0
    best: Costs = np.where(np.arange(count + 1) == 0, 0.0, np.inf)
    origins: list[NDArray[np.intp]] = []
    for section, share in zip(form, shares, strict=True):
        ways = best[:, None] + _length_costs(count, share, is_open=section.bars is None)
        origins.append(ways.argmin(axis=0))
        best = ways.min(axis=0) + off_hit
    end, lengths = count, []
    for origin in reversed(origins):
        lengths.append(int(end - origin[end]))
        end = int(origin[end])
    return lengths[::-1]


def _length_costs(count: int, share: int, *, is_open: bool) -> Costs:
    """Cost of a section from each bar line (rows) to each later one (columns)."""
    lines = np.arange(count + 1)
    lengths = lines[None, :] - lines[:, None]
    if not is_open:
        return np.where(lengths == share, 0.0, np.inf)
    ratios = np.log(np.maximum(lengths, 1) / share)
    return np.where(lengths >= 1, ratios**2, np.inf)

"""Tempo curves: ``90``, ``90 120@bar17``, ``90 rit@-4``, ``80 accel140@bar9``.

Items stand apart by spaces or commas, each a number of quarters a minute or a change that
goes on bar by bar: ``rit`` slows down and ``accel`` speeds up, in equal ratios, until the
next item or the end. A change aims at the number written with it (``rit60@-4``); else at
the next item's tempo where that lies in its direction; else at 0.7 or 1.4 times the tempo
before it. Places are those of ``composer.request.places``: in a section (``rit@outro``) a
change goes from the section's tempo to the end of each appearance.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from composer.plan import PlanBar
from composer.request.places import Mark, appearances, in_order, read_marks

SLOWEST_QPM, FASTEST_QPM = 20.0, 400.0
_SLOWED, _HURRIED = 0.7, 1.4
_CHANGE = re.compile(
    r"^(rit|rall|ritardando|rallentando|accel|accelerando)\.?(.*)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TempoItem:
    """A tempo, or a gradual change: ``ratio`` of what comes before, or on to ``qpm``."""

    qpm: float | None
    ratio: float | None = None

    @property
    def is_change(self) -> bool:
        """Whether the tempo moves bar by bar."""
        return self.ratio is not None


Curve = tuple[Mark[TempoItem], ...]


def read_tempo(given: float | str) -> Curve:
    """Read a tempo or a curve; raises ValueError with what would be right."""
    curve = read_marks(str(given), _item)
    starts = {mark.section for mark in curve if not mark.value.is_change}
    for mark in curve:
        has_start = mark is not curve[0] and starts & {None, mark.section}
        if mark.value.is_change and not has_start:
            raise ValueError(f"{mark.text!r} needs a tempo to start from: 90 {mark.text}")
        if mark.value.is_change and mark.bar == 1:
            raise ValueError(f"{mark.text!r} needs a bar to start from, such as rit@-4")
    return curve


def _item(text: str) -> TempoItem:
    """Read ``90``, ``rit`` or ``accel140``."""
    change = _CHANGE.match(text)
    if change is None:
        return TempoItem(_number(text))
    word, target = change.groups()
    ratio = _HURRIED if word.lower().startswith("accel") else _SLOWED
    return TempoItem(_number(target) if target.strip() else None, ratio)


def _number(text: str) -> float:
    """Quarters a minute within the limits."""
    try:
        qpm = float(text)
    except ValueError:
        raise ValueError(
            f"a tempo looks like 90 or '90 120@bar17 rit@-4', not {text[:40]!r}"
        ) from None
    if not SLOWEST_QPM <= qpm <= FASTEST_QPM:
        raise ValueError(f"tempo lies between {SLOWEST_QPM:g} and {FASTEST_QPM:g}, not {qpm:g}")
    return qpm


def with_tempo(bars: Sequence[PlanBar], curve: Curve) -> tuple[PlanBar, ...]:
    """The bars with the tempi of a curve; places that they lack are passed over."""
    found = _tempos(curve, len(bars))
    # what changes in a section goes on from, and may aim at, the steady tempi around it
    placed = [mark for mark in curve if mark.section is not None]
    for mark in sorted(placed, key=lambda mark: mark.value.is_change):
        for run in appearances(bars, mark.section or ""):
            start, end = run[0], run[-1] + 1
            after = found[end] if end < len(bars) else None
            aim = None if after is None else TempoItem(after)
            found[start:end] = _stretch(mark.value, end - start, found[start], aim)
    return tuple(replace(bar, tempo_qpm=qpm) for bar, qpm in zip(bars, found, strict=True))


def _tempos(curve: Curve, count: int) -> list[float | None]:
    """The tempo of each bar by the items that name bars; None before the first."""
    items = in_order(curve, count)
    tempos: list[float | None] = [None] * count
    for index, (start, item) in enumerate(items):
        end, after = items[index + 1] if index + 1 < len(items) else (count, None)
        before = tempos[start - 1] if start else None
        tempos[start:end] = _stretch(item, end - start, before, after)
    return tempos


def _stretch(
    item: TempoItem, count: int, before: float | None, after: TempoItem | None
) -> list[float | None]:
    """The tempi of the ``count`` bars that an item rules."""
    if item.ratio is None or before is None:
        return [item.qpm] * count
    target = item.qpm or _aim(item.ratio, before, None if after is None else after.qpm)
    target = min(FASTEST_QPM, max(SLOWEST_QPM, target))
    return [
        round(before * (target / before) ** (place / count), 3) for place in range(1, count + 1)
    ]


def _aim(ratio: float, before: float, after: float | None) -> float:
    """What a change without a number goes to."""
    is_onward = after is not None and (after < before if ratio < 1 else after > before)
    return after if after is not None and is_onward else before * ratio

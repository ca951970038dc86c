"""Intensity curves: ``2@1 7@17``, ``A=3 build=3-9 drop=10``, ``2 7@B 3-9@build``.

Levels go from 0 to 10. ``LEVEL@BAR`` are points between which the level moves in a straight
line; the first may leave its place out. ``NAME=LEVEL`` or ``LEVEL@NAME`` holds in the sections
of that name or function, ``NAME=FROM-TO`` or ``FROM-TO@NAME`` rises or falls within each of
them; both overrule the points.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from composer.plan import Plan, PlanBar
from composer.request.defaults import typical_intensity
from composer.request.places import appearances, bars_of_section

HIGHEST_LEVEL = 10.0
_POINT = re.compile(r"^([\d.]+)@(?:bar\s*)?(\d{1,5})$", re.IGNORECASE)
_SECTION = re.compile(r"^([^=]+)=([\d.]+)(?:-([\d.]+))?$")
_PLACED = re.compile(r"^([\d.]+(?:-[\d.]+)?)@(.+)$")
FUNCTION_LEVELS: dict[str, tuple[float, float]] = {
    "intro": (0.25, 0.35),
    "verse": (0.45, 0.45),
    "chorus": (0.75, 0.75),
    "bridge": (0.55, 0.55),
    "build": (0.35, 0.85),
    "drop": (0.95, 0.95),
    "break": (0.25, 0.25),
    "outro": (0.35, 0.15),
}
"""Intensity at the start and end of a section by what it is for, where nobody says it, in a
piece whose mean is ``_USUAL_LEVEL``."""
_USUAL_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Level:
    """A level, 0-1, at a bar (from 1), or from start to end of the sections of a name."""

    text: str
    start: float
    end: float
    bar: int | None = None
    section: str | None = None


def read_intensity(text: str) -> tuple[Level, ...]:
    """Read a curve; raises ValueError for the first item that is wrong."""
    items = [item for item in re.split(r"[\s,]+", text.strip()) if item]
    if not items:
        raise ValueError("an intensity looks like '2@1 7@17' or 'A=3 build=3-9'")
    first = f"{items[0]}@1" if re.fullmatch(r"[\d.]+", items[0]) else items[0]
    return tuple(map(_level, (first, *items[1:])))


def _level(item: str) -> Level:
    point = _POINT.match(item)
    placed = None if point else _PLACED.match(item)
    section = _SECTION.match(f"{placed[2]}={placed[1]}" if placed else item)
    if point is not None and int(point.group(2)) > 0:
        start = _number(point.group(1))
        return Level(item, start, start, bar=int(point.group(2)))
    if section is not None:
        name, low, high = section.groups()
        return Level(item, _number(low), _number(high or low), section=name)
    raise ValueError(
        f"an intensity looks like '2@1 7@17' or 'A=3 build=3-9', not {item[:30]!r}"
    )


def _number(text: str) -> float:
    try:
        level = float(text)
    except ValueError:
        level = -1.0
    if not 0 <= level <= HIGHEST_LEVEL:
        raise ValueError(f"an intensity lies between 0 and {HIGHEST_LEVEL:g}, not {text[:20]}")
    return level / HIGHEST_LEVEL


def with_intensity(plan: Plan, levels: Sequence[Level]) -> Plan:
    """The plan with a curve's intensities; raises ValueError for places it lacks."""
    bars = plan.bars
    points = sorted((level.bar, level.start) for level in levels if level.bar is not None)
    if points and points[-1][0] > len(bars):
        raise ValueError(
            f"intensity: bar {points[-1][0]} lies outside the piece of {len(bars)} bars"
        )
    found: list[float | None] = [bar.intensity for bar in bars]
    if points:
        found = [_between(points, place) for place in range(1, len(bars) + 1)]
    for level in levels:
        if level.section is None:
            continue
        places = bars_of_section(bars, level.section)
        if not places:
            known = list(dict.fromkeys(bar.section for bar in bars if bar.section))
            hint = f"it has {', '.join(known)}" if known else "it has no form"
            raise ValueError(f"intensity: the piece has no {level.section!r}: {hint}")
        for run in appearances(bars, level.section):
            for place, bar in enumerate(run):
                found[bar] = _along(level.start, level.end, place, len(run))
    return replace(plan, bars=tuple(map(_at, bars, found)))


def with_function_levels(plan: Plan) -> Plan:
    """The plan with usual intensities where a section has a function and none was said."""
    found = [bar.intensity for bar in plan.bars]
    lift = typical_intensity(plan.mood) - _USUAL_LEVEL
    for name, (start, end) in FUNCTION_LEVELS.items():
        for run in appearances(plan.bars, name):
            for place, bar in enumerate(run):
                if found[bar] is None:
                    level = _along(start, end, place, len(run)) + lift
                    found[bar] = round(min(1.0, max(0.0, level)), 3)
    return replace(plan, bars=tuple(map(_at, plan.bars, found)))


def _at(bar: PlanBar, level: float | None) -> PlanBar:
    return replace(bar, intensity=level)


def _between(points: Sequence[tuple[int, float]], place: int) -> float:
    """The level at a bar, straight between points and flat outside them."""
    before = [point for point in points if point[0] <= place]
    after = [point for point in points if point[0] > place]
    if not before or not after:
        return (before[-1] if before else after[0])[1]
    (left, low), (right, high) = before[-1], after[0]
    return round(low + (high - low) * (place - left) / (right - left), 3)


def _along(start: float, end: float, place: int, count: int) -> float:
    """The level of bar ``place`` (from 0) of a stretch of ``count`` bars."""
    return round(start + (end - start) * place / max(1, count - 1), 3)

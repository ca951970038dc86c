"""From the entries of a plan file to the bars and parts of a Plan."""

from collections.abc import Iterator, Sequence
from typing import Any

from composer.plan import Harmony, Marker, Mood, Plan, PlanBar, PlanPart, Role
from composer.planfile.chosen import mark_of
from composer.planfile.model import BarEntry, PartEntry, PlanEntry, SectionEntry
from composer.request.form import returns_in_other_meters, told_meters
from composer.request.length import MOST_BARS
from composer.score import instrument_name

Problems = list[tuple[tuple[str | int, ...], str]]
"""(path in the file, what is wrong)."""

BAR_FIELDS = {
    "meter": "meter",
    "tempo": "tempo_qpm",
    "key": "key",
    "feel": "feel",
    "intensity": "intensity",
    "mood": "mood",
    "returns": "returns",
    "vary": "variation",
    "transpose": "transposition",
}
"""A bar's fields in the file, and in the plan."""
_OF_RETURNS = ("vary", "transpose")
"""Fields that say how music returns, and nothing where none does."""


def lay_plan(entry: PlanEntry) -> tuple[Plan, Problems]:
    """The plan that ``entry`` says, and what can't be; the plan counts only without."""
    problems: Problems = []
    bars = _bars(entry.sections, problems)
    if len(bars) > MOST_BARS:
        told = f"sections: a piece has 1 to {MOST_BARS:,} bars, not {len(bars):,}"
        problems.append((("sections",), told))
    parts = None
    if entry.parts is not None:
        parts = tuple(_part(index, one, problems) for index, one in enumerate(entry.parts))
    for index, marker in enumerate(entry.markers):
        if marker.bar > len(bars) + 1:
            told = f"marker {index + 1}, bar: the piece has {len(bars)} bars"
            problems.append((("markers", index, "bar"), told))
    plan = Plan(
        bars=tuple(bars),
        parts=parts,
        mood=entry.mood or Mood(),
        style=entry.style,
        title=entry.title or "",
        seed=entry.seed,
        swing=entry.swing,
        harmony=_harmony(entry, bars),
        markers=()
        if problems
        else tuple(Marker(marker.bar - 1, marker.name) for marker in entry.markers),
    )
    return plan, problems


def _harmony(entry: PlanEntry, bars: Sequence[PlanBar]) -> Harmony | None:
    """How closely notes keep to the chords: firmly to those that were put into a free plan."""
    is_changed = entry.chosen is not None and entry.chosen != mark_of(bars)
    return "firm" if entry.harmony == "free" and is_changed else entry.harmony


def _part(index: int, entry: PartEntry, problems: Problems) -> PlanPart:
    """One part; an instrument that is named names the part."""
    program, is_drums = entry.instrument or (None, False)
    low, high = entry.range or (None, None)
    name = entry.name
    if name is None:
        name = "" if program is None else instrument_name(program, is_drums=is_drums)
    role = None if entry.role is None else Role(entry.role)
    if role is not None and (role is Role.DRUMS) != is_drums and program is not None:
        told = f"part {index + 1}, role: drums play drums, and nothing else does"
        problems.append((("parts", index, "role"), told))
    return PlanPart(
        program=entry.kit if is_drums else program,
        is_drums=is_drums,
        role=role,
        register=entry.register_,
        density=entry.density,
        name=name,
        low=low,
        high=high,
    )


def _bars(sections: list[SectionEntry], problems: Problems) -> list[PlanBar]:
    """All bars, section by section; what returns knows how far back it goes."""
    bars: list[PlanBar] = []
    heard: dict[str, tuple[int, int]] = {}
    missing: dict[int, str] = {}
    for index, section in enumerate(sections):
        start = len(bars)
        before = heard.get(section.section or "")
        for place in range(section.length):
            fields = _said(section, place)
            lag = _lag(fields.pop("returns", None), before, start, place)
            if lag is not None and not 1 <= lag <= start + place:
                told = f"section {index + 1}, returns: no music stands so far before it"
                missing.setdefault(index, told)
                lag = None
            if lag is None:
                fields = {name: fields[name] for name in fields if name not in _OF_RETURNS}
            chord, second = _chords(section, place)
            bars.append(
                PlanBar(
                    chord=chord,
                    second_chord=second,
                    section=section.section,
                    function=section.function,
                    returns=lag,
                    **{BAR_FIELDS[name]: value for name, value in fields.items()},
                )
            )
        heard[section.section or ""] = (start, section.length)
        if index not in missing:
            problems += _idle(index, section, bars[start:])
        problems += _unlike(index, bars, start)
    problems += [(("sections", index, "returns"), told) for index, told in missing.items()]
    return bars


def _idle(index: int, section: SectionEntry, bars: list[PlanBar]) -> Problems:
    """What a section says of its returns where nothing returns."""
    at = ("sections", index)
    told = "nothing returns here: say returns: true as well"
    found: Problems = []
    for name in _OF_RETURNS:
        if getattr(section, name) is not None and all(bar.returns is None for bar in bars):
            found.append(((*at, name), f"section {index + 1}, {name}: {told}"))
        found += [
            (
                (*at, "exceptions", number, name),
                f"section {index + 1}, bar {number}, {name}: {told}",
            )
            for number, entry in section.exceptions.items()
            if getattr(entry, name) is not None and bars[number - 1].returns is None
        ]
    return found


def _unlike(index: int, bars: list[PlanBar], start: int) -> Problems:
    """The first bar from ``start`` on that should return what stands in another meter."""
    for place in returns_in_other_meters(bars):
        if place >= start:
            told = f"section {index + 1}, returns: {told_meters(bars, place)}"
            return [(("sections", index, "returns"), told)]
    return []


def _lag(said: Any, before: tuple[int, int] | None, start: int, place: int) -> int | None:
    """How many bars back the music comes from; 0 where ``true`` has nothing to return to.

    ``said`` is True, a number of bars, or None.
    ``before`` is the (first bar, length) of the section's last appearance; what reaches
    beyond it is new.
    """
    if said is not True:
        return said or None
    if before is None:
        return 0
    return start - before[0] if place < before[1] else None


def _chords(section: SectionEntry, place: int) -> Any:
    """The chords of a bar of a section, whose line of chords is repeated."""
    return section.chords[place % len(section.chords)] if section.chords else (None, None)


def _said(section: SectionEntry, place: int) -> dict[str, Any]:
    """What a bar has: the section's values, and what its exception says instead."""
    values = dict(_values(section, place))
    exception = section.exceptions.get(place + 1)
    return values | (dict(_values(exception, 0)) if exception is not None else {})


def _values(entry: BarEntry, place: int) -> Iterator[tuple[str, Any]]:
    """The fields that an entry says, null ones as open."""
    for name in BAR_FIELDS.keys() & entry.model_fields_set:
        value = getattr(entry, name)
        value = value[place] if isinstance(value, list) else value
        yield name, Mood() if name == "mood" and value is None else value

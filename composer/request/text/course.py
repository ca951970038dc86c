"""What changes on the way: loudness, mood and tempo, by the bars that there will be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from composer.errors import RequestError
from composer.plan import Plan
from composer.request.building import build_plan
from composer.request.defaults import typical_tempo
from composer.request.picture_hits import clock
from composer.request.places import appearances
from composer.request.text.places import bar_of, bar_of_share
from composer.request.wishes import Wishes
from composer.score import parse_key

_LEVELS = {
    "building": (3, None, 9),
    "fading": (8, None, 2),
    "soft": (2, None, 2),
    "loud": (9, None, 9),
    "steady": (5, None, 5),
    "arch": (3, 9, 2),
}
"""Course of loudness to its levels at the start, in the middle (None: on the way), and last."""
_USUAL_METER = "4/4"
_MOST_PASSES = 8
"""How often the bars are counted again that last as long as was asked while the tempo bends."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What is said of one section: a value of a wish.

    The wish is ``tempo``, ``key``, ``meter``, ``intensity`` or ``arc``.

    ``section`` is a name, or ``last`` and a name.

    A tempo may be ``rit`` or ``accel``, a key ``+2``: a whole tone higher.
    """

    wish: str
    value: str
    section: str


@dataclass(frozen=True, slots=True)
class Courses:
    """How loudness runs, moods one after another, what changes, what sections have.

    A mood, a bend (``rit``, ``accel120``, ``140``) and a shift (``A minor``, ``+2``) may have a
    place: ``rit60@last 2 bars`` (``composer.request.text.places``).
    """

    intensity: str | None = None
    arc: tuple[str, ...] = ()
    bends: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    meters: tuple[str, ...] = ()
    placed: tuple[Placed, ...] = ()

    def without(self, wish: str) -> "Courses":
        """These, where something else settles a wish."""
        return Courses(
            None if wish == "intensity" else self.intensity,
            () if wish == "arc" else self.arc,
            () if wish == "tempo" else self.bends,
            () if wish == "key" else self.shifts,
            () if wish == "meter" else self.meters,
            tuple(one for one in self.placed if one.wish != wish),
        )


COURSED = ("tempo", "arc", "intensity", "key", "meter")
"""The wishes that courses fill."""


def with_courses(wishes: Wishes, courses: Courses) -> Wishes:
    """The wishes with what changes on the way; a change that can't be obeyed is left out."""
    steps: list[tuple[object, Callable[[Wishes, Courses, Plan], Wishes]]] = [
        (courses.meters, _with_meters),
        (courses.bends, _with_bends),
        (courses.shifts, _with_shifts),
        (courses.arc, _with_arc),
        (courses.intensity, _with_intensity),
        (any(one.wish == "arc" for one in courses.placed), _with_section_moods),
        *((one, partial(_with_placed, one)) for one in courses.placed if one.wish != "arc"),
    ]
    for asked, step in steps:
        if not asked:
            continue
        try:
            changed = step(wishes, courses, build_plan(**wishes))
            build_plan(**changed)
        except RequestError:
            continue  # told when the plan is built
        wishes = changed
    return wishes


def _with_meters(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The meters one after the other, in equal shares where they have no places."""
    said = [one.partition("@") for one in courses.meters]
    shares = [(number + 1) / (len(said) + 1) for number in range(len(said))]
    later = [
        f"{meter}@{bar_of(place, plan) if place else bar_of_share(share, plan)}"
        for (meter, _, place), share in zip(said, shares, strict=True)
    ]
    return Wishes(
        **{**wishes, "meter": " ".join([wishes.get("meter") or _USUAL_METER, *later])}
    )


def _with_bends(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The tempo as it changes; without a place the end slows down, the second half hurries."""
    for _ in range(_MOST_PASSES):
        placed = [_bend(one, plan) for one in courses.bends]
        items = [item for _, item in sorted(placed, key=lambda one: one[0])]
        changed = Wishes(**{**wishes, "tempo": " ".join([_start(wishes, plan), *items])})
        count, plan = len(plan.bars), build_plan(**changed)
        if len(plan.bars) == count:
            break
    return changed


def _bend(text: str, plan: Plan) -> tuple[int, str]:
    """A change's first bar (from 1), and the item of a tempo curve for it."""
    change, _, place = text.partition("@")
    count = len(plan.bars)
    if place:
        bar = bar_of(place, plan)
    elif change.startswith("accel"):
        bar = count // 2 + 1
    else:
        bar = bar_of("end", plan)
    is_late = place in ("", "end") and not change.startswith("accel")
    at = bar - count - 1 if is_late or place.startswith("last ") else bar
    return bar, f"{change}@{at}"


def _with_shifts(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The keys one after the other; those without a place come in equal shares."""
    keys = [wishes.get("key") or ""]
    free = sum("@" not in one for one in courses.shifts)
    passed = 0
    for one in courses.shifts:
        key, _, place = one.partition("@")
        passed += not place
        bar = bar_of(place, plan) if place else bar_of_share(passed / (free + 1), plan)
        if key[0] in "+-" and not keys[-1]:
            return wishes
        if key[0] in "+-":
            home = parse_key(keys[-1].partition("@")[0])
            key = f"{home.transposed(int(key))}"
        keys.append(f"{key}@bar{bar}")
    return Wishes(**{**wishes, "key": ", ".join(filter(None, keys))})


def _start(wishes: Wishes, plan: Plan) -> str:
    """The tempo so far, else the mood's usual one."""
    tempo = wishes.get("tempo") or round(typical_tempo(plan.mood))
    return tempo if isinstance(tempo, str) else f"{tempo:g}"


def _with_placed(one: Placed, wishes: Wishes, _courses: Courses, plan: Plan) -> Wishes:
    """What one section has, after what the whole piece has."""
    changed = Wishes(**wishes)
    section = _section(one.section, plan)
    there = f"{one.value}@{section}"
    if one.wish == "tempo":
        changed["tempo"] = f"{_start(wishes, plan)} {there}"
    elif one.wish == "meter":
        changed["meter"] = f"{wishes.get('meter') or _USUAL_METER} {there}"
    elif one.wish == "intensity":
        changed["intensity"] = f"{wishes.get('intensity') or ''} {there}".strip()
    else:
        before = wishes.get("key") or ""
        if one.value[0] in "+-":
            if not before:
                return wishes
            home = parse_key(before.partition(",")[0].partition("@")[0])
            there = f"{home.transposed(int(one.value))}@{section}"
        changed["key"] = f"{before}, {there}".removeprefix(", ")
    return changed


def _section(name: str, plan: Plan) -> str:
    """The place of a section; ``last chorus`` is a bar."""
    if not name.startswith("last "):
        return name
    starts = [run[0] + 1 for run in appearances(plan.bars, name.removeprefix("last "))]
    return f"bar{starts[-1]}" if starts else name


def _with_section_moods(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """An arc of the sections' moods; what has none has the piece's."""
    moods = {one.section: one.value for one in courses.placed if one.wish == "arc"}
    own = (wishes.get("mood") or "").partition(",")[0]
    points: list[str] = []
    before = None
    for place, bar in enumerate(plan.bars, 1):
        mood = moods.get(bar.section or "", own)
        if mood != before:
            points.append(f"{mood.replace(' ', '-')}@{place}")
        before = mood
    return Wishes(**{**wishes, "arc": " ".join(points)})


def _with_arc(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The moods: those without a place share what is left of the piece."""
    count, stages = len(plan.bars), len(courses.arc)
    points = []
    for index, one in enumerate(courses.arc):
        mood, _, place = one.partition("@")
        time = place if ":" in place else _time_before_end(place, wishes)
        bar = bar_of(place, plan) if place else index * count // stages + 1
        points.append(f"{mood.replace(' ', '-')}@{time or bar}")
    return Wishes(**{**wishes, "arc": " ".join(points)})


def _time_before_end(place: str, wishes: Wishes) -> str:
    """The time of ``last 15 seconds`` where the length was asked for, else nothing."""
    found = re.fullmatch(r"last ([\d.]+) seconds", place)
    length = wishes.get("seconds")
    return clock(length - float(found[1])) if found and length is not None else ""


def _with_intensity(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The points of the intensity curve."""
    count = len(plan.bars)
    first, middle, last = _LEVELS[courses.intensity or "steady"]
    points = [f"{first}@1"]
    if middle is not None and count > 2:
        points.append(f"{middle}@{count // 2 + 1}")
    if last != first and count > 1:
        points.append(f"{last}@{count}")
    return Wishes(**{**wishes, "intensity": " ".join(points)})

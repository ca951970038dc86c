"""What changes on the way: loudness, mood and tempo, by the bars that there will be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from composer.errors import RequestError
from composer.plan import Plan
from composer.request.building import build_plan
from composer.request.defaults import typical_tempo
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

_SLOWED_BARS = 4
_RAISED_SEMITONES = 2


@dataclass(frozen=True, slots=True)
class Placed:
    """What is said of one section: a value of ``tempo``, ``key`` or ``intensity``.

    A tempo may be ``rit`` or ``accel``, a key ``up``: a whole tone higher.
    """

    wish: str
    value: str
    section: str


@dataclass(frozen=True, slots=True)
class Courses:
    """How loudness runs, the moods one after another, how the tempo bends, what sections have.

    ``bend`` is ``rit`` (the last bars slow down) or ``accel`` (the second half hurries).
    """

    intensity: str | None = None
    arc: tuple[str, ...] = ()
    bend: str | None = None
    placed: tuple[Placed, ...] = ()

    def without(self, wish: str) -> "Courses":
        """These, where something else settles a wish."""
        return Courses(
            None if wish == "intensity" else self.intensity,
            () if wish == "arc" else self.arc,
            None if wish == "tempo" else self.bend,
            tuple(one for one in self.placed if one.wish != wish),
        )


COURSED = ("tempo", "arc", "intensity", "key")
"""The wishes that courses fill."""


def with_courses(wishes: Wishes, courses: Courses) -> Wishes:
    """The wishes with what changes on the way; a change that can't be obeyed is left out."""
    steps: list[tuple[object, Callable[[Wishes, Courses, Plan], Wishes]]] = [
        (courses.bend, _with_bend),
        (courses.arc, _with_arc),
        (courses.intensity, _with_intensity),
        *((one, partial(_with_placed, one)) for one in courses.placed),
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


def _with_bend(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """Slow down over the last quarter, at most four bars, or hurry from the middle on."""
    count, start = len(plan.bars), _start(wishes, plan)
    if courses.bend == "rit":
        place = f"rit@-{max(1, min(_SLOWED_BARS, count // 4))}"
    else:
        place = f"accel@{count // 2 + 1}"
    return Wishes(**{**wishes, "tempo": f"{start} {place}"})


def _start(wishes: Wishes, plan: Plan) -> str:
    """The tempo so far, else the mood's usual one."""
    tempo = wishes.get("tempo") or round(typical_tempo(plan.mood))
    return tempo if isinstance(tempo, str) else f"{tempo:g}"


def _with_placed(one: Placed, wishes: Wishes, _courses: Courses, plan: Plan) -> Wishes:
    """What one section has, after what the whole piece has."""
    changed = Wishes(**wishes)
    there = f"{one.value}@{one.section}"
    if one.wish == "tempo":
        changed["tempo"] = f"{_start(wishes, plan)} {there}"
    elif one.wish == "intensity":
        changed["intensity"] = f"{wishes.get('intensity') or ''} {there}".strip()
    else:
        before = wishes.get("key") or ""
        if one.value == "up":
            if not before:
                return wishes
            home = parse_key(before.partition(",")[0].partition("@")[0])
            there = f"{home.transposed(_RAISED_SEMITONES)}@{one.section}"
        changed["key"] = f"{before}, {there}".removeprefix(", ")
    return changed


def _with_arc(wishes: Wishes, courses: Courses, plan: Plan) -> Wishes:
    """The moods, each as long as the others."""
    count, stages = len(plan.bars), len(courses.arc)
    points = [
        f"{mood.replace(' ', '-')}@{place * count // stages + 1}"
        for place, mood in enumerate(courses.arc)
    ]
    return Wishes(**{**wishes, "arc": " ".join(points)})


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

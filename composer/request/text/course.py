"""How loudness runs, as the points of an intensity curve over the bars there will be."""

from composer.errors import RequestError
from composer.request.building import build_plan
from composer.request.wishes import Wishes

_COURSES = {
    "building": (3, None, 9),
    "fading": (8, None, 2),
    "soft": (2, None, 2),
    "loud": (9, None, 9),
    "steady": (5, None, 5),
    "arch": (3, 9, 2),
}
"""Course to its levels at the start, in the middle (None: on the way) and at the end."""


def with_course(wishes: Wishes, course: str | None) -> Wishes:
    """The wishes with the curve of a course; as they are where they can't be obeyed."""
    if course is None:
        return wishes
    try:
        count = len(build_plan(**wishes).bars)
    except RequestError:
        return wishes  # told when the plan is built
    first, middle, last = _COURSES[course]
    points = [f"{first}@1"]
    if middle is not None and count > 2:
        points.append(f"{middle}@{count // 2 + 1}")
    if last != first and count > 1:
        points.append(f"{last}@{count}")
    return Wishes(**{**wishes, "intensity": " ".join(points)})

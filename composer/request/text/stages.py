"""A text told in stages: how it starts, what it becomes, how it ends."""

from collections.abc import Sequence
from itertools import pairwise

from composer.request.text.course import Courses
from composer.request.text.reading import Phrase, values_of

_STARTS = frozenset(
    """start starts starting begin begins beginning open opens opening from
    开头 开始 起初 先 从 由""".split()  # noqa: SIM905 - so it is read more easily
)
_TURNS = frozenset(
    """then into become becomes becoming turn turns turning evolves evolving develops
    transitions shifts shifting morphs resolves finally eventually ends ending finishes
    finishing 然后 变成 变得 转 转为 转向 最后 结尾 结束""".split()  # noqa: SIM905 - as above
)
_ARRIVALS = frozenset({"to", "到", "后", "再"})
"""What turns only after a start: from sad to happy."""


_ENDINGS = {"soft": "fading", "loud": "building"}
"""How loudness runs that is said of the end alone."""


def courses_of(phrases: Sequence[Phrase]) -> Courses:
    """What changes on the way."""
    stages = _stages(phrases)
    bends = values_of(phrases, "bend")
    return Courses(_loudness(phrases, stages), _arc(stages), next(iter(bends), None))


def _stages(phrases: Sequence[Phrase]) -> list[list[Phrase]]:
    """The phrases of each stage; what stands before the first start is of none."""
    stages: list[list[Phrase]] = [[]]
    has_start = False
    for one in phrases:
        word = one.word.replace(" ", "") if not one.word.isascii() else one.word
        if word in _STARTS and not has_start:
            stages, has_start = [[]], True
        elif word in _TURNS or (has_start and word in _ARRIVALS):
            stages.append([])
        stages[-1].append(one)
    return stages


def _arc(stages: Sequence[Sequence[Phrase]]) -> tuple[str, ...]:
    """The first mood of each stage, where they are several and change."""
    moods = [found[0] for stage in stages if (found := values_of(stage, "mood"))]
    changing = [late for early, late in pairwise(["", *moods]) if early != late]
    return tuple(changing) if len(changing) > 1 else ()


def _loudness(phrases: Sequence[Phrase], stages: Sequence[Sequence[Phrase]]) -> str | None:
    """How loudness runs: a course first, then levels by stage, then what is implied."""
    said = values_of(phrases, "intensity")
    by_stage = [next(iter(values_of(stage, "intensity")), None) for stage in stages]
    last = by_stage[-1]
    if "building" in said and ("fading" in said or (last == "soft" and len(stages) > 1)):
        return "arch"
    if last in _ENDINGS and not any(by_stage[:-1]) and len(stages) > 1:
        return _ENDINGS[last]
    for course in ("arch", "building", "fading", "steady"):
        if course in said:
            return course
    levels = [level for level in by_stage if level is not None]
    if len(levels) > 1 and levels[0] != levels[-1]:
        return "building" if levels[0] == "soft" else "fading"
    if "loud" in levels and "soft" in levels:
        return "arch"
    implied = values_of(phrases, "intensity", is_implied=True)
    return next(iter(said or implied), None)

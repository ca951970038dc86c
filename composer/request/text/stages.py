"""A text told in stages: how it starts, what it becomes, how it ends."""

from collections.abc import Sequence

from composer.request.text.course import Courses
from composer.request.text.placed import clauses_of
from composer.request.text.reading import Phrase, values_of
from composer.request.text.turns import peaks

_STARTS = frozenset(
    """start starts starting begin begins beginning open opens opening from
    开头 开始 起初 先 从 由""".split()  # noqa: SIM905 - so it is read more easily
)
_TURNS = frozenset(
    """then into become becomes becoming turn turns turning evolves evolving develops
    transitions shifts shifting morphs resolves finally eventually ends ending finishes
    finishing -> \u2192 然后 变成 变得 转 转为 转向 最后 结尾 结束""".split()  # noqa: SIM905 - as above
)
_ARRIVALS = frozenset({"to", "到", "后", "再"})
"""What turns only after a start: from sad to happy."""


_ENDINGS = {"soft": "fading", "loud": "building"}
"""How loudness runs that is said of the end alone."""


def courses_of(phrases: Sequence[Phrase]) -> Courses:
    """What changes on the way."""
    stages = _stages(phrases)
    return Courses(
        _loudness(phrases, stages),
        _arc(stages),
        _bends(values_of(phrases, "bend")),
        tuple(values_of(phrases, "shift")),
        tuple(values_of(phrases, "later meter")),
    )


def _bends(said: Sequence[str]) -> tuple[str, ...]:
    """The changes of tempo: the first that slows down, the first that hurries, all steps."""
    kinds = [one.strip("0123456789.") if one[0].isdigit() else one[:3] for one in said]
    return tuple(
        one
        for place, (one, kind) in enumerate(zip(said, kinds, strict=True))
        if one[0].isdigit() or kind not in kinds[:place]
    )


def _stages(phrases: Sequence[Phrase]) -> list[list[Phrase]]:
    """The phrases of each stage; what stands before the first start is of none.

    A clause that names a place of the piece is a stage of its own.
    """
    stages: list[list[Phrase]] = [[]]
    has_start = False
    for clause in clauses_of(phrases):
        if stages[-1] and any(m.kind == "where" for one in clause for m in one.meanings):
            stages.append([])
        for one in clause:
            word = one.word.replace(" ", "") if not one.word.isascii() else one.word
            if word in _STARTS and not has_start:
                stages, has_start = [[]], True
            elif word in _TURNS or (has_start and word in _ARRIVALS):
                stages.append([])
            stages[-1].append(one)
    return stages


def _arc(stages: Sequence[Sequence[Phrase]]) -> tuple[str, ...]:
    """The first mood of each stage where they are several, with its place if that is said."""
    moods: list[str] = []
    place = ""  # of the stage at hand, said in it or at the end of the one before
    for stage in stages:
        mood = next(iter(values_of(stage, "mood")), None)
        place = next(iter(values_of(stage, "where")), place)
        if mood is not None and (not moods or moods[-1].partition("@")[0] != mood):
            has_place = moods and place not in ("", "end")
            moods.append(f"{mood}@{place}" if has_place else mood)
            place = ""
        place = next(iter(values_of(stage, "until")), place)
    return tuple(moods) if len(moods) > 1 else ()


def _loudness(phrases: Sequence[Phrase], stages: Sequence[Sequence[Phrase]]) -> str | None:
    """How loudness runs: a course first, then levels by stage, then what is implied."""
    said = values_of(phrases, "intensity")
    by_stage = [next(iter(values_of(stage, "intensity")), None) for stage in stages]
    last = by_stage[-1]
    falls = "fading" in said or (last == "soft" and len(stages) > 1)
    if any(map(peaks, clauses_of(phrases))) or (falls and "building" in said):
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

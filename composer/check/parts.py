"""Whether the parts asked for play, and as asked."""

from collections.abc import Iterator

from composer.check.report import Control
from composer.plan import Plan, PlanPart, Role
from composer.score import Part, Score, instrument_name

_GROUPS = {
    Role.MELODY: "lead",
    Role.COUNTER: "lead",
    Role.HARMONY: "accompaniment",
    Role.PAD: "accompaniment",
    Role.BASS: "bass",
    Role.DRUMS: "drums",
}
"""Roles that the estimator can hardly tell apart count as one."""
_REGISTER_TOLERANCE = 6.0
_DENSITY_FACTOR = 2.0


def part_rows(plan: Plan, score: Score, measured: Plan) -> Iterator[Control]:
    """Instruments of the whole piece, then range, role, register and density by part.

    A planned part that stays silent is missed. Roles are kept within their group (lead,
    accompaniment, bass, drums), the mean pitch within 6 semitones, the density within a
    factor of 2.
    """
    if plan.parts is None:
        return
    places = _matched(plan.parts, score.parts)
    named = [_name(part) for part in plan.parts]
    heard = [_heard_name(part) for part in score.parts if part.notes]
    present = [place is not None for place in places]
    is_kept = all(present) and len(heard) == len(plan.parts)
    share = round(sum(present) / max(1, len(present)), 4)
    yield Control(
        "instruments", "", ", ".join(named), ", ".join(heard) or "none", is_kept, share
    )
    for number, (asked, place) in enumerate(zip(plan.parts, places, strict=True), 1):
        if place is not None and measured.parts is not None:
            where = f"part {number}, {named[number - 1]}"
            yield from _rows(asked, score.parts[place], measured.parts[place], where)


def _matched(asked: tuple[PlanPart, ...], parts: tuple[Part, ...]) -> list[int | None]:
    """For each planned part the sounding part that plays it: its own place, or the next."""
    free = [place for place, part in enumerate(parts) if part.notes]
    found: list[int | None] = []
    for index, wanted in enumerate(asked):
        fitting = [
            place
            for place in free
            if parts[place].is_drums == wanted.is_drums
            and (wanted.program in (None, parts[place].program) or wanted.is_drums)
        ]
        best = index if index in fitting else (fitting[0] if fitting else None)
        found.append(best)
        if best is not None:
            free.remove(best)
    return found


def _name(part: PlanPart) -> str:
    if part.is_drums:
        return "Drums"
    return "any" if part.program is None else instrument_name(part.program)


def _heard_name(part: Part) -> str:
    return instrument_name(part.program, is_drums=part.is_drums)


def _rows(asked: PlanPart, part: Part, heard: PlanPart, where: str) -> Iterator[Control]:
    """What one part was asked to do."""
    pitches = [note.pitch for note in part.notes]
    if (asked.low, asked.high) != (None, None):
        low, high = asked.low or 0, 127 if asked.high is None else asked.high
        is_kept = low <= min(pitches) and max(pitches) <= high
        told = f"{min(pitches)}-{max(pitches)}"
        yield Control("range", where, f"{low}-{high}", told, is_kept)
    if asked.role is not None and heard.role is not None:
        is_kept = _GROUPS[asked.role] == _GROUPS[heard.role]
        yield Control("role", where, str(asked.role), str(heard.role), is_kept)
    if asked.register is not None and not asked.is_drums and heard.register is not None:
        is_kept = abs(asked.register - heard.register) <= _REGISTER_TOLERANCE
        told = f"{heard.register:.1f}"
        yield Control("register", where, f"{asked.register:.1f}", told, is_kept)
    if asked.density is not None and heard.density is not None:
        ratio = heard.density / max(asked.density, 1e-6)
        is_kept = 1 / _DENSITY_FACTOR <= ratio <= _DENSITY_FACTOR
        told = f"{heard.density:.2f} a quarter"
        yield Control("density", where, f"{asked.density:.2f} a quarter", told, is_kept)

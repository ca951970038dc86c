"""Melodies of one singer or wind player: each note ends where the next begins."""

from dataclasses import replace
from itertools import pairwise

from composer.plan import Plan, PlanPart, Role
from composer.score import ONE_VOICE_PROGRAMS, Note, Part, Score


def with_soloists(score: Score, plan: Plan) -> Score:
    """The score with the notes of its plan's soloists ended in time.

    A cell is written bar by bar: a note of one may ring into the next.
    """
    parts = (
        replace(part, notes=_apart(part.notes)) if _is_soloist(part, planned) else part
        for part, planned in zip(score.parts, plan.parts or (), strict=True)
    )
    return replace(score, parts=tuple(parts))


def _is_soloist(part: Part, planned: PlanPart) -> bool:
    is_line = planned.role in {Role.MELODY, Role.COUNTER}
    return is_line and not part.is_drums and part.program in ONE_VOICE_PROGRAMS


def _apart(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The notes, each cut where a later one begins."""
    found = list(notes)
    for place, (note, following) in enumerate(pairwise(notes)):
        room = following.onset_ticks - note.onset_ticks
        if 0 < room < note.duration_ticks:
            found[place] = replace(note, duration_ticks=room)
    return tuple(found)

"""Melodies of one singer or wind player: each note ends where the next begins."""

from dataclasses import replace
from itertools import pairwise

from composer.language.solo import is_solo
from composer.language.values import part_values
from composer.plan import Plan
from composer.score import Note, Score


def with_soloists(score: Score, plan: Plan) -> Score:
    """The score with the notes of its plan's soloists ended in time.

    A cell is written bar by bar: a note of one may ring into the next.
    """
    parts = (
        replace(part, notes=_apart(part.notes)) if is_solo(part_values(planned)) else part
        for part, planned in zip(score.parts, plan.parts or (), strict=True)
    )
    return replace(score, parts=tuple(parts))


def _apart(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The notes, each cut where a later one begins."""
    found = list(notes)
    for place, (note, following) in enumerate(pairwise(notes)):
        room = following.onset_ticks - note.onset_ticks
        if 0 < room < note.duration_ticks:
            found[place] = replace(note, duration_ticks=room)
    return tuple(found)

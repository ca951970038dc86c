"""The role that each instrument takes where none was said."""

from collections.abc import Sequence
from dataclasses import replace

from composer.plan import PlanPart, Role

_BASS_PROGRAMS = frozenset({*range(32, 40), 43, 58, 87})
_LOW_PROGRAMS = frozenset({42, 57, 67, 70})  # cello, trombone, baritone sax, bassoon
_PAD_PROGRAMS = frozenset({*range(48, 55), *range(88, 96)})
_SOLO_PROGRAMS = frozenset({22, 40, 41, 42, 56, 57, 59, 60, *range(64, 88), *range(109, 112)})


def _first(parts: Sequence[PlanPart], programs: frozenset[int]) -> int | None:
    """Place of the first part without a role that plays one of ``programs``."""
    return next(
        (i for i, p in enumerate(parts) if p.role is None and p.program in programs), None
    )


def _plain_role(part: PlanPart) -> Role | None:
    """Role that the instrument alone tells."""
    if part.role is not None or part.is_drums:
        return part.role or Role.DRUMS
    return Role.BASS if part.program in _BASS_PROGRAMS else None


def _melody(parts: Sequence[PlanPart]) -> int | None:
    """Place of the part that should lead: a solo instrument, else a chordal one, else a pad."""
    everything = frozenset(range(128))
    for programs in (_SOLO_PROGRAMS, everything - _PAD_PROGRAMS, everything):
        place = _first(parts, programs)
        if place is not None:
            return place
    return None


def assign_roles(given: Sequence[PlanPart]) -> tuple[PlanPart, ...]:
    """Give a role to each part that has none; roles that were said stay.

    Basses and drums are told by their programs. If nobody was asked to lead, the first solo
    instrument does. In a group of three or more without a bass, a low instrument takes it.
    """
    if len(given) == 1 and given[0].role is None and not given[0].is_drums:
        return (replace(given[0], role=Role.MELODY),)
    parts = [replace(part, role=_plain_role(part)) for part in given]
    has = {part.role for part in parts}
    lead = None if Role.MELODY in has else _melody(parts)
    if lead is not None:
        parts[lead] = replace(parts[lead], role=Role.MELODY)
    low = _first(parts, _LOW_PROGRAMS)
    pitched = sum(not part.is_drums for part in parts)
    if low is not None and Role.BASS not in has and pitched >= 3:
        parts[low] = replace(parts[low], role=Role.BASS)
    counter = None if Role.COUNTER in has else _first(parts, _SOLO_PROGRAMS)
    if counter is not None:
        parts[counter] = replace(parts[counter], role=Role.COUNTER)
    return tuple(replace(part, role=part.role or _filler(part)) for part in parts)


def _filler(part: PlanPart) -> Role:
    """Role of an instrument that neither leads nor carries."""
    return Role.PAD if part.program in _PAD_PROGRAMS else Role.HARMONY

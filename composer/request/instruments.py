"""Instruments as people write them, and the role each takes where none was said."""

from collections.abc import Sequence
from dataclasses import replace

from composer.plan import PlanPart, Role
from composer.score import find_instrument, instrument_name

MOST_PARTS = 16

_BASS_PROGRAMS = frozenset({*range(32, 40), 43, 58, 87})
_LOW_PROGRAMS = frozenset({42, 57, 67, 70})  # cello, trombone, baritone sax, bassoon
_PAD_PROGRAMS = frozenset({*range(48, 55), *range(88, 96)})
_SOLO_PROGRAMS = frozenset({22, 40, 41, 42, 56, 57, 59, 60, *range(64, 88), *range(109, 112)})


def _role(text: str) -> Role:
    """Read a role, also without its hyphen or as ``counter``; raises ValueError."""
    wanted = text.strip().lower().replace(" ", "-").replace("countermelody", "counter-melody")
    wanted = "counter-melody" if wanted == "counter" else wanted
    if wanted not in {str(role) for role in Role}:
        raise ValueError(f"unknown role {text.strip()[:40]!r}: one of {', '.join(Role)}")
    return Role(wanted)


def _read_part(text: str) -> PlanPart:
    """Read ``violin`` or ``violin:melody``; raises ValueError."""
    name, colon, role_text = text.partition(":")
    program, is_drums = find_instrument(name.strip()[:40])
    role = _role(role_text) if colon else None
    if is_drums and role not in (None, Role.DRUMS):
        raise ValueError(f"drums can't be the {role}")
    if not is_drums and role is Role.DRUMS:
        raise ValueError(f"{instrument_name(program)} can't be the drums: ask for drums")
    return PlanPart(program, is_drums, role, name=instrument_name(program, is_drums=is_drums))


def read_instruments(given: str | Sequence[str], problems: list[str]) -> tuple[PlanPart, ...]:
    """Parts of a comma-separated text or a sequence of names, in the order given.

    What can't be read is told in ``problems``.
    """
    texts = given.split(",") if isinstance(given, str) else list(given)
    texts = [text for text in texts if text.strip()]
    parts = []
    for text in texts:
        try:
            parts.append(_read_part(text))
        except ValueError as error:
            problems.append(str(error))
    if not texts:
        problems.append("no instrument is named: try piano, strings, drums")
    if len(texts) > MOST_PARTS:
        problems.append(f"a piece has at most {MOST_PARTS} parts, not {len(texts)}")
    return assign_roles(parts)


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

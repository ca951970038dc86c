"""Instruments as people write them: ``violin``, ``41:melody``, ``strings:pad:C3-C5:sparse``.

After the name, a General MIDI number (1-128) or a family come, in any order: a role, a
range of notes (``G3-E6``, middle C is C4, or MIDI numbers ``55-88``), and a density, as a
word or in notes a quarter (``1.5``).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from composer.language.ranges import playable
from composer.plan import PlanPart, Role
from composer.request.chord_quality import plain_signs
from composer.request.chord_symbols import pitch_of
from composer.request.roles import assign_roles
from composer.score import find_instrument, instrument_name, pitch_class_name

MOST_PARTS = 16
DENSITIES = {"sparse": 0.4, "moderate": 1.0, "dense": 2.5}
"""Word to notes a quarter."""
_MOST_DENSE = 24.0

_NOTE = r"(?:[A-Ga-g](?:#|b)?-?\d|\d{1,3})"
_RANGE = re.compile(rf"^({_NOTE})\s*-\s*({_NOTE})$")
_PITCH = re.compile(r"^([A-Ga-g])(#|b)?(-?\d)$")


def read_instruments(
    given: str | Sequence[str] | None, tracks: int | None, problems: list[str]
) -> tuple[PlanPart, ...]:
    """Parts of a comma-separated text or a sequence of names, in the order given.

    ``tracks`` is how many parts there are in all; those not named are open. What can't be
    is told in ``problems``.
    """
    texts = given.split(",") if isinstance(given, str) else list(given or ())
    texts = [text for text in texts if text.strip()]
    parts = []
    for text in texts:
        try:
            parts.append(_read_part(text))
        except ValueError as error:
            problems.append(str(error))
    if not texts and given is not None:
        problems.append("no instrument is named: try piano, strings, drums")
    _check_count(len(texts), tracks, problems)
    rest = max(0, min(MOST_PARTS, tracks or 0) - len(parts))
    return (*assign_roles(parts), *(PlanPart(),) * rest)


def _check_count(named: int, tracks: int | None, problems: list[str]) -> None:
    """Tell where there are too many parts, or fewer tracks than instruments."""
    if named > MOST_PARTS:
        problems.append(f"a piece has at most {MOST_PARTS} parts, not {named}")
    if tracks is None:
        return
    if not 1 <= tracks <= MOST_PARTS:
        problems.append(f"a piece has 1 to {MOST_PARTS} tracks, not {tracks}")
    elif named > tracks:
        problems.append(f"{named} instruments need {named} tracks, not {tracks}")


def _read_part(text: str) -> PlanPart:
    """Read an instrument and what is said of it; raises ValueError."""
    name, *options = (piece.strip() for piece in text.split(":"))
    program, is_drums = find_instrument(name[:40])
    part = PlanPart(program, is_drums, name=instrument_name(program, is_drums=is_drums))
    for option in options:
        said = _option(option)
        for field in said:
            if getattr(part, field) is not None:
                raise ValueError(f"{name[:40]} is given two values for its {field}")
        part = replace(part, **said)
    _check_part(part)
    return part


def _option(text: str) -> dict[str, Any]:
    """Fields of a part that a role, a range or a density says; raises ValueError."""
    plain = plain_signs(text)
    if plain.lower() in DENSITIES:
        return {"density": DENSITIES[plain.lower()]}
    span = _RANGE.match(plain)
    if span is not None:
        return _range(text, *map(read_pitch, span.groups()))
    if re.match(r"^[\d.]+$", plain):
        return {"density": _density(plain)}
    return {"role": _role(text)}


def _range(text: str, low: int, high: int) -> dict[str, Any]:
    """Lowest and highest pitch, and the register between them."""
    if not 0 <= low <= high <= 127:
        raise ValueError(f"a range goes up within C-1-G9, not {text[:40]!r}")
    return {"low": low, "high": high, "register": (low + high) / 2}


def read_pitch(text: str) -> int:
    """MIDI pitch of ``G3`` or ``55``; middle C, 60, is C4. Raises ValueError."""
    found = _PITCH.match(text)
    if found is None:
        return int(text)
    letter, accidental, octave = found.groups()
    shift = {"b": -1, "#": 1}.get(accidental or "", 0)
    return 12 * (int(octave) + 1) + pitch_of(letter, None) + shift


def _density(text: str) -> float:
    """Notes a quarter."""
    try:
        density = float(text)
    except ValueError:
        density = 0.0
    if not 0 < density <= _MOST_DENSE:
        raise ValueError(
            f"a density is a number of notes a quarter up to 24, not {text[:40]!r}"
        )
    return density


def _role(text: str) -> Role:
    """Read a role, also without its hyphen or as ``counter``; raises ValueError."""
    wanted = text.strip().lower().replace(" ", "-").replace("countermelody", "counter-melody")
    wanted = "counter-melody" if wanted == "counter" else wanted
    if wanted not in {str(role) for role in Role}:
        raise ValueError(
            f"unknown role {text.strip()[:40]!r}: one of {', '.join(Role)}, "
            f"or a range such as G3-E6, or {', '.join(DENSITIES)}"
        )
    return Role(wanted)


def _check_part(part: PlanPart) -> None:
    """Refuse what contradicts itself."""
    program, low, high = part.program or 0, part.low, part.high
    if part.is_drums and part.role not in (None, Role.DRUMS):
        raise ValueError(f"drums can't be the {part.role}")
    if part.is_drums and low is not None:
        raise ValueError("drums have no range of notes")
    if not part.is_drums and part.role is Role.DRUMS:
        raise ValueError(f"{part.name} can't be the drums: ask for drums")
    if low is not None and high is not None and not part.is_drums:
        own = playable(program + 1)
        if high < own[0] or own[1] < low:
            raise ValueError(
                f"{part.name} plays {_named(own[0])}-{_named(own[1])}, "
                f"not {_named(low)}-{_named(high)}"
            )


def _named(pitch: int) -> str:
    """Such as ``C4`` for 60."""
    return f"{pitch_class_name(pitch % 12)}{pitch // 12 - 1}"

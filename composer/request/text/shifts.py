"""Keys that change on the way: "from C major to A minor", "modulating to G in the middle"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from composer.request.text.lexicon import Meaning
from composer.request.text.placed import clauses_of
from composer.request.text.reading import Phrase, has, place_of, value_of, values_of
from composer.request.text.turns import ARRIVALS, ENDS, LATE_ENDS, THENS, plain_word

_LATE = "last quarter"
"""Where a key begins that a piece ends in."""


def with_shifts(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases in which each later key is a ``shift``: ``A minor@middle``, ``+2``.

    A later key follows a turn of phrase, a word for modulation, or has a place of its own.
    Places where nothing changes are not understood.
    """
    found: list[Phrase] = []
    key = ""
    for clause in clauses_of(phrases):
        for one in _shifted(clause, key):
            key = _key_of(one) or key
            found.append(one)
    has_arc = len(set(values_of(found, "mood"))) > 1
    return tuple(
        one
        for clause in clauses_of(found)
        for one in _without_idle_places(clause, has_arc=has_arc)
    )


def _shifted(clause: Sequence[Phrase], key: str) -> Iterator[Phrase]:
    """A clause with what its keys, and words for modulation, change; ``key`` came before."""
    place = place_of(clause)
    is_turned = is_ended = any(plain_word(one) in LATE_ENDS for one in clause)
    for index, one in enumerate(clause):
        word = plain_word(one)
        is_ended |= word in ENDS
        is_turned |= word in THENS | ARRIVALS or is_ended or has(one, "modulation")
        said = value_of(one, "key") or _in_mode(value_of(one, "mode"), key)
        is_later = is_turned or place if key else is_turned and place
        if has(one, "modulation"):
            yield _modulated(one, clause[index + 1 :], place, is_possible=bool(key))
        elif said and said != key and is_later:
            value = said if place is None and not is_ended else f"{said}@{place or _LATE}"
            shift = Meaning("shift", value)
            meanings = (shift if m.kind in ("key", "mode") else m for m in one.meanings)
            yield replace(one, meanings=tuple(meanings))
        else:
            yield one
        key = (said or key) if is_later or not key else key
        is_turned = is_turned and not said


def _modulated(
    one: Phrase, after: Sequence[Phrase], place: str | None, *, is_possible: bool
) -> Phrase:
    """A word for modulation: a shift, or nothing where what comes after it says the key.

    Without a key to start from it is not understood.
    """
    if any(m.kind in ("key", "modulation") or m.kind.startswith("key in") for m in _all(after)):
        return replace(one, meanings=())
    if not is_possible:
        return replace(one, meanings=(), is_known=False)
    steps = value_of(one, "modulation")
    return replace(one, meanings=(Meaning("shift", f"{steps}@{place}" if place else steps),))


def _all(phrases: Sequence[Phrase]) -> Iterator[Meaning]:
    return (meaning for one in phrases for meaning in one.meanings)


def _key_of(one: Phrase) -> str:
    """The key that holds from a phrase on; empty where it says none."""
    shifted = value_of(one, "shift").partition("@")[0]
    said = value_of(one, "key") or _in_mode(value_of(one, "mode"), "")
    return said or ("" if shifted[:1] in ("+", "-") else shifted)


def _in_mode(mode: str, key: str) -> str:
    """The key in another mode: the parallel one, else the one without signs."""
    if not mode or key:
        return f"{key.split(maxsplit=1)[0]} {mode}" if mode else ""
    return {"minor": "A minor"}.get(mode, "C major")


def _without_idle_places(clause: Sequence[Phrase], *, has_arc: bool) -> Iterator[Phrase]:
    """A clause whose places are not understood where nothing changes there."""
    kinds = {m.kind for m in _all(clause) if not m.is_implied}
    is_used = bool(kinds & {"bend", "shift"}) or (has_arc and "mood" in kinds)
    for one in clause:
        place = value_of(one, "where") or value_of(one, "until")
        if not place or is_used:
            yield one
        else:
            yield replace(one, meanings=(), is_known=place == "end")

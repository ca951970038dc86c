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

    A later key follows a turn of phrase, a word for modulation, or has a place of its own;
    so does a later meter, but for the word.
    """
    found: list[Phrase] = []
    key = ""
    has_key = any(value_of(one, "key") or value_of(one, "mode") for one in phrases)
    for clause in clauses_of(list(_with_later_meters(phrases))):
        for one in _shifted(clause, key, has_key=has_key):
            key = _key_of(one) or key
            found.append(one)
    return tuple(found)


def _with_later_meters(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases with each meter after a turn, or with a place, told as a later one."""
    meter = ""
    for clause in clauses_of(phrases):
        place = place_of(clause)
        is_turned = False
        for one in clause:
            is_turned |= plain_word(one) in THENS | ENDS
            said = value_of(one, "meter")
            if meter and said not in ("", meter) and (is_turned or place):
                later = Meaning("later meter", f"{said}@{place}" if place else said)
                meanings = (later if m.kind == "meter" else m for m in one.meanings)
                yield replace(one, meanings=tuple(meanings))
            else:
                yield one
            meter = meter or said or next(iter(values_of([one], "meter", is_implied=True)), "")


def _shifted(clause: Sequence[Phrase], key: str, *, has_key: bool) -> Iterator[Phrase]:
    """A clause with what its keys, and words for modulation, change; ``key`` came before.

    ``has_key`` where one is said anywhere.
    """
    place = place_of(clause)
    is_turned = is_ended = any(plain_word(one) in LATE_ENDS for one in clause)
    for index, one in enumerate(clause):
        word = plain_word(one)
        is_ended |= word in ENDS
        is_turned |= word in THENS | ARRIVALS or is_ended or has(one, "modulation")
        said = value_of(one, "key") or _in_mode(value_of(one, "mode"), key)
        is_later = is_turned or place if key else is_turned and place and has(one, "key")
        if has(one, "modulation"):
            is_possible = bool(key) or (has_key and place is not None)
            yield _modulated(one, clause[index + 1 :], place, is_possible=is_possible)
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

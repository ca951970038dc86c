"""A note alone after a word: a key (a waltz in B), a section (louder in B), or neither."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from composer.request.text.lexicon import Meaning
from composer.request.text.placed import clauses_of, section_of
from composer.request.text.reading import Phrase, has

_SAID_OF_SECTIONS = frozenset({"intensity", "bend", "bpm", "tempo", "mood", "modulation"})
_PARTS = frozenset({"section", "part", "sections", "parts", "only", "just"})
_MOVES = frozenset({"modulates", "moves", "goes", "shifts", "changes", "switches", "turns"})


def lettered(phrases: Sequence[Phrase], names: Collection[str]) -> tuple[Phrase, ...]:
    """The phrases with each such note read as what it is.

    After ``in`` it is a key, but where a section has that name and something is said of it.
    After ``to`` and ``from`` it is a key where keys are spoken of, else not understood.
    """
    clauses = list(clauses_of(phrases))
    has_key = any(has(one, "key") or _way(one) == "in" for one in phrases)
    places = {id(one) for clause in clauses for one in _sections(clause, names)}
    if places:  # what an unknown word is said of is a section beside others
        places |= {id(one) for clause in clauses for one in _unknown(clause, names)}
    return tuple(
        _read(one, is_place=id(one) in places, is_key=_speaks_of_keys(clause, has_key=has_key))
        for clause in clauses
        for one in clause
    )


def _read(one: Phrase, *, is_place: bool, is_key: bool) -> Phrase:
    way, key = _way(one), _key(one)
    if way is None:
        return one
    if is_place:
        return replace(one, meanings=(Meaning("place", key[0]),))
    if way == "in" or is_key:
        return replace(one, meanings=(Meaning("key", key),), word=way)
    return replace(one, meanings=(), is_known=False)


def _sections(clause: Sequence[Phrase], names: Collection[str]) -> list[Phrase]:
    """The notes of a clause that are names of sections, as something is said of them."""
    found = []
    for place, one in enumerate(clause):
        if not _may_be_section(one, clause, names):
            continue
        before = clause[place - 1] if place else None
        is_led = before is not None and (_is_placeable(before) or before.word in _PARTS)
        is_led |= any(has(early, "modulation") for early in clause[:place])
        opens = not any(_is_content(other) for other in clause[:place])
        is_followed = opens and any(map(_is_placeable, clause[place + 1 :]))
        if is_led or is_followed:
            found.append(one)
    return found


def _unknown(clause: Sequence[Phrase], names: Collection[str]) -> list[Phrase]:
    """The notes of a clause that follow a word that is not understood."""
    return [
        one
        for before, one in pairwise(clause)
        if not before.is_known and _may_be_section(one, clause, names)
    ]


def _may_be_section(one: Phrase, clause: Sequence[Phrase], names: Collection[str]) -> bool:
    is_named = _way(one) == "in" and _key(one).removesuffix(" major") in names
    return is_named and section_of(clause) is None


def _is_placeable(one: Phrase) -> bool:
    return any(m.kind in _SAID_OF_SECTIONS and not m.is_implied for m in one.meanings)


def _is_content(one: Phrase) -> bool:
    return bool(one.meanings) or not one.is_known


def _speaks_of_keys(clause: Sequence[Phrase], *, has_key: bool) -> bool:
    """Whether a clause is about keys; ``has_key`` where the text names one."""
    words = {one.word for one in clause}
    if "key" in words or any(has(one, "modulation") or has(one, "key") for one in clause):
        return True
    return has_key and (bool(words & _MOVES) or any(_way(one) == "in" for one in clause))


def _way(one: Phrase) -> str | None:
    """The word before the note: in, to, into, from; None where there is no such note."""
    return next((m.value.split()[0] for m in one.meanings if m.kind == "letter"), None)


def _key(one: Phrase) -> str:
    """The key of the note, as ``C major``."""
    return next((m.value.split(" ", 1)[1] for m in one.meanings if m.kind == "letter"), "")

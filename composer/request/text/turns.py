"""Words that say that something changes: it starts, turns into something, arrives, ends."""

from collections.abc import Sequence
from dataclasses import replace

from composer.request.text.lexicon import Meaning
from composer.request.text.placed import clauses_of
from composer.request.text.reading import Phrase, place_of, value_of, values_of

# ruff: noqa: SIM905 - lists of words are read more easily as text

THENS = frozenset(
    """then becomes becoming become turns turning turn shifts shifting switches switching
    changes changing jumps moves moving goes later
    然后 变成 变为 变到 转为 转到 转成 转入 转 接着 再 后""".split()
)
ENDS = frozenset("end ends ending finish finishes finishing finally 最后 结尾 结束".split())
LATE_ENDS = frozenset({"结束", "收尾"})
"""Chinese says these after what ends."""
ARRIVALS = frozenset({"to", "into", "up", "->", "\u2192", "到", "至"})
STARTS_FROM = frozenset({"from", "从", "由"})

_CHANGES = frozenset({"bend", "shift", "later meter"})
"""Kinds of meanings that say that something changes."""


def with_arrivals(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases; what comes after "for the first 8 bars" has the place where these end."""
    found: list[Phrase] = []
    until = ""
    for clause in clauses_of(phrases):
        is_arrival = bool(until) and place_of(clause) is None
        for one in clause:
            if is_arrival and plain_word(one) in THENS:
                arrival = Meaning("where", until, is_implied=True)
                found.append(replace(one, meanings=(*one.meanings, arrival)))
            else:
                found.append(one)
        until = next(iter(values_of(clause, "until")), until)
    return tuple(found)


def without_idle_places(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases; places where nothing changes are not understood, implied ones are gone.

    Nor is a frame rate where no hits are.
    """
    changed = [m.value for one in phrases for m in one.meanings if m.kind in _CHANGES]
    places = {value.partition("@")[2] for value in changed}
    varying = {kind for kind in ("mood", "intensity") if len(set(values_of(phrases, kind))) > 1}
    found: list[Phrase] = []
    has_hits = bool(values_of(phrases, "hit"))
    for clause in clauses_of(phrases):
        kinds = {m.kind for one in clause for m in one.meanings if not m.is_implied}
        is_used = bool(kinds & (_CHANGES | varying)) or peaks(clause)
        for one in clause:
            place = value_of(one, "where") or value_of(one, "until")
            is_idle = bool(place) and place not in places and not is_used
            if is_idle or (value_of(one, "fps") and not has_hits):
                found.append(replace(one, meanings=(), is_known=place == "end"))
            else:
                kept = (m for m in one.meanings if m.kind != "where" or not m.is_implied)
                found.append(replace(one, meanings=tuple(kept)))
    return tuple(found)


def peaks(clause: Sequence[Phrase]) -> bool:
    """Whether a clause says that the music is loud, or swells, in the middle."""
    is_loud = not {"loud", "building", "arch"}.isdisjoint(values_of(clause, "intensity"))
    return is_loud and place_of(clause) == "middle"


def plain_word(one: Phrase) -> str:
    """The word of a phrase, Chinese without the spaces between its characters."""
    return one.word if one.word.isascii() else one.word.replace(" ", "")

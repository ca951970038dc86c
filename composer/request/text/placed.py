"""What is said of one section of the form: louder in the chorus, a ritardando in the outro."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from composer.request.form import read_form
from composer.request.text.course import Placed
from composer.request.text.lexicon import Meaning
from composer.request.text.reading import Phrase, values_of

_LEVELS = {
    "soft": "3",
    "loud": "9",
    "steady": "5",
    "building": "3-9",
    "fading": "8-2",
    "arch": "7",
}
"""Course of loudness to the level of a section, or the levels at its start and end."""
_COMPARED = {"louder": "8", "bigger": "8", "softer": "3", "quieter": "3"}
"""Words that are a course of the whole piece, and a level of a section."""
_WISHES = {
    "intensity": "intensity",
    "bend": "tempo",
    "bpm": "tempo",
    "tempo": "tempo",
    "key": "key",
    "modulation": "key",
    "mood": "arc",
    "meter": "meter",
}
"""Kinds of meanings to the wish that has them in a section."""
_PARTING = frozenset(".;:!?()\n,") | {"then", "but", "while", "with"}

_SHORTENED = frozenset({"rit", "rall", "accel"})
"""Words whose full stop parts nothing."""


def placed_in(
    phrases: Sequence[Phrase], names: Collection[str]
) -> tuple[tuple[Phrase, ...], tuple[Placed, ...]]:
    """The phrases without what is said of sections, and that; ``names`` are the form's.

    A section that the form lacks is not understood, nor is a change from an unknown key.
    """
    has_key = bool(values_of(phrases, "key") or values_of(phrases, "mode"))
    found: list[Phrase] = []
    placed: list[Placed] = []
    clauses = list(clauses_of([_known(one, names) for one in phrases]))
    barred = frozenset() if _has_moods(clauses, names) else frozenset({"mood"})
    for clause in clauses:
        section = section_of(clause)
        moved = [
            _moved(one, section, barred | _unfit(clause[place + 1 :], has_key=has_key))
            for place, one in enumerate(clause)
        ]
        placed += (each for some in moved for each in some)
        told = [_told(one, some) for one, some in zip(clause, moved, strict=True)]
        found += told if any(moved) else map(_unplaced, told)
    return tuple(found), tuple(placed)


def section_names(form: str | None) -> frozenset[str]:
    """Names of a form's sections; none where it can't be read."""
    try:
        return frozenset(section.name for section in read_form(form)) if form else frozenset()
    except ValueError:
        return frozenset()  # told when the plan is built


def section_of(clause: Sequence[Phrase]) -> str | None:
    """The section that a clause speaks of."""
    return next((m.value for one in clause for m in one.meanings if m.kind == "place"), None)


def _unplaced(one: Phrase) -> Phrase:
    """The phrase where nothing is said of its place: a place is not understood then."""
    is_place = any(m.kind == "place" for m in one.meanings)
    return replace(one, meanings=(), is_known=False) if is_place else one


def _known(one: Phrase, names: Collection[str]) -> Phrase:
    """The phrase, not understood where it is a place that the form lacks."""
    is_lost = any(
        m.kind == "place" and m.value.removeprefix("last ") not in names for m in one.meanings
    )
    return replace(one, meanings=(), is_known=False) if is_lost else one


def clauses_of(phrases: Sequence[Phrase]) -> Iterator[list[Phrase]]:
    """Stretches that say one thing: an ``and`` parts two places, not two words for one."""
    clause: list[Phrase] = []
    for one in phrases:
        is_stop = one.word in _PARTING and not (
            one.word == "." and clause and clause[-1].word in _SHORTENED
        )
        if is_stop or (one.word == "and" and section_of(clause)):
            yield clause
            clause = []
        clause.append(one)
    yield clause


def _has_moods(clauses: Sequence[Sequence[Phrase]], names: Collection[str]) -> bool:
    """Whether moods of sections leave none without one: the piece's own is said, or all are."""
    moods = {section_of(clause) for clause in clauses if values_of(clause, "mood")}
    return len(moods) > 1 and (None in moods or moods >= set(names))


def _unfit(after: Sequence[Phrase], *, has_key: bool) -> frozenset[str]:
    """What can't be said of a section before such phrases.

    A modulation can't from no key, nor where they say what it goes to.
    """
    is_settled = any(m.kind in ("key", "modulation") for one in after for m in one.meanings)
    return frozenset({"modulation"}) if is_settled or not has_key else frozenset()


def _moved(one: Phrase, section: str | None, unfit: Collection[str]) -> tuple[Placed, ...]:
    """What a phrase says of a section, but for ``unfit`` kinds of meanings."""
    if section is None or one.is_denied:
        return ()
    if section.startswith("last "):  # its bars are known, but not its name
        unfit = {*unfit, "intensity", "mood"}
    return tuple(
        Placed(_WISHES[meaning.kind], _value(one, meaning), section)
        for meaning in one.meanings
        if meaning.kind in _WISHES and not meaning.is_implied and meaning.kind not in unfit
    )


def _value(one: Phrase, meaning: Meaning) -> str:
    if meaning.kind == "intensity":
        return _COMPARED.get(one.word) or _LEVELS[meaning.value]
    if meaning.kind in ("bpm", "tempo"):
        low, high = map(float, meaning.value.split("-"))
        return f"{(low + high) / 2:g}"
    return meaning.value.partition("@")[0]


def _told(one: Phrase, moved: Sequence[Placed]) -> Phrase:
    """The phrase, with what it says of a section instead of the whole piece."""
    if not moved:
        return one
    wishes = {each.wish for each in moved}
    rest = [m for m in one.meanings if _WISHES.get(m.kind) not in wishes or m.is_implied]
    said = [
        Meaning(f"{'mood' if each.wish == 'arc' else each.wish} in {each.section}", each.value)
        for each in moved
    ]
    return replace(one, meanings=(*rest, *said))

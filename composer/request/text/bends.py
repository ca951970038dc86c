"""Tempi that change on the way: "speeding up from 80 to 120", "90 bpm, then 140 halfway".

A place is a word or a bar: ``middle``, ``end``, ``last third``, ``last 4 bars``, ``bar 17``,
``0:40`` (``composer.request.text.places`` finds the bar).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from composer.request.text.lexicon import Meaning
from composer.request.text.placed import clauses_of
from composer.request.text.reading import Phrase, has, place_of, value_of
from composer.request.text.turns import ARRIVALS, ENDS, STARTS_FROM, THENS, plain_word

_TEMPO_WORDS = frozenset({"tempo", "speed", "bpm", "速度"})
_WHOLE, _MIDDLE = "bar 2", "middle"


def with_bends(phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases with each change of tempo in one ``bend``: ``rit``, ``accel120@middle``.

    A number that a change comes from, or goes to, is joined to the word for it. Where two
    tempi are said one after the other, the later one is a change, at once (``140@end``) or
    gradual.
    """
    found: list[Phrase] = []
    tempo: float | None = None
    for clause in clauses_of(phrases):
        for one in _later(_joined(clause, tempo), tempo):
            tempo = _tempo_of(one) if tempo is None else tempo
            found.append(one)
    return tuple(found)


def _joined(clause: Sequence[Phrase], tempo: float | None) -> list[Phrase]:
    """A clause with its numbers joined to its changes; ``tempo`` is what was said before."""
    read = list(clause)
    place = place_of(clause)
    for index, one in enumerate(clause):
        kind, value = _number_of(read, index, tempo)
        if kind:
            _JOINS[kind](read, index, value, place)
        tempo = _tempo_of(one) if tempo is None else tempo
    return [
        _rebent(one, f"{bend}@{place}")
        if place and (bend := value_of(one, "bend")) and "@" not in bend
        else one
        for one in read
    ]


def _number_of(clause: Sequence[Phrase], index: int, tempo: float | None) -> tuple[str, str]:
    """What a number is for in its clause, and it; empty for all that is settled."""
    one = clause[index]
    kind, value = next(((m.kind, m.value) for m in one.meanings if m.kind in _LOOSE), ("", ""))
    follows = index > 0 and has(clause[index - 1], "bend")
    if kind == "bpm":
        return ("span", value) if follows and len(set(value.split("-"))) > 1 else ("", "")
    has_bend = _bend_near(clause, index) is not None
    is_tempo = has_bend or any(plain_word(other) in _TEMPO_WORDS for other in clause)
    if kind == "numbers":
        return ("span" if is_tempo else "nothing"), value
    if kind in ("aim", "step"):
        number = value.removesuffix(" bpm")
        bend = next(
            (value_of(p, "bend") for p in reversed(clause[:index]) if has(p, "bend")), ""
        )
        if bend in ("rit", "accel"):  # and has no aim yet
            return "aim", number
        if kind == "step" and tempo is not None:
            return "step", number
        return ("single" if is_tempo or number != value else "nothing"), number
    return kind, value


_LOOSE = ("span", "numbers", "aim", "step", "bpm")
"""Kinds of numbers: from one tempo to another, so for sure or perhaps; what a change goes to; a
change itself ("dropping to 90"); a tempo."""


def _bend_near(clause: Sequence[Phrase], index: int) -> int | None:
    """The place of the last change before a number, else of the first after it."""
    bends = [at for at, one in enumerate(clause) if has(one, "bend")]
    return max((at for at in bends if at < index), default=min(bends, default=None))


def _join_span(read: list[Phrase], index: int, value: str, place: str | None) -> None:
    first, last = map(float, value.split("-"))
    change = f"{_direction(first, last)}{last:g}@{place or _WHOLE}"
    at = _bend_near(read, index)
    said = [Meaning("bpm", f"{first:g}-{first:g}")]
    if at is None:
        said.append(Meaning("bend", change))
    else:
        read[at] = _rebent(read[at], change)
    read[index] = replace(read[index], meanings=tuple(said))


def _join_aim(read: list[Phrase], index: int, value: str, _: str | None) -> None:
    at = _bend_near(read, index) or 0
    read[at] = _rebent(read[at], f"{value_of(read[at], 'bend')}{value}")
    read[index] = replace(read[index], meanings=(Meaning("aim", value),))


def _join_step(read: list[Phrase], index: int, value: str, place: str | None) -> None:
    change = Meaning("bend", f"{value}@{place or _MIDDLE}")
    read[index] = replace(read[index], meanings=(change,))


def _join_single(read: list[Phrase], index: int, value: str, _: str | None) -> None:
    read[index] = replace(read[index], meanings=(Meaning("bpm", f"{value}-{value}"),))


def _join_nothing(read: list[Phrase], index: int, *_: str | None) -> None:
    read[index] = replace(read[index], meanings=(), is_known=False)


_JOINS: dict[str, Callable[[list[Phrase], int, str, str | None], None]] = {
    "span": _join_span,
    "aim": _join_aim,
    "step": _join_step,
    "single": _join_single,
    "nothing": _join_nothing,
}
"""What becomes of a number, and of the change beside it, by what it is for."""


def _rebent(one: Phrase, value: str) -> Phrase:
    """The phrase with another bend."""
    said = (replace(m, value=value) if m.kind == "bend" else m for m in one.meanings)
    return replace(one, meanings=tuple(said))


def _later(clause: Sequence[Phrase], tempo: float | None) -> Iterator[Phrase]:
    """The clause in which a second tempo after a turn, or with a place, is a change."""
    place = place_of(clause)
    is_from = is_turned = is_ended = False
    for one in clause:
        word = plain_word(one)
        is_from |= word in STARTS_FROM
        is_ended |= word in ENDS
        is_turned |= word in THENS or is_ended or (is_from and word in ARRIVALS)
        qpm = _tempo_of(one)
        if tempo is not None and qpm not in (None, tempo) and (is_turned or place):
            yield _changed(one, tempo, qpm or tempo, place, is_gradual=is_ended or is_from)
        else:
            tempo = qpm if tempo is None else tempo
            yield one


def _changed(
    one: Phrase, first: float, last: float, place: str | None, *, is_gradual: bool
) -> Phrase:
    """The phrase whose tempo comes later."""
    direction = _direction(first, last) if is_gradual else ""
    change = f"{direction}{last:g}@{place or (_WHOLE if is_gradual else _MIDDLE)}"
    kept = [m for m in one.meanings if m.kind not in ("bpm", "tempo")]
    return replace(one, meanings=(*kept, Meaning("bend", change)))


def _tempo_of(one: Phrase) -> float | None:
    """The tempo that is said outright in a number or a word."""
    said = value_of(one, "bpm") or value_of(one, "tempo")
    low, _, high = said.partition("-")
    return (float(low) + float(high)) / 2 if said else None


def _direction(first: float, last: float) -> str:
    return "accel" if last > first else "rit"

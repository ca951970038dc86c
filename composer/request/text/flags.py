"""Words and flags together: flags overrule words, and every contradiction is told."""

from typing import Any

from composer.errors import RequestError
from composer.request.text.course import COURSED, with_courses
from composer.request.text.understanding import Understood, understand
from composer.request.wishes import Wishes

_LENGTHS = ("bars", "seconds", "duration")
_RIVALS = {
    "bars": (*_LENGTHS, "hits", "fps"),
    "seconds": (*_LENGTHS, "hits", "fps"),
    "duration": _LENGTHS,
    "hits": ("hits", "bars"),
    "cues": ("cues", "bars"),
    "chords": ("chords", "progression"),
    "progression": ("chords", "progression"),
}
"""Flag to the words' wishes that can't stand beside it."""


def with_flags(understood: Understood, flags: Wishes) -> tuple[Wishes, tuple[str, ...]]:
    """The wishes of a text under those of the flags, and what the flags overruled.

    Raises RequestError where the text asks for an instrument that it rules out.
    """
    _require_no_clash(understood, flags)
    merged, told = Wishes(**understood.wishes), []
    said = {name: value for name, value in flags.items() if value is not None}
    for name, value in said.items():
        for rival in _RIVALS.get(name, (name,)):
            old = merged.pop(rival, None)  # type: ignore[misc]
            if old is not None and (rival, old) != (name, value):
                told.append(
                    f"--{name} {_told(value)} overrules the words' {rival} {_told(old)}"
                )
    merged.update(said)  # type: ignore[typeddict-item]
    if {"hits", "cues"} & merged.keys() and "seconds" in merged and "seconds" not in said:
        merged["duration"] = merged.pop("seconds")  # a picture is met to the frame
    courses = understood.courses
    if {"mood", "valence", "arousal"} & said.keys():
        courses = courses.without("arc")
    for name in said.keys() & set(COURSED):
        courses = courses.without(name)
    for name in COURSED:  # the flags may have changed how many bars there are
        if name not in said:
            merged.pop(name, None)  # type: ignore[misc]
            if name in understood.plain:
                merged[name] = understood.plain[name]  # type: ignore[literal-required]
    return with_courses(merged, courses), tuple(told)


def _told(value: object) -> str:
    """A value for people; several times stand one after the other."""
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _require_no_clash(understood: Understood, flags: Wishes) -> None:
    if understood.clashing and flags.get("instruments") is None:
        names = ", ".join(understood.clashing)
        raise RequestError(f"the words ask for {names} and rule the same out: leave one out")


def told_of(text: str, flags: Wishes) -> dict[str, Any]:
    """How a text was read, as JSON values; without what flags overruled.

    ``understood``: each wish with its value and the words that it came from; ``ignored``: the
    words that came to nothing, or that others overrule.
    """
    understood = understand(text)
    wishes, _ = with_flags(understood, flags)
    said = {name for name, value in flags.items() if value is not None}
    return {
        "text": text,
        "understood": {
            name: {"value": value, "words": list(understood.sources[name])}
            for name, value in wishes.items()
            if name in understood.sources and name not in said
        },
        "ignored": [*understood.leftover, *understood.beaten],
    }


def remarks_of(understood: Understood) -> tuple[str, ...]:
    """What was understood, as lines for people: phrases, equal flags, what was not."""
    lines = [f"understood {words!r}: {meaning}" for words, meaning in understood.phrases]
    if understood.leftover:
        lines.append(f"not understood: {', '.join(understood.leftover)}")
    if understood.beaten:
        words = ", ".join(map(repr, understood.beaten))
        lines.append(f"left out, as other words settle it: {words}")
    return (*lines, f"the same by flags: {understood.command_line or '(nothing asked)'}")

"""Forms and their sections as they are said: ``AABA``, ``intro and verse``, ``in the chorus``."""

# ruff: noqa: E501 - a pattern reads better whole

import re
from collections.abc import Iterator

from composer.request.text.lexicon import Meaning
from composer.request.text.numbers import NUMBER as _N
from composer.request.text.numbers import number_of
from composer.request.text.rules import I, Rule

_SECTION = "(?:intro|verse|chorus|bridge|build|drop|break|outro)"
_PLACE = (
    rf"\b(?i:in|at|for|during|of|through|on|within) (?i:the |each |every )?"
    rf"(?:(?P<name>(?i:{_SECTION}))s?\b|(?i:section|part) (?P<letter>[A-P])\b"
    r"|(?P<other>[A-P])(?i:[ -](?:section|part)s?)\b)"
    r"|\b(?i:the |each |every |a )?(?:(?P<bare>(?i:intro|verse|chorus|bridge|outro))s?\b"
    r"(?! (?i:singer|effect))|(?i:section|part) (?P<bare_letter>[A-P])\b)"
)
_IN_SECTION = (
    rf"\b(?:in|at|for|during|of|through|on|within) (?:the|each|every) (?P<which>last |final )?"
    rf"(?P<name>{_SECTION})s?\b"
)
_THEN = r"(?:\s*[,;/+-]\s*|\s+)(?:(?:and|then|and then)\s+)?(?:an?\s+)?"
_LONG_SECTION = (
    rf"({_N})[ -]bars? ({_SECTION})\b|({_SECTION})[ :]*(?:of )?\(?({_N})[ -]bars?\b\)?"
)
_FORMS = {
    "binary": "AB",
    "ternary": "ABA",
    "rondo": "ABACA",
    "三段式": "ABA",
    "回旋曲": "ABACA",
}


def _long_sections(text: str) -> Iterator[str]:
    """``intro:8`` of "8 bar intro" and of "intro (8 bars)"."""
    for found in re.finditer(_LONG_SECTION, text, I):
        before, name, late_name, after = (word or "" for word in found.groups())
        yield f"{(name or late_name).lower()}:{number_of(before or after):.0f}"


def _letters(found: re.Match[str]) -> Meaning | None:
    """A form such as AABA: letters in order, one of which returns; AAA and ABBA are names.

    All of them may differ where it is called one: AB form.
    """
    letters = found.group("letters").replace("-", "")
    order = list(dict.fromkeys(letters.replace("'", "")))
    is_said = found.group("form") is not None
    returns = len(order) < len(letters) and letters != "ABBA"
    is_form = order == sorted(order) and len(order) > 1 and (is_said or returns)
    return Meaning("form", letters) if is_form else None


def _in_section(found: re.Match[str]) -> Meaning:
    which = "last " if found.group("which") else ""
    return Meaning("place", which + found.group("name").lower())


def _place(found: re.Match[str]) -> Meaning:
    groups = found.groupdict()
    name = groups["name"] or groups["bare"]
    letter = groups["letter"] or groups["other"] or groups["bare_letter"]
    return Meaning("place", name.lower() if name else letter)


RULES: tuple[Rule, ...] = (
    (
        re.compile(
            r"\b(?P<letters>A'?(?:-?[A-F]'?){1,9})(?![\w'])(?P<form>[ -](?:form|structure))?"
        ),
        _letters,
    ),
    (re.compile(_IN_SECTION, I), _in_section),
    (
        re.compile(rf"\b{_SECTION}(?:(?:\s*[,/-]\s*|\s+)(?:and )?{_SECTION}\b){{1,15}}", I),
        lambda m: Meaning("form", " ".join(re.findall(_SECTION, m.group().lower()))),
    ),
    (
        re.compile(rf"\b(?:{_LONG_SECTION})(?:{_THEN}(?:{_LONG_SECTION})){{1,15}}", I),
        lambda m: Meaning("form", " ".join(_long_sections(m.group()))),
    ),
    (
        re.compile(
            r"\b(?P<name>binary|ternary|rondo)(?: form)?\b|(?P<chinese>三段式|回旋曲)", I
        ),
        lambda m: Meaning("form", _FORMS[m.group().lower().split()[0]]),
    ),
    (re.compile(_PLACE), _place),
)

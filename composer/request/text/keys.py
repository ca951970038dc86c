"""Keys as they are written: ``D minor``, ``F#m``, ``in E flat``, ``升C小调``."""

# ruff: noqa: E501 - a pattern reads better whole

import re

from composer.request.text.lexicon import Meaning
from composer.request.text.rules import Rule

_NOTE = r"(?:(?P<letter>[A-G])(?:\s?(?P<sign>#|b(?![a-z])|-?\s?sharp|-?\s?flat))?)"
_MAJOR = "major|maj|dur|lydian|mixolydian|ionian"
_MINOR = "minor|min|moll|dorian|phrygian|aeolian|locrian"
_SIZES = {
    "half step": 1,
    "semitone": 1,
    "whole step": 2,
    "whole tone": 2,
    "tone": 2,
    "minor third": 3,
    "major third": 4,
    "fourth": 5,
    "fifth": 7,
}


def _key(found: re.Match[str]) -> Meaning | None:
    return None if _is_article(found) else Meaning("key", _named(found))


def _letter(found: re.Match[str]) -> Meaning:
    """A note with no mode, after a word: a key, a section, or neither (``composer.request.text.letters``)."""
    return Meaning("letter", f"{found.group('way').lower()} {_named(found)}")


def _named(found: re.Match[str]) -> str:
    groups = found.groupdict()
    sign = (groups.get("sign") or "").replace("sharp", "#").replace("flat", "b").strip(" -")
    sign = {"升": "#", "降": "b"}.get(groups.get("shift") or "", sign)
    word = (groups.get("mode") or "").lower()
    minor = word == "m" or "小" in word or any(w and word == w for w in _MINOR.split("|"))
    return f"{found.group('letter').upper()}{sign} {'minor' if minor else 'major'}"


def _is_article(found: re.Match[str]) -> bool:
    """Whether the note is the word ``a``: a minor problem, but not in a minor."""
    text = found.string
    if found.groupdict().get("letter") != "a" or found.group()[1:2] != " ":
        return False
    before = text[: found.start()].rstrip().lower()
    after = text[found.end() :].lstrip()
    is_led = not before or before[-1] in ",;.:" or before.endswith((" in", " to", " into"))
    return not (is_led and (not after or after[0] in ",.;:!?"))


def _steps(found: re.Match[str]) -> Meaning:
    """How far a modulation goes, in semitones."""
    size = re.sub(r"[ -]", " ", found.group("size").lower())
    sign = "-" if found.group("down") else "+"
    return Meaning("modulation", f"{sign}{_SIZES[size]}")


RULES: tuple[Rule, ...] = (
    (
        re.compile(
            rf"\b(?:up|(?:raise|lift)[sd]? the key|(?P<down>down|(?:drop|lower)(?:s|ed|ped)? the key))(?: by)? (?:an? |one |half an? )?(?P<size>{'|'.join(_SIZES).replace(' ', '[ -]')})\b",
            re.IGNORECASE,
        ),
        _steps,
    ),
    (
        re.compile(
            r"(?P<shift>[升降])?(?P<letter>[A-Ga-g])(?P<sign>#|b)?\s*(?P<mode>大调|小调|调)"
        ),
        _key,
    ),
    (
        re.compile(
            rf"(?<![\w#])(?i:{_NOTE})(?:[ -]?)(?P<mode>(?i:{_MAJOR}|{_MINOR}))\b(?! (?:key|mode|tonality))"
        ),
        _key,
    ),
    (re.compile(rf"(?<![\w#]){_NOTE}(?P<mode>m)(?![\w#])"), _key),
    (
        re.compile(
            rf"\b(?P<mode>(?i:lydian|dorian|phrygian|mixolydian|aeolian|locrian))\b.{{0,18}}?\b(?:on|in)\s+{_NOTE}(?![\w#])"
        ),
        _key,
    ),
    (
        re.compile(
            rf"\b(?i:in the key of|to the key of|key of|key:|key)\s+(?:the key of )?{_NOTE}(?![\w#'])"
        ),
        _key,
    ),
    (re.compile(rf"\b(?P<way>(?i:in|to|into|from))\s+{_NOTE}(?![\w#'])"), _letter),
    (re.compile(rf"(?<![\w#]){_NOTE}(?=\s*(?:[,.;]|$))(?![\w#])"), _key),
)

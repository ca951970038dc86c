"""Tempi as they are said: ``90 bpm``, ``160-170 bpm``, ``from 80 to 120``, ``加快到180``."""

# ruff: noqa: E501 - a pattern reads better whole

import re

from composer.request.tempo import FASTEST_QPM, SLOWEST_QPM
from composer.request.text.lexicon import Meaning
from composer.request.text.numbers import NUMBER as _N
from composer.request.text.numbers import number_of
from composer.request.text.rules import TO, I, Rule

_BPM = r"(?:\s*-?(?:bpm|qpm|beats (?:per|a) minute)\b|拍(?!子)(?:每分钟?)?)"
_ABOUT = r"(?:about |around |roughly |approximately |~ ?)?"
_NO_OTHER = r"(?!\d|\.\d|\s*-?(?:bars?|measures?|seconds?|secs?|s\b|minutes?|mins?|hz|khz|db|years?|voices?|parts?|instruments?|tracks?|players?|notes?)|\s*[:/%]|小节|秒|分)"
_BENT = "渐快|渐慢|加快|加速|减慢|减速|放慢|变快|变慢|提高|提升|降低|上升|下降|变|升|降"


def _bpm(found: re.Match[str]) -> Meaning:
    low, high = _ends(found)
    return Meaning("bpm", f"{low:g}-{high:g}")


def _ends(found: re.Match[str]) -> tuple[float, float]:
    low = number_of(found.group("n"))
    return low, number_of(found.group("to")) if found.groupdict().get("to") else low


def _change(found: re.Match[str]) -> Meaning | None:
    """From one tempo to another; ``numbers`` where they may be something else."""
    groups = found.groupdict()
    first, last = _ends(found)
    if groups.get("range") or not all(_is_tempo(one) for one in (first, last)):
        return None
    is_sure = any(groups.get(name) for name in ("unit", "late", "bent", "tempo"))
    return Meaning("span" if is_sure else "numbers", f"{first:g}-{last:g}")


def _aim(found: re.Match[str]) -> Meaning | None:
    """What a change goes to; ``step`` where the words are a change themselves."""
    number = number_of(found.group("n"))
    unit = " bpm" if found.group("unit") else ""
    kind = "step" if found.groupdict().get("moved") else "aim"
    return Meaning(kind, f"{number:g}{unit}") if _is_tempo(number) else None


def _is_tempo(qpm: float) -> bool:
    return SLOWEST_QPM <= qpm <= FASTEST_QPM


CHANGES: tuple[Rule, ...] = (
    (
        re.compile(
            rf"\b(?P<range>(?:anywhere|somewhere|ranging|range|varies|varying)\s+)?from {_ABOUT}(?P<n>{_N})(?P<unit>{_BPM})?\s*(?:up |down |gradually |slowly )*(?:to|into|-|→|->)\s*{_ABOUT}(?P<to>{_N})(?P<late>{_BPM})?{_NO_OTHER}",
            I,
        ),
        _change,
    ),
    (
        re.compile(
            rf"(?<![\d:.])(?P<n>{_N})(?P<unit>{_BPM})?\s*(?:→|->|=>|➔|⟶)\s*(?P<to>{_N})(?P<late>{_BPM})?{_NO_OTHER}",
            I,
        ),
        _change,
    ),
    (
        re.compile(
            rf"(?<![\d:.])(?P<n>{_N})(?P<unit>{_BPM})\s+(?:up |down )?to\s+{_ABOUT}(?P<to>{_N}){_BPM}",
            I,
        ),
        _change,
    ),
    (
        re.compile(
            rf"(?:(?P<tempo>速度)\s*)?(?:从|由)\s*(?P<n>{_N})(?P<unit>{_BPM})?\s*(?:逐渐|慢慢|渐渐)*(?P<bent>{_BENT})?\s*(?:到|至|为|→)\s*(?P<to>{_N})(?P<late>{_BPM})?{_NO_OTHER}",
            I,
        ),
        _change,
    ),
    (
        re.compile(
            rf"(?<![\d/:])(?P<n>{_N}){TO}(?P<to>{_N})\s*-?(?:bpm|beats (?:per|a) minute|拍每分钟?|qpm)",
            I,
        ),
        _bpm,
    ),
    (
        re.compile(
            rf"(?<!\d )(?<!\d\d)\b(?:(?P<moved>(?:drop|ris|jump|climb|fall|increas|decreas|ramp|go|com|chang|switch|shift|mov)\w*(?: up| down| back)*|back) )?(?:to|towards?|until)\s+{_ABOUT}(?P<n>{_N})(?P<unit>{_BPM})?{_NO_OTHER}(?!\s*(?:to|-)\s*\d)",
            I,
        ),
        _aim,
    ),
    (
        re.compile(
            rf"(?:{_BENT}|快|慢)(?P<said>(?:到|至|为)\s*(?P<n>{_N})(?P<unit>{_BPM})?){_NO_OTHER}",
            I,
        ),
        _aim,
    ),
)
"""Changes, ranges and aims; before the rules of lengths, as bars may follow: 60 to 90 bpm."""

NUMBERS: tuple[Rule, ...] = (
    (
        re.compile(
            rf"(?P<n>{_N})(?:{TO}(?P<to>{_N}))?\s*-?(?:bpm|beats (?:per|a) minute|拍每分钟?|qpm)",
            I,
        ),
        _bpm,
    ),
    (re.compile(rf"每分钟?(?P<n>{_N})拍"), _bpm),
    (re.compile(rf"速度(?:是|为|约|大约|大概|在)*\s*(?P<n>{_N})(?:{TO}(?P<to>{_N}))?"), _bpm),
    (
        re.compile(
            r"(?:bpm|beats per minute|tempo|speed|quarter(?: note)?|♩)\s*(?:of|is|=|:|around|about|at)*\s*"
            rf"(?P<n>\d{{2,3}})(?:{TO}(?P<to>\d{{2,3}}))?(?![\d/])",
            I,
        ),
        _bpm,
    ),
)
"""One tempo with its unit or its name."""

BARE: tuple[Rule, ...] = (
    (
        re.compile(r"(?:\bat |[,;\0]\s*)(?P<n>[4-9]\d|1\d\d|2[0-3]\d)(?!\s*(?:[\d:/%-]|\w))"),
        _bpm,
    ),
    (re.compile(r"\bat (?P<n>[4-9]\d|1\d\d|2[0-3]\d)(?![\d:/%])"), _bpm),
)
"""A number alone that can be nothing else, once all else has been read."""

"""What follows a chord's root: ``m7b5``, ``maj9#11``, ``-Δ7``, ``7(b9,#11)``, ``ø``.

The text is read from left to right into a third, a fifth, a seventh (or sixth) and further
tones. Spellings are those of lead sheets, fake books and iReal charts; ``C2`` is read as
``Cadd9``, a lone ``Δ`` or ``^`` as a major seventh, ``alt`` as ``7#5b9#9#11``.
"""

import re
from dataclasses import dataclass, field

from composer.plan import CHORD_QUALITIES

_TOKENS = re.compile(
    r"(?P<major>major|Major|MAJ|Maj|maj|MA|Ma|ma(?!dd|ug)|M(?![Ii])|j)"
    r"|(?P<seventh>[Δ△∆^])"
    r"|(?P<minor>minor|Minor|MIN|Min|min|MI|Mi|mi|m)"
    r"|(?P<dominant>dominant|dom)"
    r"|(?P<no>omit|no)\s*(?P<omitted>\d+)"
    r"|(?P<half>half-?dim(?:inished)?|ø|Ø|h)"
    r"|(?P<dim>diminished|DIM|Dim|dim|°|º|o)"
    r"|(?P<aug>augmented|AUG|Aug|aug)"
    r"|(?P<alt>altered|alt)"
    r"|(?P<sus>suspended|SUS|Sus|sus)(?P<suspended>24|42|2|4)?"
    r"|(?P<add>ADD|Add|add)\s*(?P<added>[#b]?\d+)"
    r"|(?P<sixnine>6/9|69)"
    r"|(?P<number>[#b+-]?(?:13|11|9|7|6|5|4|2))"
    r"|(?P<sign>[+-])"
    r"|(?P<space>[\s(),/]+)"
)
_PLAIN_SIGNS = str.maketrans({"♯": "#", "♭": "b", "\u2212": "-", "\u2013": "-", "\u2011": "-"})
_DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 9: 2, 11: 5, 13: 9}
_SIGNS = {"#": 1, "+": 1, "b": -1, "-": -1}
_ALTERED = frozenset({1, 3, 6})
_SAID_ONCE = frozenset({"minor", "dominant", "half", "dim", "aug", "alt"})
"""What no chord is twice: ``Foo`` is a word, not F diminished twice."""


def plain_signs(text: str) -> str:
    """The text with typographic accidentals and dashes as ``#``, ``b``, ``-``."""
    return text.replace("𝄪", "##").replace("𝄫", "bb").translate(_PLAIN_SIGNS)


@dataclass(slots=True)
class Tones:
    """A quality in the making, in semitones above the root; None is absent."""

    third: int | None = 4
    fifth: int | None = 7
    seventh: int | None = None
    further: set[int] = field(default_factory=set)
    is_major: bool = False
    is_dim: bool = False

    @property
    def steps(self) -> frozenset[int]:
        """All tones."""
        own = {self.third, self.fifth, self.seventh} - {None}
        return frozenset({0, *(step for step in own if step is not None), *self.further})

    def weights(self) -> dict[int, float]:
        """How much each tone tells of the chord."""
        told: dict[int, float] = dict.fromkeys(self.further, 1.0)
        if self.seventh is not None:
            told[self.seventh] = 3.0
        if self.fifth is not None:
            told[self.fifth] = 0.5 if self.fifth == 7 else 2.5
        if self.third is not None:
            told[self.third] = 5.0
        return told


def read_quality(text: str) -> Tones:
    """Read a quality; raises ValueError where it can't be understood."""
    tones, place, numbers = Tones(), 0, 0
    text, said = plain_signs(text), set[str]()
    while place < len(text):
        found = _TOKENS.match(text, place)
        word = "" if found is None else found.lastgroup or ""
        if found is None or word in said:
            raise ValueError(f"{text[place:]!r} says nothing about a chord")
        said |= {word} & _SAID_ONCE
        _take(tones, found, is_first=numbers == 0)
        numbers += found.group("number") is not None
        place = found.end()
    return tones


def _take(tones: Tones, found: re.Match[str], *, is_first: bool) -> None:
    """Let one token change the tones; ``is_first`` where no number came before it."""
    word = found.lastgroup or ""
    if found.group("number"):
        _number(tones, found.group("number"), is_first=is_first)
    elif found.group("sus"):
        suspended = found.group("suspended") or "4"
        both = suspended in {"24", "42"} or tones.third in {2, 5}
        tones.third = 5 if both or suspended == "4" else 2
        tones.further |= {2} if both else set()
    elif found.group("add"):
        tones.further.add(_step(found.group("added")))
    elif found.group("no"):
        _omit(tones, int(found.group("omitted")))
    elif found.group("sign"):
        _sign(tones, found.group("sign"))
    elif word in _WORDS:
        for name, value in _WORDS[word].items():
            setattr(tones, name, value)
        tones.further |= _ALTERED if word == "alt" else {9, 2} if word == "sixnine" else set()


_WORDS: dict[str, dict[str, int | bool | None]] = {
    "major": {"is_major": True},
    "seventh": {"is_major": True, "seventh": 11},
    "minor": {"third": 3},
    "dominant": {},
    "half": {"third": 3, "fifth": 6, "seventh": 10},
    "dim": {"third": 3, "fifth": 6, "is_dim": True},
    "aug": {"fifth": 8},
    "alt": {"seventh": 10, "fifth": 8},
    "sixnine": {},
}


def _sign(tones: Tones, sign: str) -> None:
    """A lone ``+`` augments, a lone ``-`` makes minor."""
    if sign == "+":
        tones.fifth = 8
    else:
        tones.third = 3


def _step(text: str) -> int:
    """Semitones above the root of ``9``, ``b9``, ``#11``."""
    sign = text[0] if text[0] in _SIGNS else ""
    degree = int(text[len(sign) :])
    if degree not in _DEGREES:
        raise ValueError(f"no chord has a tone {text!r}")
    return (_DEGREES[degree] + _SIGNS.get(sign, 0)) % 12


def _number(tones: Tones, text: str, *, is_first: bool) -> None:
    """A number, altered or not."""
    sign = text[0] if text[0] in _SIGNS else ""
    if (
        sign in {"+", "-"} and is_first and tones.third == 4
    ):  # E+7 is augmented, D-7 minor; C7+9 is sharp
        _sign(tones, sign)
        sign = ""
    degree = int(text.lstrip("#b+-"))
    if degree == 5:
        _five(tones, sign, is_first=is_first)
    elif sign:
        tones.further.add((_DEGREES[degree] + _SIGNS[sign]) % 12)
    elif degree == 4:
        tones.third = 5
    elif degree in {2, 6}:
        tones.further.add(_DEGREES[degree])
    else:
        _extend(tones, degree)


def _five(tones: Tones, sign: str, *, is_first: bool) -> None:
    """``5`` is a power chord, ``b5`` and ``#5`` alter the fifth."""
    if sign:
        tones.fifth = 7 + _SIGNS[sign]
    elif is_first:
        tones.third = None


def _extend(tones: Tones, degree: int) -> None:
    """``7``, ``9``, ``11``, ``13``: the seventh, and what lies between."""
    has_sixth = 9 in tones.further
    if tones.seventh is None and not (degree == 9 and has_sixth):
        tones.seventh = 11 if tones.is_major else (9 if tones.is_dim else 10)
    between = {7: set(), 9: {2}, 11: {2, 5}, 13: {2, 9}}
    tones.further |= between[degree]


def _omit(tones: Tones, degree: int) -> None:
    """``no3`` and ``no5``."""
    if degree == 3:
        tones.third = None
    elif degree == 5:
        tones.fifth = None
    else:
        raise ValueError(f"a chord can do without its third or fifth, not {degree}")


def nearest_quality(tones: Tones) -> str:
    """The quality of ``CHORD_QUALITIES`` that keeps most of what tells this one."""
    return min(
        (quality for quality, steps in CHORD_QUALITIES.items() if steps),
        key=lambda quality: _distance(tones, frozenset(CHORD_QUALITIES[quality])),
    )


def _distance(tones: Tones, steps: frozenset[int]) -> float:
    """Weight of the tones that ``steps`` lack, and of those that they add."""
    wanted = tones.steps
    missing = sum(weight for step, weight in tones.weights().items() if step not in steps)
    added = steps - wanted
    costs = {3: 5.0, 4: 5.0, 7: 1.0}
    return missing + sum(costs.get(step, 2.0) for step in added)

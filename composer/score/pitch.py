"""Pitch classes and keys. A pitch class is 0-11 with C = 0."""

import re
from dataclasses import dataclass
from enum import StrEnum

_SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_F_FLAT, _B_SHARP = -8, 12
"""Places of the outermost notes with one accidental on the line of fifths."""
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KEY_PATTERN = re.compile(r"^([A-Ga-g])\s*(##|bb|#|b|♯|♭|-)?\s*(.*)$")


class Mode(StrEnum):
    """Major or minor."""

    MAJOR = "major"
    MINOR = "minor"


_MODE_WORDS = {
    "": None,
    "major": Mode.MAJOR,
    "maj": Mode.MAJOR,
    "M": Mode.MAJOR,
    "dur": Mode.MAJOR,
    "minor": Mode.MINOR,
    "min": Mode.MINOR,
    "m": Mode.MINOR,
    "moll": Mode.MINOR,
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key: ``tonic`` as pitch class 0-11 and its mode."""

    tonic: int
    mode: Mode = Mode.MAJOR

    def __post_init__(self) -> None:
        """Refuse a tonic outside the octave."""
        if not 0 <= self.tonic <= 11:
            raise ValueError(f"a tonic is a pitch class 0-11, not {self.tonic}")

    @property
    def fifths(self) -> int:
        """Sharps (above 0) or flats (below 0) of the signature, -6..6 (MIDI meta 0x59)."""
        major_tonic = (self.tonic + 3) % 12 if self.mode is Mode.MINOR else self.tonic
        return (major_tonic * 7 + 6) % 12 - 6 or 0

    @property
    def scale(self) -> frozenset[int]:
        """Pitch classes of the major or natural minor scale."""
        steps = (0, 2, 4, 5, 7, 9, 11) if self.mode is Mode.MAJOR else (0, 2, 3, 5, 7, 8, 10)
        return frozenset((self.tonic + step) % 12 for step in steps)

    def transposed(self, semitones: int) -> "Key":
        """The key so much higher, in the same mode."""
        return Key((self.tonic + semitones) % 12, self.mode)

    def place(self, pitch_class: int, *, is_raised: bool = False) -> int:
        """Where a pitch class lies on the line of fifths, 0 being C, as this key spells it.

        Tones of the scale are spelt as its own; the others as lowered degrees but for the
        fourth, or all as raised ones where ``is_raised``: Bb and F#, or A# and F#, in C.
        """
        above = (pitch_class - self.tonic) * 7 % 12
        lowest = -1 if is_raised and pitch_class % 12 not in self.scale else -5
        return self.fifths + 3 * (self.mode is Mode.MINOR) + (above - lowest) % 12 + lowest

    def __str__(self) -> str:
        """Such as ``F# minor``."""
        return f"{pitch_class_name(self.tonic, flats=self.fifths < 0)} {self.mode}"


def pitch_class_name(pitch_class: int, *, flats: bool = False) -> str:
    """Name a pitch class with a sharp, or with a flat where ``flats``."""
    return (_FLAT_NAMES if flats else _SHARP_NAMES)[pitch_class % 12]


def name_at(place: int) -> str:
    """The note at a place on the line of fifths (0 is C), with one accidental at most."""
    if place < _F_FLAT:
        place = (place - _F_FLAT) % 12 + _F_FLAT
    elif place > _B_SHARP:
        place = (place - _B_SHARP - 1) % 12 + 1
    return "FCGDAEB"[(place + 1) % 7] + {-1: "b", 0: "", 1: "#"}[(place + 1) // 7]


def parse_pitch_class(letter: str, accidental: str = "") -> int:
    """Pitch class of a letter and its accidental (``#``, ``b``, doubled, or ``-`` for flat)."""
    shift = {"": 0, "#": 1, "♯": 1, "##": 2, "b": -1, "♭": -1, "-": -1, "bb": -2}
    return (_LETTERS[letter.upper()] + shift[accidental]) % 12


def parse_key(text: str) -> Key:
    """Read ``D minor``, ``Dm``, ``d``, ``Bb major``, ``F# min``.

    A lone lower-case letter means minor, as in analysis texts; raises ValueError.
    """
    match = _KEY_PATTERN.match(text.strip())
    if match is None:
        raise ValueError(f"a key looks like 'D minor' or 'Bb major', not {text!r}")
    letter, accidental, word = match.groups()
    word = word.strip()
    known = word if word in _MODE_WORDS else word.lower()
    if known not in _MODE_WORDS:
        raise ValueError(f"a key looks like 'D minor' or 'Bb major', not {text!r}")
    mode = _MODE_WORDS[known] or (Mode.MINOR if letter.islower() else Mode.MAJOR)
    return Key(parse_pitch_class(letter, accidental or ""), mode)


def key_from_fifths(fifths: int, mode: Mode) -> Key:
    """Key of a signature with ``fifths`` sharps (negative: flats), -7..7."""
    tonic = fifths * 7 % 12
    return Key((tonic + 9) % 12 if mode is Mode.MINOR else tonic, mode)

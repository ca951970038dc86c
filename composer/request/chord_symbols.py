"""Chord symbols: ``Am``, ``F#m7b5``, ``C/E``, ``B♭△7``, ``C6/9``, and ``N.C.`` for none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from composer.plan import CHORD_QUALITIES, NO_CHORD, Chord
from composer.request.chord_quality import Tones, nearest_quality, plain_signs, read_quality
from composer.score import Key

_ROOT = re.compile(r"^([A-G])(##|bb|#|b|x)?(.*)$", re.DOTALL)
_BASS = re.compile(r"^(.*)[/\\]\s*([A-Ga-g])(##|bb|#|b|x)?$", re.DOTALL)
_SILENT = frozenset({"n.c.", "nc", "n.c", "n/c", "nochord"})
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFTS = {"": 0, "#": 1, "##": 2, "x": 2, "b": -1, "bb": -2}


@dataclass(frozen=True, slots=True)
class Reading:
    """A chord as written: its tones exactly, and the plan's chord nearest to it.

    ``pitch_classes`` holds all that was written, a slash bass included.
    """

    chord: Chord
    pitch_classes: frozenset[int]

    @property
    def is_exact(self) -> bool:
        """Whether the plan's chord has the tones that were written."""
        return self.chord.pitch_classes == self.pitch_classes


def reading(root: int, tones: Tones, bass: int | None) -> Reading:
    """The chord of these tones above ``root`` (any integer), over ``bass``."""
    written = {(root + step) % 12 for step in tones.steps}
    chord = Chord(root % 12, nearest_quality(tones), None if bass is None else bass % 12)
    return Reading(chord, frozenset(written | (set() if bass is None else {bass % 12})))


@dataclass(frozen=True, slots=True)
class Symbol:
    """A chord symbol, the same in every key."""

    known: Reading

    def reading(self, _key: Key | None = None) -> Reading:
        """What it stands for."""
        return self.known


def read_symbol(text: str) -> Symbol:
    """Read a chord symbol; raises ValueError where it is none."""
    plain = plain_signs(text.strip())
    if plain.lower().replace(" ", "") in _SILENT:
        return Symbol(Reading(NO_CHORD, frozenset()))
    bass: int | None = None
    slash = _BASS.match(plain)
    if slash is not None:
        plain, bass = slash.group(1), pitch_of(slash.group(2), slash.group(3))
    found = _ROOT.match(plain)
    if found is None:
        raise ValueError(f"no chord begins as {text!r} does")
    letter, accidental, quality = found.groups()
    return Symbol(reading(pitch_of(letter, accidental), read_quality(quality), bass))


def pitch_of(letter: str, accidental: str | None) -> int:
    """Pitch class of a note name."""
    return (_LETTERS[letter.upper()] + _SHIFTS[accidental or ""]) % 12


def unknown_chord(text: str, others: Sequence[str] = ()) -> str:
    """What to say of a word that is no chord: the nearest that is, or one of ``others``.

    A German H is the note B.
    """
    tidy = text[:1].upper() + text[1:]
    tidy = re.sub("^H(?![b#])", "B", tidy)
    known = [*_known_symbols(), *others]
    near = get_close_matches(text, known, n=1, cutoff=0.4) or get_close_matches(tidy, known, 1)
    if _is_symbol(tidy):
        near = [tidy]
    hint = (
        f"did you mean {near[0]}?"
        if near
        else "try Am, F7, Cmaj7" + ", vi or 6-" * bool(others)
    )
    return f"unknown chord {text[:24]!r}: {hint}"


def _is_symbol(text: str) -> bool:
    """Whether this is a chord symbol."""
    try:
        read_symbol(text)
    except ValueError:
        return False
    return True


def _known_symbols() -> list[str]:
    """Every symbol that the plan can hold, for hints."""
    roots = ("C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#", "Gb", "G", "G#", "Ab", "A")
    return [
        root + quality
        for root in (*roots, "A#", "Bb", "B")
        for quality, steps in CHORD_QUALITIES.items()
        if steps
    ]

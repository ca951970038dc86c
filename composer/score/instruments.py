"""Instruments by the names that people give them."""

import re
from difflib import get_close_matches

from composer.score.general_midi import FAMILIES, PROGRAM_NAMES

_ALIASES = {
    "piano": 0,
    "grand piano": 0,
    "electric piano": 4,
    "rhodes": 4,
    "organ": 16,
    "guitar": 24,
    "acoustic guitar": 25,
    "electric guitar": 27,
    "bass": 33,
    "electric bass": 33,
    "double bass": 43,
    "upright bass": 32,
    "synth bass": 38,
    "string ensemble": 48,
    "string ensemble 1": 48,
    "string ensemble 2": 49,
    "orchestral harp": 46,
    "tango accordion": 23,
    "sawtooth lead": 81,
    "bass + lead lead": 87,
    "choir": 52,
    "voice": 53,
    "horn": 60,
    "horns": 60,
    "brass": 61,
    "sax": 65,
    "saxophone": 65,
    "square": 80,
    "lead": 81,
    "synth": 81,
    "pad": 89,
    "bells": 14,
    "bell": 14,
}
_GENERAL_MIDI = re.compile(r"(.*?)(?: \d)? ?\((.+)\)")
"""General MIDI's own way to write a kind: ``Pad 2 (warm)``, ``Electric Guitar (jazz)``."""
_DRUM_WORDS = frozenset({"drums", "drum", "drum kit", "drumkit", "percussion", "standard kit"})


def instrument_name(program: int, *, is_drums: bool = False) -> str:
    """Name of a program 0-127; a percussion part is ``Drums`` whatever its kit."""
    return "Drums" if is_drums else PROGRAM_NAMES[program]


def _names() -> dict[str, int]:
    """Every accepted spelling to its program."""
    table = {name.lower(): program for program, name in enumerate(PROGRAM_NAMES)}
    for index, family in enumerate(FAMILIES):
        table.setdefault(family, index * 8)
    return table | _ALIASES


def find_instrument(text: str) -> tuple[int, bool]:
    """Read an instrument: a General MIDI name, number 1-128, family or everyday word.

    Returns (program counted from 0, is_drums); raises ValueError naming the nearest.
    """
    wanted = " ".join(text.lower().replace("_", " ").split())
    if wanted in _DRUM_WORDS:
        return 0, True
    if wanted.isdecimal():
        if 1 <= int(wanted) <= 128:
            return int(wanted) - 1, False
        raise ValueError(f"instrument numbers are 1-128 (General MIDI), not {wanted}")
    names = _names()
    if kind := _GENERAL_MIDI.fullmatch(wanted):
        word = kind[1].rpartition(" ")[2]
        own = kind[2] if word == "fx" else f"{kind[2]} {word}"
    else:
        own = wanted
    if own in names:
        return names[own], False
    near = get_close_matches(wanted, [*names, "drums"], n=3, cutoff=0.5)
    hint = f": did you mean {' or '.join(near)}?" if near else ": try piano, strings, drums"
    raise ValueError(f"unknown instrument {text!r}{hint}")

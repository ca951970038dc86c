"""Texts of MIDI files: which encoding they are in, and which of them name chords.

The standard asks for ASCII; what occurs is UTF-8, Shift-JIS and Latin-1.
"""

import re

_CHORD = re.compile(
    r"(N\.?C\.?|[A-G](##|bb|[#b])?"
    r"(maj|min|dim|aug|sus|add|omit|no|alt|[mM#b+\-\d°øΔ()])*"
    r"(/[A-G](##|bb|[#b])?)?)"
)
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")
_KANA = re.compile(r"[\u3040-\u30ff]")


def decode_text(raw: bytes) -> str:
    """Guess the encoding of ``raw``: UTF-8, then Shift-JIS, then Latin-1.

    Nearly every accented Latin-1 word is also valid Shift-JIS, so that one counts only
    where kana occur or half of the characters are not ASCII. Control characters go.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _japanese(raw) or raw.decode("latin-1")
    return _CONTROL_CHARACTERS.sub(" ", text).strip()


def _japanese(raw: bytes) -> str:
    """The text as Shift-JIS; empty where that is not likely."""
    try:
        text = raw.decode("shift_jis")
    except UnicodeDecodeError:
        return ""
    foreign = sum(not character.isascii() for character in text)
    return text if _KANA.search(text) or 2 * foreign >= len(text) else ""


def is_chord_symbol(text: str) -> bool:
    """Whether a text event names a chord, such as ``Am7/G`` or ``N.C.``."""
    return _CHORD.fullmatch(text) is not None

"""Chords as a plan file writes them: ``Am | F G7 | ? | C/E``.

Bars stand apart by ``|``; a bar holds one chord, or two (the second from the bar's middle
beat), or ``?`` where the chord is open.
"""

from contextlib import suppress

from composer.plan import Chord
from composer.request.chord_symbols import read_symbol, unknown_chord
from composer.request.numerals import read_numeral
from composer.score import Key

OPEN = "?"
Pair = tuple[Chord | None, Chord | None]


def read_bar(text: str) -> Pair:
    """Read the one or two chords of a bar; raises ValueError."""
    words = text.split()
    if not 1 <= len(words) <= 2:
        raise ValueError(f"a bar has one chord, two, or {OPEN}, not {text.strip()[:30]!r}")
    chords = [None if word == OPEN else _read_chord(word) for word in words]
    return chords[0], chords[1] if len(chords) == 2 else None


def _read_chord(word: str) -> Chord:
    try:
        return read_symbol(word).known.chord
    except ValueError:
        told = unknown_chord(word)
        with suppress(ValueError):
            read_numeral(word)
            told = f"{word!r} is a numeral: a plan has chord symbols such as Am"
        raise ValueError(told) from None


def read_line(text: str) -> tuple[Pair, ...]:
    """Read bars of chords; raises ValueError naming every bar that is wrong."""
    pairs, problems = [], []
    for number, bar in enumerate(text.strip().strip("|").split("|"), 1):
        try:
            pairs.append(read_bar(bar))
        except ValueError as error:
            problems.append(f"bar {number}: {error}")
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(pairs)


def bar_text(pair: Pair, key: Key | None) -> str:
    """Write a bar's chords, spelt as in their key, as ``read_bar`` reads them."""
    first, second = pair
    texts = [OPEN if first is None else first.symbol(key)]
    if second is not None:
        texts.append(second.symbol(key))
    return " ".join(texts)

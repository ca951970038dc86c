"""Chord symbols as openewld writes them, and a plan whose chords they are.

A flat after the root or bass is ``-`` (``B-7`` is B flat 7), diminished is ``o``, half
diminished ``ø``, augmented ``+``.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import isfinite

from composer.errors import InputError
from composer.plan import NO_CHORD, Chord, Plan, PlanBar, Role
from composer.score import TICKS_PER_QUARTER, Bar, Label, Score, bars_of, middle_ticks

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SYMBOL = re.compile(r"([A-G])(#+|-+|)([^/]*)(?:/([A-G])(#+|-+|))?")
_QUALITIES = {
    "": "",
    "m": "m",
    "7": "7",
    "m7": "m7",
    "maj7": "maj7",
    "6": "6",
    "m6": "m6",
    "9": "9",
    "m9": "m9",
    "maj9": "maj9",
    "dim": "dim",
    "o7": "dim7",
    "ø7": "m7b5",
    "m7 alter b5": "m7b5",
    "+": "aug",
    "7+": "7#5",
    "9+": "7#5",
    "9 alter #5": "7#5",
    "m alter #5": "m",
    "7 add b9": "7b9",
    "13 alter b9": "7b9",
    "7 add #9": "7",
    "7 alter b5": "7",
    "9 add #11": "9",
    "9 alter b5": "9",
    "sus": "sus4",
    "sus add 7": "7sus4",
    "sus add 7 add 9": "7sus4",
    "11": "7sus4",
    "13": "9",
    "m11": "m9",
    "m13": "m9",
    "m6 add 9": "m6",
    "mM7": "mmaj7",
    " add 4": "",
    "power": "5",
}
"""The source's qualities to the nearest of CHORD_QUALITIES."""
_MAX_QUARTERS = 1e6


def parse_symbol(text: str) -> Chord | None:
    """The chord of a symbol; None where it can't be read."""
    match = _SYMBOL.fullmatch(text)
    if match is None or match[3] not in _QUALITIES:
        return None
    bass = None if match[4] is None else _pitch_class(match[4], match[5])
    return Chord(_pitch_class(match[1], match[2]), _QUALITIES[match[3]], bass)


def _pitch_class(letter: str, accidentals: str) -> int:
    return (_LETTERS[letter] + accidentals.count("#") - accidentals.count("-")) % 12


def with_symbols(score: Score, text: bytes) -> Score:
    """The score with the chord symbols of a ``.chords.json`` file as labels.

    The file lists [start, length, symbol], in quarters. Raises InputError for another
    shape.
    """
    try:
        rows = json.loads(text)["chords"]
        spans = [(float(start), float(length), str(name)) for start, length, name in rows]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"the chord symbols cannot be read: {error}") from error
    return replace(score, chords=tuple(_labels(spans)))


def _labels(spans: list[tuple[float, float, str]]) -> Iterator[Label]:
    """A label a symbol, and N.C. where one ends before the next begins."""
    spans = sorted(span for span in spans if _is_sane(span))
    following = [start for start, _, _ in spans[1:]] + [_MAX_QUARTERS]
    for (start, length, name), after in zip(spans, following, strict=True):
        yield Label(round(start * TICKS_PER_QUARTER), name)
        if start + length < after - 0.01:
            yield Label(round((start + length) * TICKS_PER_QUARTER), NO_CHORD.quality)


def _is_sane(span: tuple[float, float, str]) -> bool:
    start, length, _ = span
    return (
        isfinite(start)
        and isfinite(length)
        and 0 <= start < _MAX_QUARTERS
        and 0 < length < _MAX_QUARTERS
    )


def with_written_chords(plan: Plan, score: Score) -> Plan:
    """The plan with the chords that the score's labels name.

    Each half bar takes the chord that holds longest in it. A half without a readable
    symbol keeps what was measured. The part that plays out the symbols is the harmony, long
    as its chords may be.
    """
    spans = _spans(score)
    bars = zip(plan.bars, bars_of(score), strict=True)
    parts = tuple(
        replace(part, role=Role.HARMONY) if part.role is Role.PAD else part
        for part in plan.parts or ()
    )
    written = tuple(_written(planned, bar, spans) for planned, bar in bars)
    return replace(plan, bars=written, parts=parts)


_Span = tuple[int, int, Chord]


def _spans(score: Score) -> list[_Span]:
    """(start, end, chord) of each readable symbol, in ticks."""
    places = [label.onset_ticks for label in score.chords]
    ends = [*places[1:], score.end_ticks]
    read = [parse_symbol(label.text) for label in score.chords]
    return [
        (start, end, chord)
        for start, end, chord in zip(places, ends, read, strict=True)
        if chord is not None and end > start
    ]


def _written(planned: PlanBar, bar: Bar, spans: list[_Span]) -> PlanBar:
    """One bar with the chords of its halves."""
    middle = bar.onset_ticks + min(middle_ticks(bar.meter), bar.length_ticks)
    edges = sorted({bar.onset_ticks, middle, bar.end_ticks})
    measured = (planned.chord, planned.second_chord or planned.chord)
    halves = [
        _longest(start, end, spans) or chord
        for (start, end), chord in zip(pairwise(edges), measured, strict=False)
    ]
    second = halves[1] if len(halves) > 1 and halves[1] != halves[0] else None
    return replace(planned, chord=halves[0], second_chord=second)


def _longest(start: int, end: int, spans: list[_Span]) -> Chord | None:
    """The chord that holds longest in [start, end)."""
    shares = [
        (min(end, b) - max(start, a), chord) for a, b, chord in spans if a < end and b > start
    ]
    return max(shares, key=lambda share: share[0])[1] if shares else None

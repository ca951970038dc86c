"""A mark of the chords that composer chose: a plan knows when they have been changed."""

from collections.abc import Iterable
from dataclasses import astuple
from zlib import crc32

from composer.plan import PlanBar


def mark_of(bars: Iterable[PlanBar]) -> str:
    """Eight digits for the chords of the bars; other chords have others."""
    chords = [
        tuple(None if chord is None else astuple(chord) for chord in pair)
        for pair in ((bar.chord, bar.second_chord) for bar in bars)
    ]
    return f"{crc32(repr(chords).encode()):08x}"

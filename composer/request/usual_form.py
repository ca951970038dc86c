"""A form for a piece that was asked none: phrases that return, as songs and cues have them.

Most bands' and games' pieces are built of phrases of four bars, fewer of two or eight, that
come back after some others or at once, some of them varied; some pieces loop, and some never
come back to anything. How much returns differs widely: of 132 real pieces with equally many
of each mood, the middle half has 21 % to 61 % bars unlike all before, the middle nine tenths
9 % to 100 %. Bars are likest 4 and 8 bars on (.39 and .35 of their notes), little more 16 bars
on (.26) than 3 or 5 (.20): what is near returns, later comes something else. So
length and order of the phrases are drawn, and a few pieces are left to the model. The last
bar is never a return, so that a piece can end.
"""

import random
from dataclasses import replace

from composer.plan import Plan
from composer.request.form import FormSection, read_form, with_form

_FEWEST_BARS, _FEWEST_PHRASES, _MOST_PHRASES = 12, 3, 128
_FREE = 0.12
"""Share of pieces without a form of their own."""
_LENGTHS_BARS = (2, 2, 4, 4, 4, 4, 8, 8)
_LONG_BARS = 8
_LOOPS = ("A A A A'", "A A A' A")
_OPENINGS = ("A A' B A'", "A A B A'", "A A' B B'", "A B A B'", "A A' A'' B", *_LOOPS)
_CONTINUED = (
    "C C' A A'",
    "B B' A A'",
    "C C' D D'",
    "C C' B B'",
    "C D C D'",
    "A B C C'",
    "C C' C D",
)
_LONG = ("A A' B A'", "A A' B B'", "A A' B C", "A B B' A'")
"""Openings where phrases are long, so that few fit."""


def with_usual_form(plan: Plan, rng: random.Random) -> Plan:
    """The plan in a usual form, where its bars leave all of it open.

    Nothing is changed in a few pieces by chance, and where a bar has a section, a chord (its
    notes could not return) or a return of its own, where meter, key or mood change, or in a
    piece of less than 12 bars.
    """
    is_free = rng.random() < _FREE
    form = _drawn(len(plan.bars), rng)
    first = plan.bars[0]
    is_open = all(
        bar.section is None
        and bar.chord is None
        and bar.returns is None
        and (bar.meter, bar.key, bar.mood) == (first.meter, first.key, first.mood)
        for bar in plan.bars
    )
    if is_free or not is_open or len(plan.bars) < _FEWEST_BARS:
        return plan
    formed = with_form(plan, form)
    last = replace(formed.bars[-1], returns=None, variation=None)
    return replace(formed, bars=(*formed.bars[:-1], last))


def _drawn(bars: int, rng: random.Random) -> tuple[FormSection, ...]:
    """A form of as many phrases as ``bars`` has room for; the rest lengthens the last."""
    length = rng.choice(_LENGTHS_BARS)
    length = min(length, max(1, bars // _FEWEST_PHRASES))
    length *= -(-bars // (length * _MOST_PHRASES))
    wanted = bars // length
    block = rng.choice(_LONG if length >= _LONG_BARS else _OPENINGS)
    names, looped = block.split(), block in _LOOPS
    while len(names) < wanted:
        # one loop is a groove, two in a row are a piece that stands still
        block = rng.choice(_CONTINUED if looped else (*_CONTINUED, *_LOOPS))
        names += block.split()
        looped = looped or block in _LOOPS
    sections = read_form(" ".join(names[:wanted]))
    return tuple(
        replace(section, bars=length if place < wanted - 1 else bars - length * (wanted - 1))
        for place, section in enumerate(sections)
    )

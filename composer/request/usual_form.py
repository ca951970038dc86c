"""A form for a piece that was asked none: phrases that return, as songs and cues have them.

Most bands' and games' pieces are built of four-bar phrases that come back after four, eight
and sixteen bars, some of them varied. Which of the usual orders a piece gets is drawn. The
last bar is never a return, so that a piece can end.
"""

import random
from dataclasses import replace

from composer.plan import Plan
from composer.request.form import FormSection, read_form, with_form

_PHRASE, _FEWEST_BARS = 4, 12
_MOST_PHRASES = 128
_OPENINGS = ("A A' B A'", "A A B A'", "A A' B B'", "A B A B'", "A A' A'' B")
_CONTINUED = ("C C' A A'", "A A' B B'", "B B' A A'", "C D C A", "A B C C'", "C C' C D")


def with_usual_form(plan: Plan, rng: random.Random) -> Plan:
    """The plan in a usual form, where its bars leave all of it open.

    Nothing is changed where a bar has a section, a chord (its notes could not return) or a
    return of its own, where meter, key or mood change, or in a piece of less than 12 bars.
    """
    form = _drawn(len(plan.bars), rng)
    first = plan.bars[0]
    is_open = all(
        bar.section is None
        and bar.chord is None
        and bar.returns is None
        and (bar.meter, bar.key, bar.mood) == (first.meter, first.key, first.mood)
        for bar in plan.bars
    )
    if not is_open or len(plan.bars) < _FEWEST_BARS:
        return plan
    formed = with_form(plan, form)
    last = replace(formed.bars[-1], returns=None, variation=None)
    return replace(formed, bars=(*formed.bars[:-1], last))


def _drawn(bars: int, rng: random.Random) -> tuple[FormSection, ...]:
    """A form of as many phrases as ``bars`` has room for; the rest lengthens the last."""
    length = _PHRASE * -(-bars // (_PHRASE * _MOST_PHRASES))
    wanted = max(3, bars // length)
    names = rng.choice(_OPENINGS)
    while len(names.split()) < wanted:
        names += " " + rng.choice(_CONTINUED)
    sections = read_form(" ".join(names.split()[:wanted]))
    return tuple(
        replace(section, bars=length if place < wanted - 1 else bars - length * (wanted - 1))
        for place, section in enumerate(sections)
    )

"""A form for a piece that was asked none: sections that return, as songs and cues have them.

Most bands' and games' pieces are built of four- and eight-bar sections that come back, some
of them varied. The forms are the common ones of song writing; which one a piece gets is
drawn. The last bar is never a return, so that a piece can end.
"""

import random
from dataclasses import replace

from composer.plan import Plan
from composer.request.form import FormSection, read_form, with_form

_FEWEST_BARS = 12
_LONG_BARS = 24
_SHORT_SECTION, _SECTION = 4, 8
_MOST_SECTIONS = 64
_FORMS = {
    3: ("A A' B", "A B A", "A B A'"),
    4: ("A A B A", "A A' B A'", "A B A B'", "A A' B B'", "A B A' C"),
}
_CONTINUED = ("C B A B'", "B A C A'", "C C' B A", "B C A B'")


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
    """A form of as many sections as ``bars`` has room for; the rest lengthens the last."""
    length = _SECTION if bars >= _LONG_BARS else _SHORT_SECTION
    length *= -(-bars // (length * _MOST_SECTIONS))
    wanted = max(3, bars // length)
    names = rng.choice(_FORMS[3 if wanted == 3 else 4])
    while len(names.split()) < wanted:
        names += " " + rng.choice(_CONTINUED)
    sections = read_form(" ".join(names.split()[:wanted]))
    return tuple(
        replace(section, bars=length if place < wanted - 1 else bars - length * (wanted - 1))
        for place, section in enumerate(sections)
    )

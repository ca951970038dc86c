"""Form: ``AABA``, ``A B A'``, ``intro:4 A:8 A':8 B:8 A:8 outro:4``.

A section is a letter or a word (``intro verse chorus bridge build drop break outro``), with
its length in bars after a colon. Equal names return: note for note, or varied by a share of
their cells where a prime stands (``A'``; twice the share for ``A''``), and moved by semitones
where a number stands (``A+2``, ``chorus'-1:8``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from composer.plan import FUNCTIONS, Plan, PlanBar

USUAL_VARIATION = 0.3
_USUAL_LENGTHS = {"intro": 4, "outro": 4, "build": 4, "break": 4}
_USUAL_LENGTH = 8
_MOST_SECTIONS = 200
_MOST_STEPS = 12
_ITEM = re.compile(r"^([A-Za-z]+)('*)([+-]\d{1,2})?(?::(\d{1,4}))?$")
_LETTERS = re.compile(r"^(?:[A-P]'*(?:[+-]\d{1,2})?)+$")
_LETTER = re.compile(r"([A-P])('*)([+-]\d{1,2})?")
_GAP = re.compile(r"[\s,|]+|-(?!\d)")
_PRIMES = str.maketrans({"\u2032": "'", "\u2019": "'"})


@dataclass(frozen=True, slots=True)
class FormSection:
    """One section: its name, its length in bars where said, and how many primes it has.

    ``steps`` is how many semitones it is moved.
    """

    name: str
    bars: int | None = None
    primes: int = 0
    steps: int = 0

    @property
    def function(self) -> str | None:
        """What a section named by a word is for."""
        return self.name if self.name in FUNCTIONS else None


Form = tuple[FormSection, ...]


def read_form(text: str) -> Form:
    """Read a form; raises ValueError with what would be right."""
    sections: list[FormSection] = []
    for item in _GAP.split(text.strip().translate(_PRIMES)):
        if _LETTERS.match(item):
            sections += [
                FormSection(name, None, len(primes), _steps(steps))
                for name, primes, steps in _LETTER.findall(item)
            ]
        else:
            sections.append(_section(item))
    if len(sections) > _MOST_SECTIONS:
        raise ValueError(f"a form has at most {_MOST_SECTIONS} sections, not {len(sections)}")
    heard: set[str] = set()
    for section in sections:
        if section.steps and section.name not in heard:
            raise ValueError(
                f"{section.name}{section.steps:+} moves what has not been heard: "
                f"let {section.name} come first"
            )
        heard.add(section.name)
    return tuple(sections)


def _steps(text: str) -> int:
    """Semitones such as ``+2``; none is 0."""
    steps = int(text or 0)
    if abs(steps) > _MOST_STEPS:
        raise ValueError(f"a section moves by at most {_MOST_STEPS} semitones, not {text}")
    return steps


def _section(item: str) -> FormSection:
    """Read ``A':8`` or ``intro:4``."""
    match = _ITEM.match(item)
    if match is None:
        raise ValueError(f"a form looks like AABA or 'intro:4 A:8 B:8', not {item[:30]!r}")
    name, primes, steps, bars = match.groups()
    name = name.lower() if len(name) > 1 else name.upper()
    if len(name) > 1 and name not in FUNCTIONS:
        near = get_close_matches(name, FUNCTIONS, n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else ", ".join(FUNCTIONS)
        raise ValueError(f"unknown section {item[:30]!r}: a letter A-P, or {hint}")
    if len(name) == 1 and name > "P":
        raise ValueError(f"sections have the letters A to P, not {item[:30]!r}")
    if bars is not None and int(bars) == 0:
        raise ValueError(f"a section has at least 1 bar, not {item[:30]!r}")
    length = None if bars is None else int(bars)
    return FormSection(name, length, len(primes), _steps(steps))


def lengths_of(form: Form, bars: int | None = None) -> list[int]:
    """Bars of each section; where the piece's ``bars`` are said, open ones share the rest.

    Raises ValueError where they don't fit.
    """
    open_places = [place for place, section in enumerate(form) if section.bars is None]
    usual = [_USUAL_LENGTHS.get(section.name, _USUAL_LENGTH) for section in form]
    lengths = [section.bars or length for section, length in zip(form, usual, strict=True)]
    if bars is None:
        return lengths
    said = sum(section.bars or 0 for section in form)
    rest = bars - said
    if rest < len(open_places) or (rest and not open_places):
        raise ValueError(
            f"the form's sections need {said + len(open_places) if open_places else said} "
            f"bars{' or more' if open_places else ''}, the piece has {bars}"
        )
    weight = sum(usual[place] for place in open_places)
    for place in open_places:
        share = max(1, round(rest * usual[place] / weight))
        lengths[place] = min(share, rest - sum(1 for other in open_places if other > place))
        rest -= lengths[place]
        weight -= usual[place]
    return lengths


def with_form(plan: Plan, form: Form, vary: float | None = None) -> Plan:
    """The plan's bars with sections, functions and what returns.

    ``vary`` is the share that a prime varies; where no section has one, that all returns
    vary. A return longer than what it returns to goes on anew. Raises ValueError where the
    lengths don't fit the plan's bars.
    """
    lengths = lengths_of(form, len(plan.bars))
    has_primes = any(section.primes for section in form)
    share = USUAL_VARIATION if vary is None else vary
    heard: dict[str, tuple[int, int, int]] = {}
    bars: list[PlanBar] = []
    for section, length in zip(form, lengths, strict=True):
        start = len(bars)
        before = heard.get(section.name)
        steps = 0 if before is None else section.steps - before[2]
        amount = min(1.0, share * section.primes) if has_primes else (vary or 0.0)
        for place, bar in enumerate(plan.bars[start : start + length]):
            is_back = before is not None and place < before[1]
            bars.append(
                replace(
                    bar,
                    section=section.name,
                    function=section.function,
                    returns=start - before[0] if before is not None and is_back else None,
                    variation=amount if is_back and amount else None,
                    transposition=steps if is_back and steps else None,
                )
            )
        heard[section.name] = (start, length, section.steps)
    return replace(plan, bars=tuple(bars))


def returns_in_other_meters(bars: Sequence[PlanBar]) -> Iterator[int]:
    """Yield the bars (from 0) that should bring back what stands in another meter.

    That can't be, but for what is written anew altogether.
    """
    for place, bar in enumerate(bars):
        if bar.returns is None or bar.returns > place or bar.variation == 1:
            continue
        meters = {bar.meter, bars[place - bar.returns].meter}
        if None not in meters and len(meters) == 2:
            yield place


def told_meters(bars: Sequence[PlanBar], place: int) -> str:
    """What is wrong with a bar that ``returns_in_other_meters`` names."""
    bar = bars[place]
    origin = place - (bar.returns or 0)
    return (
        f"bar {place + 1} is in {bar.meter} and can't return bar {origin + 1}, "
        f"which is in {bars[origin].meter}"
    )


def origin_of(bars: Sequence[PlanBar], place: int) -> int:
    """The bar (from 0) in which the music of bar ``place`` is first heard."""
    while (lag := bars[place].returns) is not None and lag <= place:
        place -= lag
    return place

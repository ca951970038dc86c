"""Chords in a line of text: ``Am F C/E Gsus4``, ``i VI III VII``, ``1 5 6- 4``.

Without bar lines every chord has a bar of its own; commas, dashes and arrows between them
are passed over. With ``|`` a bar holds what stands
between two of them: one chord, or several that share its beats evenly. ``%`` repeats the
bar before it (or the chord, inside a bar), ``/`` and ``.`` hold a chord for another beat,
``N.C.`` is no chord. Symbols, Roman numerals and Nashville numbers may be mixed; numerals
count from the key of their bar. The line is repeated to the end of the piece, or, written
``A: Am F; B: C G``, in each section of that name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from composer.plan import CHORD_QUALITIES, NO_CHORD, Chord, Plan, PlanBar
from composer.request.chord_key import key_of_chords
from composer.request.chord_symbols import Symbol, read_symbol, unknown_chord
from composer.request.numerals import Numeral, read_numeral
from composer.request.places import bars_of_section
from composer.score import Key, Mode, middle_ticks, ticks_per_bar

Word = Symbol | Numeral
_LINE = re.compile(r"^\s*([^:|]+?)\s*:\s*(?!\|)(.*)$", re.DOTALL)
_NUMERALS = ("i", "ii", "iii", "iv", "V7", "vi", "vii°", "I", "IV", "V", "bVII", "VI", "III")
_APART = re.compile(r"\s*(?:->|→|,\s|\s[-\u2013\u2014]\s)\s*|\s+")
_MOST_CHORDS = 4_000


@dataclass(frozen=True, slots=True)
class Beat:
    """One chord as it was written."""

    text: str
    word: Word


@dataclass(frozen=True, slots=True)
class Line:
    """The bars of a progression, each with at least one chord; ``section`` None is all."""

    bars: tuple[tuple[Beat, ...], ...]
    section: str | None = None


def read_chords(text: str) -> tuple[Line, ...]:
    """Read one line, or one for each section; raises ValueError with everything wrong."""
    problems: list[str] = []
    lines = []
    for part in re.split(r"[;\n]", text):
        named = _LINE.match(part)
        section, chords = named.groups() if named else (None, part)
        if chords.strip(" |"):
            lines.append(Line(tuple(_bars(chords, section, problems)), section))
    if not lines:
        raise ValueError("no chord is named: try 'Am F C G'")
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(lines)


def _bars(text: str, section: str | None, problems: list[str]) -> Iterator[tuple[Beat, ...]]:
    """Yield the chords of each bar; what is wrong goes into ``problems``."""
    text = text.replace("||", "|").replace("|:", "|").replace(":|", "|")
    has_bars = "|" in text
    texts = text.strip().strip("|").split("|") if has_bars else _APART.split(text.strip())
    last: tuple[Beat, ...] = ()
    for number, words in enumerate(texts[:_MOST_CHORDS], 1):
        place = f"bar {number} of the chords" + (f" of section {section}" if section else "")
        last = _bar(words.split() or ["%"], last, place, problems)
        yield last


def _bar(
    words: Sequence[str], before: tuple[Beat, ...], place: str, problems: list[str]
) -> tuple[Beat, ...]:
    """The chords of one bar, which may repeat those ``before``."""
    if list(words) == ["%"] and before:
        return before
    beats = list(before[-1:])
    kept = len(beats)
    for text in words:
        if text in {"%", "/", "."} and beats:
            beats.append(beats[-1])
            continue
        try:
            beats.append(Beat(text, read_word(text)))
        except ValueError as error:
            problems.append(f"{error} ({place})")
    return tuple(beats[kept:]) or before


def read_word(text: str) -> Word:
    """Read one chord in any notation; raises ValueError naming the nearest valid one."""
    for reader in (read_symbol, read_numeral):
        try:
            return reader(text)
        except ValueError:
            continue
    raise ValueError(unknown_chord(text, _NUMERALS))


def with_chords(
    plan: Plan, *, lines: Sequence[Line], problems: list[str], remarks: list[str]
) -> Plan:
    """The plan with its chords; where its key is open, the key that they tell.

    What can't be is put into ``problems``, what the plan can't hold into ``remarks``.
    """
    keyed = _keyed(plan.bars, lines, remarks)
    bars = list(keyed)
    losses: dict[str, None] = {}
    for line in lines:
        places = _places(bars, line, problems)
        for place, index in places:
            beats = line.bars[place % len(line.bars)]
            bars[index] = _with_bar(bars[index], beats, losses)
    remarks += losses
    return replace(plan, bars=tuple(bars))


def _places(
    bars: Sequence[PlanBar], line: Line, problems: list[str]
) -> Iterator[tuple[int, int]]:
    """Yield (place in the line's repetition, bar); each run of a section begins anew."""
    if line.section is None:
        yield from ((index, index) for index in range(len(bars)))
        return
    found = bars_of_section(bars, line.section)
    if not found:
        known = list(dict.fromkeys(bar.section for bar in bars if bar.section))
        hint = f"it has {', '.join(known)}" if known else "write the chords without a name"
        problems.append(f"the piece has no section {line.section!r}: {hint}")
    start = -1
    for order, index in enumerate(found):
        if order == 0 or index != found[order - 1] + 1:
            start = index
        yield index - start, index


def _with_bar(bar: PlanBar, beats: Sequence[Beat], losses: dict[str, None]) -> PlanBar:
    """A bar with its one or two chords; other chords of it are told as ``losses``."""
    key = bar.key or Key(0)
    readings = [beat.word.reading(key) for beat in beats]
    second = min(len(beats) - 1, int(_middle(bar) * len(beats)))
    has_second = _middle(bar) < 1 and readings[second].chord != readings[0].chord
    kept = {beats[0].text, beats[second].text} if has_second else {beats[0].text}
    for beat, known in zip(beats, readings, strict=True):
        if beat.text in kept and not known.is_exact:
            losses[f"{beat.text} is played as {known.chord.symbol(key)}"] = None
    for beat in beats:
        if beat.text not in kept:
            losses[f"{beat.text} is left out: a bar holds two chords"] = None
    return replace(
        bar,
        chord=readings[0].chord,
        second_chord=readings[second].chord if has_second else None,
    )


def _middle(bar: PlanBar) -> float:
    """Where the second chord begins, as a share of the bar."""
    return 0.5 if bar.meter is None else middle_ticks(bar.meter) / ticks_per_bar(bar.meter)


def _keyed(
    bars: Sequence[PlanBar], lines: Sequence[Line], remarks: list[str]
) -> tuple[PlanBar, ...]:
    """The bars with the key that the chords tell, where no bar has one."""
    if any(bar.key is not None for bar in bars):
        return tuple(bars)
    words = [beat.word for line in lines for bar in line.bars for beat in bar]
    if all(isinstance(word, Symbol) for word in words):
        chords = [word.reading(Key(0)).chord for word in words]
        key = key_of_chords([chord for chord in chords if chord != NO_CHORD])
    else:
        key = Key(0, Mode.MAJOR) if not _is_minor(words) else Key(9, Mode.MINOR)
    remarks.append(f"no key was said: the chords are taken in {key}")
    return tuple(replace(bar, key=key) for bar in bars)


def _is_minor(words: Sequence[Word]) -> bool:
    """Whether numerals have a minor tonic chord and no major one."""
    tonics: set[Chord] = {
        word.reading(Key(0)).chord
        for word in words
        if isinstance(word, Numeral) and word.degree == word.shift == 0 and word.goal is None
    }
    return bool(tonics) and all(3 in CHORD_QUALITIES[chord.quality] for chord in tonics)

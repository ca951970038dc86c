"""From a Sheet to a Score that can be written as MIDI."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from composer.language import vocabulary as v
from composer.language.quantise import TICKS_PER_UNIT
from composer.language.sheet import BARS, Sheet, bar_units
from composer.language.values import bar_of, part_of
from composer.plan import Chord, Plan, PlanBar
from composer.score import (
    Key,
    KeyChange,
    Label,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
    instrument_name,
    middle_ticks,
)

_T = TypeVar("_T")
_METER = BARS.index("meter")


def score_of(sheet: Sheet, plan: Plan | None = None, *, title: str = "") -> Score:
    """The score of a sheet.

    ``plan`` gives what classes can't: exact tempi, part names, markers. Where its field is
    open, the sheet's own value holds.
    """
    onsets = [0]
    for meter in sheet.bars[:, _METER].tolist():
        onsets.append(onsets[-1] + bar_units(meter) * TICKS_PER_UNIT)
    own = [bar_of(tuple(row)) for row in sheet.bars.tolist()]
    asked = plan.bars if plan is not None else (PlanBar(),) * len(own)
    tempi = [
        ask.tempo_qpm or bar.tempo_qpm or 120.0 for ask, bar in zip(asked, own, strict=True)
    ]
    return Score(
        parts=_told_apart(_part(sheet, slot, onsets, plan) for slot in range(len(sheet.parts))),
        tempos=tuple(Tempo(at, qpm) for at, qpm in _changes(onsets, tempi)),
        meters=tuple(
            MeterChange(at, meter)
            for at, meter in _changes(onsets, [bar.meter for bar in own])
            if meter is not None
        ),
        keys=tuple(
            KeyChange(at, key)
            for at, key in _changes(onsets, [bar.key for bar in own])
            if key is not None
        ),
        markers=tuple(_markers(onsets, own, plan)),
        chords=tuple(_chord_labels(onsets, own)),
        end_ticks=onsets[-1],
        title=title,
    )


def _told_apart(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts, those numbered that go by the name of one instrument: Violin 1, Violin 2."""
    listed = list(parts)
    usual = [
        part.name == instrument_name(part.program, is_drums=part.is_drums) for part in listed
    ]
    counts = Counter(
        part.name for part, is_usual in zip(listed, usual, strict=True) if is_usual
    )
    seen: Counter[str] = Counter()
    for place, (part, is_usual) in enumerate(zip(listed, usual, strict=True)):
        if is_usual and counts[part.name] > 1:
            seen[part.name] += 1
            listed[place] = replace(part, name=f"{part.name} {seen[part.name]}")
    return tuple(listed)


def _changes(onsets: list[int], values: Sequence[_T]) -> list[tuple[int, _T]]:
    """(onset, value) where a value differs from the bar before."""
    return [
        (onset, value)
        for index, (onset, value) in enumerate(zip(onsets, values, strict=False))
        if index == 0 or value != values[index - 1]
    ]


def _markers(onsets: list[int], bars: list[PlanBar], plan: Plan | None) -> Iterator[Label]:
    """Sections where they change, as the plan calls them, and its own names of bar lines."""
    asked = bars if plan is None else plan.bars
    names = [_section(ask) or _section(own) for ask, own in zip(asked, bars, strict=True)]
    for onset, name in _changes(onsets, names):
        if name:
            yield Label(onset, name)
    for marker in plan.markers if plan is not None else ():
        yield Label(onsets[marker.bar], marker.text)


def _section(bar: PlanBar) -> str:
    return " ".join(dict.fromkeys(filter(None, (bar.section, bar.function))))


def _chord_labels(onsets: list[int], bars: list[PlanBar]) -> list[Label]:
    """Chord symbols where the harmony changes."""
    places: list[tuple[int, Chord | None, Key | None]] = []
    for onset, bar in zip(onsets, bars, strict=False):
        places.append((onset, bar.chord, bar.key))
        if bar.second_chord is not None and bar.meter is not None:
            places.append((onset + middle_ticks(bar.meter), bar.second_chord, bar.key))
    return [
        Label(onset, chord.symbol(key))
        for index, (onset, chord, key) in enumerate(places)
        if chord is not None and (index == 0 or chord != places[index - 1][1])
    ]


def _part(sheet: Sheet, slot: int, onsets: list[int], plan: Plan | None) -> Part:
    """One part's notes in ticks; a note is cut where its pitch is struck again."""
    planned = part_of(tuple(sheet.parts[slot].tolist()))
    asked = plan.parts[slot] if plan is not None and plan.parts is not None else planned
    rows = sheet.notes[sheet.notes[:, 1] == slot].tolist()
    begins = [
        (onsets[bar] + position * TICKS_PER_UNIT, pitch) for bar, _, position, pitch, *_ in rows
    ]
    limits: dict[int, int] = {}
    notes = []
    for (onset, pitch), row in zip(reversed(begins), reversed(rows), strict=True):
        length = v.DURATIONS[row[4] - 1] * TICKS_PER_UNIT
        end = min(onset + length, limits.get(pitch, onsets[-1]))
        limits[pitch] = onset
        notes.append(Note(onset, pitch, end - onset, v.velocity_of_value(row[5])))
    program = asked.program if asked.program is not None else planned.program or 0
    return Part(
        program=program,
        notes=tuple(notes),
        is_drums=planned.is_drums,
        name=asked.name or instrument_name(program, is_drums=planned.is_drums),
    )

"""From a Plan to the text of a plan file: what ``reading`` reads, with remarks for people."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from composer.files import write_whole
from composer.plan import Mood, Plan, PlanBar, PlanPart
from composer.plan.moods import nearest_tag
from composer.planfile.chosen import mark_of
from composer.planfile.document import scalar
from composer.planfile.entries import Stretch, stretches
from composer.planfile.fields import FORMAT
from composer.planfile.symbols import bar_text
from composer.request.length import seconds_of
from composer.score import instrument_name

_HEAD = """\
# What composer will compose. Edit it, then: composer generate --plan FILE
# Whatever is left out is open, and composer chooses it. Bars count from 1.
"""
_CHANGED = "  # marks composer's own chords: change any, and the notes state them all"
_PLAIN = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9 ._/|'()+?-]|(?<! )#)*$")
_CHORDS_IN_LINE = 8


def write_plan_file(plan: Plan, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a plan file, whole or not at all; raises OutputError."""
    write_whole(path, plan_text(plan).encode(), overwrite=overwrite)


def plan_text(plan: Plan) -> str:
    """The text of a plan file: ``parse_plan`` gives exactly ``plan`` back."""
    return _HEAD + "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield from (f"# {' '.join(remark.split())}" for remark in plan.remarks)
    yield f"format: {FORMAT}"
    told: tuple[tuple[str, Any], ...] = (
        ("title", plan.title or None), ("seed", plan.seed), ("style", plan.style),
    )  # fmt: skip
    yield from (f"{name}: {_scalar(one)}" for name, one in told if one is not None)
    if plan.mood != Mood():
        yield f"mood: {_value(plan.mood)}  # near {nearest_tag(plan.mood).name}"
    told = (("swing", plan.swing), ("harmony", plan.harmony))
    yield from (f"{name}: {_scalar(one)}" for name, one in told if one is not None)
    if plan.harmony == "free":
        yield f"chosen: {_scalar(mark_of(plan.bars))}{_CHANGED}"
    if plan.parts is not None:
        yield "parts:" if plan.parts else "parts: []"
        yield from (f"  - {_flow(_part(part))}" for part in plan.parts)
    if plan.markers:
        yield "markers:"
        for marker in plan.markers:
            yield f"  - {_flow({'bar': marker.bar + 1, 'name': marker.text})}"
    yield "sections:"
    heard: dict[str, tuple[int, int]] = {}
    for stretch in stretches(plan.bars):
        yield from _section(stretch, plan, heard)


def _part(part: PlanPart) -> dict[str, Any]:
    """A part's fields; a name only where the instrument does not give it."""
    fields: dict[str, Any] = {}
    named = ""
    if part.is_drums:
        fields["instrument"] = named = instrument_name(0, is_drums=True)
        if part.program != 0:
            fields["kit"] = part.program
    elif part.program is not None:
        fields["instrument"] = named = instrument_name(part.program)
    measures = {
        "role": None if part.role is None else str(part.role),
        "register": part.register,
        "density": part.density,
    }
    fields |= {name: value for name, value in measures.items() if value is not None}
    if (part.low, part.high) != (None, None):
        fields["range"] = [part.low, part.high]
    return fields | ({} if part.name == named else {"name": part.name})


def _section(stretch: Stretch, plan: Plan, heard: dict[str, tuple[int, int]]) -> Iterator[str]:
    """The lines of one section."""
    bars, first = stretch.bars, stretch.first
    name, function = bars[0].section, bars[0].function
    remark = f"  # {_when(stretch, plan)}"
    fields: dict[str, str] = {}
    if name is not None:
        fields["section"] = _scalar(name)
    fields["bars"] = str(len(bars))
    if function is not None:
        fields["function"] = function
    values = stretch.values()
    before = heard.get(name or "")
    if before is not None and values.get("returns") == first - before[0]:
        values["returns"] = len(bars) <= before[1] or values["returns"]
    heard[name or ""] = (first, len(bars))
    fields |= {field: _value(value) for field, value in values.items()}
    for index, (field, text) in enumerate(fields.items()):
        yield f"  {'-' if index == 0 else ' '} {field}: {text}{remark if index == 0 else ''}"
    yield from _chords(bars)
    exceptions = stretch.exceptions()
    if exceptions:
        yield "    exceptions:"
        yield from (f"      {bar}: {_flow(one)}" for bar, one in exceptions.items())


def _when(stretch: Stretch, plan: Plan) -> str:
    """``bars 9-16, 0:18-0:36``, the times where every tempo and meter is known."""
    end = stretch.first + len(stretch.bars)
    told = f"bars {stretch.first + 1}-{end}" if len(stretch.bars) > 1 else f"bar {end}"
    upto = plan.bars[:end]
    if any(bar.tempo_qpm is None or bar.meter is None for bar in upto):
        return told
    times = [round(seconds_of(plan.bars[:place])) for place in (stretch.first, end)]
    return f"{told}, " + "-".join(f"{one // 60}:{one % 60:02}" for one in times)


def _chords(bars: tuple[PlanBar, ...]) -> Iterator[str]:
    """The line of chords, folded where it is long; nothing where all are open."""
    if all(bar.chord is None and bar.second_chord is None for bar in bars):
        return
    texts = [bar_text((bar.chord, bar.second_chord), bar.key) for bar in bars]
    if len(texts) <= _CHORDS_IN_LINE:
        yield f"    chords: {_scalar(' | '.join(texts))}"
        return
    yield "    chords: >-"
    for start in range(0, len(texts), _CHORDS_IN_LINE):
        row = texts[start : start + _CHORDS_IN_LINE]
        yield f"      {'| ' if start else ''}{' | '.join(row)}"


def _value(value: Any) -> str:
    """A field's value in one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mood):
        axes = (("valence", value.valence), ("arousal", value.arousal))
        return _flow({axis: one for axis, one in axes if one is not None})
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _scalar(value)


def _flow(fields: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_value(value)}" for name, value in fields.items()) + "}"


def _scalar(value: Any) -> str:
    """A number, or a text with quotes where it needs them."""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.match(text) and text == text.rstrip() and isinstance(scalar(text), str):
        return text
    quoted: str = yaml.dump(text, default_style='"', width=2**31, allow_unicode=True)
    return quoted.rstrip("\n").removesuffix("\n...")

"""A Plan's fields as vocabulary values, and back."""

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.plan import NO_CHORD, Chord, Mood, Plan, PlanBar, PlanPart, Role

Values = tuple[int, ...]
_KNOWN_FUNCTIONS = ("intro", "outro")
"""The functions that analysis finds in music: a model has never read of the others."""
_ROLE_VALUES = {role: index + 1 for index, role in enumerate(v.ROLES)}


def part_values(part: PlanPart) -> Values:
    """Columns of ``ATTRIBUTES["part"]``; 0 where the plan is open."""
    if part.is_drums:
        density = 0 if part.density is None else v.density_value(part.density)
        return v.DRUMS, _ROLE_VALUES[Role.DRUMS], 0, density
    return (
        0 if part.program is None else part.program + 1,
        0 if part.role is None else _ROLE_VALUES[part.role],
        0 if part.register is None else v.register_value(part.register),
        0 if part.density is None else v.density_value(part.density),
    )


def _chord_values(chord: Chord | None) -> Values:
    """Root, quality and bass (as the step above the root)."""
    if chord is None:
        return 0, 0, 0
    quality = v.QUALITIES.index(chord.quality) + 1
    if chord.quality == NO_CHORD.quality:
        return v.NO_ROOT, quality, 1
    step = 0 if chord.bass is None else (chord.bass - chord.root) % 12
    return chord.root + 1, quality, step + 1


def _second_values(bar: PlanBar) -> Values:
    """The second chord; HOLD where the first one stays."""
    if bar.chord is None:
        return 0, 0, 0
    if bar.second_chord is None or bar.second_chord == bar.chord:
        return v.HOLD, 0, 0
    return _chord_values(bar.second_chord)


def _mood_value(value: float | None) -> int:
    return 0 if value is None else v.level_value(value, -1.0, v.MOOD_LEVELS)


def _section_value(name: str | None, letters: dict[str, int]) -> int:
    """Sections are numbered in order of appearance; past the last value they share it."""
    if name is None:
        return 0
    return min(letters.setdefault(name, len(letters) + 1), len(v.SECTIONS))


def bar_values(bar: PlanBar, meter_value: int, letters: dict[str, int]) -> Values:
    """Columns of ``ATTRIBUTES["plan"]``; ``meter_value`` is the caller's (0: open)."""
    return (
        meter_value,
        0 if bar.tempo_qpm is None else v.tempo_value(bar.tempo_qpm),
        0 if bar.key is None else v.key_value(bar.key),
        *_chord_values(bar.chord),
        *_second_values(bar),
        _section_value(bar.section, letters),
        v.FUNCTIONS.index(bar.function) + 1 if bar.function in _KNOWN_FUNCTIONS else 0,
        0 if bar.intensity is None else v.level_value(bar.intensity, 0.0, v.INTENSITIES),
        0 if bar.feel is None else v.FEELS.index(bar.feel) + 1,
        _mood_value(bar.mood.valence),
        _mood_value(bar.mood.arousal),
    )


def plan_values(plan: Plan) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Parts (P, 4) and bars (B, 15) of a plan whose meters are in the vocabulary."""
    letters: dict[str, int] = {}
    bars = [
        bar_values(bar, 0 if bar.meter is None else v.METERS.index(bar.meter) + 1, letters)
        for bar in plan.bars
    ]
    parts = [part_values(part) for part in plan.parts or ()]
    return (
        np.array(parts, np.int16).reshape(-1, len(v.ATTRIBUTES["part"])),
        np.array(bars, np.int16).reshape(-1, len(v.ATTRIBUTES["plan"])),
    )


def _chord_of(root: int, quality: int, bass: int) -> Chord | None:
    if root == 0:
        return None
    if root == v.NO_ROOT:
        return NO_CHORD
    name = v.QUALITIES[quality - 1] if quality else ""
    return Chord(root - 1, name, (root - 1 + max(bass, 1) - 1) % 12)


def _middle(edges: tuple[float, ...], value: int, width: float) -> float:
    """A typical number of a bucket made by edges."""
    low = edges[value - 2] if value > 1 else edges[0] - width
    high = edges[value - 1] if value <= len(edges) else edges[-1] + width
    return (low + high) / 2


def part_of(values: Values) -> PlanPart:
    """The PlanPart that ``values`` stand for."""
    instrument, role, register, density = values
    is_drums = instrument == v.DRUMS
    return PlanPart(
        program=0 if is_drums else (instrument - 1 if instrument else None),
        is_drums=is_drums,
        role=v.ROLES[role - 1] if role else None,
        register=_middle(v.REGISTERS, register, 6.0) if register else None,
        density=_middle(v.PART_DENSITIES, density, 0.2) if density else None,
    )


def bar_of(values: Values) -> PlanBar:
    """The PlanBar that ``values`` stand for."""
    named = dict(zip(v.ATTRIBUTES["plan"], values, strict=True))
    mood = {
        name: v.level_of_value(named[name], -1.0, v.MOOD_LEVELS) if named[name] else None
        for name in ("valence", "arousal")
    }
    second = named["root2"]
    intensity = named["intensity"]
    return PlanBar(
        meter=v.METERS[named["meter"] - 1] if named["meter"] else None,
        tempo_qpm=v.TEMPI_QPM[named["tempo"] - 1] if named["tempo"] else None,
        key=v.key_of_value(named["key"]) if named["key"] else None,
        chord=_chord_of(named["root"], named["quality"], named["bass"]),
        second_chord=None
        if second == v.HOLD
        else _chord_of(second, named["quality2"], named["bass2"]),
        section=v.SECTIONS[named["section"] - 1] if named["section"] else None,
        function=v.FUNCTIONS[named["function"] - 1] if named["function"] else None,
        intensity=v.level_of_value(intensity, 0.0, v.INTENSITIES) if intensity else None,
        feel="swung" if named["feel"] == 2 else ("straight" if named["feel"] else None),
        mood=Mood(**mood),
    )


def plan_of(parts: NDArray[np.int16], bars: NDArray[np.int16]) -> Plan:
    """The Plan that a sheet's parts and bars stand for."""
    return Plan(
        bars=tuple(bar_of(tuple(row)) for row in bars.tolist()),
        parts=tuple(part_of(tuple(row)) for row in parts.tolist()),
    )

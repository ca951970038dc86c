"""From a Score and its Plan to a Sheet, with an account of what that loses.

Bars that the vocabulary lacks are split or stretched to the nearest it has; onsets go to
the nearest 1/24 quarter, durations and velocities to the nearest class; parts beyond the
sixteenth are merged with the most similar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.language.sheet import Sheet, bar_units
from composer.language.values import bar_values, part_values
from composer.plan import Plan, PlanPart
from composer.score import TICKS_PER_QUARTER, Bar, Meter, Part, Score, bars_of

TICKS_PER_UNIT = TICKS_PER_QUARTER // v.POSITIONS_PER_QUARTER
_UNITS = np.array([0] + [bar_units(value + 1) for value in range(len(v.METERS))])
_DURATIONS = np.array(v.DURATIONS)
_QUARTERS = {units: v.METERS.index(Meter(units // 24, 4)) + 1 for units in (24, 48, 72, 96)}


@dataclass(frozen=True, slots=True)
class Loss:
    """What quantising lost: counts, and the mean absolute timing error in milliseconds."""

    notes: int
    dropped_notes: int
    timing_error_ms: float
    merged_parts: int
    changed_bars: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A bar of the sheet: where it lies in the score, its meter, and its plan bar."""

    onset_ticks: int
    length_ticks: int
    meter_value: int
    plan_bar: int


def quantise(score: Score, plan: Plan) -> tuple[Sheet, Loss]:
    """The sheet of a score and the plan measured from it.

    ``plan.bars`` matches ``bars_of(score)`` and ``plan.parts`` matches ``score.parts``.
    """
    spans = [span for index, bar in enumerate(bars_of(score)) for span in _spans_of(bar, index)]
    groups = _merge_parts(score.parts)
    letters: dict[str, int] = {}
    bars = [bar_values(plan.bars[span.plan_bar], span.meter_value, letters) for span in spans]
    tables = [_part_notes(score, group, spans) for group in groups]
    notes = np.concatenate(
        [
            np.column_stack([table[0][:, :1], np.full(len(table[0]), slot), table[0][:, 1:]])
            for slot, table in enumerate(tables)
        ]
        or [np.zeros((0, 6), np.int64)]
    )
    order = np.lexsort(notes.T[::-1])
    parts = [part_values(_planned(plan.parts or (), group)) for group in groups]
    errors = np.concatenate([table[1] for table in tables] or [np.zeros(0)])
    merged = sum(1 for part in score.parts if part.notes) - len(groups)
    stretched = sum(
        span.length_ticks != _UNITS[span.meter_value] * TICKS_PER_UNIT for span in spans
    )
    return (
        Sheet(
            np.array(parts, np.int16).reshape(-1, 4),
            np.array(bars, np.int16),
            notes[order].astype(np.int16),
        ),
        Loss(
            notes=score.note_count,
            dropped_notes=score.note_count - len(notes),
            timing_error_ms=float(errors.mean() * 1000) if errors.size else 0.0,
            merged_parts=merged,
            changed_bars=int(stretched) + len(spans) - len(bars_of(score)),
        ),
    )


def _spans_of(bar: Bar, index: int) -> list[_Span]:
    """One bar as one or several that the vocabulary has."""
    exact = [
        value
        for value, meter in enumerate(v.METERS, 1)
        if _UNITS[value] * TICKS_PER_UNIT == bar.length_ticks
    ]
    if exact:
        same = [value for value in exact if v.METERS[value - 1] == bar.meter]
        kin = [
            value for value in exact if v.METERS[value - 1].denominator == bar.meter.denominator
        ]
        return [_Span(bar.onset_ticks, bar.length_ticks, (same or kin or exact)[0], index)]
    quarter = TICKS_PER_QUARTER
    if (
        bar.length_ticks <= int(_UNITS.max()) * TICKS_PER_UNIT
        and bar.length_ticks < 4 * quarter
    ):
        lengths = np.abs(_UNITS[1:] * TICKS_PER_UNIT - bar.length_ticks)
        return [_Span(bar.onset_ticks, bar.length_ticks, int(lengths.argmin()) + 1, index)]
    half = quarter * max(1, min(4, round(bar.length_ticks / quarter / 2)))
    head = _Span(bar.onset_ticks, half, _QUARTERS[half // TICKS_PER_UNIT], index)
    rest = Bar(bar.onset_ticks + half, bar.length_ticks - half, bar.meter)
    return [head, *_spans_of(rest, index)]


def _similarity(a: Part, b: Part) -> tuple[bool, bool, int]:
    """Sort key: how alike two parts are (smaller is closer)."""
    return a.program != b.program, a.program // 8 != b.program // 8, len(a.notes) + len(b.notes)


def _merge_parts(parts: Sequence[Part]) -> list[list[int]]:
    """Groups of part numbers that become one part each; silent parts are left out."""
    sounding = [index for index, part in enumerate(parts) if part.notes]
    drums = [index for index in sounding if parts[index].is_drums]
    groups = [[index] for index in sounding if not parts[index].is_drums]
    room = v.MAX_PARTS - bool(drums)
    while len(groups) > room:
        pairs = [
            (_similarity(parts[groups[a][0]], parts[groups[b][0]]), a, b)
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
        ]
        _, a, b = min(pairs)
        groups[a] += groups.pop(b)
    return groups + ([drums] if drums else [])


def _planned(plans: Sequence[PlanPart], group: list[int]) -> PlanPart:
    """The plan of a merged part is its first member's."""
    return plans[group[0]]


def _part_notes(
    score: Score, group: list[int], spans: list[_Span]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows (bar, position, pitch, duration, velocity), and timing errors in seconds."""
    raw = np.array(
        [
            (note.onset_ticks, note.end_ticks, note.pitch, note.velocity)
            for index in group
            for note in score.parts[index].notes
        ],
        np.int64,
    )
    onsets = np.array([span.onset_ticks for span in spans])
    lengths = np.array([span.length_ticks for span in spans])
    units = _UNITS[[span.meter_value for span in spans]]
    starts = np.concatenate([[0], np.cumsum(units)])

    def to_units(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        bar = np.clip(np.searchsorted(onsets, ticks, "right") - 1, 0, len(spans) - 1)
        inside = np.rint((ticks - onsets[bar]) * units[bar] / lengths[bar])
        return np.asarray(starts[bar] + inside, np.int64)

    begin = np.minimum(to_units(raw[:, 0]), starts[-1] - 1)
    end = np.maximum(to_units(raw[:, 1]), begin + 1)
    begin, end, pitch, velocity, kept = _resolve(begin, end, raw[:, 2], raw[:, 3], starts[-1])
    bar = np.searchsorted(starts, begin, "right") - 1
    position = begin - starts[bar]
    back = onsets[bar] + position * lengths[bar] / units[bar]
    seconds = (
        np.abs(back - raw[kept, 0]) / TICKS_PER_QUARTER * 60 / _qpm_at(score, raw[kept, 0])
    )
    table = np.column_stack(
        [
            bar,
            position,
            pitch,
            _duration_values(end - begin),
            v.velocity_value(velocity),
        ]
    )
    return table, seconds


def _resolve(
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    velocity: NDArray[np.int64],
    last: int,
) -> tuple[NDArray[np.int64], ...]:
    """Drop doubles of one onset and pitch (the longest stays) and cut overlaps of a pitch."""
    order = np.lexsort((-velocity, -end, begin, pitch))
    same = (np.diff(pitch[order]) == 0) & (np.diff(begin[order]) == 0)
    order = order[np.concatenate([[True], ~same])]
    begin, end, pitch, velocity = begin[order], end[order], pitch[order], velocity[order]
    follows = np.append(pitch[1:] == pitch[:-1], [False])
    limit = np.where(follows, np.append(begin[1:], [last]), last)
    return begin, np.minimum(end, limit), pitch, velocity, order


def _duration_values(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nearest duration class that is not longer than a cut note may be."""
    index = np.searchsorted(_DURATIONS, units, "right") - 1
    return np.asarray(np.maximum(index, 0) + 1, np.int64)


def _qpm_at(score: Score, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Tempo that holds at each tick."""
    at = np.array([tempo.onset_ticks for tempo in score.tempos])
    qpm = np.array([tempo.qpm for tempo in score.tempos])
    return np.asarray(qpm[np.maximum(np.searchsorted(at, ticks, "right") - 1, 0)], np.float64)

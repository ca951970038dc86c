"""The maps of a score (tempo, meter, key, labels) from those of all tracks.

At one tick the last event counts; what repeats the value before it is left out, except
a meter inside a bar, which starts a new bar there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from composer.midi.repairs import Repairs
from composer.midi.units import qpm_of_microseconds
from composer.score import (
    Key,
    KeyChange,
    Label,
    Meter,
    MeterChange,
    Score,
    Tempo,
    ticks_at,
    ticks_per_bar,
)

MAX_BARS = 100_000
MAX_SECONDS = 24 * 3600.0
_DEFAULT_QPM = 120.0

T = TypeVar("T")
Timed = list[tuple[int, T]]


@dataclass(slots=True)
class Maps:
    """Events of all tracks as (ticks of 1/480 quarter, value)."""

    tempos: Timed[int]
    meters: Timed[Meter]
    keys: Timed[Key]
    markers: Timed[str]
    chords: Timed[str]

    def score(self, repairs: Repairs) -> Score:
        """A score without parts, its maps in order."""
        return Score(
            parts=(),
            tempos=tuple(_tempos(self.tempos, repairs)),
            meters=tuple(_meters(self.meters)),
            keys=tuple(KeyChange(*change) for change in _changes(self.keys)),
            markers=_labels(self.markers),
            chords=_labels(self.chords),
        )


def _last_at_each(events: Timed[T]) -> Iterable[tuple[int, T]]:
    """In order of time, the last of each tick."""
    return dict(sorted(events, key=lambda event: event[0])).items()


def _changes(events: Timed[T]) -> Iterator[tuple[int, T]]:
    """Only what differs from the value before."""
    before: T | None = None
    for ticks, value in _last_at_each(events):
        if value != before:
            yield ticks, value
        before = value


def _tempos(events: Timed[int], repairs: Repairs) -> Iterator[Tempo]:
    """Until a late first tempo 120 holds, as the file standard says."""
    tempos = [Tempo(t, qpm_of_microseconds(value)) for t, value in _changes(events)]
    if tempos and tempos[0].onset_ticks > 0:
        repairs.count("late_tempo")
        if tempos[0].qpm != _DEFAULT_QPM:
            yield Tempo(0, _DEFAULT_QPM)
        else:
            tempos[0] = Tempo(0, _DEFAULT_QPM)
    yield from tempos


def _meters(events: Timed[Meter]) -> Iterator[MeterChange]:
    """Changes of meter, and the same meter again where it shifts the bar line."""
    before: MeterChange | None = None
    for ticks, meter in _last_at_each(events):
        if before is None or meter != before.meter:
            starts_bar = True
        else:
            starts_bar = (ticks - before.onset_ticks) % ticks_per_bar(meter) > 0
        if starts_bar:
            before = MeterChange(ticks, meter)
            yield before


def _labels(events: Timed[str]) -> tuple[Label, ...]:
    """Every text once at its tick."""
    return tuple(Label(*event) for event in sorted(set(events)))


def longest_ticks(score: Score) -> int:
    """Where a file is cut: 24 hours of its tempo map or 100,000 of its bars."""
    left, place = MAX_BARS, 0
    spans = list(_spans(score))
    for start, length, end in spans:
        place = start + left * length
        if end is None or place <= end:
            break
        left -= -(-(end - start) // length)
    return min(place, int(ticks_at(score, MAX_SECONDS)))


def bar_line_before(score: Score, ticks: int) -> int:
    """The last bar line at or before ``ticks``."""
    place = 0
    for start, length, _ in _spans(score):
        if start <= ticks:
            place = start + (ticks - start) // length * length
    return place


def _spans(score: Score) -> Iterator[tuple[int, int, int | None]]:
    """(start, bar length, end) in ticks of each stretch of one meter; the last is open."""
    starts = [change.onset_ticks for change in score.meters]
    starts[0] = 0
    for index, change in enumerate(score.meters):
        end = starts[index + 1] if index + 1 < len(starts) else None
        yield starts[index], ticks_per_bar(change.meter), end

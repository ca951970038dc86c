"""Where the beats of a score are and how much weight a place in the bar has."""

from collections.abc import Iterator
from dataclasses import dataclass

from composer.score import Bar, Meter, Score, bars_of

_TICKS_PER_WHOLE = 1920


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat: onset and length in ticks, its place in the bar from 0, the bar's number."""

    onset_ticks: int
    length_ticks: int
    place: int
    bar: int
    beats_in_bar: int

    @property
    def weight(self) -> int:
        """2 for the downbeat, 1 for the half of an even bar, 0 for the others."""
        if self.place == 0:
            return 2
        return int(self.beats_in_bar % 2 == 0 and self.place * 2 == self.beats_in_bar)


def is_compound(meter: Meter) -> bool:
    """Whether three of the meter's units make a beat (6/8, 9/8, 12/16 ...)."""
    return meter.denominator >= 8 and meter.numerator >= 6 and meter.numerator % 3 == 0


def beat_ticks(meter: Meter) -> int:
    """Length of the meter's beat in ticks."""
    unit = _TICKS_PER_WHOLE // meter.denominator
    return unit * 3 if is_compound(meter) else unit


def _beats_in(bar: Bar, number: int) -> Iterator[Beat]:
    """Yield the beats of one bar; the last is short where the bar is cut."""
    length = beat_ticks(bar.meter)
    count = -(-bar.length_ticks // length)
    for place in range(count):
        onset = bar.onset_ticks + place * length
        yield Beat(onset, min(length, bar.end_ticks - onset), place, number, count)


def beats_of(score: Score) -> tuple[Beat, ...]:
    """All beats of the score, in order."""
    return tuple(
        beat for number, bar in enumerate(bars_of(score)) for beat in _beats_in(bar, number)
    )

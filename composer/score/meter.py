"""Meters and the bars they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from composer.score.score import Score

_TICKS_PER_WHOLE = 1920


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """A time signature such as 6/8. ``denominator`` is a power of two, 1-64."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse what MIDI can't write."""
        if not 1 <= self.numerator <= 255:
            raise ValueError(f"a meter's numerator is 1-255, not {self.numerator}")
        if self.denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError(f"a meter's denominator is a power of two, not {self.denominator}")

    def __str__(self) -> str:
        """The usual notation, ``6/8``."""
        return f"{self.numerator}/{self.denominator}"

    @classmethod
    def parse(cls, text: str) -> "Meter":
        """Read ``6/8``; raises ValueError with what would be right."""
        top, slash, bottom = text.strip().partition("/")
        if not (slash and top.strip().isdecimal() and bottom.strip().isdecimal()):
            raise ValueError(f"a meter looks like 3/4, not {text!r}")
        return cls(int(top), int(bottom))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it starts, how long it is (ticks), and its meter."""

    onset_ticks: int
    length_ticks: int
    meter: Meter

    @property
    def end_ticks(self) -> int:
        """The bar line that ends it."""
        return self.onset_ticks + self.length_ticks


def ticks_per_bar(meter: Meter) -> int:
    """Length of a full bar in ticks (480 a quarter)."""
    return _TICKS_PER_WHOLE * meter.numerator // meter.denominator


def middle_ticks(meter: Meter) -> int:
    """Where a bar's second chord starts, in ticks from the bar line.

    Half of an even bar (4/4: beat 3, 6/8: second dotted quarter), the later side of an
    odd one (3/4: beat 3, 5/4: beat 4, 9/8: third group, 7/8: fifth eighth). A bar of one
    beat has no second half: its whole length is returned.
    """
    compound = meter.numerator % 3 == 0 and meter.numerator > 3 and meter.denominator >= 8
    groups = meter.numerator // 3 if compound else meter.numerator
    return ticks_per_bar(meter) * ((groups + 1) // 2) // groups


def _spans(score: "Score") -> Iterator[tuple[int, int, Meter]]:
    """Yield (start, end, meter) of each stretch of one meter, in ticks."""
    first = score.meters[0]
    starts = [(0, first.meter)] if first.onset_ticks > 0 else []
    starts += [(change.onset_ticks, change.meter) for change in score.meters]
    ends = [start for start, _ in starts[1:]] + [max(score.end_ticks, starts[-1][0])]
    for (start, meter), end in zip(starts, ends, strict=True):
        yield start, end, meter


def bars_of(score: "Score") -> tuple[Bar, ...]:
    """All bars up to the end of the score; at least one.

    A meter change inside a bar cuts that bar short, as notation programs do.
    The last bar is always whole.
    """
    bars: list[Bar] = []
    spans = [span for span in _spans(score) if span[1] > span[0]]
    for index, (start, end, meter) in enumerate(spans):
        length = ticks_per_bar(meter)
        is_last = index == len(spans) - 1
        bars.extend(
            Bar(onset, length if is_last else min(length, end - onset), meter)
            for onset in range(start, end, length)
        )
    if not bars:
        meter = score.meters[-1].meter
        bars.append(Bar(0, ticks_per_bar(meter), meter))
    return tuple(bars)

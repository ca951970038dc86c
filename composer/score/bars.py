"""The bars of a score."""

from collections.abc import Iterator
from dataclasses import dataclass

from composer.score.meter import Meter, ticks_per_bar
from composer.score.score import Score


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


def _spans(score: Score) -> Iterator[tuple[int, int, Meter]]:
    """Yield (start, end, meter) of each stretch of one meter, in ticks."""
    first = score.meters[0]
    starts = [(0, first.meter)] if first.onset_ticks > 0 else []
    starts += [(change.onset_ticks, change.meter) for change in score.meters]
    ends = [start for start, _ in starts[1:]] + [max(score.end_ticks, starts[-1][0])]
    for (start, meter), end in zip(starts, ends, strict=True):
        yield start, end, meter


def bars_of(score: Score) -> tuple[Bar, ...]:
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

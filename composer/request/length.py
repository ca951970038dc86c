"""How many bars a piece has, and how a length in seconds fixes them.

With a tempo, a length in seconds takes the whole number of bars that comes nearest to it.
With an open tempo, the length is exact: the bars come from the mood's usual tempo (in
fours, from eight bars on), and the tempo is set so that the last bar line falls on the
second. With ``bars`` as well, the tempo follows from both.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from composer.plan import Mood, PlanBar
from composer.request.defaults import typical_tempo
from composer.request.tempo import FASTEST_QPM, SLOWEST_QPM
from composer.score import Meter, ticks_per_bar
from composer.score.score import TICKS_PER_QUARTER

DEFAULT_BARS = 32
MOST_BARS = 2_000
LONGEST_SECONDS = 7_200.0
_USUAL_METER = Meter(4, 4)

Bars = Sequence[PlanBar]
Laying = Callable[[int], tuple[PlanBar, ...]]
"""Lays out so many bars, with their meters and, where asked for, tempi; never raises."""


def seconds_of(bars: Bars) -> float:
    """How long bars with known meters and tempi last."""
    return sum(
        quarters_of([bar]) * 60.0 / bar.tempo_qpm for bar in bars if bar.tempo_qpm is not None
    )


def quarters_of(bars: Bars) -> float:
    """Length of bars in quarters; an open meter counts as 4/4."""
    ticks = sum(ticks_per_bar(bar.meter or _USUAL_METER) for bar in bars)
    return ticks / TICKS_PER_QUARTER


def lay_bars(
    lay: Laying, bars: int | None, seconds: float | None, mood: Mood
) -> tuple[PlanBar, ...]:
    """The open bars of a piece of that length; raises ValueError where none is."""
    if seconds is None:
        return lay(DEFAULT_BARS if bars is None else bars)
    if _has_tempo(lay(1 if bars is None else bars)):
        if bars is not None:
            raise ValueError("bars, tempo and seconds contradict each other: leave one out")
        return lay(_nearest_count(lay, seconds, 1))
    usual = typical_tempo(mood)

    def at_usual(count: int) -> tuple[PlanBar, ...]:
        return tuple(replace(bar, tempo_qpm=usual) for bar in lay(count))

    if bars is None:
        bars = _nearest_count(at_usual, seconds, 1)
        bars = _nearest_count(at_usual, seconds, 4) if bars >= 8 else bars
    return _fitted(lay(bars), seconds)


def _has_tempo(bars: Bars) -> bool:
    return any(bar.tempo_qpm is not None for bar in bars)


def _nearest_count(lay: Laying, seconds: float, step: int) -> int:
    """The multiple of ``step`` whose bars last nearest to ``seconds``."""
    low, high = 0, MOST_BARS // step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if seconds_of(lay(middle * step)) <= seconds else (low, middle)
        )
    counts = [count * step for count in (low, high) if count]
    return min(counts, key=lambda count: abs(seconds_of(lay(count)) - seconds))


def _fitted(bars: Bars, seconds: float) -> tuple[PlanBar, ...]:
    """The bars at the one tempo that makes them last ``seconds``."""
    qpm = quarters_of(bars) * 60.0 / seconds
    if not SLOWEST_QPM <= qpm <= FASTEST_QPM:
        raise ValueError(
            f"{len(bars)} bars in {seconds:g} seconds would need a tempo of {qpm:.0f}: "
            f"it lies between {SLOWEST_QPM:g} and {FASTEST_QPM:g}"
        )
    return tuple(replace(b, tempo_qpm=qpm, meter=b.meter or _USUAL_METER) for b in bars)

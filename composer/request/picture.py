"""Fit to picture: bars and a tempo map whose bar lines meet given times.

Times are seconds from the first bar line. Every hit becomes a downbeat and the duration the
final bar line, through the number of bars, single odd bars and small changes of tempo:

    check_hits    what is impossible, and the nearest possible
    find_route    which bars lie between the hits       (``picture_route``)
    tempo_curve   the smoothest tempo that meets them   (``picture_curve``)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from composer.errors import RequestError
from composer.language.vocabulary import SECTIONS
from composer.plan import Marker
from composer.request.picture_bars import quarters_of
from composer.request.picture_curve import tempo_curve
from composer.request.picture_hits import SLACK_SECONDS, Hit, check_hits
from composer.request.picture_route import Route, find_route
from composer.score import Meter

LARGEST_STEP = 0.04
"""Most that the tempo should change from one bar to the next, as a share."""

MOST_FITTED_BARS = 2_000

_BARS_AFTER_LAST_HIT = 4
_SHORTEST_SECTION = 4
_OPEN_METERS = ((Meter(4, 4), 0.0), (Meter(3, 4), 0.02))
"""What is tried where the meter is open, and what each costs more than the first."""

_STRICTNESS = (0.9, 0.7, 0.5)
"""Shares of the largest step that the route may use; the route only estimates them."""

_MICROSECONDS = 60_000_000


@dataclass(frozen=True, slots=True)
class FittedBar:
    """One bar: its meter and its tempo in quarters a minute.

    The tempo is a whole number of microseconds a quarter, so that a MIDI file has it exactly.
    """

    meter: Meter
    tempo_qpm: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return 60 * quarters_of(self.meter) / self.tempo_qpm


@dataclass(frozen=True, slots=True)
class Fit:
    """Bars that meet the hits.

    ``places`` tells the bar that begins on each hit, counted from 0; a hit on the final bar
    line has the number of bars. ``errors_seconds`` is how much later than its hit it begins.
    """

    bars: tuple[FittedBar, ...]
    hits: tuple[Hit, ...]
    places: tuple[int, ...]

    @property
    def bar_lines(self) -> tuple[float, ...]:
        """Seconds of every bar line, the final one included."""
        lengths = [0.0, *(bar.seconds for bar in self.bars)]
        return tuple(np.cumsum(lengths).tolist())

    @property
    def errors_seconds(self) -> tuple[float, ...]:
        """How much later than wished each hit comes."""
        lines = self.bar_lines
        pairs = zip(self.hits, self.places, strict=True)
        return tuple(lines[place] - hit.seconds for hit, place in pairs)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """The hits by name, on their bar lines."""
        named = enumerate(zip(self.hits, self.places, strict=True), 1)
        return tuple(
            Marker(place, hit.label or f"Hit {number}") for number, (hit, place) in named
        )

    @property
    def sections(self) -> tuple[str, ...]:
        """A letter for each bar, a new one from every hit that gives sections four bars."""
        starts = [0]
        for place in self.places:
            if min(place - starts[-1], len(self.bars) - place) >= _SHORTEST_SECTION:
                starts.append(place)
        lengths = np.diff([*starts, len(self.bars)])
        letters = [SECTIONS[index % len(SECTIONS)] for index in range(len(starts))]
        return tuple(np.repeat(letters, lengths).tolist())

    @property
    def large_steps(self) -> tuple[tuple[int, float], ...]:
        """(bar counted from 1, step as a share) where the tempo steps by over 4 %."""
        tempi = [bar.tempo_qpm for bar in self.bars]
        steps = [
            (number, after / before - 1)
            for number, (before, after) in enumerate(pairwise(tempi), 2)
        ]
        # half a microsecond a quarter is lost to rounding
        most = log(1 + LARGEST_STEP) + 1e-5
        return tuple((bar, step) for bar, step in steps if abs(log(1 + step)) > most)


def fit(
    hits: Sequence[Hit],
    duration_seconds: float | None,
    *,
    meter: Meter | None = None,
    tempo_qpm: float = 120.0,
) -> Fit:
    """Fit bars to ``hits`` and ``duration_seconds``, near ``tempo_qpm``.

    Without a duration the piece ends four bars after the last hit; without a meter it is 4/4,
    or 3/4 where that fits much better. Tempo steps keep within 4 % where they can.
    Raises RequestError with everything that is impossible, and the nearest possible.
    """
    check_hits(hits, duration_seconds, beat_seconds=60 / tempo_qpm)
    times = [_settled(hit.seconds, duration_seconds) for hit in hits]
    ends = times if duration_seconds is None else [*times, duration_seconds]
    anchors = sorted({end for end in ends if end > 0})
    seconds = np.diff([0.0, *anchors]).tolist()
    meters = _OPEN_METERS if meter is None else ((meter, 0.0),)
    bars, lines = _fitted(seconds, meters, tempo_qpm)
    if duration_seconds is None:
        last = FittedBar(meter or bars[0].meter, bars[-1].tempo_qpm)
        bars += (last,) * _BARS_AFTER_LAST_HIT
    if len(bars) > MOST_FITTED_BARS:
        raise RequestError(
            f"{len(bars):,} bars would be needed, and a piece has at most "
            f"{MOST_FITTED_BARS:,}: shorten it or slow it down"
        )
    line_at = dict(zip([0.0, *anchors], lines, strict=True))
    return Fit(bars, tuple(hits), tuple(line_at[time] for time in times))


def _settled(seconds: float, duration_seconds: float | None) -> float:
    """A time as close to the start or the end as makes no difference goes there."""
    for end in (0.0, duration_seconds):
        if end is not None and abs(seconds - end) <= SLACK_SECONDS:
            return end
    return seconds


def _fitted(
    seconds: Sequence[float], meters: Sequence[tuple[Meter, float]], tempo_qpm: float
) -> tuple[tuple[FittedBar, ...], list[int]]:
    """Bars that fill the stretches, and the bar line before and after each."""
    largest = log(1 + LARGEST_STEP)
    tried = []
    for strictness in _STRICTNESS:
        route = _best_route(seconds, meters, tempo_qpm, largest * strictness)
        quarters = [[quarters_of(bar) for bar in one.meters] for one in route.fillings]
        # within the limit also after the rounding of tempi to microseconds
        curve = tempo_curve(quarters, seconds, largest - 1e-5)
        tried.append((float(np.abs(np.diff(np.log(curve))).max(initial=0.0)), route, curve))
        if tried[-1][0] <= largest:
            break
    _, route, curve = min(tried, key=lambda one: max(one[0], largest))
    meters_of_bars = [bar for one in route.fillings for bar in one.meters]
    bars = tuple(
        FittedBar(bar, _as_written(qpm))
        for bar, qpm in zip(meters_of_bars, curve.tolist(), strict=True)
    )
    lines = np.cumsum([0, *(len(one.meters) for one in route.fillings)]).tolist()
    return bars, lines


def _best_route(
    seconds: Sequence[float],
    meters: Sequence[tuple[Meter, float]],
    tempo_qpm: float,
    largest_step: float,
) -> Route:
    """The cheapest route in any of the meters."""
    routes = [
        (route.cost + extra, index, route)
        for index, (meter, extra) in enumerate(meters)
        if (route := find_route(seconds, meter, tempo_qpm, largest_step)) is not None
    ]
    if not routes:
        raise RequestError(
            f"no bars of {meters[0][0]} near {tempo_qpm:g} quarters a minute fit the hits: "
            "choose another meter or tempo"
        )
    return min(routes)[2]


def _as_written(qpm: float) -> float:
    """The nearest tempo of a whole number of microseconds a quarter."""
    return _MICROSECONDS / round(_MICROSECONDS / qpm)

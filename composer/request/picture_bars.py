"""Fillings: the ways to fill the stretch between two hits with whole bars.

A filling is some bars of the piece's meter and at most one odd bar, which stands last, as
film composers write it: the hit then falls on the bar line after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from composer.language.vocabulary import METERS
from composer.score import Meter

_UNIT_COSTS = {1: 0.004, 2: 0.012, 4: 0.04}
"""What an odd bar costs that counts in the meter's unit, in halves or quarters of it.

In squared logarithmic tempo steps, of which a step of 4 % has 0.0015.
"""


def quarters_of(meter: Meter) -> float:
    """Length of a bar in quarters."""
    return 4 * meter.numerator / meter.denominator


@dataclass(frozen=True, slots=True)
class Filling:
    """Bars of one stretch: their meters, their length together in quarters.

    ``cost`` is that of the odd bar, 0 without one.
    """

    meters: tuple[Meter, ...]
    quarters: float
    cost: float


def fillings(meter: Meter, shortest: float, longest: float) -> Iterator[Filling]:
    """Fillings that last from ``shortest`` to ``longest`` quarters, both above 0.

    Beside a full bar an odd bar has between half a bar and one and a half, so that every
    length is said in one way: two beats over are a bar of 2/4, one beat over is a 5/4.
    """
    bar = quarters_of(meter)
    odd_bars = [(odd, quarters_of(odd), cost) for odd, cost in _odd_bars(meter)]
    for count in range(int(longest / bar) + 1):
        if count and shortest <= count * bar <= longest:
            yield Filling((meter,) * count, count * bar, 0.0)
        for odd, length, cost in odd_bars:
            is_fit = count == 0 or bar / 2 <= length < 1.5 * bar
            if is_fit and shortest <= count * bar + length <= longest:
                yield Filling((meter,) * count + (odd,), count * bar + length, cost)


def _odd_bars(meter: Meter) -> Iterator[tuple[Meter, float]]:
    """Single bars that may stand in a piece of ``meter``, each with its cost."""
    for other in METERS:
        is_shorter_than_two = quarters_of(other) < 1.5 * quarters_of(meter)
        if other == meter or not is_shorter_than_two:
            continue
        finer, rest = divmod(other.denominator, meter.denominator)
        is_new = finer == 1 or other.numerator % 2
        if not rest and finer in _UNIT_COSTS and is_new:
            yield other, _UNIT_COSTS[finer]

"""Which bars lie between the hits: the cheapest way through tempo and meter.

Dynamic programming over the hits. A state is the tempo reached at a hit, on a grid of
logarithms around the wished tempo; a step is a filling of the stretch before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from composer.request.picture_bars import Filling, fillings
from composer.score import Meter

REACH = 0.25
"""How far the tempo may leave the wished one, as a logarithm: 22 % slower, 28 % faster."""

_GRID_STEP = 0.01
_MOST_FILLINGS = 16
_EXCESS_COST = 100.0
_WISH_COST = 2.0
"""Cost of an over-large step per logarithm, and of a stretch's squared distance from the
wished tempo. They only weigh against the costs of odd bars."""

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Route:
    """A filling for each stretch, and what they cost together."""

    fillings: tuple[Filling, ...]
    cost: float


def find_route(
    stretches: Sequence[float], meter: Meter, tempo_qpm: float, largest_step: float
) -> Route | None:
    """The cheapest route through ``stretches`` (seconds, each above 0).

    ``tempo_qpm`` is the wished tempo, ``largest_step`` the logarithm that a step from bar
    to bar should keep to. None where a stretch holds no bar near the wished tempo.
    """
    wish = log(tempo_qpm)
    grid = np.arange(-REACH, REACH + _GRID_STEP / 2, _GRID_STEP)
    best = np.zeros(len(grid))
    taken: list[tuple[list[Filling], NDArray[np.intp], NDArray[np.intp]]] = []
    for seconds in stretches:
        options = _options(seconds, meter, tempo_qpm)
        if not options:
            return None
        tables = np.stack(
            [
                best[:, None] + _costs(grid, option, seconds, wish, largest_step)
                for option in options
            ]
        )
        flat = tables.reshape(-1, len(grid))
        chosen = flat.argmin(axis=0)
        best = flat[chosen, np.arange(len(grid))]
        taken.append((options, chosen // len(grid), chosen % len(grid)))
    state = int(best.argmin())
    cost, found = float(best[state]), []
    for options, option, before in reversed(taken):
        found.append(options[option[state]])
        state = int(before[state])
    return Route(tuple(reversed(found)), cost)


def _level(filling: Filling, seconds: float) -> float:
    """Logarithm of the mean tempo of a filling."""
    return log(60 * filling.quarters / seconds)


def _options(seconds: float, meter: Meter, tempo_qpm: float) -> list[Filling]:
    """Fillings whose mean tempo lies within reach, the most fitting ones."""
    wished = seconds * tempo_qpm / 60
    near = fillings(meter, wished * np.exp(-REACH), wished * np.exp(REACH))
    return sorted(near, key=lambda one: _own_cost(one, seconds, log(tempo_qpm)))[
        :_MOST_FILLINGS
    ]


def _own_cost(filling: Filling, seconds: float, wish: float) -> float:
    """What a filling costs whatever stands beside it."""
    return filling.cost + _WISH_COST * (_level(filling, seconds) - wish) ** 2


def _costs(
    grid: Table, filling: Filling, seconds: float, wish: float, largest_step: float
) -> Table:
    """Cost of a filling from each tempo before it (rows) to each at its end (columns).

    With n bars of equal length from u to v whose mean is m, the squared steps are least on
    a ramp plus a parabola c j (n - j): their sum is (v - u)^2 / n + c^2 n (n^2 - 1) / 3, the
    largest step |v - u| / n + |c| (n - 1), and m fixes c.
    """
    bars, mean = len(filling.meters), _level(filling, seconds) - wish
    before, after = grid[:, None], grid[None, :]
    ramp = (after - before) / bars
    if bars == 1:
        is_here = np.arange(len(grid)) == np.abs(grid - mean).argmin()
        steps = np.broadcast_to(np.abs(mean - before), (len(grid), len(grid)))
        energy = np.where(is_here, steps**2, np.inf)
    else:
        bend = (mean - before - ramp * (bars + 1) / 2) * 6 / (bars**2 - 1)
        energy = bars * ramp**2 + bend**2 * bars * (bars**2 - 1) / 3
        steps = np.abs(ramp) + np.abs(bend) * (bars - 1)
    excess = np.maximum(0.0, steps - largest_step)
    total: Table = energy + _EXCESS_COST * excess + _own_cost(filling, seconds, wish)
    return total

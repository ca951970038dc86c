"""What returns in a plan: its chords in the planning stage, its cells in the writing stage."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from composer.errors import RequestError
from composer.language.returns import KEY, RETURNING, Returns, Varied, key_steps, moved_values
from composer.plan import Plan

Table = NDArray[np.int16]


def lags_of(plan: Plan) -> list[int]:
    """For each bar how many bars back its music comes from, 0 for new music.

    Raises RequestError where that lies before the piece.
    """
    lags = [bar.returns or 0 for bar in plan.bars]
    for bar, lag in enumerate(lags):
        if lag > bar:
            raise RequestError(
                f"bar {bar + 1} can't return what stands {lag} bars before it: there are {bar}"
            )
    return lags


def recall(row: Table, origin: Sequence[int], transposition: int | None = None) -> None:
    """Give a bar's open values (15,) what returns with its music from ``origin`` (in place).

    Chords return together or not at all. They and the key move by the ``transposition``;
    None is as far as the key has moved.
    """
    harmony = RETURNING[3:]
    has_chords = bool(row[harmony[0]])
    if transposition is None:
        transposition = key_steps(int(row[KEY]), origin[KEY])
    moved = moved_values(origin, transposition)
    for column in RETURNING:
        if row[column] == 0 and not (has_chords and column in harmony):
            row[column] = moved[column]


def returns_of(plan: Plan, bars: Table, rng: np.random.Generator) -> Returns | None:
    """What returns in a complete plan and its values (bars, 15); None where nothing does.

    Of each stretch that is varied by a share, the order of its cells is drawn.
    """
    lags = lags_of(plan)
    if not any(lags):
        return None
    varied: list[Varied] = []
    first = 0
    for bar in range(1, len(lags) + 1):
        is_end = bar == len(lags)
        frame = (lags[first], plan.bars[first].variation)
        if is_end or frame != (lags[bar], plan.bars[bar].variation):
            varied.append(_drawn(first, bar, plan, rng))
            first = bar
    places = zip(plan.bars, lags, range(len(lags)), strict=True)
    steps = [bar.moved_from(plan.bars[place - lag]) if lag else 0 for bar, lag, place in places]
    limits = [(part.low, part.high) for part in plan.parts or ()]
    return Returns(lags, bars, varied, steps, limits)


def _drawn(first: int, end: int, plan: Plan, rng: np.random.Generator) -> Varied:
    """The cells of bars [first, end) in the order in which they are written anew."""
    share = plan.bars[first].variation or 0.0
    if not plan.bars[first].returns or share == 0.0:
        return Varied((), 0.0)
    parts = plan.parts or ()
    # a groove goes on under a varied tune: drums are written anew when all else is
    drums = [plays.is_drums for plays in parts]
    cells = [(bar, part) for bar in range(first, end) for part in range(len(parts))]
    order = sorted(rng.permutation(len(cells)), key=lambda index: drums[cells[index][1]])
    return Varied(tuple(cells[index] for index in order), share)

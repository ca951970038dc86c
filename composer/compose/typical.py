"""How far out in the tails of real music a value lies (``typical.json``).

For each style and measure the table has, on either side, the values that 1/8, 1/16, ...,
1/256 of real music lies beyond. A value costs a point for each of them that it lies beyond:
the middle three quarters of real music cost nothing, and each further point means half as
many real pieces. A histogram is measured by its total variation from the mean one of real
music, and only a large one costs.

Made by ``composer.lab.typical`` from the training music alone.
"""

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.music import Floats

TABLE = Path(__file__).with_name("typical.json")
TAILS = (1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256)
"""Shares of real music that lie beyond the table's values."""
WINDOW_BARS = 32
"""Bars that are measured at a time, here and in real music."""
SOUNDTRACK = ("band", "game", "electronic", "orchestra")
"""Styles whose music together stands for a style without a table of its own."""
ANY_STYLE = "soundtrack"


def windows(bars: int) -> list[tuple[int, int]]:
    """(first bar, end) of equal stretches of about ``WINDOW_BARS`` bars, at least one."""
    count = max(1, round(bars / WINDOW_BARS))
    edges = [bars * place // count for place in range(count + 1)]
    return list(pairwise(edges))


@dataclass(frozen=True, slots=True)
class Tails:
    """Values of one measure that fewer and fewer real pieces lie below and above.

    ``mean`` is the mean histogram, empty for a number; ``low`` is then empty.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    mean: tuple[float, ...] = ()

    def points(self, value: float | Floats) -> int:
        """0 within the middle of real music, at most ``len(TAILS)``."""
        is_number = not self.mean
        place = float(value if is_number else np.abs(value - np.array(self.mean)).sum() / 2)
        below = sum(place < edge for edge in self.low)
        return below + sum(place > edge for edge in self.high)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return dict(json.loads(TABLE.read_text(encoding="utf-8")))


@cache
def tails_of(style: str | None) -> dict[str, Tails]:
    """Each measure's tails in the real music of a style."""
    tables = _tables()
    own = tables.get(style or ANY_STYLE, tables[ANY_STYLE])
    return {
        name: Tails(*(tuple(row.get(side, ())) for side in ("low", "high", "mean")))
        for name, row in own.items()
    }

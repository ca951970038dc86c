"""How many notes a part plays: as many as its density in the plan says.

The plan's densities are means. Around them bars vary as real ones do: over 5,000 parts of the
training set the notes of a bar spread by a standard deviation of 0.65 octaves (a factor of 1.6)
around the part's mean, and grow by two octaves from intensity 0 to 1.
"""

from collections.abc import Sequence
from math import log2

import numpy as np

from composer.language import vocabulary as v
from composer.language.rows import Legal, Row
from composer.language.stream import Stream
from composer.plan import Plan
from composer.score import TICKS_PER_QUARTER, Meter, ticks_per_bar

SPREAD_OCTAVES = 0.65
RISE_OCTAVES = 2.0
"""From intensity 0 to 1."""
MEMORY_BARS = 8
"""Bars of a part whose surplus or want of notes the next one makes good, by half at once."""
MOST_ADJUSTED = 2.0
"""Factor by which a bar at most departs from what it would have had to make good."""

_C = v.COLUMN
_FAIR_GAIN = 0.2
"""What the bars of 82 composed parts lose on average by their number of notes (0.16, or 0.26
where they do not lean): so references stay as frequent as the model has them."""
_NOTES = [(low * min(high, 2 * low)) ** 0.5 for low, high in v.COUNTS]
"""Notes that a value of ``count`` stands for, the middle of few and many; the last is open."""


class Densities:
    """Leans the new cells and the references of each part towards its planned density."""

    def __init__(self, plan: Plan) -> None:
        """Lay out how many notes each part should play in each bar of a complete plan."""
        quarters = [_quarters(bar.meter) for bar in plan.bars]
        rises = [2 ** (RISE_OCTAVES * (bar.intensity or 0.0)) for bar in plan.bars]
        weighed = sum(map(float.__mul__, quarters, rises)) / sum(quarters)
        self._starts = np.cumsum([0.0, *quarters]).tolist()
        self._shares = [
            length * rise / weighed for length, rise in zip(quarters, rises, strict=True)
        ]
        self._densities = [part.density for part in plan.parts or ()]

    def counts(self, stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
        """What is added to the logits of a new cell's number of notes."""
        wanted = self._wanted(stream, row[_C["part"]] - 1)
        if wanted is None:
            return [0.0] * len(legal)
        return [_likelihood(_NOTES[value - 1], wanted) for value in legal.tolist()]

    def sources(self, stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
        """What is added to the logits of a new cell (nothing) and of each reference.

        A new cell will lose by its number of notes too; that is given to the references.
        """
        part = row[_C["part"]] - 1
        wanted = self._wanted(stream, part)
        if wanted is None:
            return [0.0] * len(legal)
        unshifted = v.SHIFTS.index(0) + 1
        return [
            0.0
            if source in (v.NEW, v.HOLE)
            else _FAIR_GAIN + _likelihood(len(stream.copied(part, source, unshifted)), wanted)
            for source in legal.tolist()
        ]

    def _wanted(self, stream: Stream, part: int) -> float | None:
        """Notes that a part should have in the current bar."""
        density = self._densities[part]
        if not density or stream.filling:
            return None
        here = density * self._shares[stream.bar]
        wanted = here + self._owed(stream, part, density) / 2
        return min(max(wanted, here / MOST_ADJUSTED), here * MOST_ADJUSTED)

    def _owed(self, stream: Stream, part: int, density: float) -> float:
        """Notes that a part lacks (or has too many, negative) in the bars where it sounded."""
        owed, rings_until = 0.0, 0.0
        for bar in range(max(0, stream.bar - MEMORY_BARS), stream.bar):
            notes = stream.cells.get((bar, part), ())
            if notes or rings_until > self._starts[bar]:
                owed += density * self._shares[bar] - len(notes)
            for at, _, long, _ in notes:
                length = (at + v.DURATIONS[long - 1]) / v.POSITIONS_PER_QUARTER
                rings_until = max(rings_until, self._starts[bar] + length)
        return owed


def _quarters(meter: Meter | None) -> float:
    return ticks_per_bar(meter or Meter(4, 4)) / TICKS_PER_QUARTER


def _likelihood(notes: float, wanted: float) -> float:
    """Log-likelihood of a bar's number of notes beside that of the wanted one."""
    apart = log2(notes / wanted) / SPREAD_OCTAVES
    return -apart * apart / 2

"""How high a part plays: around the middle that the plan gives it."""

from collections.abc import Sequence
from math import copysign

from composer.compose.recent import recent_cells
from composer.language.rows import Legal, Row
from composer.language.stream import Stream
from composer.plan import Plan

FREE_SEMITONES = 3.0
"""How far the mean pitch of the latest bars may lie from the middle before notes lean back."""
LEAN_PER_SEMITONE = 0.5
"""Nats an octave for each semitone more."""
_AT_THE_MIDDLE = 4
"""So many notes are counted at the middle, so that a few do not weigh for many."""


class Registers:
    """Leans the pitches of each part back to its register when its mean has left it."""

    def __init__(self, plan: Plan) -> None:
        """Remember the registers of a plan's parts."""
        self._registers = [
            None if part.is_drums else part.register for part in plan.parts or ()
        ]

    def pitches(self, stream: Stream, _row: Row, legal: Legal) -> Sequence[float]:
        """What is added to the logits of a note's pitches."""
        part = stream.part - 1
        middle = self._registers[part]
        if middle is None:
            return [0.0] * len(legal)
        astray = _mean(stream, part, middle) - middle
        beyond = max(0.0, abs(astray) - FREE_SEMITONES)
        if beyond == 0.0:
            return [0.0] * len(legal)
        tilt = LEAN_PER_SEMITONE * copysign(beyond, astray) / 12
        return [-tilt * (pitch - 1 - middle) for pitch in legal.tolist()]


def _mean(stream: Stream, part: int, middle: float) -> float:
    """Mean pitch of a part's latest bars, drawn to its middle where they have few notes."""
    total, count = _AT_THE_MIDDLE * middle, _AT_THE_MIDDLE
    for cell in recent_cells(stream, part):
        total += sum(pitch for _, pitch, *_ in cell)
        count += len(cell)
    return total / count

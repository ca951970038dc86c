"""How the roots that a plan draws follow one another: as those of real music do.

Left alone the model stays at home: in minor half of the half bars stood on the tonic, three
eighths in real music, and of the roots that moved half rose by a fourth or a fifth, a third
in real music (96 plans; 132 pieces). So what it draws too seldom after a root gains, and what
it draws too often loses (``composer.lab.successions``). And chords of real pieces change
between .7 and 1.5 times a bar (the middle half), the model's between .8 and 1.2 times: so each
piece leans to stay or to move.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from composer.compose.character import between
from composer.language import vocabulary as v
from composer.language.rows import Legal, Row
from composer.language.sheet import BARS
from composer.language.stream import Stream
from composer.score import Mode

TABLE = Path(__file__).with_name("successions.json")
"""For each mode a row for each degree that is left, with what each degree that follows gains,
in nats; degrees are semitones above the tonic."""

STRENGTH = 0.5
"""Share of what the table says. With all of it degrees and steps are as in real music, but sad
and tense plans leave home as often as others do, and the second judge hears the asked valence
in .82 of 96 pieces; with half of it in .92 of 48."""
LEAST_STAY, MOST_STAY = -1.0, 1.5
"""Nats for a chord that stays, between which those of a piece lie."""

_KEY, _ROOT = v.COLUMN["key"], v.COLUMN["root"]
_PLANNED_ROOT, _PLANNED_SECOND = BARS.index("root"), BARS.index("root2")


@cache
def successions_of(mode: Mode) -> tuple[tuple[float, ...], ...]:
    """What each degree gains after each, (12, 12)."""
    return tuple(map(tuple, json.loads(TABLE.read_text(encoding="utf-8"))[mode.value]))


class Successions:
    """Leans roots to those that follow the last one in real music, and to stay or to move."""

    def __init__(self, stillness: float) -> None:
        """Take how readily chords stay, 0-1."""
        self._stay = between(LEAST_STAY, MOST_STAY, stillness)

    def first_roots(self, stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
        """What is added to the logits of a bar's root, after the last of the bar before."""
        if not stream.plan:
            return [0.0] * len(legal)
        plan = stream.plan[-1]
        second = plan[_PLANNED_SECOND]
        left = second if 0 < second < v.NO_ROOT else plan[_PLANNED_ROOT]
        return self._gains(row, left, left, legal)

    def second_roots(self, _stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
        """What is added to the logits of a bar's second root, after its first."""
        return self._gains(row, row[_ROOT], v.HOLD, legal)

    def _gains(self, row: Row, left: int, same: int, legal: Legal) -> Sequence[float]:
        """What each of the legal values gains after the root ``left``; ``same`` is to stay."""
        gains = [0.0] * v.SIZES["root2"]
        if row[_KEY] and 0 < left < v.NO_ROOT:
            key = v.key_of_value(row[_KEY])
            after = successions_of(key.mode)[(left - 1 - key.tonic) % 12]
            for root in range(12):
                gains[root + 1] = STRENGTH * after[(root - key.tonic) % 12]
        gains[same] += self._stay
        return [gains[root] for root in legal.tolist()]

"""Whether what should return does: cells compared note by note in the score.

Nobody plays to the tick, so a note counts as played again where the same pitch begins within
``_PLAYED_SECONDS`` (or ``PLAYED_TICKS``, whichever is more) of its place. That lies beyond four
standard deviations of the distance between two renderings of one note at the freest humanising.
So a bar is compared with all that is played around the other, and the last moment before a
bar line is left alone: a note there may be the next bar's, played early. Where a return begins,
a note more in its first moment may be the bar before's, played late.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from composer.analysis.cells import PLAYED_TICKS
from composer.check.report import Control
from composer.plan import Plan
from composer.score import Part, Score, bars_of, seconds_at

_VARIATION_TOLERANCE = 0.15
_PLAYED_SECONDS = 0.06

_Places = list[tuple[int, int]]
"""(pitch, ticks from the bar line), sorted."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One part in one bar: the notes that are its own for certain, and all around it."""

    own: _Places
    around: _Places
    reach: int

    def begun(self) -> "_Cell":
        """The cell, with nothing its own for certain until the first moment is over."""
        return replace(self, own=[(pitch, at) for pitch, at in self.own if at >= self.reach])

    def has(self, own: _Places, steps: int) -> bool:
        """Whether each of some notes is played here, ``steps`` higher, by a note of its own."""
        left = self.around.copy()
        for pitch, at in own:
            place = bisect_left(left, (pitch + steps, at - self.reach))
            if place == len(left) or left[place] > (pitch + steps, at + self.reach):
                return False
            del left[place]
        return True


def returns_rows(plan: Plan, score: Score) -> Iterator[Control]:
    """One row for each stretch that returns: the share of its cells that are new.

    An exact return has none; a varied one stays within 0.15 of the share that was asked; one
    that the file does not reach the end of is missed. Cells that are silent both times are
    not counted. What moves may move by octaves more.
    """
    bars = len(bars_of(score))
    cells = [_cells(score, part) for part in score.parts]
    for (lag, variation, steps, section), run in groupby(range(len(plan.bars)), _frame(plan)):
        places = list(run)
        if lag is None:
            continue
        anew = [
            not _same(
                own[place] if place > places[0] else own[place].begun(),
                own[place - lag],
                0 if played.is_drums else steps,
            )
            for place in places
            if place < bars
            for own, played in zip(cells, score.parts, strict=True)
            if own[place].own or own[place - lag].own
        ]
        share = sum(anew) / len(anew) if anew else 0.0
        asked = variation or 0.0
        is_kept = share == 0 if asked == 0 else abs(share - asked) <= _VARIATION_TOLERANCE
        is_whole = places[-1] < bars
        told = f"{share:.0%} anew" if is_whole else f"the file ends with bar {bars}"
        where = f"{section or 'piece'}, bars {places[0] + 1}-{places[-1] + 1}"
        moved = f", moved by {steps:+}" if steps else ""
        wish = f"{asked:.0%} anew{moved}"
        yield Control("return", where, wish, told, is_kept and is_whole)


def _cells(score: Score, part: Part) -> list[_Cell]:
    """The part's cell of every bar."""
    onsets = [note.onset_ticks for note in part.notes]
    found = []
    for bar in bars_of(score):
        start, end = bar.onset_ticks, bar.end_ticks
        seconds = seconds_at(score, end) - seconds_at(score, start)
        reach = max(PLAYED_TICKS, round(_PLAYED_SECONDS / seconds * bar.length_ticks))

        def between(low: int, high: int, start: int = start) -> _Places:
            notes = part.notes[bisect_left(onsets, low) : bisect_left(onsets, high)]
            return sorted((note.pitch, note.onset_ticks - start) for note in notes)

        own = between(start, end - reach)
        found.append(_Cell(own, between(start - reach, end + reach), reach))
    return found


def _same(here: _Cell, there: _Cell, steps: int) -> bool:
    """Whether each cell's notes are played in the other, ``steps`` higher ``here``."""
    shifts = (steps, steps - 12, steps + 12) if steps else (0,)
    return any(here.has(there.own, shift) and there.has(here.own, -shift) for shift in shifts)


def _frame(plan: Plan) -> Callable[[int], tuple[int | None, float | None, int, str | None]]:
    """What bars of one return have in common: lag, variation, semitones, section."""

    def frame(place: int) -> tuple[int | None, float | None, int, str | None]:
        bar = plan.bars[place]
        if bar.returns is None or bar.returns > place:
            return None, None, 0, bar.section
        steps = bar.moved_from(plan.bars[place - bar.returns])
        return bar.returns, bar.variation, steps, bar.section

    return frame

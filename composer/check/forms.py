"""Whether what should return does: cells compared note by note in the score."""

from collections.abc import Callable, Iterator
from itertools import groupby

from composer.analysis.cells import cells_of, on_time, same_cells
from composer.check.report import Control
from composer.plan import Plan
from composer.score import Score

_VARIATION_TOLERANCE = 0.15


def returns_rows(plan: Plan, score: Score) -> Iterator[Control]:
    """One row for each stretch that returns: the share of its cells that are new.

    An exact return has none; a varied one stays within 0.15 of the share that was asked.
    Cells that are silent both times are not counted. What moves may move by octaves more.
    """
    cells = cells_of(score)
    for (lag, variation, steps, section), run in groupby(range(len(plan.bars)), _frame(plan)):
        places = list(run)
        if lag is None:
            continue
        anew = [
            not same_cells(here, there, 0 if played.is_drums else steps)
            for place in places
            for part, played in enumerate(score.parts)
            for here, there in [
                (cells.get((place, part), []), cells.get((place - lag, part), []))
            ]
            if on_time(here) or on_time(there)
        ]
        share = sum(anew) / len(anew) if anew else 0.0
        asked = variation or 0.0
        is_kept = share == 0 if asked == 0 else abs(share - asked) <= _VARIATION_TOLERANCE
        where = f"{section or 'piece'}, bars {places[0] + 1}-{places[-1] + 1}"
        moved = f", moved by {steps:+}" if steps else ""
        yield Control("return", where, f"{asked:.0%} anew{moved}", f"{share:.0%} anew", is_kept)


def _frame(plan: Plan) -> Callable[[int], tuple[int | None, float | None, int, str | None]]:
    """What bars of one return have in common: lag, variation, semitones, section."""

    def frame(place: int) -> tuple[int | None, float | None, int, str | None]:
        bar = plan.bars[place]
        if bar.returns is None or bar.returns > place:
            return None, None, 0, bar.section
        steps = bar.moved_from(plan.bars[place - bar.returns])
        return bar.returns, bar.variation, steps, bar.section

    return frame

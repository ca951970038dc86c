"""Whether what should return does: cells compared note by note in the score."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import groupby

from composer.check.report import Control
from composer.plan import Plan
from composer.score import Score, bars_of

_PLAYED_TICKS = 60
"""Most that two notes may lie apart (1/8 quarter): people don't play to the tick."""
_VARIATION_TOLERANCE = 0.15

_Cell = list[tuple[int, int]]
_Cells = dict[tuple[int, int], _Cell]


def returns_rows(plan: Plan, score: Score) -> Iterator[Control]:
    """One row for each stretch that returns: the share of its cells that are new.

    An exact return has none; a varied one stays within 0.15 of the share that was asked.
    Cells that are silent both times are not counted. What moves may move by octaves more.
    """
    cells = _cells(score)
    for (lag, variation, steps, section), run in groupby(range(len(plan.bars)), _frame(plan)):
        places = list(run)
        if lag is None:
            continue
        anew = [
            not _same(here, there, 0 if played.is_drums else steps)
            for place in places
            for part, played in enumerate(score.parts)
            for here, there in [
                (cells.get((place, part), []), cells.get((place - lag, part), []))
            ]
            if _late(here) or _late(there)
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


def _cells(score: Score) -> _Cells:
    """(pitch, ticks from the bar line) of the notes of each (bar, part), sorted."""
    lines = [bar.onset_ticks for bar in bars_of(score)] + [bars_of(score)[-1].end_ticks]
    cells: _Cells = {}
    for part, played in enumerate(score.parts):
        for note in played.notes:
            # a note just before the line is one of the line, played early
            bar = bisect_right(lines, note.onset_ticks + _PLAYED_TICKS // 2) - 1
            place = (note.pitch, note.onset_ticks - lines[bar])
            cells.setdefault((bar, part), []).append(place)
    return {place: sorted(notes) for place, notes in cells.items()}


def _same(here: _Cell, there: _Cell, steps: int) -> bool:
    """Whether a cell has the pitches of another, ``steps`` higher, at the same places.

    Notes just before the bar line may belong to either bar: the cells may be the same with
    them or without.
    """
    shifts = (steps, steps - 12, steps + 12) if steps else (0,)
    return any(
        _matches(one, [(pitch + shift, at) for pitch, at in other])
        for shift in shifts
        for one in (here, _late(here))
        for other in (there, _late(there))
    )


def _late(cell: _Cell) -> _Cell:
    return [note for note in cell if note[1] >= 0]


def _matches(here: _Cell, there: _Cell) -> bool:
    """Whether the notes, in order, have equal pitches and nearly equal places."""
    return len(here) == len(there) and all(
        one[0] == other[0] and abs(one[1] - other[1]) <= _PLAYED_TICKS
        for one, other in zip(here, there, strict=True)
    )

"""What a note costs early and late in a long piece.

    python benchmarks/length.py

Pieces for four parts, plain, written bar by bar: processor time of the bars around bars 10,
100 and 200, and what was written in them. One kind has a usual form, whose later
bars mostly return; the other is one section, which writes new notes to its end.
"""

import argparse
from collections import Counter
from itertools import pairwise
from typing import Any

from decode_composer import PLAIN, counting, engine_for, request
from timing import Task, clock, take_turns, tell

from composer.api import Composer
from composer.model import Engine
from composer.model.engine import DEFAULT_ENGINE
from composer.request import build_plan
from composer.score import Score, bars_of

HALF = 8
"""How many bars to either side of a bar are taken with it."""
KINDS: dict[str, tuple[int, dict[str, Any]]] = {
    "usual form": (8, {}),
    "one section": (2, {"form": "A"}),
}
"""How many pieces, and what more they are asked to be."""
CONTEXT = 1024


Spans = dict[str, range]
"""Bars (from 0) by the name of the stretch."""


def notes_by_bar(score: Score) -> Counter[int]:
    """How many notes begin in each bar (from 0)."""
    place = {
        tick: number
        for number, bar in enumerate(bars_of(score))
        for tick in range(bar.onset_ticks, bar.end_ticks)
    }
    return Counter(place[note.onset_ticks] for part in score.parts for note in part.notes)


def write(engine: Engine, seed: int, wishes: dict[str, Any]) -> tuple[list[float], Score]:
    """The clock before all, and when each bar was done; and the piece."""
    marks = [clock()]
    piece = Composer(engine).compose(
        build_plan(**request(seed, **wishes)),
        seed=seed,
        humanised=0.0,
        on_progress=lambda _done, _total: marks.append(clock()),
        **PLAIN,
    )
    return marks, piece.score


class Long:
    """Writes the pieces of one kind: seconds of the stretches, and of all."""

    def __init__(
        self, engine: Engine, pieces: int, wishes: dict[str, Any], ends: Spans
    ) -> None:
        self._engine, self._wishes, self._spans = engine, wishes, ends
        self._seeds = range(1, 1 + pieces)
        self.amounts = {name: Counter[str]() for name in ends}
        for seed in self._seeds:
            with counting() as written:
                _, score = write(engine, seed, wishes)
            counts = {
                "all": notes_by_bar(score),
                "written": written.notes,
                "events": written.events,
            }
            for name, span in ends.items():
                for what, by_bar in counts.items():
                    self.amounts[name][what] += sum(by_bar[bar] for bar in span)

    def __call__(self) -> dict[str, float]:
        """Write them again."""
        found = Counter[str]()
        for seed in self._seeds:
            marks, _ = write(self._engine, seed, self._wishes)
            taken = [after - before for before, after in pairwise(marks)]
            for name, span in self._spans.items():
                found[name] += sum(taken[bar] for bar in span)
            found["plan and first bar"] += taken[0]
            found["whole"] += sum(taken)
        return dict(found)


def measure(task: Task) -> dict[str, Any]:
    """Seconds of the stretches, of the plan with the first bar, and of the whole."""
    middle, late = (20, 30) if task.is_quick else (100, 200)
    places = {"early": 10, "middle": middle, "late": late}
    bars, engine = late + 10, engine_for(DEFAULT_ENGINE, CONTEXT)
    spans = {name: range(bar - 1 - HALF, bar - 1 + HALF) for name, bar in places.items()}
    contenders = {
        name: Long(engine, pieces, {"bars": bars} | wishes, spans)
        for name, (pieces, wishes) in KINDS.items()
    }
    return {
        "bars": bars,
        **places,
        "half": HALF,
        "pieces": {name: pieces for name, (pieces, _) in KINDS.items()},
        "context": CONTEXT,
        "amounts": {name: long.amounts for name, long in contenders.items()},
        "samples": take_turns(contenders, task.rounds),
    }


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))

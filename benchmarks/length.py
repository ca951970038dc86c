"""What a note costs early and late in a long piece.

    python benchmarks/length.py

Pieces for four parts, plain, written bar by bar: processor time of the bars around bar 10 and
of those around bar 200, and what was written in them. What comes before the first note (the
whole plan) is timed apart.
"""

import argparse
from collections import Counter
from itertools import pairwise
from typing import Any

from decode_composer import PLAIN, REQUEST, counting, engine_for
from timing import Task, clock, take_turns, tell

from composer.api import Composer
from composer.model import Engine
from composer.model.engine import DEFAULT_ENGINE
from composer.request import build_plan
from composer.score import Score, bars_of

HALF = 8
"""How many bars to either side of a bar are taken with it."""
SEEDS = (1, 2)
CONTEXT = 1024


def notes_by_bar(score: Score) -> Counter[int]:
    """How many notes begin in each bar (from 0)."""
    place = {
        tick: number
        for number, bar in enumerate(bars_of(score))
        for tick in range(bar.onset_ticks, bar.end_ticks)
    }
    return Counter(place[note.onset_ticks] for part in score.parts for note in part.notes)


def write(engine: Engine, bars: int, seed: int) -> tuple[list[float], Score]:
    """The clock before all, and when each bar was done; and the piece."""
    marks = [clock()]
    piece = Composer(engine).compose(
        build_plan(**REQUEST, bars=bars),
        seed=seed,
        humanised=0.0,
        on_progress=lambda _done, _total: marks.append(clock()),
        **PLAIN,
    )
    return marks, piece.score


def measure(task: Task) -> dict[str, Any]:
    """Seconds of the two stretches, of the plan with the first bar, and of the whole."""
    early, late = (10, 30) if task.is_quick else (10, 200)
    bars, engine = late + 10, engine_for(DEFAULT_ENGINE, CONTEXT)
    amounts = {name: Counter[str]() for name in ("early", "late")}
    spans = {
        name: range(bar - 1 - HALF, bar - 1 + HALF)
        for name, bar in (("early", early), ("late", late))
    }
    for seed in SEEDS:
        with counting() as written:
            _, score = write(engine, bars, seed)
        every = notes_by_bar(score)
        for name, span in spans.items():
            for bar in span:
                amounts[name]["all"] += every[bar]
                amounts[name]["written"] += written.notes[bar]
                amounts[name]["events"] += written.events[bar]

    def stretches() -> dict[str, float]:
        found = Counter[str]()
        for seed in SEEDS:
            marks, _ = write(engine, bars, seed)
            taken = [after - before for before, after in pairwise(marks)]
            for name, span in spans.items():
                found[name] += sum(taken[bar] for bar in span)
            found["plan and first bar"] += taken[0]
            found["whole"] += sum(taken)
        return dict(found)

    return {
        "bars": bars,
        "early": early,
        "late": late,
        "half": HALF,
        "pieces": len(SEEDS),
        "context": CONTEXT,
        "amounts": amounts,
        "samples": take_turns({"composer": stretches}, task.rounds),
    }


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))

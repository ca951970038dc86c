"""Composing: from a plan, open in places, to a complete plan and its score."""

from dataclasses import dataclass, replace

import numpy as np

from composer.compose.pen import Pen
from composer.compose.planning import check_plan, complete
from composer.compose.sampling import Sampling
from composer.compose.writing import Progress, silent, window_bars, write_notes
from composer.language import Sheet, condition, score_of
from composer.model import Engine
from composer.perform import humanise, swing, with_dynamics
from composer.plan import Mood, Plan
from composer.score import Score

HUMANISED = 0.5
"""How far from the grid a piece is played, 0-1."""

_DYNAMICS = "expressive"
_PLAN, _NOTES, _VARIATION = range(3)
"""Stages that draw their chances apart, so that a finished plan gives the same notes."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A complete plan, the score made from it, and the sheet (both as values)."""

    plan: Plan
    score: Score
    sheet: Sheet


def complete_plan(
    plan: Plan, engine: Engine, *, seed: int, sampling: Sampling | None = None
) -> Plan:
    """Fill the open fields of ``plan``; what was asked for stands exactly.

    Raises RequestError where the music language can't say the plan (meters, number of
    parts or bars).
    """
    check_plan(plan)
    pen = _pen(plan, engine, sampling or Sampling(), (seed, _PLAN))
    return complete(plan, pen, window_bars(engine.context))


def compose(
    plan: Plan,
    engine: Engine,
    *,
    seed: int,
    sampling: Sampling | None = None,
    humanised: float = HUMANISED,
    on_progress: Progress = silent,
) -> Composition:
    """Complete ``plan`` and write its notes.

    The result depends on plan, engine, sampling and ``seed`` (0 or more) alone.
    ``humanised`` 0 leaves the notes on the grid. ``on_progress`` is called after each bar
    with the bars done and the bars in all. Raises as ``complete_plan`` does.
    """
    whole = replace(complete_plan(plan, engine, seed=seed, sampling=sampling), seed=seed)
    pen = _pen(plan, engine, sampling or Sampling(), (seed, _NOTES))
    varying = np.random.Generator(np.random.PCG64((seed, _VARIATION)))
    sheet = write_notes(pen, whole, engine.context, on_progress, varying)
    score = score_of(sheet, whole, title=plan.title)
    score = with_dynamics(score, [bar.intensity for bar in whole.bars])
    if plan.swing is not None:
        score = swing(score, plan.swing)
    score = humanise(score, seed=seed, amount=humanised)
    return Composition(whole, score, sheet)


def _pen(plan: Plan, engine: Engine, sampling: Sampling, chance: tuple[int, int]) -> Pen:
    """A pen for one stage; with guidance it also reads the piece without its mood."""
    moods = [plan.mood]
    if sampling.guidance != 1.0 and plan.mood != Mood():
        moods.append(Mood())
    conditions = [condition(mood, plan.style, len(plan.bars), _DYNAMICS) for mood in moods]
    return Pen(engine, conditions, sampling, np.random.Generator(np.random.PCG64(chance)))

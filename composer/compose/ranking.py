"""What is wrong with a try, in points: the try with the fewest is kept.

Stage by stage, as a finished plan must give the same notes again: plans are compared by
their plan alone, notes by the complete plan and the notes alone.

- aspects of the music (``measures``): for each measure how far out in the tails of real music
  of the style the value lies (``typical``), mean over measures and over stretches of 32 bars;
- mood: how far what is heard lies from what was asked, stretch by stretch;
- controls: what the plan asks and ``composer.check`` does not find;
- borrowed: how much larger a share of the melody figures stands in the training music than
  unrelated real pieces share with it (``composer.originality``);
- faults: what no listener forgives, each worth more than all else usually is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import hypot
from statistics import fmean
from typing import Any, TypeVar

from composer.check import check_but_mood
from composer.check.moods import measured_moods
from composer.compose.measures import (
    MUSIC_ASPECTS,
    PLAN_ASPECTS,
    Aspects,
    Values,
    music_measures,
    plan_measures,
)
from composer.compose.typical import tails_of, windows
from composer.evaluation import Snapped
from composer.originality import Index, compare
from composer.plan import Plan
from composer.score import Score, bars_of

Try = TypeVar("Try")

BORROWED_POINTS = 20.0
"""Points for the share of melody figures beyond the natural one, 0-1: a fifth of them weighs as
a fault. docs/originality.md has what it does."""
MOOD_POINTS, CONTROL_POINTS, FAULT_POINTS = 2.5, 0.3, 4.0
"""Points for a distance of 1 between moods (an axis is 2 long), for a control that is not
kept, for a fault. Mood and controls then spread among the tries of a plan as widely as the
four aspects together (standard deviation 0.6 points, 32 plans of 6 tries); a fault outweighs
them all."""
_LOOPED_POINTS = 3
"""Points of the longest run of equal bars from which on it is a fault: 31 of 32 real pieces
have no longer one."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Points of a try by term: an aspect, mood, controls, faults."""

    terms: dict[str, float] = field(hash=False)

    @property
    def points(self) -> float:
        """All points together; the fewer the better."""
        return sum(self.terms.values())


@dataclass(frozen=True, slots=True)
class Tries:
    """What the tries of one stage were worth, and the place of the one that was kept.

    A single try is not graded: ``grades`` is then empty.
    """

    grades: tuple[Grade, ...] = ()
    kept: int = 0

    @property
    def count(self) -> int:
        """How many were made."""
        return len(self.grades) or 1

    def as_json(self) -> dict[str, Any]:
        """As plain values; ``kept`` counts from 1."""
        points = [
            {
                name: round(value, 3)
                for name, value in {**grade.terms, "all": grade.points}.items()
            }
            for grade in self.grades
        ]
        return {"count": self.count, "kept": self.kept + 1, "points": points}


SINGLE = Tries()
"""One try, not graded."""


def best_of(
    attempt: Callable[[int], Try], count: int, grade: Callable[[Try], Grade]
) -> tuple[Try, Tries]:
    """Make tries 0 to ``count`` - 1; the one with the fewest points, the first of equals."""
    kept = attempt(0)
    if count == 1:
        return kept, SINGLE
    grades, place = [grade(kept)], 0
    for number in range(1, count):
        found = attempt(number)
        grades.append(grade(found))
        if grades[number].points < grades[place].points:
            kept, place = found, number
    return kept, Tries(tuple(grades), place)


def grade_plan(plan: Plan) -> Grade:
    """What is wrong with a complete plan."""
    stretches = [plan_measures(plan, *window) for window in windows(len(plan.bars))]
    return Grade(_aspect_points(PLAN_ASPECTS, stretches, plan.style))


def grade_music(plan: Plan, score: Score, known: Index | None = None) -> Grade:
    """What is wrong with the notes of a complete plan; ``known`` is the training music."""
    snapped = Snapped(score)
    stretches = [music_measures(snapped, *window) for window in windows(len(plan.bars))]
    missed = check_but_mood(plan, score).missed
    terms = _aspect_points(MUSIC_ASPECTS, stretches, plan.style)
    terms["mood"] = MOOD_POINTS * _mood_distance(plan, score)
    terms["controls"] = CONTROL_POINTS * len(missed)
    terms["faults"] = FAULT_POINTS * _faults(plan, score, stretches)
    if known is not None:
        excess = compare(score, known).share - known.natural_share
        terms["borrowed"] = BORROWED_POINTS * max(0.0, excess)
    return Grade(terms)


def _aspect_points(
    aspects: Aspects, stretches: Sequence[Values], style: str | None
) -> dict[str, float]:
    """Mean points of each aspect's measures."""
    tails = tails_of(style)
    found: dict[str, float] = {}
    for aspect, names in aspects.items():
        points = [
            tails[name].points(values[name])
            for values in stretches
            for name in names
            if name in values and name in tails
        ]
        found[aspect] = fmean(points) if points else 0.0
    return found


def _mood_distance(plan: Plan, score: Score) -> float:
    """Distance of asked and heard mood, mean over bars; open axes have none."""
    total = 0.0
    for (first, end), asked, heard in measured_moods(plan, score):
        apart = [
            want - got
            for want, got in ((asked.valence, heard.valence), (asked.arousal, heard.arousal))
            if want is not None and got is not None
        ]
        total += (end - first) * hypot(*apart)
    return total / len(plan.bars)


def _faults(plan: Plan, score: Score, stretches: Sequence[Values]) -> int:
    """Silent parts, a silent first bar, a bar that is looped longer than in real music."""
    end = bars_of(score)[0].end_ticks
    silent = sum(not part.notes for part in score.parts)
    begins = any(note.onset_ticks < end for part in score.parts for note in part.notes)
    run = tails_of(plan.style)["longest run"]
    looped = any(run.points(values["longest run"]) >= _LOOPED_POINTS for values in stretches)
    return silent + (not begins) + looped

"""Mood of a piece and of its sections: the analysis' rule, or what people said."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from composer.analysis.mood import mood_of
from composer.lab.archive import Entry
from composer.plan import Mood, Plan, PlanBar
from composer.score import Score, bars_of

_QUADRANTS = {"Q1": (1, 1), "Q2": (-1, 1), "Q3": (-1, -1), "Q4": (1, -1)}
"""Russell's quadrants as the signs of valence and arousal."""
_MIDDLE_OF_QUADRANT = 0.5


def human_mood(entry: Entry) -> Mood:
    """What people said of a piece: their numbers, or the middle of their quadrant."""
    if entry.valence is not None or entry.arousal is not None:
        return Mood(entry.valence, entry.arousal)
    if entry.quadrant not in _QUADRANTS:
        return Mood()
    valence, arousal = _QUADRANTS[entry.quadrant]
    return Mood(valence * _MIDDLE_OF_QUADRANT, arousal * _MIDDLE_OF_QUADRANT)


def labelled(plan: Plan, score: Score) -> Plan:
    """The plan with the mood of the whole score, and on each bar that of its section."""
    return replace(plan, mood=mood_of(score), bars=tuple(_labelled_bars(plan, score)))


def _labelled_bars(plan: Plan, score: Score) -> Iterator[PlanBar]:
    """Each run of bars of one section letter gets the mood of its notes."""
    pairs = zip(plan.bars, bars_of(score), strict=True)
    for _, run in groupby(pairs, key=lambda pair: pair[0].section):
        section = list(run)
        mood = mood_of(score, section[0][1].onset_ticks, section[-1][1].end_ticks)
        for planned, _ in section:
            yield replace(planned, mood=mood)

"""What is measured of a try: its notes and its plan, by aspect of music.

Left out is what a plan says outright (tempo, instruments, how many play and how densely, the
height of the music): all tries of one plan share it, and a request for solo piano or for few
notes must not count against the music.
"""

from collections.abc import Mapping

from composer.analysis.music import Floats
from composer.compose.plan_measures import PLAN_MEASURES
from composer.evaluation import METRICS, Excerpt, Snapped
from composer.plan import Plan

Aspects = Mapping[str, tuple[str, ...]]

MUSIC_ASPECTS: Aspects = {
    "pitch": (
        "bar entropy",
        "phrase entropy",
        "phrase scale",
        "degrees",
        "part range",
        "melody steps",
        "bar line leaps",
    ),
    "rhythm": ("durations", "places", "groove", "empty beats", "drum pattern"),
    "harmony": (
        "intervals",
        "chord tones",
        "strong tones",
        "melody tones",
        "bass on root",
        "end on tonic",
        "last bar",
    ),
    "form": ("repeat 1", "repeat 4", "repeat 8", "period", "new bars", "longest run"),
}
"""Aspect to the metrics of ``composer.evaluation`` that speak of it in a single piece."""
PLAN_ASPECTS: Aspects = {
    "harmony": (
        "planned changes",
        "longest stay",
        "chord variety",
        "in key",
        "beyond triads",
        "inversions",
        "planned motion",
        "planned degrees",
        "chords again 4",
        "chords again 8",
    ),
    "parts": ("part density", "lead height", "leads"),
}
"""Aspect to the measures of a plan."""
_METRICS = {metric.name: metric.measure for metric in METRICS}

Values = dict[str, float | Floats]
"""Measure's name to its value; what the music can't tell is left out."""


def music_measures(score: Snapped, first: int, end: int) -> Values:
    """Every measure of the notes of bars [first, end)."""
    excerpt = Excerpt(score, end - first, first)
    names = [name for aspect in MUSIC_ASPECTS.values() for name in aspect]
    found = {name: _METRICS[name](excerpt) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def plan_measures(plan: Plan, first: int, end: int) -> Values:
    """Every measure of the plan of bars [first, end)."""
    stretch = Plan(bars=plan.bars[first:end], parts=plan.parts)
    found = {name: measure(stretch) for name, measure in PLAN_MEASURES.items()}
    return {name: value for name, value in found.items() if value is not None}

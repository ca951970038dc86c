"""A second, independent judge of mood, for evaluation only.

Fitted to vgmidi alone, which the labeller (composer.analysis.mood) never learns from, and of
another form: a linear rule of a few features that never hears loudness. It is used neither
for labels of training music nor for ranking candidates, so that its agreement with what was
asked says something. docs/moods.md has its accuracy, which is modest.

    place = sum over cues of weight * z + bias, within -1 and 1
    z = (feature - mean) / deviation, at most 3 either way; 0 where the feature is unknown
"""

import json
from functools import cache
from math import isnan
from pathlib import Path

from composer.analysis.mood_features import mood_features
from composer.plan import Mood
from composer.score import Score

TABLE = "second_judge.json"
_LIMIT = 3.0


@cache
def _rules() -> dict[str, tuple[float, dict[str, tuple[float, float, float]]]]:
    """Bias, and each cue's mean, deviation and weight, of either axis."""
    table = json.loads(Path(__file__).with_name(TABLE).read_text(encoding="utf-8"))
    return {axis: (rule["bias"], rule["cues"]) for axis, rule in table.items()}


def judge_features(values: dict[str, float]) -> Mood:
    """The judge's mood of features as ``mood_features`` measures them."""
    return Mood(_place("valence", values), _place("arousal", values))


def judge(score: Score, start_ticks: int = 0, end_ticks: int | None = None) -> Mood:
    """The judge's mood of the notes that begin in [start_ticks, end_ticks); open if unknown."""
    return judge_features(mood_features(score, start_ticks, end_ticks))


def _place(axis: str, values: dict[str, float]) -> float | None:
    """Apply one rule; None where none of its cues is known."""
    bias, cues = _rules()[axis]
    known = {name: cue for name, cue in cues.items() if not isnan(values[name])}
    if not known:
        return None
    place = bias
    for name, (mean, deviation, weight) in known.items():
        z = (values[name] - mean) / deviation
        place += weight * max(-_LIMIT, min(_LIMIT, z))
    return round(max(-1.0, min(1.0, place)), 3)

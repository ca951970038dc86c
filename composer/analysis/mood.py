"""The mood that a score, or a stretch of one, expresses: a linear rule over its features.

    valence or arousal = tanh(gain * (bias + sum over cues of weight * z))
    z = (feature - mean) / deviation, at most 3 either way; 0 where the feature is unknown

Means, deviations and weights stand in ``mood_weights`` and are fitted to people's
judgements by ``composer.lab.calibrate_mood``. Valence is read from mode, chords, clarity of
key, roughness, register and repetition, never from loudness or speed, which do not tell
happy from fierce band music. Arousal is read from how often each part plays, how long notes
last, the register of the bass, the leaps of the top line and loudness.
"""

from dataclasses import dataclass
from math import isnan, nan, tanh

from composer.analysis.mood_features import mood_features
from composer.analysis.mood_weights import AROUSAL, VALENCE, Rule
from composer.plan import Mood
from composer.score import Score

_LIMIT = 3.0


@dataclass(frozen=True, slots=True)
class MoodCue:
    """What one feature says: its ``value`` (NaN: unknown) and what it adds to each axis.

    The contributions are in the rule's units before tanh, the bias apart.
    """

    feature: str
    value: float
    valence: float
    arousal: float


def _contribution(rule: Rule, feature: str, value: float) -> float:
    """What a feature's value adds before tanh."""
    weight = rule.weights.get(feature)
    if weight is None or isnan(value):
        return 0.0
    z = (value - weight.mean) / weight.deviation
    return rule.gain * weight.weight * max(-_LIMIT, min(_LIMIT, z))


def _axis(rule: Rule, values: dict[str, float]) -> float | None:
    """Apply one rule; None where none of its cues is known."""
    if all(isnan(values.get(name, nan)) for name in rule.weights):
        return None
    total = sum(_contribution(rule, name, values[name]) for name in rule.weights)
    return round(tanh(rule.gain * rule.bias + total), 3)


def mood_from_features(values: dict[str, float]) -> Mood:
    """Mood of features as ``mood_features`` measures them."""
    return Mood(_axis(VALENCE, values), _axis(AROUSAL, values))


def mood_of(score: Score, start_ticks: int = 0, end_ticks: int | None = None) -> Mood:
    """Mood of the notes that begin in [start_ticks, end_ticks).

    Without pitched notes the valence is open, without any notes both are.
    """
    return mood_from_features(mood_features(score, start_ticks, end_ticks))


def explain_mood(
    score: Score, start_ticks: int = 0, end_ticks: int | None = None
) -> list[MoodCue]:
    """Every cue of either rule with its value and contributions, the strongest first."""
    values = mood_features(score, start_ticks, end_ticks)
    cues = [
        MoodCue(
            name,
            values[name],
            _contribution(VALENCE, name, values[name]),
            _contribution(AROUSAL, name, values[name]),
        )
        for name in values
        if name in VALENCE.weights or name in AROUSAL.weights
    ]
    return sorted(cues, key=lambda cue: -max(abs(cue.valence), abs(cue.arousal)))

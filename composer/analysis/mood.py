"""The mood that a score, or a stretch of one, expresses: an additive model of its features.

The shapes stand in ``mood_table.json`` and are fitted to people's judgements by
``composer.lab.calibrate_mood`` (docs/moods.md has their accuracy). Valence is read from keys,
chords, the top line, register and articulation, never from loudness or speed, which do not
tell happy from fierce band music. Arousal is read from everything.

The mood of a stretch is unvalidated: people judged whole pieces and clips, never sections.
"""

from dataclasses import dataclass

from composer.analysis.mood_features import mood_features
from composer.analysis.mood_shapes import load_axes
from composer.plan import Mood
from composer.score import Score

TABLE = "mood_table.json"


@dataclass(frozen=True, slots=True)
class MoodCue:
    """What one feature says: its ``value`` (NaN: unknown) and what it adds to each axis.

    The contributions are log odds of pleasant and of excited; 0 is what the average piece's
    feature adds.
    """

    feature: str
    value: float
    valence: float
    arousal: float


def mood_from_features(values: dict[str, float]) -> Mood:
    """Mood of features as ``mood_features`` measures them."""
    valence, arousal = load_axes(TABLE)
    return Mood(valence.place(values), arousal.place(values))


def mood_of(score: Score, start_ticks: int = 0, end_ticks: int | None = None) -> Mood:
    """Mood of the notes that begin in [start_ticks, end_ticks).

    Without pitched notes the valence is open, without any notes both are.
    """
    return mood_from_features(mood_features(score, start_ticks, end_ticks))


def explain_mood(
    score: Score, start_ticks: int = 0, end_ticks: int | None = None
) -> list[MoodCue]:
    """Every cue of either axis with its value and contributions, the strongest first."""
    values = mood_features(score, start_ticks, end_ticks)
    shapes = [axis.shapes for axis in load_axes(TABLE)]
    cues = [
        MoodCue(
            name,
            values[name],
            *(own[name].at(values[name]) if name in own else 0.0 for own in shapes),
        )
        for name in values
        if any(name in own for own in shapes)
    ]
    return sorted(cues, key=lambda cue: -max(abs(cue.valence), abs(cue.arousal)))

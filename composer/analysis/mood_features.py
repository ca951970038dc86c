"""Features of a score that speak of its mood; times in seconds, never in beats.

A feature that the music cannot show (loudness where every velocity is equal, harmony where
only drums play, a key in three seconds) is NaN: unknown, not zero. Sources: mode and rate as
the strongest cues of valence and arousal, with register, articulation, loudness and
dissonance (Gabrielsson and Lindstrom 2010, in Handbook of Music and Emotion; Eerola, Friberg
and Bresin 2013, Frontiers in Psychology 4:487).
"""

from math import nan

from composer.analysis.mood_harmony import HARMONY_FEATURES, harmony_features
from composer.analysis.mood_melody import MELODY_FEATURES, melody_features
from composer.analysis.mood_notes import Frames, MoodNotes
from composer.analysis.mood_texture import (
    FILL_FEATURES,
    LOUDNESS_FEATURES,
    PULSE_FEATURES,
    RATE_FEATURES,
    TONE_FEATURES,
    fill_features,
    loudness_features,
    pulse_features,
    rate_features,
    tone_features,
)
from composer.score import Score

FEATURES = (
    *HARMONY_FEATURES,
    *MELODY_FEATURES,
    *TONE_FEATURES,
    *FILL_FEATURES,
    *RATE_FEATURES,
    *PULSE_FEATURES,
    *LOUDNESS_FEATURES,
)
"""Names of the features, in the order of ``mood_features``."""

LOUD_AND_FAST = frozenset(
    {
        *LOUDNESS_FEATURES,
        *RATE_FEATURES,
        *PULSE_FEATURES,
        "sustain",
        "harmonic_rhythm",
        "key_changes",
    }
)
"""Features that follow loudness, speed or the drums."""

_SHORTEST_SECONDS = 0.5


def mood_features(
    score: Score, start_ticks: int = 0, end_ticks: int | None = None
) -> dict[str, float]:
    """Every feature of the notes that begin in [start_ticks, end_ticks); NaN is unknown.

    Rates are log2 of counts a second, lengths log2 of seconds, registers MIDI pitches,
    shares 0-1. The stretch is measured from its first onset to its last release, so that
    silence before and after the music says nothing.
    """
    values = dict.fromkeys(FEATURES, nan)
    notes = MoodNotes(
        score, start_ticks, score.end_ticks + 1 if end_ticks is None else end_ticks
    )
    if not len(notes):
        return values
    end = float(notes.end.max())
    values.update(rate_features(notes, max(end, _SHORTEST_SECONDS)))
    values.update(pulse_features(notes))
    values.update(loudness_features(notes))
    pitched = notes.select(~notes.drums)
    if len(pitched):
        frames = Frames(pitched, end)
        values.update(fill_features(frames))
        values.update(harmony_features(frames))
        values.update(tone_features(pitched))
        values.update(melody_features(pitched))
    return values

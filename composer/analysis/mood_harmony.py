"""Features of harmony: keys, chords, and what sounds over the bass and together."""

from collections.abc import Iterator

import numpy as np

from composer.analysis.mood_chords import (
    CHORD_FEATURES,
    FUNCTION_FEATURES,
    MOTION_FEATURES,
    chord_features,
    chords_over_time,
    function_features,
    motion_features,
    tonic_features,
)
from composer.analysis.mood_keys import (
    DEGREE_FEATURES,
    FIFTHS,
    KEY_FEATURES,
    contrast,
    degree_features,
    key_features,
    keys_over_time,
    scales_over_time,
)
from composer.analysis.mood_notes import Floats, Frames

_BASS_INTERVALS = {
    "minor_second": 1,
    "second": 2,
    "fourth": 5,
    "tritone": 6,
    "fifth": 7,
    "minor_seventh": 10,
    "major_seventh": 11,
    "octave": 0,
}
HARMONY_FEATURES = (
    *KEY_FEATURES,
    *DEGREE_FEATURES,
    *CHORD_FEATURES,
    *FUNCTION_FEATURES,
    *MOTION_FEATURES,
    "bass_third",
    "bass_sixth",
    *(f"bass_{name}" for name in _BASS_INTERVALS),
    "bass_brightness",
    "dissonance",
)
"""Names of the features of harmony."""

# Roughness by interval class 0-6: dissonance ratings of dyads after Hutchinson and Knopoff
# (1979), scaled so that the minor second is 1.
_ROUGHNESS = np.array([0.0, 1.0, 0.45, 0.2, 0.15, 0.1, 0.4])
_STEPS = (np.arange(12)[:, None] - np.arange(12)) % 12
_ROUGH_PAIRS = _ROUGHNESS[np.minimum(_STEPS, 12 - _STEPS)]
_FEWEST_CELLS = 8  # four sounding seconds: less doesn't show a key


def harmony_features(frames: Frames) -> Iterator[tuple[str, float]]:
    """Every feature of harmony that the music is long enough to show."""
    yield from key_features(frames)
    yield from _bass_features(frames.over_bass)
    yield "dissonance", _dissonance(frames.classes)
    tones, lows = frames.cells()
    chords = chords_over_time(tones, lows)
    yield from chord_features(chords)
    if len(tones) < _FEWEST_CELLS:
        return
    yield from motion_features(chords)
    keys = keys_over_time(tones)
    yield from degree_features(tones, keys)
    yield from tonic_features(chords, keys)
    yield from function_features(chords, tones, lows, scales_over_time(tones))


def _bass_features(over_bass: Floats) -> Iterator[tuple[str, float]]:
    """Intervals over the sounding bass where another pitch class sounds."""
    upper = over_bass.copy()
    upper[:, 0] -= 1.0  # the bass itself
    upper = upper[upper[:, 1:].sum(axis=1) > 0]
    if not len(upper):
        return
    share = (upper / upper.sum(axis=1, keepdims=True)).mean(axis=0)
    yield "bass_third", contrast(share[4], share[3])
    yield "bass_sixth", contrast(share[9], share[8])
    for name, interval in _BASS_INTERVALS.items():
        yield f"bass_{name}", float(share[interval])
    yield "bass_brightness", float(share @ FIFTHS)


def _dissonance(classes: Floats) -> float:
    """Mean roughness of the interval classes that sound together, 0-1."""
    present = (classes > 0).astype(float)
    sounding = present.sum(axis=1)
    present, sounding = present[sounding > 1], sounding[sounding > 1]
    if not len(present):
        return float("nan")
    rough = ((present @ _ROUGH_PAIRS) * present).sum(axis=1)
    return float((rough / (sounding * (sounding - 1))).mean())

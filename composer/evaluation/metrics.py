"""The table of metrics: what is measured, in which unit, what it means, who described it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from composer.analysis.music import Floats
from composer.evaluation import form, harmony, pitch, rhythm
from composer.evaluation.excerpt import Excerpt

Measure = Callable[[Excerpt], float | Floats | None]

_WU = "Wu & Yang 2020 (The Jazz Transformer)"
_DONG = "Dong et al. 2018 (MuseGAN)"
_LERCH = "Yang & Lerch 2020"
_MOGREN = "Mogren 2016 (C-RNN-GAN)"
_OWN = "composer"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``bins`` 0 is a number, above 0 a histogram of so many shares."""

    name: str
    unit: str
    meaning: str
    source: str
    measure: Measure
    bins: int = 0


METRICS = (
    Metric("bar entropy", "bits", "pitch classes of a bar", _WU, pitch.bar_entropy),
    Metric("phrase entropy", "bits", "pitch classes of 4 bars", _WU, pitch.phrase_entropy),
    Metric("scale", "share", "time in the best scale", _MOGREN, pitch.scale_consistency),
    Metric("phrase scale", "share", "the same within 4 bars", _MOGREN, pitch.phrase_scale),
    Metric("mean pitch", "semitones", "height of the music", _LERCH, pitch.mean_pitch),
    Metric("range", "semitones", "lowest to highest note", _LERCH, pitch.pitch_range),
    Metric("part range", "semitones", "the same for one part", _LERCH, pitch.part_range),
    Metric("degrees", "shares", "pitches above the tonic", _LERCH, pitch.scale_degrees, 12),
    Metric(
        "melody steps", "shares", "steps of the melody", _LERCH, pitch.melodic_intervals, 27
    ),
    Metric(
        "bar line leaps",
        "semitones",
        "the melody's step over a bar line",
        _OWN,
        pitch.leap_at_bar_lines,
    ),
    Metric("intervals", "shares", "what sounds together", _OWN, pitch.harmonic_intervals, 6),
    Metric("density", "notes/quarter", "notes of all parts", _LERCH, rhythm.note_density),
    Metric("polyphony", "notes", "notes at a time", _DONG, rhythm.polyphony),
    Metric("parts", "parts", "parts that play in a bar", _OWN, rhythm.parts_sounding),
    Metric("durations", "shares", "lengths of notes", _LERCH, rhythm.durations, 11),
    Metric("places", "shares", "onsets within the beat", _OWN, rhythm.places_in_beat, 8),
    Metric("groove", "share", "likeness of bars' rhythms", _WU, rhythm.groove_consistency),
    Metric("empty beats", "share", "silent quarters", _DONG, rhythm.empty_beats),
    Metric("empty bars", "share", "silent bars", _DONG, rhythm.empty_bars),
    Metric("first bar", "share", "first bar sounds", _OWN, rhythm.first_bar),
    Metric("drum density", "strokes/quarter", "drum strokes", _DONG, rhythm.drum_density),
    Metric("drum pattern", "share", "drums like bars before", _DONG, rhythm.drum_regularity),
    Metric("tempo", "quarters/minute", "speed", _LERCH, rhythm.tempo),
    Metric("chord tones", "share", "notes of the chord heard", _OWN, harmony.chord_tones),
    Metric("strong tones", "share", "... on strong beats", _OWN, harmony.strong_chord_tones),
    Metric("melody tones", "share", "... of the melody", _OWN, harmony.melody_chord_tones),
    Metric("bass on root", "share", "half bars with root below", _OWN, harmony.bass_on_root),
    Metric("chord changes", "changes/bar", "harmonic rhythm", _OWN, harmony.harmonic_rhythm),
    Metric("root motion", "shares", "steps of the roots", _OWN, harmony.root_motion, 11),
    Metric("home key", "share", "bars in the main key", _OWN, harmony.home_key),
    Metric("key changes", "changes/16 bars", "how the key wanders", _OWN, harmony.key_changes),
    Metric("end on tonic", "share", "last bass is the tonic", _OWN, harmony.ends_on_tonic),
    Metric("last bar", "share", "last bar sounds", _OWN, harmony.last_bar),
    Metric("repeat 1", "share", "likeness to the next bar", _OWN, form.repetition_1),
    Metric("repeat 4", "share", "likeness 4 bars on", _OWN, form.repetition_4),
    Metric("repeat 8", "share", "likeness 8 bars on", _OWN, form.repetition_8),
    Metric("repeat 16", "share", "likeness 16 bars on", _OWN, form.repetition_16),
    Metric("period", "share", "best distance over the mean", _OWN, form.periodicity),
    Metric("new bars", "share", "bars unlike all before", _OWN, form.new_bars),
    Metric("longest run", "bars", "identical bars in a row", _OWN, form.longest_run),
)
"""Every metric, in the order of reports."""


def measure(excerpt: Excerpt) -> dict[str, Floats]:
    """All metrics of one piece: name to an array, shape (1,) or (bins,); NaN is unknown."""
    return {metric.name: _as_array(metric, metric.measure(excerpt)) for metric in METRICS}


def _as_array(metric: Metric, value: float | Floats | None) -> Floats:
    width = metric.bins or 1
    found = np.full(width, np.nan) if value is None else np.asarray(value, np.float64)
    return found.reshape(width)

"""Features of speed, loudness, register, articulation and rhythm; times in seconds."""

from collections.abc import Iterator

import numpy as np

from composer.analysis.mood_notes import TOGETHER_SECONDS, Floats, Frames, MoodNotes

RATE_FEATURES = (
    "onset_rate",
    "note_rate",
    "part_rate",
    "layers",
    "chord_size",
    "drum_share",
    "irregularity",
    "unevenness",
    "short_gaps",
)
PULSE_FEATURES = ("pulse_strength", "pulse_rate", "offbeat_share")
LOUDNESS_FEATURES = ("loudness", "loudness_spread")
FILL_FEATURES = ("silence", "thickness", "classes_at_once")
TONE_FEATURES = (
    "register",
    "bass_register",
    "top_register",
    "pitch_spread",
    "sustain",
    "length_spread",
    "articulation",
    "staccato_share",
)

_PULSE_SECONDS = 1 / 32
_PULSE_LAGS = np.arange(7, 49)  # 0.22 to 1.5 seconds between beats
_PULSE_FRAMES = 16_384
_FEWEST_ONSETS = 8
_FEWEST_GAPS = 4


def rate_features(notes: MoodNotes, seconds: float) -> Iterator[tuple[str, float]]:
    """How much happens in a second, and how evenly."""
    onsets = np.unique(notes.moments)
    gaps = np.diff(onsets) * TOGETHER_SECONDS
    yield "onset_rate", float(np.log2(len(onsets) / seconds))
    yield "note_rate", float(np.log2(len(notes) / seconds))
    yield "drum_share", float(notes.drums.mean())
    moments = np.unique(notes.moments * 1000 + notes.part)
    parts = len(np.unique(notes.part))
    yield "layers", float(np.log2(parts))
    yield "part_rate", float(np.log2(len(moments) / parts / seconds))
    yield "chord_size", float(np.log2(len(notes) / len(onsets)))
    if len(gaps) < _FEWEST_GAPS:
        return
    bins = np.round(np.log2(np.clip(gaps, TOGETHER_SECONDS, 8.0)) * 3).astype(int)
    share = np.bincount(bins - bins.min()) / len(bins)
    yield "irregularity", float(-(share * np.log2(np.maximum(share, 1e-12))).sum())
    # nPVI, Grabe and Low (2002): how much neighbouring gaps differ
    yield "unevenness", float((np.abs(np.diff(gaps)) / (gaps[1:] + gaps[:-1])).mean())
    yield "short_gaps", float((gaps < 0.16).mean())


def pulse_features(notes: MoodNotes) -> Iterator[tuple[str, float]]:
    """Strength and speed of the pulse, and how much falls between its beats."""
    place = np.floor(notes.onset / _PULSE_SECONDS + 1e-6).astype(int)
    place = place[place < _PULSE_FRAMES]
    if len(np.unique(place)) < _FEWEST_ONSETS:
        return
    onsets = np.minimum(np.bincount(place), 4).astype(float)
    onsets = np.convolve(onsets, [0.5, 1.0, 0.5], mode="same")
    onsets -= onsets.mean()
    spectrum = np.fft.rfft(onsets, 2 * len(onsets))
    echo = np.fft.irfft(np.abs(spectrum) ** 2)[: _PULSE_LAGS[-1] + 1]
    if len(echo) <= _PULSE_LAGS[-1] or echo[0] <= 0:
        return
    echo = echo[_PULSE_LAGS] / echo[0]
    # a listener's beat lies near half a second (Parncutt 1994)
    liking = np.exp(-0.5 * (np.log2(_PULSE_LAGS * _PULSE_SECONDS / 0.5) / 0.9) ** 2)
    best = int((echo * liking).argmax())
    yield "pulse_strength", float(echo[best])
    yield "pulse_rate", float(-np.log2(_PULSE_LAGS[best] * _PULSE_SECONDS))
    lag = int(_PULSE_LAGS[best])
    phase = place % lag
    away = (phase - np.bincount(phase).argmax()) % lag
    yield "offbeat_share", float((np.minimum(away, lag - away) > 1).mean())


def tone_features(notes: MoodNotes) -> Iterator[tuple[str, float]]:
    """Register and length of the pitched notes."""
    yield "register", float(notes.pitch.mean())
    low, high = np.percentile(notes.pitch, (10, 90))
    yield "bass_register", float(low)
    yield "top_register", float(high)
    yield "pitch_spread", float(notes.pitch.std())
    length = np.clip(notes.end - notes.onset, 0.02, 10.0)
    yield "sustain", float(np.log2(length).mean())
    yield "length_spread", float(np.log2(length).std())
    order = np.lexsort((notes.onset, notes.part))
    gap = np.diff(notes.onset[order])
    in_part = (np.diff(notes.part[order]) == 0) & (gap > TOGETHER_SECONDS)
    if in_part.any():
        ratio = length[order][:-1][in_part] / np.minimum(gap[in_part], 4.0)
        ratio = np.log2(np.clip(ratio, 0.05, 8.0))
        yield "articulation", float(np.median(ratio))
        yield "staccato_share", float((ratio < -1).mean())


def fill_features(frames: Frames) -> Iterator[tuple[str, float]]:
    """How much sounds at once."""
    sounding = frames.classes.sum(axis=1)
    yield "silence", float((sounding == 0).mean())
    heard = sounding[sounding > 0]
    yield "thickness", float(np.log2(heard).mean())
    yield "classes_at_once", float((frames.classes[sounding > 0] > 0).sum(axis=1).mean())


def loudness_features(notes: MoodNotes) -> Iterator[tuple[str, float]]:
    """Velocity, where it was written with care (more than two levels)."""
    velocity: Floats = notes.velocity.astype(float)
    if len(np.unique(velocity)) > 2:
        yield "loudness", float(velocity.mean())
        yield "loudness_spread", float(velocity.std())

"""Features of a score that speak of its mood; times in seconds, never in beats.

A feature that the music cannot show (loudness where every velocity is equal, harmony where
only drums play) is NaN: unknown, not zero. Sources: mode and rate as the strongest cues of
valence and arousal, with register, articulation, loudness and dissonance (Gabrielsson and
Lindstrom 2010, in Handbook of Music and Emotion; Eerola, Friberg and Bresin 2013, Frontiers
in Psychology 4:487).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from composer.score import TICKS_PER_QUARTER, Score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FRAME_SECONDS = 0.125
_MAX_FRAMES = 6000
_TOGETHER_SECONDS = 0.03
_WINDOW_FRAMES = 64
_CHORD_FRAMES = 4

FEATURES = (
    "mode",
    "window_mode",
    "chord_mode",
    "diminished_share",
    "key_clarity",
    "chromatic_share",
    "pitch_class_entropy",
    "dissonance",
    "onset_rate",
    "note_rate",
    "drum_share",
    "layers",
    "part_rate",
    "register",
    "bass_register",
    "top_register",
    "pitch_spread",
    "loudness",
    "loudness_spread",
    "articulation",
    "sustain",
    "irregularity",
    "silence",
    "leap",
    "step_share",
    "repeat_share",
    "rise",
)
"""Names of the features, in the order of ``mood_features``."""

# Krumhansl and Kessler (1982), probe-tone profiles.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
# Roughness by interval class 0-6: dissonance ratings of dyads after Hutchinson and Knopoff
# (1979), scaled so that the minor second is 1.
_ROUGHNESS = np.array([0.0, 1.0, 0.45, 0.2, 0.15, 0.1, 0.4])
_SCALES = np.zeros((24, 12), dtype=bool)
for _tonic in range(12):
    _SCALES[_tonic, [(_tonic + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)]] = True
    # natural minor with its raised seventh
    _SCALES[12 + _tonic, [(_tonic + step) % 12 for step in (0, 2, 3, 5, 7, 8, 10, 11)]] = True


def _rotations(template: Floats) -> Floats:
    """All twelve transpositions, (12, 12), each row centred and of unit length."""
    rows = np.array([np.roll(template, shift) for shift in range(12)], dtype=float)
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _triad(*steps: int) -> Floats:
    """Indicator of a chord on C."""
    row = np.zeros(12)
    row[list(steps)] = 1.0
    return row


_KEYS = np.vstack([_rotations(_MAJOR), _rotations(_MINOR)])
_TRIADS = np.vstack(
    [_rotations(_triad(0, 4, 7)), _rotations(_triad(0, 3, 7)), _rotations(_triad(0, 3, 6))]
)


class _Notes:
    """The notes of a stretch as columns; seconds count from the first onset."""

    def __init__(self, score: Score, start_ticks: int, end_ticks: int) -> None:
        rows = [
            (note.onset_ticks, note.end_ticks, note.pitch, note.velocity, index, part.is_drums)
            for index, part in enumerate(score.parts)
            for note in part.notes
            if start_ticks <= note.onset_ticks < end_ticks
        ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 6)
        table = table[np.argsort(table[:, 0], kind="stable")]
        self.drums = table[:, 5].astype(bool)
        onset, end = to_seconds(score, table[:, 0]), to_seconds(score, table[:, 1])
        self.onset = onset - onset[:1].sum()
        self.end = np.maximum(end - onset[:1].sum(), self.onset + 1e-3)
        self.pitch, self.velocity, self.part = table[:, 2], table[:, 3], table[:, 4]

    def select(self, mask: NDArray[np.bool_]) -> "_Notes":
        """The notes where ``mask`` holds."""
        chosen = object.__new__(_Notes)
        for name in ("onset", "end", "pitch", "velocity", "part", "drums"):
            setattr(chosen, name, getattr(self, name)[mask])
        return chosen

    def __len__(self) -> int:
        """Number of notes."""
        return len(self.onset)


def to_seconds(score: Score, ticks: Ints) -> Floats:
    """Seconds of each tick through the tempo map."""
    starts = np.array([tempo.onset_ticks for tempo in score.tempos], dtype=float)
    starts[0] = 0.0
    rates = np.array([60.0 / (tempo.qpm * TICKS_PER_QUARTER) for tempo in score.tempos])
    elapsed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * rates[:-1])])
    place = np.searchsorted(starts, ticks, side="right") - 1
    return np.asarray(elapsed[place] + (ticks - starts[place]) * rates[place])


def _moments(notes: _Notes) -> Ints:
    """Number of the moment at which each note begins; a chord's notes share one."""
    return np.asarray(np.floor(notes.onset / _TOGETHER_SECONDS + 0.5 + 1e-6).astype(np.int64))


def _frames(notes: _Notes, end: float) -> Floats:
    """How many notes of each pitch class sound in each frame, (frames, 12)."""
    step = max(FRAME_SECONDS, end / _MAX_FRAMES)
    count = max(1, int(np.ceil(end / step - 1e-6)))
    # a hair of a frame absorbs rounding, so that a moved stretch keeps its frames
    first = np.clip(np.floor(notes.onset / step + 1e-6).astype(int), 0, count - 1)
    last = np.clip(np.ceil(notes.end / step - 1e-6).astype(int), first + 1, count)
    change = np.zeros((count + 1, 12))
    np.add.at(change, (first, notes.pitch % 12), 1.0)
    np.add.at(change, (last, notes.pitch % 12), -1.0)
    return np.asarray(np.cumsum(change[:-1], axis=0))


def _blocks(frames: Floats, size: int) -> Floats:
    """Sum each run of ``size`` frames, (blocks, 12); silent blocks are left out."""
    sums = np.add.reduceat(frames, np.arange(0, len(frames), size), axis=0)
    return np.asarray(sums[sums.sum(axis=1) > 0])


def _correlate(histograms: Floats, templates: Floats) -> Floats:
    """Pearson correlation of each histogram with each template, (rows, templates)."""
    centred = histograms - histograms.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-9) @ templates.T)


def _mode_margin(histograms: Floats) -> Floats:
    """Best major minus best minor key correlation of each row."""
    fit = _correlate(histograms, _KEYS)
    return np.asarray(fit[:, :12].max(axis=1) - fit[:, 12:].max(axis=1))


def _harmony(frames: Floats) -> Iterator[tuple[str, float]]:
    """Features of pitch classes: mode, chords, chromatic notes, roughness."""
    total = frames.sum(axis=0)
    share = total / total.sum()
    fit = _correlate(total[None], _KEYS)[0]
    best = int(fit.argmax())
    yield "mode", float(_mode_margin(total[None])[0])
    yield "window_mode", float(_mode_margin(_blocks(frames, _WINDOW_FRAMES)).mean())
    chords = _correlate(_blocks(frames, _CHORD_FRAMES), _TRIADS)
    major, minor, diminished = (chords[:, at : at + 12].max(axis=1) for at in (0, 12, 24))
    yield "chord_mode", float((major - minor).mean())
    yield "diminished_share", float((diminished > np.maximum(major, minor) + 1e-6).mean())
    yield "key_clarity", float(fit[best])
    yield "chromatic_share", float(share[~_SCALES[best]].sum())
    yield "pitch_class_entropy", float(-(share * np.log2(np.maximum(share, 1e-12))).sum())
    yield "dissonance", _dissonance(frames)


def _dissonance(frames: Floats) -> float:
    """Mean roughness of the interval classes that sound together, 0-1."""
    present = (frames > 0.5).astype(float)
    sounding = present.sum(axis=1)
    present, sounding = present[sounding > 1], sounding[sounding > 1]
    if not len(present):
        return float("nan")
    steps = (np.arange(12)[:, None] - np.arange(12)) % 12
    matrix = _ROUGHNESS[np.minimum(steps, 12 - steps)]
    rough = np.einsum("ti,ij,tj->t", present, matrix, present)
    return float((rough / (sounding * (sounding - 1))).mean())


def _rates(notes: _Notes, seconds: float) -> Iterator[tuple[str, float]]:
    """Features of how much happens in a second, and how evenly."""
    onsets = np.unique(_moments(notes))
    gaps = np.diff(onsets) * _TOGETHER_SECONDS
    yield "onset_rate", float(np.log2(len(onsets) / seconds))
    yield "note_rate", float(np.log2(len(notes) / seconds))
    yield "drum_share", float(notes.drums.mean())
    moments = np.unique(_moments(notes) * 1000 + notes.part)
    parts = len(np.unique(notes.part))
    yield "layers", float(np.log2(parts))
    yield "part_rate", float(np.log2(len(moments) / parts / seconds))
    if len(gaps) < 4:
        return
    bins = np.round(np.log2(np.clip(gaps, _TOGETHER_SECONDS, 8.0)) * 3).astype(int)
    share = np.bincount(bins - bins.min()) / len(bins)
    yield "irregularity", float(-(share * np.log2(np.maximum(share, 1e-12))).sum())


def _tone(notes: _Notes) -> Iterator[tuple[str, float]]:
    """Features of register and length of the pitched notes."""
    yield "register", float(notes.pitch.mean())
    low, high = np.percentile(notes.pitch, (10, 90))
    yield "bass_register", float(low)
    yield "top_register", float(high)
    yield "pitch_spread", float(notes.pitch.std())
    length = np.clip(notes.end - notes.onset, 0.02, 10.0)
    yield "sustain", float(np.log2(length).mean())
    order = np.lexsort((notes.onset, notes.part))
    gap = np.diff(notes.onset[order])
    in_part = (np.diff(notes.part[order]) == 0) & (gap > _TOGETHER_SECONDS)
    if in_part.any():
        ratio = length[order][:-1][in_part] / np.minimum(gap[in_part], 4.0)
        yield "articulation", float(np.median(np.log2(np.clip(ratio, 0.05, 8.0))))


def _melody(notes: _Notes) -> Iterator[tuple[str, float]]:
    """Features of the highest line: how it moves from onset to onset."""
    place = _moments(notes)
    _, group = np.unique(place, return_inverse=True)
    top = np.zeros(group.max() + 1)
    np.maximum.at(top, group, notes.pitch)
    moves = np.diff(top)
    moves = moves[np.abs(moves) <= 12]
    if len(moves) < 4:
        return
    yield "leap", float(np.abs(moves).mean())
    yield "step_share", float((np.abs(moves) <= 2).mean() - (moves == 0).mean())
    yield "repeat_share", float((moves == 0).mean())
    yield "rise", float((moves > 0).mean() - (moves < 0).mean())


def _loudness(notes: _Notes) -> Iterator[tuple[str, float]]:
    """Features of velocity, where it was written with care (more than two levels)."""
    if len(np.unique(notes.velocity)) > 2:
        yield "loudness", float(notes.velocity.mean())
        yield "loudness_spread", float(notes.velocity.std())


def mood_features(
    score: Score, start_ticks: int = 0, end_ticks: int | None = None
) -> dict[str, float]:
    """Every feature of the notes that begin in [start_ticks, end_ticks); NaN is unknown.

    Rates are log2 of counts a second, lengths log2 of seconds, registers MIDI pitches,
    shares 0-1. The stretch is measured from its first onset to its last release, so that
    silence before and after the music says nothing.
    """
    values = dict.fromkeys(FEATURES, float("nan"))
    notes = _Notes(score, start_ticks, score.end_ticks + 1 if end_ticks is None else end_ticks)
    if not len(notes):
        return values
    end = float(notes.end.max())
    seconds = max(end, 0.5)
    values.update(_rates(notes, seconds))
    values.update(_loudness(notes))
    pitched = notes.select(~notes.drums)
    if len(pitched):
        frames = _frames(pitched, end)
        values["silence"] = float((frames.sum(axis=1) == 0).mean())
        values.update(_harmony(frames))
        values.update(_tone(pitched))
        values.update(_melody(pitched))
    return values

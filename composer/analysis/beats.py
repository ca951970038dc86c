"""Beats and downbeats of a performance that has no usable grid.

Conventions: times are seconds of the score. The onsets, weighted by loudness, length, depth
and company, make a curve of 100 frames a second. Its self-similarity gives the tempo; the
beats are the path through the curve's peaks that keeps this tempo (dynamic programming,
after Ellis, D. (2007). Beat tracking by dynamic programming. J. New Music Research 36(1)).
Downbeats are where the bass and the harmony move, every three or four beats.
"""

from dataclasses import dataclass

import numpy as np

from composer.analysis.clock import seconds_of, ticks_of
from composer.analysis.music import Floats, Ints, Music
from composer.analysis.path import best_path
from composer.score import Meter, Score

_FRAMES = 100  # a second
_BLUR_SECONDS = 0.02
_PERIODS = (0.3, 1.6)  # shortest and longest beat in seconds
_USUAL_PERIOD = 0.65  # seconds; the centre of the prior over tempi
_PRIOR_WIDTH = 0.7  # octaves
_TIGHTNESS = 300.0  # how strongly the beats keep the tempo
_SNAP_SECONDS = 0.05
_DRUM_WEIGHTS = {35: 2.0, 36: 2.0, 38: 1.5, 40: 1.5}
_METERS = (4, 3)
_THREE_COST = 0.1  # three beats must be this much better than four
_LOST_COST = 4.0  # for a bar of the wrong length


@dataclass(frozen=True, slots=True)
class Beats:
    """Estimated beats. ``downbeats`` are indices into ``seconds`` and ``ticks``.

    ``meter`` counts a beat as a quarter. ``confidence`` in [0, 1] is the weighted
    mean cosine of the onsets' phase within a quarter of a beat: 0 by chance, 1 where all
    lie on 16ths of the beats found.
    """

    seconds: tuple[float, ...]
    ticks: tuple[float, ...]
    downbeats: tuple[int, ...]
    meter: Meter
    confidence: float


def estimate_beats(score: Score) -> Beats:
    """Find the beats of ``score`` from its onsets alone, whatever its grid says.

    Fewer than two beats are found where there are fewer than two onsets.
    """
    music = Music(score)
    times = seconds_of(score, music.notes.onset)
    weights = onset_weights(music, times)
    if len(np.unique(times)) < 2:
        return Beats((), (), (), Meter(4, 4), 0.0)
    curve = onset_curve(times, weights)
    period = beat_period(curve)
    beats = _snapped(_follow(curve, period), times, weights)
    strengths = _bar_strengths(music, beats)
    count, downbeats = _downbeats(strengths)
    return Beats(
        seconds=tuple(beats.tolist()),
        ticks=tuple(ticks_of(score, beats).tolist()),
        downbeats=tuple(downbeats.tolist()),
        meter=Meter(count, 4),
        confidence=_confidence(beats, times, weights),
    )


def onset_weights(music: Music, times: Floats) -> Floats:
    """How much each note says about the beat, shape (notes,)."""
    notes = music.notes
    seconds = seconds_of(music.score, notes.end) - times
    weights = notes.velocity / 127.0 * (0.4 + np.minimum(seconds, 1.0))
    low = np.clip((60 - notes.pitch) / 24.0, 0.0, 1.0)
    drums = np.array([_DRUM_WEIGHTS.get(pitch, 0.6) for pitch in range(128)])
    loud = notes.velocity / 127.0
    return np.where(music.is_drum, loud * drums[notes.pitch], weights * (1.0 + low))


def onset_curve(times: Floats, weights: Floats) -> Floats:
    """Weight of onsets a frame, compressed and blurred, shape (frames,)."""
    size = int(times.max() * _FRAMES) + 2 * _FRAMES
    curve = np.bincount(np.rint(times * _FRAMES).astype(np.int64), weights, size)
    reach = np.arange(-6, 7) / _FRAMES
    blur = np.exp(-0.5 * (reach / _BLUR_SECONDS) ** 2)
    smooth: Floats = np.sqrt(np.convolve(curve, blur, mode="same"))
    return smooth


def beat_period(curve: Floats) -> float:
    """Seconds a beat: the lag whose multiples repeat the curve best, by a prior on tempo."""
    lags = np.arange(int(_PERIODS[0] * _FRAMES), int(_PERIODS[1] * _FRAMES) + 1)
    like = _autocorrelation(curve, 4 * int(lags[-1]) + 2)
    comb = sum(like[lags * k] / k for k in (1, 2, 4))
    octaves = np.log2(lags / _FRAMES / _USUAL_PERIOD)
    best = int(lags[np.argmax(comb * np.exp(-0.5 * (octaves / _PRIOR_WIDTH) ** 2))])
    # the fourth multiple tells the lag to a quarter of a frame
    near = np.arange(4 * best - 2, 4 * best + 3)
    return float(near[np.argmax(like[near])]) / 4 / _FRAMES


def _autocorrelation(curve: Floats, count: int) -> Floats:
    """Autocorrelation of the curve less its mean at lags 0 to ``count``, 1 at lag 0."""
    centred = curve - curve.mean()
    size = 1 << (2 * len(centred) + count).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    like = np.fft.irfft(power, size)[: count + 1]
    overlap = np.maximum(len(centred) - np.arange(count + 1), 1)
    result: Floats = like / overlap / max(like[0] / len(centred), 1e-12)
    return result


def _follow(curve: Floats, period: float) -> Floats:
    """Times of the beats that lie on high curve at nearly even distance."""
    frames = period * _FRAMES
    gaps = np.arange(int(frames / 2), int(frames * 2) + 1)
    costs = -_TIGHTNESS * np.log(gaps / frames) ** 2
    local = curve / max(curve.std(), 1e-9)
    total, before = local.copy(), np.full(len(local), -1, dtype=np.int64)
    for frame in range(int(gaps[0]), len(local)):
        reach = min(len(gaps), frame - int(gaps[0]) + 1)
        ways = total[frame - gaps[:reach]] + costs[:reach]
        best = int(ways.argmax())
        if ways[best] > 0:
            total[frame] += ways[best]
            before[frame] = frame - gaps[best]
    return _walk_back(total, before, int(frames))


def _walk_back(total: Floats, before: Ints, frames: int) -> Floats:
    """Beats from the best last one to the first."""
    tail = max(0, len(total) - 2 * _FRAMES - frames)
    frame = tail + int(total[tail:].argmax())
    path = []
    while frame >= 0:
        path.append(frame)
        frame = int(before[frame])
    return np.array(path[::-1]) / _FRAMES


def _snapped(beats: Floats, times: Floats, weights: Floats) -> Floats:
    """Each beat on the weighted mean of the onsets close to it."""
    nearest = np.clip(np.searchsorted(beats, times), 1, max(len(beats) - 1, 1))
    nearest -= (times - beats[nearest - 1]) < (
        beats[np.minimum(nearest, len(beats) - 1)] - times
    )
    close = np.abs(times - beats[nearest]) <= _SNAP_SECONDS
    count = len(beats)
    weight = np.bincount(nearest[close], weights[close], count)
    moved = np.bincount(nearest[close], (weights * (times - beats[nearest]))[close], count)
    snapped: Floats = beats + moved / np.where(weight > 0, weight, 1.0)
    return snapped


def _bar_strengths(music: Music, beats: Floats) -> Floats:
    """How much each beat sounds like the first of a bar, mean 0, shape (beats,)."""
    notes = music.pitched
    if len(beats) < 2 or not len(notes):
        return np.zeros(len(beats))
    times = seconds_of(music.score, notes.onset)
    ends = seconds_of(music.score, notes.end)
    half = np.median(np.diff(beats)) / 2
    beat = np.searchsorted(beats - min(half / 2, 0.1), times, side="right") - 1
    inside = beat >= 0
    on_beat = inside & (np.abs(times - beats[np.maximum(beat, 0)]) <= min(half / 2, 0.1))
    depth = np.clip((64 - notes.pitch) / 24.0, 0.0, 1.0)
    low = np.bincount(beat[on_beat], (depth * (ends - times))[on_beat], len(beats))
    held = np.bincount(beat[on_beat], np.minimum(ends - times, 2.0)[on_beat], len(beats))
    chroma = np.zeros((len(beats), 12))
    np.add.at(chroma, (beat[inside], notes.pitch[inside] % 12), (ends - times)[inside])
    return _standard(low) + _standard(held) + 2.0 * _standard(_harmonic_change(chroma))


def _harmonic_change(chroma: Floats) -> Floats:
    """1 less the cosine of the two beats before and the two from each beat on."""
    padded = np.vstack([np.zeros((2, 12)), np.sqrt(chroma), np.zeros((1, 12))])
    after = padded[2:-1] + padded[3:]
    before = padded[:-3] + padded[1:-2]
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    result: Floats = 1.0 - (after * before).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)
    return result


def _standard(values: Floats | Ints) -> Floats:
    """Mean 0, deviation 1."""
    result: Floats = (values - values.mean()) / max(float(values.std()), 1e-9)
    return result


def _downbeats(strengths: Floats) -> tuple[int, Ints]:
    """Beats a bar, and which beats begin one."""
    best, count, found = -np.inf, _METERS[0], np.zeros(0, dtype=np.int64)
    for beats in _METERS:
        gains = np.zeros((len(strengths), beats))
        gains[:, 0] = strengths
        moves = np.full((beats, beats), -_LOST_COST)
        moves[np.arange(beats), (np.arange(beats) + 1) % beats] = 0.0
        path = best_path(gains, moves)
        marks = np.flatnonzero(path == 0)
        mean = float(strengths[marks].mean()) if len(marks) else 0.0
        mean -= _THREE_COST * (beats == 3)
        if mean > best:
            best, count, found = mean, beats, marks
    return count, found if len(found) else np.zeros(1, dtype=np.int64)


def _confidence(beats: Floats, times: Floats, weights: Floats) -> float:
    """Weighted mean cosine of the onsets' phase within a quarter of a beat, at least 0."""
    if len(beats) < 2:
        return 0.0
    place = np.interp(times, beats, np.arange(len(beats)) * 4.0)
    pull = float((np.cos(2 * np.pi * place) * weights).sum() / weights.sum())
    return round(min(max(pull, 0.0), 1.0), 4)

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
from composer.analysis.music import Floats, Ints, Music, pitch_class_profile
from composer.analysis.path import best_path
from composer.score import Meter, Score

_FRAMES = 100  # a second
_BLUR_SECONDS = 0.02
_PERIODS = (0.3, 1.6)  # shortest and longest beat in seconds
_USUAL_PERIOD = 0.6  # seconds; the centre of the prior over tempi
_PRIOR_WIDTH = 0.8  # octaves
_DIVISION_GAIN = 1.0
_THIRDS_COST = 0.5  # they fit a beat and a half too, so must fit much better
_TIGHTNESS = 100.0  # how strongly the beats keep the tempo
_SNAP_SECONDS = 0.05
_DRUM_WEIGHTS = {35: 2.0, 36: 2.0, 38: 1.5, 40: 1.5}
_BAR_DRUMS = (35, 36, 49, 57)
_METERS = (4, 3)
_THREE_COST = 0.1  # three beats must be this much better than four
_LOST_COST = 5.0  # for a bar of the wrong length


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
    strengths = bar_strengths(music, beats)
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
    """Seconds a beat: the lag whose multiples and divisions repeat the curve best.

    A beat is divided by four or by three; that tells it from one and a half beats. A prior
    on tempo chooses between a beat and its double.
    """
    lags = np.arange(_PERIODS[0] * _FRAMES, _PERIODS[1] * _FRAMES + 1, 0.5)
    like = _autocorrelation(curve, 4 * int(lags[-1]) + 2)

    def mean_at(*multiples: float) -> Floats:
        places = lags[:, None] * np.array(multiples)
        result: Floats = np.interp(places, np.arange(len(like)), like).mean(axis=1)
        return result

    whole = mean_at(1.0) + mean_at(2.0) / 2 + mean_at(4.0) / 4
    fourths = mean_at(0.25, 0.5, 0.75, 1.25, 1.5, 1.75)
    thirds = mean_at(1 / 3, 2 / 3, 4 / 3, 5 / 3)
    octaves = np.log2(lags / _FRAMES / _USUAL_PERIOD)
    prior = np.exp(-0.5 * (octaves / _PRIOR_WIDTH) ** 2)
    fit = whole + _DIVISION_GAIN * np.maximum(fourths, thirds - _THIRDS_COST)
    best = int(lags[np.argmax(fit * prior)])
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


def bar_strengths(music: Music, beats: Floats) -> Floats:
    """How much each beat sounds like the first of a bar, mean 0, shape (beats,)."""
    if len(beats) < 2:
        return np.zeros(len(beats))
    times = seconds_of(music.score, music.notes.onset)
    near = min(float(np.median(np.diff(beats))) / 4, 0.1)
    beat = np.searchsorted(beats - near, times, side="right") - 1
    on_beat = (beat >= 0) & (np.abs(times - beats[np.maximum(beat, 0)]) <= near)
    low = np.bincount(beat[on_beat], _lowness(music, times)[on_beat], len(beats))
    change = _harmonic_change(_beat_chroma(music, beats))
    return standard(low) + standard(change)


def _lowness(music: Music, times: Floats) -> Floats:
    """Seconds of each note, less the higher it is; bass drums and crashes count as low."""
    notes = music.notes
    depth = np.clip((64 - notes.pitch) / 24.0, 0.0, 1.0)
    drum = np.isin(notes.pitch, _BAR_DRUMS).astype(np.float64)
    held: Floats = depth * (seconds_of(music.score, notes.end) - times)
    result: Floats = np.where(music.is_drum, drum, held)
    return result


def _beat_chroma(music: Music, beats: Floats) -> Floats:
    """Sounding time of each pitch class in each beat, shape (beats, 12)."""
    after = 2 * beats[-1] - beats[-2]
    edges = np.rint(ticks_of(music.score, np.append(beats, after))).astype(np.int64)
    edges = np.maximum.accumulate(edges)  # ascending even if crammed
    notes = music.pitched
    heard = notes.where((notes.end > edges[0]) & (notes.onset < edges[-1]))
    return pitch_class_profile(heard, edges)


def _harmonic_change(chroma: Floats) -> Floats:
    """1 less the cosine of each beat's pitch classes with those of the beat before."""
    root = np.sqrt(chroma)
    before = np.vstack([np.zeros((1, 12)), root[:-1]])
    lengths = np.linalg.norm(root, axis=1) * np.linalg.norm(before, axis=1)
    likeness = (root * before).sum(axis=1) / np.where(lengths > 0, lengths, 1.0)
    result: Floats = np.where(lengths > 0, 1.0 - likeness, 0.0)
    return result


def standard(values: Floats | Ints) -> Floats:
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

"""Metrics of pitches: which there are, how they are spread, how they follow each other.

Each takes an ``Excerpt`` and gives a number, or a histogram as an array; None where the
music has nothing to measure. Drums have no pitch and are left out.
"""

import numpy as np

from composer.analysis.music import Floats, cell_of, pitch_class_profile
from composer.evaluation.excerpt import Excerpt
from composer.score import Key, Mode

_WINDOW_BARS = 4
_WIDEST = 12  # semitones; wider leaps count as this one and one more
_SCALES = np.array(
    [[float(c in Key(tonic, Mode.MAJOR).scale) for c in range(12)] for tonic in range(12)]
)


def _profile(excerpt: Excerpt, bars: int) -> Floats:
    """Quarters of each pitch class in windows of ``bars`` bars with notes, shape (n, 12)."""
    edges = excerpt.music.bar_edges
    cut = edges[::bars] if (len(edges) - 1) % bars == 0 else np.append(edges[::bars], edges[-1])
    profile = pitch_class_profile(excerpt.music.pitched, cut)
    total = profile.sum(axis=1, keepdims=True)
    result: Floats = (profile / np.maximum(total, 1e-9))[total[:, 0] > 0]
    return result


def _entropy(excerpt: Excerpt, bars: int) -> float | None:
    rows = _profile(excerpt, bars)
    logs = np.log2(np.where(rows > 0, rows, 1.0))
    return float(-(rows * logs).sum(axis=1).mean()) if len(rows) else None


def bar_entropy(excerpt: Excerpt) -> float | None:
    """Entropy of the pitch classes of one bar, mean over bars, in bits."""
    return _entropy(excerpt, 1)


def phrase_entropy(excerpt: Excerpt) -> float | None:
    """Entropy of the pitch classes of four bars, mean over windows, in bits."""
    return _entropy(excerpt, _WINDOW_BARS)


def scale_consistency(excerpt: Excerpt) -> float | None:
    """Largest share of the sounding time that one diatonic scale holds."""
    rows = _profile(excerpt, max(len(excerpt.music.bars), 1))
    return float((rows @ _SCALES.T).max()) if len(rows) else None


def phrase_scale(excerpt: Excerpt) -> float | None:
    """The same within four bars, mean over windows."""
    rows = _profile(excerpt, _WINDOW_BARS)
    return float((rows @ _SCALES.T).max(axis=1).mean()) if len(rows) else None


def mean_pitch(excerpt: Excerpt) -> float | None:
    """Mean MIDI pitch of the notes."""
    pitch = excerpt.music.pitched.pitch
    return float(pitch.mean()) if len(pitch) else None


def pitch_range(excerpt: Excerpt) -> float | None:
    """Semitones from the lowest note to the highest."""
    pitch = excerpt.music.pitched.pitch
    return float(np.ptp(pitch)) if len(pitch) else None


def part_range(excerpt: Excerpt) -> float | None:
    """Semitones from lowest to highest note of a part, mean over parts."""
    notes = excerpt.music.pitched
    spans = [np.ptp(notes.pitch[notes.part == part]) for part in np.unique(notes.part)]
    return float(np.mean(spans)) if spans else None


def scale_degrees(excerpt: Excerpt) -> Floats | None:
    """Sounding time of each pitch class above the tonic of its bar, shape (12,)."""
    profile = pitch_class_profile(excerpt.music.pitched, excerpt.music.bar_edges)
    turned = [np.roll(row, -key.tonic) for row, key in zip(profile, excerpt.keys, strict=True)]
    return _shares(np.sum(turned, axis=0))


def melodic_intervals(excerpt: Excerpt) -> Floats | None:
    """Steps of the leading line in semitones, -13 to 13, shape (27,)."""
    steps = np.clip(np.diff(excerpt.melody[1]), -_WIDEST - 1, _WIDEST + 1) + _WIDEST + 1
    return _shares(np.bincount(steps, minlength=2 * _WIDEST + 3).astype(np.float64))


def leap_at_bar_lines(excerpt: Excerpt) -> float | None:
    """Mean step of the leading line over a bar line, in semitones."""
    onset, pitch = excerpt.melody
    bar = cell_of(excerpt.music.bar_edges, onset)
    over = np.diff(bar) == 1
    return float(np.abs(np.diff(pitch))[over].mean()) if over.any() else None


def harmonic_intervals(excerpt: Excerpt) -> Floats | None:
    """Interval classes 1-6 between the pitch classes that sound at each onset, shape (6,)."""
    notes = excerpt.music.pitched
    moments = np.unique(notes.onset)
    first = np.searchsorted(moments, notes.onset)
    last = np.searchsorted(moments, notes.end)
    change = np.zeros((len(moments) + 1, 12))
    np.add.at(change, (first, notes.pitch % 12), 1.0)
    np.add.at(change, (last, notes.pitch % 12), -1.0)
    sounding = np.cumsum(change, axis=0) > 0
    counts = [float((sounding & np.roll(sounding, k, axis=1)).sum()) for k in range(1, 7)]
    counts[-1] /= 2  # a tritone is met from both its ends
    return _shares(np.array(counts))


def _shares(counts: Floats) -> Floats | None:
    """Counts as shares; None of nothing."""
    total = counts.sum()
    return counts / total if total > 0 else None

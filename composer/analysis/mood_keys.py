"""Features of key: mode, degrees of the scale, brightness; no beat is needed.

Conventions: ``tones`` and ``lows`` are the pitch classes of cells (half seconds) and of their
lowest notes (``Frames.cells``), silent cells left out. Key and scale are heard over ten
seconds and followed by ``best_path``. Contrasts are (major - minor) / (major + minor), from
-1 (all minor) to 1 (all major).

A piece in A minor and one in C major share their notes, and which of the two is meant is
often open. So degrees are counted twice: from the tonic of the likeliest key, and from the
major tonic of the seven-note scale, which needs no decision between major and minor.
"""

from collections.abc import Iterator
from math import nan

import numpy as np

from composer.analysis.mood_notes import CELL_FRAMES, Floats, Frames, Ints
from composer.analysis.path import best_path

KEY_FEATURES = (
    "mode",
    "window_mode",
    "minor_windows",
    "chord_mode",
    "diminished_share",
    "key_clarity",
    "window_clarity",
    "chromatic_share",
    "pitch_class_entropy",
)
DEGREE_FEATURES = (
    "minor_key_share",
    "key_changes",
    "third_degree",
    "sixth_degree",
    "seventh_degree",
    "flat_second",
    "tritone_degree",
    "brightness",
)

# Krumhansl and Kessler (1982), probe-tone profiles.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
FIFTHS = np.array([0, -5, 2, -3, 4, -1, 0, 1, -4, 3, -2, 5], dtype=float)
"""Places on the line of fifths seen from a tonic or bass: sharper is brighter. A tritone lies
as far either way and counts 0."""

_WINDOW_FRAMES = 64
_STEP_CELLS = 4  # a key is decided every two seconds
_SPREAD_STEPS = 2  # and hears as many steps on either side
_KEY_GAIN = 6.0
_SCALE_GAIN = 8.0
_CHANGE_COST = 3.0
IN_SCALE = np.isin(np.arange(12), (0, 2, 4, 5, 7, 9, 11)).astype(float)
"""1 for the degrees of the major scale, (12,)."""
_IN_MINOR = np.isin(np.arange(12), (0, 2, 3, 5, 7, 8, 10, 11)).astype(float)


def _turns(row: Floats) -> Floats:
    """All twelve transpositions of a row of pitch classes, (12, 12)."""
    return np.array([np.roll(row, shift) for shift in range(12)], dtype=float)


def _centred(rows: Floats) -> Floats:
    """Rows less their mean, of unit length."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _triad(*steps: int) -> Floats:
    """Templates of a chord on every root, (12, 12)."""
    return _centred(_turns(np.isin(np.arange(12), steps).astype(float)))


_KEYS = np.vstack([_centred(_turns(_MAJOR)), _centred(_turns(_MINOR))])
_TRIADS = np.vstack([_triad(0, 4, 7), _triad(0, 3, 7), _triad(0, 3, 6)])
_SCALES = _turns(IN_SCALE)
# the minor scale is the natural one with its raised seventh
_KEY_SCALES = np.vstack([_SCALES, _turns(_IN_MINOR)])


def contrast(major: float, minor: float, least: float = 0.02) -> float:
    """From -1 (all minor) to 1 (all major); NaN where both together are below ``least``."""
    return nan if major + minor < least else float((major - minor) / (major + minor))


def seen_from(table: Floats, tonics: Ints) -> Floats:
    """Rows of pitch classes (the last axis) counted from each row's tonic."""
    order = tonics.reshape((-1,) + (1,) * (table.ndim - 1)) + np.arange(12)
    return np.asarray(np.take_along_axis(table, np.broadcast_to(order % 12, table.shape), -1))


def _correlate(histograms: Floats, templates: Floats) -> Floats:
    """Pearson correlation of each histogram with each template, (rows, templates)."""
    return np.asarray(_centred(histograms) @ templates.T)


def _blocks(classes: Floats, size: int) -> Floats:
    """Sum each run of ``size`` frames, (blocks, 12); silent blocks are left out."""
    sums = np.add.reduceat(classes, np.arange(0, len(classes), size), axis=0)
    return np.asarray(sums[sums.sum(axis=1) > 0])


def key_features(frames: Frames) -> Iterator[tuple[str, float]]:
    """Mode and clarity of key, of the whole and of windows; chromatic notes."""
    total = frames.classes.sum(axis=0)
    share = total / total.sum()
    fit = _correlate(total[None], _KEYS)[0]
    windows = _correlate(_blocks(frames.classes, _WINDOW_FRAMES), _KEYS)
    margins = windows[:, :12].max(axis=1) - windows[:, 12:].max(axis=1)
    yield "mode", float(fit[:12].max() - fit[12:].max())
    yield "window_mode", float(margins.mean())
    yield "minor_windows", float((margins < 0).mean())
    triads = _correlate(_blocks(frames.classes, CELL_FRAMES), _TRIADS)
    major, minor, diminished = (triads[:, at : at + 12].max(axis=1) for at in (0, 12, 24))
    yield "chord_mode", float((major - minor).mean())
    yield "diminished_share", float((diminished > np.maximum(major, minor) + 1e-6).mean())
    yield "key_clarity", float(fit.max())
    yield "window_clarity", float(windows.max(axis=1).mean())
    yield "chromatic_share", float(share @ (1 - _KEY_SCALES[fit.argmax()]))
    yield "pitch_class_entropy", float(-(share * np.log2(np.maximum(share, 1e-12))).sum())


def _around(tones: Floats) -> Floats:
    """What is heard around every second of two, (steps, 12)."""
    steps = np.add.reduceat(tones, np.arange(0, len(tones), _STEP_CELLS), axis=0)
    heard = np.vstack([np.zeros((1, 12)), np.cumsum(steps, axis=0)])
    place = np.arange(len(steps))
    last = np.minimum(place + _SPREAD_STEPS + 1, len(steps))
    return np.asarray(heard[last] - heard[np.maximum(place - _SPREAD_STEPS, 0)])


def _followed(gains: Floats, cells: int) -> Ints:
    """The best state of every cell where each change costs the same, (cells,)."""
    moves = np.full((gains.shape[1], gains.shape[1]), -_CHANGE_COST)
    np.fill_diagonal(moves, 0.0)
    return np.asarray(np.repeat(best_path(gains, moves), _STEP_CELLS)[:cells])


def keys_over_time(tones: Floats) -> Ints:
    """Key of every cell, 0-11 major and 12-23 minor by tonic, (cells,)."""
    return _followed(_KEY_GAIN * _correlate(_around(tones), _KEYS), len(tones))


def scales_over_time(tones: Floats) -> Ints:
    """Major tonic of the seven-note scale around every cell, (cells,)."""
    heard = _around(tones)
    fit = heard / heard.sum(axis=1, keepdims=True) @ _SCALES.T
    return _followed(_SCALE_GAIN * fit, len(tones))


def degree_features(tones: Floats, keys: Ints) -> Iterator[tuple[str, float]]:
    """Share of minor time, degrees seen from the tonic, changes of key in a second."""
    degrees = seen_from(tones, keys).sum(axis=0)
    degrees = degrees / degrees.sum()
    yield "minor_key_share", float((keys >= len(_KEYS) / 2).mean())
    yield "key_changes", float((np.diff(keys) != 0).sum() / (len(keys) / 2))
    yield "third_degree", contrast(degrees[4], degrees[3])
    yield "sixth_degree", contrast(degrees[9], degrees[8])
    yield "seventh_degree", contrast(degrees[11], degrees[10])
    yield "flat_second", float(degrees[1])
    yield "tritone_degree", float(degrees[6])
    yield "brightness", float(degrees @ FIFTHS)

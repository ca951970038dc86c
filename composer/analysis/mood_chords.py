"""Features of chords: qualities, functions, cadences, motion of roots; no beat is needed.

Conventions: a chord is heard over a cell (half a second, composer.analysis.mood_notes) as
probabilities, not as a decision, so that a doubtful chord counts half. Functions are named
as in the major key of the seven-note scale (composer.analysis.mood_keys): ``scale_vi`` is the
tonic of a minor piece, ``scale_III_major`` its dominant.
"""

from collections.abc import Iterator

import numpy as np

from composer.analysis.mood_keys import IN_SCALE, contrast, seen_from
from composer.analysis.mood_notes import Floats, Ints

QUALITIES: dict[str, tuple[tuple[int, ...], float]] = {
    "major": ((0, 4, 7), 0.0),
    "minor": ((0, 3, 7), 0.0),
    "diminished": ((0, 3, 6), 0.5),
    "augmented": ((0, 4, 8), 1.0),
    "seventh": ((0, 4, 7, 10), 0.4),
    "major_seventh": ((0, 4, 7, 11), 0.4),
    "minor_seventh": ((0, 3, 7, 10), 0.4),
    "suspended": ((0, 5, 7), 0.6),
    "power": ((0, 7), 0.3),
}
"""Chords listened for: steps above the root, and how much evidence they need (nats)."""
_NAMES = tuple(QUALITIES)
_MAJORS = [_NAMES.index(name) for name in ("major", "seventh", "major_seventh")]
_MINORS = [_NAMES.index(name) for name in ("minor", "minor_seventh")]

_MAJOR_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "bVI": 8, "bVII": 10}
_MINOR_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9}
_BASS_DEGREES = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11}
_TONE_DEGREES = _BASS_DEGREES | {"sharp_1": 1, "flat_3": 3, "sharp_4": 6, "sharp_5": 8}
_TONE_DEGREES |= {"flat_7": 10}

CHORD_FEATURES = (
    *(f"{name}_chords" for name in QUALITIES),
    "chord_contrast",
    "chord_certainty",
)
FUNCTION_FEATURES = (
    "tonic_mode",
    "subdominant_mode",
    "dominant_mode",
    "borrowed_share",
    *(f"scale_{name}_major" for name in _MAJOR_DEGREES),
    *(f"scale_{name}_minor" for name in _MINOR_DEGREES),
    "scale_tonic",
    "scale_dominant",
    *(f"bass_degree_{name}" for name in _BASS_DEGREES),
    *(f"degree_{name}" for name in _TONE_DEGREES),
    "outside_share",
    "opening_mode",
    "opening_bass",
    "closing_mode",
    "closing_bass",
)
MOTION_FEATURES = (
    "harmonic_rhythm",
    "falling_fifths",
    "rising_fifths",
    "third_moves",
    "whole_steps",
    "half_steps",
    "tritone_moves",
    "cadence_mode",
)

_STRANGE = 0.12  # share of sounding time that chords leave to foreign tones
_TONE_GAIN = 6.0
_BASS_GAIN = 1.5
_EDGE_CELLS = 8  # the opening and the closing are four seconds each
_FEWEST_CHANGES = 4


def _log_tones() -> Floats:
    """Log share of pitch classes in each chord, (12 * qualities, 12)."""
    tones = np.full((len(QUALITIES), 12, 12), _STRANGE / 12)
    for index, (steps, _) in enumerate(QUALITIES.values()):
        for root in range(12):
            tones[index, root, (root + np.array(steps)) % 12] += (1 - _STRANGE) / len(steps)
    shares: Floats = np.log(tones.reshape(-1, 12))
    return shares


_LOG_TONES = _log_tones()
_COSTS = np.repeat([cost for _, cost in QUALITIES.values()], 12)


def chords_over_time(tones: Floats, lows: Floats) -> Floats:
    """Probability of each chord in each cell, (cells, qualities, 12 roots)."""
    share = tones / tones.sum(axis=1, keepdims=True)
    bass = lows / np.maximum(lows.sum(axis=1, keepdims=True), 1e-9)
    score = _TONE_GAIN * share @ _LOG_TONES.T - _COSTS
    score += _BASS_GAIN * np.tile(bass, len(QUALITIES))
    score = np.exp(score - score.max(axis=1, keepdims=True))
    chords = score / score.sum(axis=1, keepdims=True)
    return np.asarray(chords.reshape(len(tones), len(QUALITIES), 12))


def chord_features(chords: Floats) -> Iterator[tuple[str, float]]:
    """Share of each quality, major against minor, and how sure the chords are."""
    shares = chords.sum(axis=2).mean(axis=0)
    for name, share in zip(_NAMES, shares, strict=True):
        yield f"{name}_chords", float(share)
    yield "chord_contrast", contrast(shares[_MAJORS].sum(), shares[_MINORS].sum())
    yield "chord_certainty", float(chords.max(axis=(1, 2)).mean())


def tonic_features(chords: Floats, keys: Ints) -> Iterator[tuple[str, float]]:
    """Mode of the main chords of the likeliest key, and chords borrowed in major."""
    seen = seen_from(chords, keys)
    roots = seen.mean(axis=0)
    major, minor = roots[_MAJORS].sum(axis=0), roots[_MINORS].sum(axis=0)
    yield "tonic_mode", contrast(major[0], minor[0])
    yield "subdominant_mode", contrast(major[5], minor[5])
    yield "dominant_mode", contrast(major[7], minor[7])
    in_major = seen[keys < len(IN_SCALE)].sum(axis=0) / len(keys)
    borrowed = in_major[_MINORS][:, [0, 5]].sum() + in_major[_MAJORS][:, [3, 8, 10]].sum()
    yield "borrowed_share", float(borrowed)


def function_features(
    chords: Floats, tones: Floats, lows: Floats, scales: Ints
) -> Iterator[tuple[str, float]]:
    """Chords, bass and tones by their degree of the scale; ``scales`` holds its tonics."""
    seen = seen_from(chords, scales)
    major, minor = seen[:, _MAJORS].sum(axis=1), seen[:, _MINORS].sum(axis=1)
    majors, minors = major.mean(axis=0), minor.mean(axis=0)
    for name, degree in _MAJOR_DEGREES.items():
        yield f"scale_{name}_major", float(majors[degree])
    for name, degree in _MINOR_DEGREES.items():
        yield f"scale_{name}_minor", float(minors[degree])
    yield "scale_tonic", contrast(majors[0], minors[9])
    yield "scale_dominant", contrast(majors[7], majors[4])
    bass = seen_from(lows / np.maximum(lows.sum(axis=1, keepdims=True), 1e-9), scales)
    for name, degree in _BASS_DEGREES.items():
        yield f"bass_degree_{name}", float(bass[:, degree].mean())
    degrees = seen_from(tones, scales).sum(axis=0)
    degrees = degrees / degrees.sum()
    for name, degree in _TONE_DEGREES.items():
        yield f"degree_{name}", float(degrees[degree])
    yield "outside_share", float(1 - degrees @ IN_SCALE)
    for name, edge in (("opening", slice(_EDGE_CELLS)), ("closing", slice(-_EDGE_CELLS, None))):
        modes = major[edge].sum(axis=1) - minor[edge].sum(axis=1)
        yield f"{name}_mode", float(modes.mean())
        yield f"{name}_bass", float((bass[edge, 0] - bass[edge, 9]).mean())


def motion_features(chords: Floats) -> Iterator[tuple[str, float]]:
    """How roots move from one chord to the next, where falling fifths arrive, how often."""
    likeliest = chords.reshape(len(chords), -1).argmax(axis=1)
    changes = np.flatnonzero(np.diff(likeliest) != 0)
    yield "harmonic_rhythm", float(len(changes) / (len(chords) / 2))
    if len(changes) < _FEWEST_CHANGES:
        return
    before, after = likeliest[changes], likeliest[changes + 1]
    move = (after - before) % 12
    share = np.bincount(move, minlength=12) / len(move)
    yield "falling_fifths", float(share[5])
    yield "rising_fifths", float(share[7])
    yield "third_moves", float(share[[3, 4, 8, 9]].sum())
    yield "whole_steps", float(share[[2, 10]].sum())
    yield "half_steps", float(share[[1, 11]].sum())
    yield "tritone_moves", float(share[6])
    arrivals = after[move == 5] // 12
    major, minor = (np.isin(arrivals, kind).sum() for kind in (_MAJORS, _MINORS))
    yield "cadence_mode", contrast(float(major), float(minor))

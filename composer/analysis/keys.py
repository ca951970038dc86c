"""The key of each bar.

Conventions: 24 states, 0-11 major with tonic = state, 12-23 minor with tonic = state - 12.
A bar's evidence is the log-likelihood of its pitch-class profile under each key's
distribution of pitch classes; keys change only where the evidence pays for it (Viterbi over
bars). A key signature in the score is weak evidence for its two
keys: many files carry C major by default.

Distribution of pitch classes: Albrecht, J., Shanahan, D. (2013). The use of large corpora
to train a new type of key-finding algorithm. Music Perception 31(1), 59-67. Theirs is
common-practice music; the minor one is shifted here towards the natural minor scale, which
popular and game music use more. (The lowest notes as added evidence made keys worse: they
draw a minor piece to its relative major.)
"""

from collections.abc import Collection
from itertools import pairwise

import numpy as np

from composer.analysis.music import Floats, Music, pitch_class_profile
from composer.analysis.path import best_path
from composer.score import Key, Mode, Score

_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.012, 0.103, 0.012, 0.200, 0.070, 0.016, 0.100, 0.030)
_CHANGE_COST = 12.0  # nats that a change of key must earn
_FIFTH_COST = 1.0  # more for each step on the circle of fifths
_SIGNATURE_GAIN = 0.15  # nats a bar for the keys of a written signature that isn't C
_BAR_QUARTERS_HEARD = 4.0  # a longer bar weighs no more than this


def keys_of(
    score: Score, music: Music | None = None, *, breaks: Collection[int] = ()
) -> tuple[Key, ...]:
    """Key of each bar of ``score``; C major throughout where nothing has a pitch.

    ``breaks`` are bars (from 0) that begin stretches to be heard alone: what follows a known
    change of key is not drawn to what came before.
    """
    music = music or Music(score)
    gains = _evidence(music) + _signature_gains(music)
    edges = sorted({0, len(gains), *(bar for bar in breaks if 0 < bar < len(gains))})
    moves = _moves()
    return tuple(
        _KEYS[state]
        for first, end in pairwise(edges)
        for state in best_path(gains[first:end], moves)
    )


def _distributions() -> Floats:
    """Pitch-class distribution of each key, shape (24, 12)."""
    rows = [np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)]
    table = np.array(rows)
    result: Floats = table / table.sum(axis=1, keepdims=True)
    return result


_KEYS = tuple(Key(tonic, mode) for mode in (Mode.MAJOR, Mode.MINOR) for tonic in range(12))
_LOG_KEYS = np.log(_distributions())


def _evidence(music: Music) -> Floats:
    """Log-likelihood of each bar under each key, shape (bars, 24)."""
    edges = music.bar_edges
    sounding = _normalised(pitch_class_profile(music.pitched, edges))
    weight = np.minimum(music.bar_quarters, _BAR_QUARTERS_HEARD)[:, None] / 2
    gains: Floats = (sounding * weight) @ _LOG_KEYS.T
    return gains


def _normalised(profile: Floats) -> Floats:
    """Each row to sum 1; silent rows stay 0."""
    total = profile.sum(axis=1, keepdims=True)
    result: Floats = profile / np.where(total > 0, total, 1.0)
    return result


def _signature_gains(music: Music) -> Floats:
    """What the written signatures add, shape (bars, 24)."""
    gains = np.zeros((len(music.bars), len(_KEYS)))
    onsets = music.bar_edges[:-1]
    for change in music.score.keys:
        gains[onsets >= change.onset_ticks] = [
            _SIGNATURE_GAIN if change.key.fifths and key.fifths == change.key.fifths else 0.0
            for key in _KEYS
        ]
    return gains


def _moves() -> Floats:
    """Gain of going from key to key, shape (24, 24): 0 to stay, more negative the farther."""
    fifths = np.array([key.fifths for key in _KEYS])
    apart = np.abs(fifths[:, None] - fifths[None, :])
    apart = np.minimum(apart, 12 - apart)
    moves: Floats = -(_CHANGE_COST + _FIFTH_COST * apart)
    np.fill_diagonal(moves, 0.0)
    return moves

"""The chord of each half bar.

Conventions: a bar is cut in two at its middle beat (``middle_ticks``); each half is a cell.
States are all roots with all qualities of ``CHORD_QUALITIES`` but N.C., which stands exactly
for the cells in which no pitch sounds. A cell's evidence is the log-likelihood of its
pitch-class profile (sounding time, one row per cell) under each chord's distribution, and of
its lowest notes; a prior prefers common qualities and the tones of the key; a change costs,
most in the middle of a bar (Viterbi over cells).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from composer.analysis.keys import keys_of
from composer.analysis.music import Floats, Ints, Music, lowest_profile, pitch_class_profile
from composer.analysis.path import best_steady_path
from composer.plan import CHORD_QUALITIES, NO_CHORD, Chord
from composer.score import Key, Score, middle_ticks

_QUALITIES = tuple(quality for quality, steps in CHORD_QUALITIES.items() if steps)
_STATES = tuple(Chord(root, quality) for quality in _QUALITIES for root in range(12))
_STRANGE = 0.12  # share of sounding time that chords leave to foreign tones
_STEP_WEIGHTS = {0: 1.2, 7: 1.0}  # root and fifth; every other tone counts 1
_BASS_GAIN = 0.3  # weight of the lowest notes' evidence
_QUALITY_COSTS = {"": 0.0, "m": 0.1, "7": 0.5, "m7": 0.5, "maj7": 0.6}
_RARE_COST = 1.2
_FOREIGN_COST = 0.2  # for each chord tone outside the key
_CHANGE_COSTS = (0.4, 0.8)  # at the bar line, at the middle
_SLASH_SHARE = 0.75  # of a cell's sounding time that another bass must hold


def chords_of(
    score: Score, keys: Sequence[Key] | None = None, music: Music | None = None
) -> tuple[tuple[Chord, Chord | None], ...]:
    """Chord of each bar and the one of its second half (None where the first holds)."""
    music = music or Music(score)
    keys = keys or keys_of(score, music)
    edges, bar_of_cell = _cells(music)
    cells = cell_chords(music, edges, [keys[bar] for bar in bar_of_cell])
    pairs: list[tuple[Chord, Chord | None]] = []
    for bar, chord in zip(bar_of_cell.tolist(), cells, strict=True):
        if bar == len(pairs):
            pairs.append((chord, None))
        elif chord != pairs[-1][0]:
            pairs[-1] = (pairs[-1][0], chord)
    return tuple(pairs)


def _cells(music: Music) -> tuple[Ints, Ints]:
    """Edges of the half bars, and the bar of each."""
    onsets: list[int] = []
    owners: list[int] = []
    for index, bar in enumerate(music.bars):
        middle = bar.onset_ticks + min(middle_ticks(bar.meter), bar.length_ticks)
        starts = {bar.onset_ticks, middle} - {bar.end_ticks}
        onsets += sorted(starts)
        owners += [index] * len(starts)
    return np.array([*onsets, music.bars[-1].end_ticks]), np.array(owners)


def cell_chords(music: Music, edges: Ints, keys: Sequence[Key]) -> tuple[Chord, ...]:
    """Chord of each cell between ``edges``; ``keys`` names the key of each cell."""
    profile = pitch_class_profile(music.pitched, edges)
    bass = lowest_profile(music.pitched, edges)
    gains = _evidence(profile, bass, np.diff(edges)) + _prior(keys)
    starts_bar = np.isin(edges[:-1], music.bar_edges)
    costs = np.where(starts_bar, *_CHANGE_COSTS)
    path = best_steady_path(gains, costs)
    silent = profile.sum(axis=1) == 0
    return tuple(
        NO_CHORD if silent[cell] else _with_bass(_STATES[state], bass[cell])
        for cell, state in enumerate(path)
    )


def _distributions() -> tuple[Floats, Floats]:
    """Log distribution of sounding and of lowest pitch classes, each shape (states, 12)."""
    tones, lows = np.zeros((len(_STATES), 12)), np.full((len(_STATES), 12), 0.03)
    for state, chord in enumerate(_STATES):
        for step in CHORD_QUALITIES[chord.quality]:
            tones[state, (chord.root + step) % 12] = _STEP_WEIGHTS.get(step, 1.0)
            lows[state, (chord.root + step) % 12] = 0.12
        lows[state, chord.root] = 1.0
    tones /= tones.sum(axis=1, keepdims=True)
    tones = tones * (1 - _STRANGE) + _STRANGE / 12
    return np.log(tones), np.log(lows / lows.sum(axis=1, keepdims=True))


_LOG_TONES, _LOG_LOWS = _distributions()
_FIXED_COSTS = np.array([_QUALITY_COSTS.get(chord.quality, _RARE_COST) for chord in _STATES])


def _evidence(profile: Floats, bass: Floats, lengths: Ints) -> Floats:
    """Log-likelihood of each cell under each chord, shape (cells, states)."""
    weight = np.minimum(lengths / 480.0, 4.0)[:, None]
    total = profile.sum(axis=1, keepdims=True)
    tones = profile / np.where(total > 0, total, 1.0) * weight
    lows = bass / np.maximum(bass.sum(axis=1, keepdims=True), 1e-9) * weight
    gains: Floats = tones @ _LOG_TONES.T + _BASS_GAIN * (lows @ _LOG_LOWS.T)
    return gains


def _prior(keys: Sequence[Key]) -> Floats:
    """What quality and key say before a note is heard, shape (cells, states)."""
    return np.array([_prior_in(key) for key in keys])


@cache
def _prior_in(key: Key) -> Floats:
    """The same of one key, shape (states,)."""
    scale = key.scale
    foreign = np.array([len(chord.pitch_classes - scale) for chord in _STATES])
    prior: Floats = -_FIXED_COSTS - _FOREIGN_COST * foreign
    return prior


def _with_bass(chord: Chord, bass: Floats) -> Chord:
    """Make it a slash chord where another chord tone is the lowest nearly all the time."""
    lowest = int(bass.argmax())
    held = bass[lowest] >= _SLASH_SHARE * bass.sum()
    if held and lowest != chord.root and lowest in chord.pitch_classes:
        return Chord(chord.root, chord.quality, lowest)
    return chord

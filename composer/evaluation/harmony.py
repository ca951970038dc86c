"""Metrics of harmony: chords, bass, key, ending.

Chords and keys are those that ``composer.analysis`` hears, so a chord's tones are met more
often than by planned chords; the same ear hears both sides. Each metric takes an
``Excerpt``; None where the music has nothing to measure.
"""

from collections import Counter

import numpy as np

from composer.analysis import keys_of
from composer.analysis.music import Bools, Floats, cell_of, lowest_profile
from composer.evaluation.excerpt import Excerpt
from composer.plan import NO_CHORD
from composer.score import bars_of, middle_ticks

_KEY_CHANGES_PER_BARS = 16


def chord_tones(excerpt: Excerpt) -> float | None:
    """Share of notes that belong to the chord heard where they begin."""
    hits = _hits(excerpt)
    return float(hits.mean()) if len(hits) else None


def strong_chord_tones(excerpt: Excerpt) -> float | None:
    """The same for notes on a bar's first and middle beat."""
    music = excerpt.music
    strong = [
        place
        for bar in music.bars
        for place in (bar.onset_ticks, bar.onset_ticks + middle_ticks(bar.meter))
    ]
    hits = _hits(excerpt)[np.isin(music.pitched.onset, strong)]
    return float(hits.mean()) if len(hits) else None


def melody_chord_tones(excerpt: Excerpt) -> float | None:
    """Share of the leading line's notes that belong to the chord."""
    onset, pitch = excerpt.melody
    cell = cell_of(excerpt.chord_edges, onset)
    return float(excerpt.chord_tones[cell, pitch % 12].mean()) if len(onset) else None


def _hits(excerpt: Excerpt) -> Bools:
    """For each pitched note, whether it is a tone of its chord."""
    notes = excerpt.music.pitched
    cell = cell_of(excerpt.chord_edges, notes.onset)
    result: Bools = excerpt.chord_tones[cell, notes.pitch % 12] > 0
    return result


def bass_on_root(excerpt: Excerpt) -> float | None:
    """Share of half bars whose lowest pitch class is the root of the chord heard."""
    lowest = lowest_profile(excerpt.music.pitched, excerpt.chord_edges)
    judged = [
        int(row.argmax()) == chord.root
        for row, chord in zip(lowest, excerpt.chords, strict=True)
        if chord != NO_CHORD and row.any()
    ]
    return float(np.mean(judged)) if judged else None


def harmonic_rhythm(excerpt: Excerpt) -> float | None:
    """Changes of chord a bar."""
    changes = sum(a != b for a, b in zip(excerpt.chords, excerpt.chords[1:], strict=False))
    return changes / len(excerpt.music.bars)


def root_motion(excerpt: Excerpt) -> Floats | None:
    """Semitones up from a chord's root to the next one's, where it changes, shape (11,)."""
    roots = [chord.root for chord in excerpt.chords if chord != NO_CHORD]
    counts = np.bincount(np.diff(roots) % 12, minlength=12)[1:] if len(roots) > 1 else None
    return None if counts is None or not counts.any() else counts / counts.sum()


def home_key(excerpt: Excerpt) -> float | None:
    """Share of bars in the key that most bars are in."""
    return Counter(excerpt.keys).most_common(1)[0][1] / len(excerpt.keys)


def key_changes(excerpt: Excerpt) -> float | None:
    """Changes of key in 16 bars."""
    changes = sum(a != b for a, b in zip(excerpt.keys, excerpt.keys[1:], strict=False))
    return _KEY_CHANGES_PER_BARS * changes / len(excerpt.keys)


def ends_on_tonic(excerpt: Excerpt) -> float | None:
    """1 where the lowest note of the last sound is the tonic of the last eight bars."""
    notes = excerpt.closing.pitched
    if not len(notes):
        return None
    is_last = notes.end == notes.end.max()
    tonic = keys_of(excerpt.closing.score, excerpt.closing)[-1].tonic
    return float(notes.pitch[is_last].min() % 12 == tonic)


def last_bar(excerpt: Excerpt) -> float | None:
    """1 where something begins or still sounds in the last bar."""
    closing = excerpt.closing
    onset = bars_of(closing.score)[-1].onset_ticks
    return float(bool((closing.notes.end > onset).any()))

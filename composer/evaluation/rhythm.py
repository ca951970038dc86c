"""Metrics of time: density, durations, groove, drums, silence, tempo.

Each takes an ``Excerpt`` and gives a number, or a histogram as an array; None where the
music has nothing to measure.
"""

import numpy as np

from composer.analysis.clock import seconds_of
from composer.analysis.music import Bools, Floats, cell_of, overlaps, step_edges
from composer.evaluation.excerpt import GRID_TICKS, Excerpt
from composer.score import TICKS_PER_QUARTER

_DURATION_EDGES = np.array((0.2, 0.3, 0.4, 0.6, 0.9, 1.1, 1.9, 2.1, 3.9, 4.1))
_LOOK_BACK_BARS = 4


def note_density(excerpt: Excerpt) -> float | None:
    """Notes a quarter, all parts together, drums included."""
    quarters = excerpt.music.bar_quarters.sum()
    return len(excerpt.music.notes) / float(quarters) if quarters else None


def polyphony(excerpt: Excerpt) -> float | None:
    """Pitched notes that sound together, mean over the time in which any sounds."""
    notes = excerpt.music.pitched
    if not len(notes):
        return None
    reached = np.maximum.accumulate(notes.end)
    gaps = np.maximum(notes.onset[1:] - reached[:-1], 0).sum()
    heard = reached[-1] - notes.onset[0] - gaps
    return float((notes.end - notes.onset).sum() / heard)


def parts_sounding(excerpt: Excerpt) -> float | None:
    """Parts that sound in a bar, drums included, mean over bars."""
    notes, edges = excerpt.music.notes, excerpt.music.bar_edges
    note, bar, _ = overlaps(notes, edges)
    pairs = np.unique(bar * 1000 + notes.part[note])
    return len(pairs) / (len(edges) - 1)


def durations(excerpt: Excerpt) -> Floats | None:
    """Lengths of pitched notes in quarters, from triplet 16ths to over a whole, shape (11,)."""
    notes = excerpt.music.pitched
    quarters = (notes.end - notes.onset) / TICKS_PER_QUARTER
    classes = np.searchsorted(_DURATION_EDGES, quarters)
    counts = np.bincount(classes, minlength=len(_DURATION_EDGES) + 1)
    return counts / len(notes) if len(notes) else None


def places_in_beat(excerpt: Excerpt) -> Floats | None:
    """Onsets on each place of the grid within a quarter, shape (8,)."""
    notes, edges = excerpt.music.notes, excerpt.music.bar_edges
    inside = (notes.onset - edges[cell_of(edges, notes.onset)]) % TICKS_PER_QUARTER
    counts = np.bincount(np.searchsorted(GRID_TICKS, inside), minlength=len(GRID_TICKS))
    return counts[: len(GRID_TICKS)] / len(notes) if len(notes) else None


def groove_consistency(excerpt: Excerpt) -> float | None:
    """1 less the share of 16ths (or triplet ones) on which two bars differ, over all pairs."""
    notes, edges = excerpt.music.notes, excerpt.music.bar_edges
    lengths, counts = np.unique(np.diff(edges), return_counts=True)
    usual = int(lengths[counts.argmax()])
    chosen = np.flatnonzero(np.diff(edges) == usual)
    if len(chosen) < 2 or not len(notes):
        return None
    bar = cell_of(edges, notes.onset)
    place = notes.onset - edges[bar]
    quarter, rest = np.divmod(place, TICKS_PER_QUARTER)
    columns = -(-usual // TICKS_PER_QUARTER) * len(GRID_TICKS)
    column = quarter * len(GRID_TICKS) + np.searchsorted(GRID_TICKS, rest)
    is_within = column < columns
    struck = np.zeros((len(edges) - 1, columns))
    struck[bar[is_within], column[is_within]] = 1.0
    share = struck[chosen].mean(axis=0)
    count = len(chosen)
    differing = 2 * share * (1 - share) * count / (count - 1)  # over pairs without a bar itself
    return float(1.0 - differing.mean())


def empty_beats(excerpt: Excerpt) -> float | None:
    """Share of quarters in which nothing sounds."""
    edges = step_edges(excerpt.music.bar_edges, TICKS_PER_QUARTER)
    return 1.0 - len(np.unique(overlaps(excerpt.music.notes, edges)[1])) / (len(edges) - 1)


def empty_bars(excerpt: Excerpt) -> float | None:
    """Share of bars in which nothing sounds."""
    return float(1.0 - _sounding_bars(excerpt).mean())


def first_bar(excerpt: Excerpt) -> float | None:
    """1 where something sounds in the first bar."""
    return float(_sounding_bars(excerpt)[0])


def _sounding_bars(excerpt: Excerpt) -> Bools:
    edges = excerpt.music.bar_edges
    heard = np.zeros(len(edges) - 1, bool)
    heard[overlaps(excerpt.music.notes, edges)[1]] = True
    return heard


def drum_density(excerpt: Excerpt) -> float | None:
    """Strokes a quarter in bars with drums; None without drums."""
    music = excerpt.music
    strokes = music.notes.onset[music.is_drum]
    bars = np.unique(cell_of(music.bar_edges, strokes))
    return len(strokes) / float(music.bar_quarters[bars].sum()) if len(strokes) else None


def drum_regularity(excerpt: Excerpt) -> float | None:
    """How like the drums of a bar are to the likest of the four bars before, mean."""
    music = excerpt.music
    bars = np.unique(cell_of(music.bar_edges, music.notes.onset[music.is_drum]))
    likeness = excerpt.drum_likeness
    best = [
        float(np.nanmax(likeness[bar, max(bar - _LOOK_BACK_BARS, 0) : bar]))
        for bar in bars
        if bar > 0
    ]
    return float(np.mean(best)) if best else None


def tempo(excerpt: Excerpt) -> float | None:
    """Quarters a minute: all quarters over all seconds."""
    score = excerpt.music.score
    seconds = float(seconds_of(score, excerpt.music.bar_edges)[-1])
    return float(excerpt.music.bar_quarters.sum()) * 60.0 / seconds if seconds else None

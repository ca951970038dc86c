"""How intense each bar is, on one scale for all pieces.

Conventions: intensity lies in [0, 1]. It is a weighted mean of four measures, each mapped
linearly from 0 at its low mark to 1 at its high mark and clipped; the marks are the 5th and
95th percentile of the bars of 94 pieces of band, orchestral, vocal, piano and game music,
the same for every piece, so that bars of different pieces can be compared:

    density    log2 of note onsets a second + 1, all parts
    loudness   mean velocity; left out (the others count more) where a piece has at most
               two velocities, which then say nothing
    spread     semitones between the lowest and the highest pitch
    parts      log2 of the number of parts that sound + 1
"""

import numpy as np

from composer.analysis.clock import seconds_of
from composer.analysis.music import Floats, Ints, Music, cell_of, overlaps
from composer.score import Score

_MARKS = {
    "density": (2.0, 5.5),
    "loudness": (41.0, 108.0),
    "spread": (12.0, 57.0),
    "parts": (1.6, 3.6),
}
_SHARES = {"density": 0.4, "loudness": 0.3, "spread": 0.1, "parts": 0.2}


def intensity_of(score: Score, music: Music | None = None) -> tuple[float, ...]:
    """Intensity of each bar in [0, 1]; 0 where nothing sounds."""
    music = music or Music(score)
    measures = bar_measures(music)
    level, weight = np.zeros(len(music.bars)), 0.0
    flat = len(np.unique(music.notes.velocity)) <= 2
    for name, (low, high) in _MARKS.items():
        if name == "loudness" and flat:
            continue
        level += _SHARES[name] * np.clip((measures[name] - low) / (high - low), 0.0, 1.0)
        weight += _SHARES[name]
    sounding = measures["parts"] > 0
    return tuple(np.where(sounding, level / weight, 0.0).round(4).tolist())


def bar_measures(music: Music) -> dict[str, Floats]:
    """The four measures of each bar by name, each shape (bars,)."""
    edges, count = music.bar_edges, len(music.bars)
    seconds = np.diff(seconds_of(music.score, edges))
    bar = cell_of(edges, music.notes.onset)
    onsets = np.bincount(bar, minlength=count)
    velocities = np.bincount(bar, weights=music.notes.velocity, minlength=count)
    return {
        "density": np.log2(onsets / np.maximum(seconds, 1e-3) + 1),
        "loudness": velocities / np.maximum(onsets, 1),
        "spread": _spread(music, edges),
        "parts": np.log2(_parts_sounding(music, edges) + 1),
    }


def _spread(music: Music, edges: Ints) -> Floats:
    """Semitones from the lowest to the highest pitch that sounds in each bar."""
    note, bar, _ = overlaps(music.pitched, edges)
    low, high = np.full(len(edges) - 1, 127), np.zeros(len(edges) - 1)
    np.minimum.at(low, bar, music.pitched.pitch[note])
    np.maximum.at(high, bar, music.pitched.pitch[note])
    result: Floats = np.maximum(high - low, 0.0)
    return result


def _parts_sounding(music: Music, edges: Ints) -> Floats:
    """How many parts sound in each bar."""
    note, bar, _ = overlaps(music.notes, edges)
    parts = max(len(music.score.parts), 1)
    heard = np.zeros((len(edges) - 1, parts), dtype=bool)
    heard[bar, music.notes.part[note]] = True
    result: Floats = heard.sum(axis=1).astype(np.float64)
    return result

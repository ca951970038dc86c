"""Section letters by repetition.

Conventions: bars are grouped into phrases of four from the first sounding whole bar.
Two phrases are the same when their bars sound alike in pitch classes, rhythm and the parts
that play. A section is the longest run of phrases that returns as a whole; what never
returns is a section of its own. Letters come in order of appearance, equal letters return.

The idea of reading form off a self-similarity matrix is Foote's: Foote, J. (2000).
Automatic audio segmentation using a measure of audio novelty. ICME.
"""

from itertools import pairwise

import numpy as np

from composer.analysis.music import Bools, Floats, Ints, Music, cell_of, pitch_class_profile
from composer.score import Score

PHRASE_BARS = 4
_MAX_LETTERS = 16
_SAME = 0.86  # similarity from which two phrases are one
_SLOTS = 16  # onset places in a bar
_WEIGHTS = (1.0, 0.7, 0.7)  # pitch classes, rhythm, parts


def sections_of(score: Score, music: Music | None = None) -> tuple[str, ...]:
    """Section letter of each bar, ``A`` to at most ``P``."""
    music = music or Music(score)
    starts = phrase_starts(music)
    likeness = phrase_likeness(bar_features(music), starts)
    phrase_kinds = _cluster(likeness, np.diff(starts))
    blocks = _blocks(phrase_kinds)
    letters = _letters(phrase_kinds, blocks, likeness)
    per_bar: list[str] = []
    for letter, length in zip(letters, np.diff(starts).tolist(), strict=True):
        per_bar += [letter] * length
    return tuple(per_bar)


def phrase_starts(music: Music) -> Ints:
    """First bar of each phrase and, last, the number of bars.

    A pickup (a first bar shorter than its meter or than the second bar) belongs to the
    first phrase.
    """
    count = len(music.bars)
    quarters = music.bar_quarters
    pickup = int(count > 1 and quarters[0] < quarters[1])
    starts = [0, *range(pickup + PHRASE_BARS, count, PHRASE_BARS)]
    if len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()  # a single last bar ends the phrase before it
    return np.array([*starts, count], dtype=np.int64)


def bar_features(music: Music) -> Floats:
    """Unit vectors that say how each bar sounds, shape (bars, 12 + 16 + parts)."""
    edges = music.bar_edges
    count = len(music.bars)
    chroma = np.sqrt(pitch_class_profile(music.pitched, edges))
    bar = cell_of(edges, music.notes.onset)
    place = (music.notes.onset - edges[bar]) * _SLOTS / np.diff(edges)[bar]
    slot = np.clip(np.rint(place), 0, _SLOTS - 1).astype(np.int64)
    rhythm = _counts(bar, slot, count, _SLOTS)
    parts = _counts(bar, music.notes.part, count, max(len(music.score.parts), 1))
    blocks = [
        weight * _unit(block)
        for weight, block in zip(
            _WEIGHTS, (chroma, np.sqrt(rhythm), np.sqrt(parts)), strict=True
        )
    ]
    return _unit(np.hstack(blocks))


def _counts(row: Ints, column: Ints, rows: int, columns: int) -> Floats:
    """How often each pair occurs, shape (rows, columns)."""
    flat = np.bincount(row * columns + column, minlength=rows * columns)
    return flat.reshape(rows, columns).astype(np.float64)


def _unit(rows: Floats) -> Floats:
    """Each row to length 1; empty rows stay 0."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    result: Floats = rows / np.where(length > 0, length, 1.0)
    return result


def phrase_likeness(features: Floats, starts: Ints) -> Floats:
    """Mean cosine of two phrases' bars in order, shape (phrases, phrases).

    Phrases of unequal length are compared over the shorter one, aligned at their ends
    for the first (which may begin with a pickup) and at their starts otherwise.
    """
    bars = features @ features.T
    lengths = np.diff(starts)
    heads = starts[:-1].copy()
    heads[0] = max(0, int(starts[1]) - PHRASE_BARS)
    total, shared = np.zeros((len(heads), len(heads))), np.zeros((len(heads), len(heads)))
    last = starts[1:] - 1
    for offset in range(int(lengths.max())):
        inside = heads + offset <= last
        both = inside[:, None] & inside[None, :]
        index = np.minimum(heads + offset, len(features) - 1)
        total += np.where(both, bars[np.ix_(index, index)], 0.0)
        shared += both
    result: Floats = total / np.maximum(shared, 1)
    return result


def _cluster(likeness: Floats, lengths: Ints) -> Ints:
    """Kind of each phrase: that of the most alike earlier phrase, if alike enough."""
    kinds = np.arange(len(likeness))
    for phrase in range(1, len(likeness)):
        alike = likeness[phrase, :phrase] - 0.05 * (lengths[:phrase] != lengths[phrase])
        nearest = int(alike.argmax())
        if alike[nearest] >= _SAME:
            kinds[phrase] = kinds[nearest]
    return kinds


def _blocks(kinds: Ints) -> list[tuple[int, int]]:
    """Runs of phrases (first, end) between the places where a repetition begins or ends."""
    count = len(kinds)
    cut = np.zeros(count + 1, dtype=bool)
    cut[[0, count]] = True
    padded = np.concatenate([[-1], kinds, [-2]])
    same = kinds[:, None] == kinds[None, :]
    np.fill_diagonal(same, val=False)
    before = (padded[:-2, None] == padded[None, :-2]) & (padded[:-2, None] >= 0)
    begins = same & ~before
    cut[:-1] |= begins.any(axis=1)
    after = (padded[2:, None] == padded[None, 2:]) & (padded[2:, None] >= 0)
    ends = same & ~after
    cut[1:] |= ends.any(axis=1)
    _spread(cut, same & before)
    edges = np.flatnonzero(cut).tolist()
    return list(pairwise(edges))


def _spread(cut: Bools, inner: Bools) -> None:
    """Cut every return of a passage where one of them is cut (in place)."""
    while True:
        wanted = cut[:-1] | (inner & cut[None, :-1]).any(axis=1)
        if (wanted == cut[:-1]).all():
            return
        cut[:-1] = wanted


def _letters(kinds: Ints, blocks: list[tuple[int, int]], likeness: Floats) -> list[str]:
    """Letter of each phrase."""
    known: dict[tuple[int, ...], int] = {}
    owner: list[int] = []
    for first, end in blocks:
        name = tuple(dict.fromkeys(kinds[first:end].tolist()))
        if name not in known:
            fresh = len(set(known.values()))
            known[name] = fresh if fresh < _MAX_LETTERS else _nearest(owner, likeness, first)
        owner += [known[name]] * (end - first)
    return [chr(ord("A") + letter) for letter in owner]


def _nearest(owner: list[int], likeness: Floats, phrase: int) -> int:
    """The letter of the earlier phrase that sounds most like ``phrase``."""
    return owner[int(likeness[phrase, : len(owner)].argmax())]

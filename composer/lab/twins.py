"""Finds pieces that are the same music under different names.

A fingerprint is a run of sixteen melodic intervals in the upper line of a part, so that
key, speed and rhythm do not matter. Two pieces are twins where they share at least a fifth
of the shorter one's fingerprints. Without this, a song printed in two collections could
train under one name and be held out under the other.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.lab.shards import Piece
from composer.language import Sheet
from composer.language import vocabulary as v

RUN = 16
"""Intervals in a fingerprint."""
_LEAST_DIFFERENT = 4
_SHARED_SHARE, _LEAST_SHARED = 0.2, 12
_COMMON = 12
_FACTORS = np.array([pow(1_000_003, power, 2**64) for power in range(RUN)], np.uint64)


def fingerprints(sheet: Sheet) -> NDArray[np.uint64]:
    """Distinct fingerprints of a sheet's pitched parts, sorted."""
    found = [
        _runs(sheet.notes[sheet.notes[:, 1] == part])
        for part in range(len(sheet.parts))
        if sheet.parts[part, 0] != v.DRUMS
    ]
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *found]))


def _runs(notes: NDArray[np.int16]) -> NDArray[np.uint64]:
    """Hashes of all runs of one part's upper line."""
    place = notes[:, 0].astype(np.int64) * 1024 + notes[:, 2]
    # notes are sorted by place, then pitch: the last of each place is the highest
    top = notes[np.append(place[1:] != place[:-1], [True])[: len(place)], 3].astype(np.int64)
    intervals = np.diff(top)
    if len(intervals) < RUN:
        return np.zeros(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(intervals, RUN)
    ordered = np.sort(windows, axis=1)
    different = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    told = windows[different >= _LEAST_DIFFERENT]  # scales and repeated notes tell nothing
    hashes: NDArray[np.uint64] = (told + 128).astype(np.uint64) @ _FACTORS
    return hashes


def twins_of(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Pairs of indices of pieces that are the same music."""
    prints = [fingerprints(piece.sheet) for piece in pieces]
    shared: Counter[tuple[int, int]] = Counter()
    for owners in _owners(prints):
        shared.update(combinations(owners, 2))
    return sorted(
        (a, b)
        for (a, b), count in shared.items()
        if count >= max(_LEAST_SHARED, _SHARED_SHARE * min(len(prints[a]), len(prints[b])))
    )


def _owners(prints: list[NDArray[np.uint64]]) -> Iterator[list[int]]:
    """The pieces of each fingerprint that two or more have, but not very many."""
    values = np.concatenate([np.zeros(0, np.uint64), *prints])
    piece = np.repeat(np.arange(len(prints)), [len(found) for found in prints])
    order = np.argsort(values, kind="stable")
    values, piece = values[order], piece[order]
    edges = np.append(np.flatnonzero(np.append([True], values[1:] != values[:-1])), len(values))
    sizes = np.diff(edges)
    for start, size in zip(edges[:-1][sizes > 1], sizes[sizes > 1], strict=True):
        if size <= _COMMON:
            yield piece[start : start + size].tolist()

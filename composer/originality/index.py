"""The index of the training music's melody lines: a small file beside the checkpoint.

``codes`` uint8: the steps of all lines one after another; ``bars`` uint8: how many bars each
step goes on (at most 255); ``lengths`` uint32, ``pieces`` uint16 and ``first_bars`` uint16 of
each line; ``meta``: one JSON text with the pieces and the natural rates. Nothing is pickled.
"""

import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from composer.errors import InputError
from composer.files import whole_file
from composer.originality.figures import STEPS, lines_of, run_hashes
from composer.score import Score, bars_of

INDEX = "figures.npz"
"""Name of the index in a checkpoint's folder."""

_MOST_BYTES = 64 << 20
_RATES = ("pieces", "sharing", "figures", "shared")
_SIDES: tuple[Literal["left"], Literal["right"]] = "left", "right"
_ARRAYS: dict[str, type[np.unsignedinteger[Any]]] = {
    "codes": np.uint8,
    "bars": np.uint8,
    "lengths": np.uint32,
    "pieces": np.uint16,
    "first_bars": np.uint16,
}


@dataclass(frozen=True, slots=True)
class IndexedPiece:
    """Where a line comes from."""

    source: str
    title: str


@dataclass(frozen=True)
class Index:
    """Lines of known pieces; the arrays are those of the file.

    ``natural`` maps a source to what its held-out pieces share with the indexed ones
    (``pieces``, ``sharing``: those with a shared figure, ``figures``, ``shared``). What is
    looked up in is made when it is first needed.
    """

    arrays: dict[str, NDArray[Any]]
    known: tuple[IndexedPiece, ...]
    natural: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def natural_share(self) -> float:
        """Share of figures that unrelated real pieces have in common with the music, 0-1."""
        figures = sum(rate["figures"] for rate in self.natural.values())
        return sum(rate["shared"] for rate in self.natural.values()) / max(1, figures)

    def find(self, figures: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the music has figures, (N, 12) codes: pairs of figure and place, ascending."""
        wanted = run_hashes(figures.ravel())[::STEPS]
        is_wanted = np.zeros(1 << 16, np.bool_)
        is_wanted[wanted.astype(np.uint16)] = True
        # by half of the hash first: few of millions are left
        near = np.flatnonzero(is_wanted[self._runs.astype(np.uint16)] & self._within)
        near = near[np.argsort(self._runs[near], kind="stable")]
        low, high = (np.searchsorted(self._runs[near], wanted, side) for side in _SIDES)
        counts = high - low
        numbers = np.repeat(np.arange(len(wanted)), counts)
        skipped = np.repeat(np.cumsum(counts) - counts - low, counts)
        places = near[np.arange(len(numbers)) - skipped]
        if len(places):
            there = sliding_window_view(self.arrays["codes"], STEPS)[places]
            same = (there == figures[numbers]).all(axis=1)
            numbers, places = numbers[same], places[same]
        return numbers, places

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The place after each line."""
        return np.cumsum(self.arrays["lengths"], dtype=np.int64)

    @cached_property
    def _runs(self) -> NDArray[np.uint32]:
        """A hash of the twelve steps from each place that has as many after it."""
        return run_hashes(self.arrays["codes"])

    @cached_property
    def _within(self) -> NDArray[np.bool_]:
        """Whether the twelve steps from each place belong to one line."""
        within = np.ones(len(self._runs), np.bool_)
        across = (self.ends[:, np.newaxis] - np.arange(1, STEPS)).ravel()
        within[across[(across >= 0) & (across < len(within))]] = False
        return within


def index_of(scores: Iterable[tuple[IndexedPiece, Score]]) -> Index:
    """The index of scores; a line that stood before is left out."""
    seen: set[bytes] = set()
    known: list[IndexedPiece] = []
    columns: dict[str, list[NDArray[Any]]] = {
        name: [np.zeros(0, kind)] for name, kind in _ARRAYS.items()
    }
    for piece, score in scores:
        starts = np.array([bar.onset_ticks for bar in bars_of(score)])
        for line in lines_of(score):
            if (content := line.codes.tobytes()) in seen:
                continue
            seen.add(content)
            bars = np.searchsorted(starts, line.onsets, "right") - 1
            columns["codes"].append(line.codes)
            columns["bars"].append(np.minimum(np.diff(bars), 255).astype(np.uint8))
            columns["lengths"].append(np.array([len(line.codes)], np.uint32))
            columns["pieces"].append(np.array([len(known)], np.uint16))
            columns["first_bars"].append(np.array([bars[0]], np.uint16))
        known.append(piece)
    arrays = {name: np.concatenate(column) for name, column in columns.items()}
    return Index(arrays, tuple(known))


def write_index(index: Index, path: Path) -> None:
    """Write an index, whole or not at all; equal indices make equal bytes."""
    meta = {"pieces": [asdict(piece) for piece in index.known], "natural": index.natural}
    text = np.array([json.dumps(meta, sort_keys=True, ensure_ascii=False)])
    with whole_file(path, overwrite=True) as draft, draft.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, meta=text, **index.arrays)


def read_index(path: Path) -> Index:
    """Read an index; raises InputError where there is none or it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise InputError(f"{path} is too large for an index of figures")
        with np.load(path, allow_pickle=False) as file:
            arrays = {
                name: file[name].astype(kind, casting="no") for name, kind in _ARRAYS.items()
            }
            meta = json.loads(str(file["meta"][0]))
        known = tuple(IndexedPiece(**piece) for piece in meta["pieces"])
        _check(arrays, len(known))
        natural = {
            source: {name: int(rate[name]) for name in _RATES}
            for source, rate in meta["natural"].items()
        }
        return Index(arrays, known, natural)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is no index of figures: {error}") from error


def _check(arrays: dict[str, NDArray[Any]], pieces: int) -> None:
    """Raise ValueError where the arrays don't belong together."""
    sizes = [array.shape for array in arrays.values()]
    is_whole = (
        sizes[0] == sizes[1] == (int(arrays["lengths"].sum()),)
        and sizes[2] == sizes[3] == sizes[4]
        and int(arrays["pieces"].max(initial=0)) < max(1, pieces)
    )
    if not is_whole:
        raise ValueError("its parts don't fit together")

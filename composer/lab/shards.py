"""Shards: prepared pieces as flat integer arrays, one .npz file a split.

All pieces' arrays lie one after another; ``*_offsets`` (pieces + 1) say where each begins.
Nothing is pickled, so a shard from elsewhere cannot run code.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import InputError
from composer.files import whole_file
from composer.language import Sheet
from composer.plan import STYLES

FLAT, EXPRESSIVE = 1, 2
"""Values of ``dynamics``; 0 is unknown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One prepared piece of music.

    ``song`` names what must stay on one side of the split; ``valence`` and ``arousal`` in
    [-1, 1] or nan; ``dynamics`` is FLAT or EXPRESSIVE.
    """

    sheet: Sheet
    source: str
    file: str
    title: str
    song: str
    licence: str
    sha1: str
    style: str | None
    valence: float
    arousal: float
    dynamics: int

    @property
    def bars(self) -> int:
        """Length in bars."""
        return len(self.sheet.bars)


_TEXTS = ("source", "file", "title", "song", "licence", "sha1")


def _offsets(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.array(lengths, np.int64))]).astype(np.int64)


def _stacked(arrays: list[NDArray[np.int16]], columns: int) -> NDArray[np.int16]:
    return np.concatenate([np.zeros((0, columns), np.int16), *arrays])


def pack(
    pieces: Sequence[Piece],
    *,
    weights: Sequence[float] = (),
    songs: Sequence[int] = (),
    extra: dict[str, Any] | None = None,
) -> dict[str, NDArray[Any]]:
    """The arrays of a shard.

    ``notes`` (N, 6), ``parts`` (P, 4), ``bars`` (B, 15) int16 with their offsets int64;
    per piece ``source`` int16 (index into meta's sources), ``style`` int16 (0 unknown,
    else 1 + index in STYLES), ``valence`` and ``arousal`` float32, ``dynamics`` int16,
    ``weight`` float32, ``song`` int32; ``meta``: one JSON text.
    """
    sheets = [piece.sheet for piece in pieces]
    sources = sorted({piece.source for piece in pieces})
    meta = {
        "sources": sources,
        "styles": list(STYLES),
        "pieces": [{name: getattr(piece, name) for name in _TEXTS} for piece in pieces],
        **(extra or {}),
    }
    return {
        "notes": _stacked([sheet.notes for sheet in sheets], 6),
        "parts": _stacked([sheet.parts for sheet in sheets], 4),
        "bars": _stacked([sheet.bars for sheet in sheets], 15),
        "note_offsets": _offsets([len(sheet.notes) for sheet in sheets]),
        "part_offsets": _offsets([len(sheet.parts) for sheet in sheets]),
        "bar_offsets": _offsets([len(sheet.bars) for sheet in sheets]),
        "source": np.array([sources.index(piece.source) for piece in pieces], np.int16),
        "style": np.array([_style_value(piece.style) for piece in pieces], np.int16),
        "valence": np.array([piece.valence for piece in pieces], np.float32),
        "arousal": np.array([piece.arousal for piece in pieces], np.float32),
        "dynamics": np.array([piece.dynamics for piece in pieces], np.int16),
        "weight": np.array(weights or [1.0] * len(pieces), np.float32),
        "song": np.array(songs or range(len(pieces)), np.int32),
        "meta": np.array([json.dumps(meta, sort_keys=True)]),
    }


def _style_value(style: str | None) -> int:
    return 0 if style is None else 1 + STYLES.index(style)


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write arrays compressed, whole or not at all; equal arrays make equal bytes."""
    with whole_file(path, overwrite=True) as draft, draft.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


@dataclass(frozen=True, slots=True)
class Shard:
    """An opened shard: its arrays and what its ``meta`` says."""

    arrays: dict[str, NDArray[Any]]
    meta: dict[str, Any]

    def __len__(self) -> int:
        """Number of pieces."""
        return len(self.arrays["source"])

    def sheet(self, index: int) -> Sheet:
        """The music of one piece."""
        cut = [
            self.arrays[f"{name}s"][slice(*self.arrays[f"{name}_offsets"][index : index + 2])]
            for name in ("part", "bar", "note")
        ]
        return Sheet(*cut)

    def piece(self, index: int) -> Piece:
        """One piece with everything known about it."""
        style = int(self.arrays["style"][index])
        return Piece(
            sheet=self.sheet(index),
            style=STYLES[style - 1] if style else None,
            valence=float(self.arrays["valence"][index]),
            arousal=float(self.arrays["arousal"][index]),
            dynamics=int(self.arrays["dynamics"][index]),
            **{name: self.meta["pieces"][index][name] for name in _TEXTS},
        )


def read_shard(path: Path) -> Shard:
    """Open a shard; raises InputError where it is none."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "meta"}
            meta = json.loads(str(file["meta"][0]))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise InputError(f"{path} is no shard of prepared music: {error}") from error
    return Shard(arrays, meta)


def is_known(value: float) -> bool:
    """Whether a mood value was labelled."""
    return not math.isnan(value)

"""What the network looks at: rows of events as indices into one embedding table.

Every column's values above 0 have their own rows of the table; row 0 is *nothing*. Three
more columns follow from a note row: its pitch relative to the chord (with the chord's
quality), to the key (with the mode) and to the part's previous note. Shapes: rows are
(..., columns) integers, indices (..., ``INDEX_COLUMNS``).
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import getitem

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v

Ints = NDArray[np.int64]

_PLAIN = len(v.OWN) + len(v.CONTEXT)
_QUALITIES = v.SIZES["quality"]
_WIDEST = 24
INTERVALS = 2 * _WIDEST + 1
"""Number of melodic intervals told apart, in semitones from -24 to 24."""
PITCHES = 128

_SIZES = np.array(
    [v.SIZES[name] for name in (*v.OWN, *v.CONTEXT)] + [12 * _QUALITIES + 1, 25, INTERVALS + 1]
)
INDEX_COLUMNS = len(_SIZES)
TABLE_ROWS = 1 + int((_SIZES - 1).sum())
"""Rows of the embedding table, the empty row 0 included."""
_OFFSETS = np.concatenate([[0], np.cumsum(_SIZES - 1)[:-1]])
BITS = sum(v.MASKS.values())
_BITS = [(v.COLUMN[name], np.arange(size)) for name, size in v.MASKS.items()]
_ROWS_OF = [
    [0, *range(offset + 1, offset + size)]
    for offset, size in zip(_OFFSETS, _SIZES, strict=True)
]
"""For each index column, the table row of every value."""
_MASK_COLUMNS = [v.COLUMN[name] for name in v.MASKS]
_EACH_BIT = [(mask, bit) for mask, size in enumerate(v.MASKS.values()) for bit in range(size)]

_PITCH, _PREVIOUS = v.COLUMN["pitch"], v.COLUMN["previous"]
_ROOT, _QUALITY, _KEY = v.COLUMN["root"], v.COLUMN["quality"], v.COLUMN["key"]

_pitches = np.arange(PITCHES)
_roots = np.arange(v.SIZES["root"])[:, None]
_keys = np.arange(v.SIZES["key"])[:, None]
_previous = np.arange(v.SIZES["previous"])[:, None]
CHORD_STEPS: Ints = np.where((_roots > 0) & (_roots < 13), (_pitches - _roots + 1) % 12, 12)
"""Semitones of each pitch above a root value, int (14, 128); 12 where there is no root."""
KEY_STEPS: Ints = np.where(_keys > 0, (_pitches - _keys + 1) % 12, 12)
"""Semitones of each pitch above a key's tonic, int (25, 128); 12 where the key is open."""
MELODIC_STEPS: Ints = np.where(
    _previous > 0,
    np.clip(_pitches - _previous + 1, -_WIDEST, _WIDEST) + _WIDEST,
    INTERVALS,
)
"""Class of each pitch's interval from the previous, int (129, 128); 49 for no previous."""
SOUND_STEPS: Ints = (np.arange(12)[:, None] - np.arange(12)) % 12
"""Semitones of each pitch class above each one that sounds, int (12, 12)."""
ROOT_STEPS: Ints = np.where(_keys > 0, (np.arange(12) - _keys + 1) % 12, 12)
"""Semitones of the roots 1-12 above a key's tonic, int (25, 12); 12 where open."""


def _of_pitches(values: Ints) -> Ints:
    """The same table by value of the column ``pitch``: 0 for no pitch and for drums."""
    found = np.zeros((len(values), v.SIZES["pitch"]), np.int64)
    found[:, 1 : 1 + PITCHES] = values
    return found


_FROM_CHORD = _of_pitches(np.where(CHORD_STEPS < 12, 1 + CHORD_STEPS * _QUALITIES, 0))
_FROM_KEY = _of_pitches(np.where(_keys > 0, 1 + 2 * KEY_STEPS + (_keys > 12), 0))
_FROM_PREVIOUS = _of_pitches(np.where(_previous > 0, 1 + MELODIC_STEPS, 0))
_FROM_CHORDS, _FROM_KEYS, _FROM_PREVIOUSES = (
    table.tolist() for table in (_FROM_CHORD, _FROM_KEY, _FROM_PREVIOUS)
)


def input_indices(rows: NDArray[np.int32]) -> Ints:
    """Table rows of every column of the events, int64 (..., INDEX_COLUMNS)."""
    values = np.zeros((*rows.shape[:-1], INDEX_COLUMNS), np.int64)
    values[..., :_PLAIN] = rows[..., :_PLAIN]
    _relate(rows, values[..., _PLAIN:])
    return np.where(values > 0, values + _OFFSETS, 0)


def _relate(rows: NDArray[np.int32], values: Ints) -> None:
    """Fill in the three relative columns of pitched note rows."""
    pitch = rows[..., _PITCH]
    chord = _FROM_CHORD[rows[..., _ROOT], pitch]
    values[..., 0] = np.where(chord > 0, chord + rows[..., _QUALITY], 0)
    values[..., 1] = _FROM_KEY[rows[..., _KEY], pitch]
    values[..., 2] = _FROM_PREVIOUS[rows[..., _PREVIOUS], pitch]


def row_indices(row: Sequence[int]) -> list[int]:
    """``input_indices`` of one event, (INDEX_COLUMNS,); plain Python is faster for one."""
    pitch = row[_PITCH]
    chord = _FROM_CHORDS[row[_ROOT]][pitch]
    found = [
        *row[:_PLAIN],
        chord + row[_QUALITY] if chord else 0,
        _FROM_KEYS[row[_KEY]][pitch],
        _FROM_PREVIOUSES[row[_PREVIOUS]][pitch],
    ]
    return list(map(getitem, _ROWS_OF, found))


def row_bits(row: Sequence[int]) -> NDArray[np.float32]:
    """``input_bits`` of one event, (BITS,), not to be changed."""
    return _bits_of(tuple(row[column] for column in _MASK_COLUMNS))


@lru_cache(maxsize=1 << 12)
def _bits_of(masks: tuple[int, ...]) -> NDArray[np.float32]:
    return np.array([masks[mask] >> bit & 1 for mask, bit in _EACH_BIT], np.float32)


def column_offsets(columns: Sequence[int]) -> list[tuple[int, int]]:
    """For each of some plain columns, what turns its values above 0 into table rows."""
    return [(column, int(_OFFSETS[column])) for column in columns]


def column_indices(rows: NDArray[np.int32], columns: NDArray[np.intp]) -> Ints:
    """Table rows of some plain columns of the events, int64 (..., len(columns))."""
    values = rows[..., columns]
    return np.where(values > 0, values + _OFFSETS[columns], 0)


def input_bits(rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """The mask columns as 0 and 1, float32 (..., BITS)."""
    parts = [(rows[..., column, None] >> bits) & 1 for column, bits in _BITS]
    return np.concatenate(parts, axis=-1).astype(np.float32)

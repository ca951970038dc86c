"""The vocabulary: which columns an event has, and what each value means.

An event is a row of integers, one per column. Value 0 always means *none*: not applicable
here or, in a plan attribute, *open*. The tables are data (``tokenizers/vocabulary.json``,
``tokenizers/grammar.json``); this module reads them and turns musical values into
indices and back.

Columns are of three sorts: *own* attributes are predicted where their kind of event has
them, *context* columns are facts that follow from earlier events and only help to read,
and *mask* columns hold a set as bits (the content of a copied cell).
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from composer.assets import find_asset
from composer.plan import Role
from composer.score import Key, Meter, Mode


def _table(name: str) -> dict[str, Any]:
    """One of the JSON tables in tokenizers/."""
    table: dict[str, Any] = json.loads(find_asset("tokenizers", name).read_text("utf-8"))
    return table


_VALUES = _table("vocabulary.json")
_RULES = _table("grammar.json")

POSITIONS_PER_QUARTER: int = _VALUES["positions_per_quarter"]
KINDS: tuple[str, ...] = tuple(_VALUES["kinds"])
PAD, START, PART, PLAN, BAR, CELL, NOTE, FILL, END = range(len(KINDS))
ROLES: tuple[Role, ...] = tuple(Role(role) for role in _VALUES["roles"])
METERS: tuple[Meter, ...] = tuple(Meter.parse(text) for text in _VALUES["meters"])
TEMPI_QPM: tuple[float, ...] = tuple(_VALUES["tempi_qpm"])
QUALITIES: tuple[str, ...] = tuple(_VALUES["chord_qualities"])
SECTIONS: tuple[str, ...] = tuple(_VALUES["sections"])
FUNCTIONS: tuple[str, ...] = tuple(_VALUES["functions"])
FEELS: tuple[str, ...] = tuple(_VALUES["feels"])
INTENSITIES: int = _VALUES["intensities"]
MOOD_LEVELS: int = _VALUES["mood_levels"]
MAX_PARTS: int = _VALUES["max_parts"]
LAGS: tuple[int, ...] = tuple(_VALUES["lags_bars"])
LAGS_AHEAD: tuple[int, ...] = tuple(_VALUES["lags_ahead_bars"])
SHIFTS: tuple[int, ...] = tuple(_VALUES["shifts_semitones"])
COUNTS: tuple[tuple[int, int], ...] = tuple((low, high) for low, high in _VALUES["counts"])
DURATIONS: tuple[int, ...] = tuple(_VALUES["durations"])
REGISTERS: tuple[float, ...] = tuple(_VALUES["registers"])
PART_DENSITIES: tuple[float, ...] = tuple(_VALUES["part_densities"])
VELOCITIES: int = _VALUES["velocity_classes"]

DRUMS = 129
"""Instrument value of the drum kit."""
NO_ROOT, HOLD = 13, 14
"""Values of ``root`` for "no chord" and of ``root2`` for "the first chord holds"."""
NEW, HOLE, FIRST_LAG = 1, 2, 3
FIRST_AHEAD = FIRST_LAG + len(LAGS)
FIRST_DOUBLE = FIRST_AHEAD + len(LAGS_AHEAD)
"""Values of ``source``: new, hole, the lags back, the lags ahead, the doubled part."""
BARS_TO_SOURCE: dict[int, int] = {
    **{FIRST_LAG + index: -lag for index, lag in enumerate(LAGS)},
    **{FIRST_AHEAD + index: lag for index, lag in enumerate(LAGS_AHEAD)},
}
"""How many bars after the cell the part's own cell stands that a ``source`` means."""
DRUM_PITCH = 128
"""Added to a drum's key in the ``pitch`` column."""

OWN: tuple[str, ...] = tuple(_RULES["columns"]["own"])
CONTEXT: tuple[str, ...] = tuple(_RULES["columns"]["context"])
MASKS: dict[str, int] = _RULES["columns"]["masks"]
COLUMNS: tuple[str, ...] = (*OWN, *CONTEXT, *MASKS)
COLUMN: dict[str, int] = {name: index for index, name in enumerate(COLUMNS)}
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    kind: tuple(names) for kind, names in _RULES["attributes"].items()
}
KNOWN_FIRST: dict[str, tuple[str, ...]] = {
    kind: tuple(names) for kind, names in _RULES["known_first"].items()
}
"""Context columns of the next event that are known before its first attribute is chosen."""
REVEALED: dict[str, tuple[str, ...]] = {
    name: tuple(columns) for name, columns in _RULES["revealed"].items()
}
"""Context columns of the next event that are known once this attribute's turn comes."""
OPEN_WHEN_ZERO: frozenset[str] = frozenset(_RULES["open_when_zero"])
"""Attributes whose 0 means "not said": no loss on it, and never sampled."""
FOLLOWS: dict[int, frozenset[int]] = {
    KINDS.index(kind): frozenset(KINDS.index(after) for after in afters)
    for kind, afters in _RULES["follows"].items()
}

_BEATS = max(-(-meter.numerator * 4 // meter.denominator) for meter in METERS)
SIZES: dict[str, int] = {
    "kind": len(KINDS),
    "instrument": 130,
    "role": len(ROLES) + 1,
    "register": len(REGISTERS) + 2,
    "density": len(PART_DENSITIES) + 2,
    "meter": len(METERS) + 1,
    "tempo": len(TEMPI_QPM) + 1,
    "key": 25,
    "root": 14,
    "quality": len(QUALITIES) + 1,
    "bass": 13,
    "root2": 15,
    "quality2": len(QUALITIES) + 1,
    "bass2": 13,
    "section": len(SECTIONS) + 1,
    "function": len(FUNCTIONS) + 1,
    "intensity": INTENSITIES + 1,
    "feel": len(FEELS) + 1,
    "valence": MOOD_LEVELS + 1,
    "arousal": MOOD_LEVELS + 1,
    "part": MAX_PARTS + 1,
    "source": FIRST_DOUBLE + MAX_PARTS,
    "shift": len(SHIFTS) + 1,
    "count": len(COUNTS) + 1,
    "beat": _BEATS + 1,
    "sub": POSITIONS_PER_QUARTER + 1,
    "pitch": 257,
    "duration": len(DURATIONS) + 1,
    "velocity": VELOCITIES + 1,
    "bar": len(_VALUES["bar_numbers"]) + 1,
    "left": len(_VALUES["bars_left"]) + 1,
    "echo": len(LAGS) + 2,
    "previous": 129,
    "low": 129,
    "high": 129,
}
"""Number of values of each own and context column, 0 included."""


@cache
def vocabulary_hash() -> str:
    """SHA-256 of the tables: a checkpoint belongs to exactly one vocabulary."""
    return hashlib.sha256(json.dumps([_VALUES, _RULES], sort_keys=True).encode()).hexdigest()


_Velocity = TypeVar("_Velocity", int, NDArray[np.int64])


def _bucket(edges: Sequence[float], value: float) -> int:
    """1 + the number of edges at or below ``value``."""
    return bisect_right(edges, value) + 1


def _last_at_most(starts: Sequence[int], value: int) -> int:
    """1-based index of the last entry that is at most ``value``."""
    return bisect_right(starts, max(value, starts[0]))


def register_value(mean_pitch: float) -> int:
    """Class of a mean MIDI pitch."""
    return _bucket(REGISTERS, mean_pitch)


def density_value(notes_per_quarter: float) -> int:
    """Class of a part's mean number of notes a quarter."""
    return _bucket(PART_DENSITIES, notes_per_quarter)


def tempo_value(qpm: float) -> int:
    """Nearest tempo class by ratio."""
    ratios = [abs(qpm / tempo - 1) if qpm > tempo else tempo / qpm - 1 for tempo in TEMPI_QPM]
    return ratios.index(min(ratios)) + 1


def key_value(key: Key) -> int:
    """1-12 major, 13-24 minor, by tonic."""
    return 1 + key.tonic + 12 * (key.mode is Mode.MINOR)


def key_of_value(value: int) -> Key:
    """Inverse of ``key_value``."""
    return Key((value - 1) % 12, Mode.MINOR if value > 12 else Mode.MAJOR)


def level_value(value: float, low: float, levels: int) -> int:
    """Class 1..levels of a number in [low, 1]."""
    share = (value - low) / (1.0 - low)
    return 1 + min(levels - 1, max(0, int(share * levels)))


def level_of_value(value: int, low: float, levels: int) -> float:
    """Middle of a class made by ``level_value``, in digits that people read in plan files."""
    return round(low + (1.0 - low) * (value - 0.5) / levels, 4)


def count_value(notes: int) -> int:
    """Class of the number of notes in a cell."""
    for index, (low, high) in enumerate(COUNTS):
        if low <= notes <= high:
            return index + 1
    return len(COUNTS)


def velocity_value(velocity: _Velocity) -> _Velocity:
    """Class of a MIDI velocity 1-127, or of an array of them."""
    return 1 + velocity * VELOCITIES // 128


def velocity_of_value(value: int) -> int:
    """Middle velocity of a class."""
    return (2 * value - 1) * 64 // VELOCITIES


def bar_value(number: int) -> int:
    """Class of a bar number counted from 0."""
    return _last_at_most(_VALUES["bar_numbers"], number)


def left_value(bars: int) -> int:
    """Class of the number of bars after this one."""
    return _last_at_most(_VALUES["bars_left"], bars)


def length_value(bars: int) -> int:
    """Class of a piece's length in bars, 1-based."""
    return _last_at_most(_VALUES["lengths_bars"], bars)


LENGTHS = len(_VALUES["lengths_bars"]) + 1
"""Number of length classes, 0 (unknown) included."""

"""What goes into the small networks and what comes out of them, without torch.

``composer.model.heads`` tells how choices are scored. The engines without torch differ only
in how they run the small networks between ``given`` and ``finished``. Shapes: B conditions.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Weights
from composer.model.choices import CHOICES, GROUPS, given_before, span
from composer.model.products import Floats
from composer.model.protocol import Row, Rows

_KEY, _ROOT, _QUALITY, _PREVIOUS = (
    v.COLUMN[name] for name in ("key", "root", "quality", "previous")
)
_SOUNDING = v.COLUMN["sounding"]
_PITCH_RELATIONS = ("on_chord", "in_key", "from_previous", "with_sounding")
_PITCHES = slice(1, 1 + features.PITCHES)
_ROOTS = slice(1, 13)
_GROUPS = {v.KINDS.index(kind): group for kind, group in GROUPS.items()}
_CLASSES = np.arange(features.PITCHES) % 12
# Lists of arrays: picking one costs less so. Relations stand one sort after the other.
_CHORD_STEPS = list(features.CHORD_STEPS)
_KEY_STEPS = list(13 + features.KEY_STEPS)
_MELODIC_STEPS = list(26 + features.MELODIC_STEPS)
_SOUND_STEPS = list(27 + features.INTERVALS + features.SOUND_STEPS.T[:, _CLASSES])
_ROOT_STEPS = list(features.ROOT_STEPS)


def choices_of(group: str) -> tuple[str, ...]:
    """Choices that the small network ``group`` scores."""
    if group == "kind":
        return ("kind",)
    kinds = [kind for kind, of in GROUPS.items() if of == group]
    return tuple(name for kind in kinds for name in v.ATTRIBUTES[kind])


def output_rows(weights: Weights, name: str) -> Floats:
    """Rows that score a choice's values, then those that score relations.

    Each sort of relation ends with a row of zeros: "no such relation".
    """
    relations: list[Floats] = []
    if name == "pitch":
        relations = [weights[f"heads.{of}"] for of in _PITCH_RELATIONS]
    elif name in ("root", "root2"):
        relations = [weights["heads.root_in_key"][int(name == "root2")]]
    ended = [np.pad(rows, ((0, 1), (0, 0))) for rows in relations]
    return np.concatenate([weights["heads.output"][span(name)], *ended])


def group_rows(weights: Weights, group: str) -> tuple[Floats, Floats]:
    """``output_rows`` of all choices of a group and their bias, which relations lack."""
    each = [(name, output_rows(weights, name)) for name in choices_of(group)]
    bias = [np.zeros(len(rows), np.float32) for _, rows in each]
    for (name, _), part in zip(each, bias, strict=True):
        part[: v.SIZES[name]] = weights["heads.bias"][span(name)]
    return np.concatenate([rows for _, rows in each]), np.concatenate(bias)


def group_spans(weights: Weights) -> dict[str, slice]:
    """Where each choice's rows stand among its group's."""
    found: dict[str, slice] = {}
    for group in ("kind", *dict.fromkeys(GROUPS.values())):
        start = 0
        for name in choices_of(group):
            end = start + len(output_rows(weights, name))
            found[name] = slice(start, end)
            start = end
    return found


def given_table(weights: Weights) -> Floats:
    """The embedding table with the choices' own vectors after it, (rows, width)."""
    table = weights["embedding"].copy()
    table[0] = 0  # row 0 is nothing, whatever the weights say
    return np.concatenate([table, weights["heads.attribute"]])


def most_given(group: str) -> int:
    """The most rows of the table that choices of a group are given."""
    given = [columns for kind in GROUPS for columns in given_before(kind).items()]
    return 1 + max(
        (len(columns) for name, columns in given if name in choices_of(group)), default=0
    )


class Scoring:
    """Both ends of the small networks, for one event at a time."""

    def __init__(self, weights: Weights) -> None:
        on_quality = np.pad(weights["heads.on_quality"], ((0, 0), (0, 1)))
        self._on_quality = on_quality[:, features.CHORD_STEPS]  # by quality, root and pitch
        self._own = {name: features.TABLE_ROWS + n for n, name in enumerate(CHOICES)}
        self._given = {
            (v.KINDS.index(kind), name): features.column_offsets(columns)
            for kind in GROUPS
            for name, columns in given_before(kind).items()
        }

    def group(self, row: Row, attribute: str) -> str:
        """The small network that scores ``attribute`` of the next event ``row``."""
        return "kind" if attribute == "kind" else _GROUPS[row[0]]

    def given(self, row: Row, attribute: str) -> list[int]:
        """Rows of ``given_table`` that the small network reads, besides the hidden state.

        ``row`` is the next event, filled as far as it is known.
        """
        own = self._own[attribute]
        if attribute == "kind":
            return [own]
        known = self._given[row[0], attribute]
        return [own, *[row[column] + offset for column, offset in known if row[column]]]

    def finished(
        self, found: Floats, rows: Rows, attribute: str, last_keys: Sequence[int]
    ) -> Floats:
        """Scores (B, size) from what the output rows and bias gave, (B, output rows).

        ``last_keys`` (B,) are the keys in the event before ``rows``.
        """
        size = v.SIZES[attribute]
        scores = found[:, :size].copy()
        if attribute == "pitch":
            for own, some, row, key in zip(scores, found, rows, last_keys, strict=True):
                own[_PITCHES] += self._pitch_terms(some[size:], row, key)
        elif attribute in ("root", "root2"):
            for own, some, row in zip(scores, found, rows, strict=True):
                own[_ROOTS] += some[size:].take(_ROOT_STEPS[row[_KEY]])
        return scores

    def _pitch_terms(self, relations: Floats, row: Row, last_key: int) -> Floats:
        """Scores of the 128 pitches by chord, key, previous note and what sounds."""
        terms: Floats = relations.take(_CHORD_STEPS[row[_ROOT]])
        terms += self._on_quality[row[_QUALITY]][row[_ROOT]]
        terms += relations.take(_KEY_STEPS[last_key])
        terms += relations.take(_MELODIC_STEPS[row[_PREVIOUS]])
        if row[_SOUNDING]:
            for sounding in relations.take(_sound_steps(row[_SOUNDING])):
                terms += sounding
        return terms


@lru_cache(maxsize=1 << 10)
def _sound_steps(sounding: int) -> NDArray[np.intp]:
    """Where relations to each pitch class that sounds stand, for all pitches (N, 128)."""
    return np.stack([_SOUND_STEPS[tone] for tone in range(12) if sounding >> tone & 1])

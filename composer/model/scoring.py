"""What goes into the small networks and what comes out of them, without torch.

``composer.model.heads`` tells how choices are scored. The engines without torch differ only
in how they run the small networks between ``given`` and ``finished``. Shapes: B conditions.
"""

import numpy as np

from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Weights
from composer.model.choices import CHOICES, GROUPS, given_before, span
from composer.model.products import Floats
from composer.model.protocol import Row

_KEY, _ROOT, _QUALITY, _PREVIOUS = (
    v.COLUMN[name] for name in ("key", "root", "quality", "previous")
)
_SOUNDING = v.COLUMN["sounding"]
_PITCH_RELATIONS = ("on_chord", "in_key", "from_previous", "with_sounding")
_CLASSES = np.arange(features.PITCHES) % 12
_PITCHES = slice(1, 1 + features.PITCHES)
_ROOTS = slice(1, 13)


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


class Scoring:
    """Both ends of the small networks, for one event at a time."""

    def __init__(self, weights: Weights) -> None:
        self._table = weights["embedding"]
        self._attribute = dict(zip(CHOICES, weights["heads.attribute"], strict=True))
        self._on_quality = np.pad(weights["heads.on_quality"], ((0, 0), (0, 1)))
        self._given = {
            (v.KINDS.index(kind), name): features.column_offsets(columns)
            for kind in GROUPS
            for name, columns in given_before(kind).items()
        }

    def given(self, hidden: Floats, row: Row, attribute: str) -> tuple[str, Floats]:
        """The small network that scores ``attribute``, and what it reads, (B, width).

        ``hidden`` (B, width) comes from the event before; ``row`` is the next event, filled
        as far as it is known.
        """
        if attribute == "kind":
            return "kind", hidden + self._attribute["kind"]
        known = self._given[row[0], attribute]
        indices = [row[column] + offset for column, offset in known if row[column]]
        embedded = np.add.reduce(self._table[indices], axis=0)
        return GROUPS[v.KINDS[row[0]]], hidden + (embedded + self._attribute[attribute])

    def finished(self, found: Floats, row: Row, attribute: str, last_key: int) -> Floats:
        """Scores (B, size) from what the output rows and bias gave, (B, rows).

        ``last_key`` is the key in the event before ``row``.
        """
        size = v.SIZES[attribute]
        scores, relations = found[:, :size].copy(), found[:, size:]
        if attribute == "pitch":
            chord = relations[:, :13] + self._on_quality[row[_QUALITY]]
            key, melody, sound = relations[:, 13:26], relations[:, 26:-13], relations[:, -13:-1]
            sounds = [pitch for pitch in range(12) if row[_SOUNDING] >> pitch & 1]
            steps = features.SOUND_STEPS[:, sounds]
            scores[:, _PITCHES] += (
                chord[:, features.CHORD_STEPS[row[_ROOT]]]
                + key[:, features.KEY_STEPS[last_key]]
                + melody[:, features.MELODIC_STEPS[row[_PREVIOUS]]]
                + np.add.reduce(sound[:, steps], axis=2)[:, _CLASSES]
            )
        elif attribute in ("root", "root2"):
            scores[:, _ROOTS] += relations[:, features.ROOT_STEPS[row[_KEY]]]
        return scores

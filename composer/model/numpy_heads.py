"""Choosing an event's kind and attributes in numpy; ``composer.model.heads`` tells how."""

import numpy as np
from numpy.typing import NDArray

from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Weights
from composer.model.choices import CHOICES, GROUPS, NETWORKS, given_before, span
from composer.model.products import Floats, Matrix, rms_norm

_KEY, _ROOT, _QUALITY, _PREVIOUS = (
    v.COLUMN[name] for name in ("key", "root", "quality", "previous")
)
_SOUNDING = v.COLUMN["sounding"]
_PITCH_RELATIONS = ("on_chord", "in_key", "from_previous", "with_sounding")
_CLASSES = np.arange(features.PITCHES) % 12
_PITCHES = slice(1, 1 + features.PITCHES)
_ROOTS = slice(1, 13)


class NumpyHeads:
    """The output side of the network, for one vector at a time."""

    def __init__(self, weights: Weights, table: Floats) -> None:
        self._table = table
        self._attribute = dict(zip(CHOICES, weights["heads.attribute"], strict=True))
        self._gain = {name: weights[f"heads.gain.{name}"] for name in NETWORKS}
        self._widen = {name: Matrix(weights[f"heads.widen.{name}"]) for name in NETWORKS}
        self._narrow = {name: Matrix(weights[f"heads.narrow.{name}"]) for name in NETWORKS}
        self._output = {name: Matrix(_outputs(weights, name)) for name in CHOICES}
        self._bias = {name: weights["heads.bias"][span(name)] for name in CHOICES}
        self._on_quality = np.pad(weights["heads.on_quality"], ((0, 0), (0, 1)))
        self._given = {
            (kind, name): np.array(columns)
            for kind in GROUPS
            for name, columns in given_before(kind).items()
        }

    def logits(
        self, hidden: Floats, last_key: int, row: NDArray[np.int32], attribute: str
    ) -> Floats:
        """Scores of all values of ``attribute`` of the next event ``row``, (size,).

        ``hidden`` (width,) and ``last_key`` come from the event before it.
        """
        x = hidden + self._attribute[attribute]
        group = "kind"
        if attribute != "kind":
            kind = v.KINDS[row[0]]
            group = GROUPS[kind]
            given = features.column_indices(row, self._given[kind, attribute])
            x += np.add.reduce(self._table[given])
        found = self._output[attribute].vector(self._refine(x, group))
        scores = found[: v.SIZES[attribute]] + self._bias[attribute]
        relations = found[v.SIZES[attribute] :]
        if attribute == "pitch":
            scores[_PITCHES] += self._pitch_terms(relations, row, last_key)
        elif attribute in ("root", "root2"):
            scores[_ROOTS] += relations[features.ROOT_STEPS[row[_KEY]]]
        return scores

    def _refine(self, x: Floats, group: str) -> Floats:
        """Sharpen the sum of hidden state and embeddings ``x`` (width,)."""
        z = rms_norm(x) * self._gain[group]
        inner = np.maximum(self._widen[group].vector(z), 0)
        return z + self._narrow[group].vector(inner * inner)

    def _pitch_terms(self, relations: Floats, row: NDArray[np.int32], last_key: int) -> Floats:
        """Scores of the 128 pitches by chord, key, previous note and what sounds."""
        chord = relations[:13] + self._on_quality[row[_QUALITY]]
        key, melody, sound = relations[13:26], relations[26:-13], relations[-13:-1]
        sounds = (row[_SOUNDING] >> np.arange(12) & 1).astype(np.float32)
        found: Floats = (
            chord[features.CHORD_STEPS[row[_ROOT]]]
            + key[features.KEY_STEPS[last_key]]
            + melody[features.MELODIC_STEPS[row[_PREVIOUS]]]
            + (sound[features.SOUND_STEPS] @ sounds)[_CLASSES]
        )
        return found


def _outputs(weights: Weights, name: str) -> Floats:
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

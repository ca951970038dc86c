"""Fits the second judge: ridge regression on vgmidi alone, with few cues.

vgmidi has far more pleasant than unpleasant pieces, and a regression would call nearly
everything pleasant. So both halves of an axis weigh the same, and the bias puts 0 midway
between their mean answers.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer.analysis.mood_features import FEATURES
from composer.files import write_whole
from composer.lab.mood_fit import FOLDS, folds_of
from composer.lab.mood_sets import JUDGE_SET, Floats, Labelled

CUES = (
    (
        "mode",
        "window_mode",
        "chord_mode",
        "third_degree",
        "sixth_degree",
        "brightness",
        "bass_third",
        "dissonance",
        "chromatic_share",
        "register",
        "rise",
    ),
    (
        "onset_rate",
        "note_rate",
        "sustain",
        "bass_register",
        "repeat_share",
        "staccato_share",
        "short_gaps",
        "leap",
    ),
)
"""The judge's cues of valence and of arousal."""
_RIDGE = 30.0
_LIMIT = 3.0
_LEVEL = 0.64


@dataclass(frozen=True, slots=True)
class JudgeRule:
    """One axis: place = z @ weights + bias; arrays in the order of ``cues``."""

    cues: tuple[str, ...]
    means: Floats
    deviations: Floats
    weights: Floats
    bias: float

    def places(self, features: Floats) -> Floats:
        """Answer for every row of the feature table, (rows,), not limited to -1 and 1."""
        columns = features[:, [FEATURES.index(cue) for cue in self.cues]]
        return _standardise(columns, self.means, self.deviations) @ self.weights + self.bias


def _standardise(columns: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores within 3 of the mean; unknown features are 0."""
    z = np.clip((columns - means) / deviations, -_LIMIT, _LIMIT)
    return np.asarray(np.nan_to_num(z))


def fit_judge(data: Labelled, axis: int) -> JudgeRule:
    """Fit valence (0) or arousal (1) to whole clips."""
    cues, target = CUES[axis], data.targets[:, axis]
    columns = data.features[:, [FEATURES.index(cue) for cue in cues]]
    means, deviations = np.nanmean(columns, axis=0), np.nanstd(columns, axis=0)
    z = _standardise(columns, means, deviations)
    upper = target > 0
    share = np.where(upper, 0.5 / upper.mean(), 0.5 / (1 - upper.mean()))
    centred = (z - np.average(z, axis=0, weights=share)) * share[:, None]
    weights = np.linalg.solve(centred.T @ z + _RIDGE * np.eye(len(cues)), centred.T @ target)
    answers = z @ weights
    bias = -(answers[upper].mean() + answers[~upper].mean()) / 2
    scale = _LEVEL / np.sqrt(np.mean((answers + bias) ** 2))
    return JudgeRule(cues, means, deviations, weights * scale, float(bias * scale))


def judge_places(data: Labelled) -> Floats:
    """The judge's answers for every row, (rows, 2).

    On its own set by rules that never heard the song, elsewhere by the shipped ones.
    """
    own = data.of(JUDGE_SET)
    fold = folds_of(data.songs)
    places = np.zeros_like(data.targets)
    for axis in (0, 1):
        rule = fit_judge(data.where(own & data.whole), axis)
        places[:, axis] = rule.places(data.features)
        for index in range(FOLDS):
            held = own & (fold == index)
            rule = fit_judge(data.where(own & data.whole & (fold != index)), axis)
            places[held, axis] = rule.places(data.features[held])
    return places


def write_judge(path: Path, data: Labelled) -> None:
    """Fit both axes to the judge's set and write the table that ships."""
    own = data.where(data.of(JUDGE_SET) & data.whole)
    table = {}
    for axis, name in enumerate(("valence", "arousal")):
        rule = fit_judge(own, axis)
        rows = np.stack([rule.means, rule.deviations, rule.weights], axis=1).tolist()
        cues = {
            cue: [float(f"{x:.5g}") for x in row]
            for cue, row in zip(rule.cues, rows, strict=True)
        }
        table[name] = {"bias": round(rule.bias, 4), "cues": cues}
    write_whole(path, (json.dumps(table, indent=1) + "\n").encode(), overwrite=True)

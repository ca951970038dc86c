"""The ridge regression behind the mood rule, and its cross-validation.

The judged sets weigh by the square root of their size. One bias serves all, so that nothing
need be known about where a piece comes from. The gain widens the ridge's shrunken answers to
the spread of the targets.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.analysis.mood_features import FEATURES

Floats = NDArray[np.float64]

SETS = ("emopia", "vgmidi", "ym2413")
VALENCE_CUES = (
    "mode",
    "window_mode",
    "chord_mode",
    "key_clarity",
    "dissonance",
    "register",
    "repeat_share",
)
AROUSAL_CUES = ("part_rate", "sustain", "bass_register", "loudness", "leap")
RIDGE = 30.0
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """Features (n, features), targets (n, 2), and the set and song of each clip (n,)."""

    features: Floats
    targets: Floats
    sets: NDArray[np.int64]
    songs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted rule; arrays in the order of ``cues``."""

    cues: tuple[str, ...]
    means: Floats
    deviations: Floats
    weights: Floats
    bias: float
    gain: float

    def predict(self, features: Floats) -> Floats:
        """Answers before tanh, (n,)."""
        z = _standardise(features[:, _columns(self.cues)], self.means, self.deviations)
        return np.asarray(self.gain * (z @ self.weights + self.bias))


def _columns(cues: tuple[str, ...]) -> list[int]:
    """Places of the cues in the feature table."""
    return [FEATURES.index(cue) for cue in cues]


def _standardise(features: Floats, means: Floats, deviations: Floats) -> Floats:
    """Standard scores within 3 of the mean; unknown features are 0."""
    z = (features - means) / deviations
    return np.asarray(np.nan_to_num(np.clip(z, -3.0, 3.0)))


def fit_rule(data: Labelled, axis: int, chosen: NDArray[np.bool_]) -> Fit:
    """Fit one axis (0 valence, 1 arousal) on the ``chosen`` clips by weighted ridge.

    Means and deviations are each set's own, averaged, so that no set sets the scale alone.
    """
    cues = (VALENCE_CUES, AROUSAL_CUES)[axis]
    features, sets, target = (
        data.features[chosen],
        data.sets[chosen],
        data.targets[chosen, axis],
    )
    each = [features[sets == index][:, _columns(cues)] for index in np.unique(sets)]
    means = np.mean([np.nanmean(part, axis=0) for part in each], axis=0)
    deviations = np.mean([np.nanstd(part, axis=0) for part in each], axis=0)
    z = _standardise(features[:, _columns(cues)], means, deviations)
    design = np.hstack([z, np.ones((len(z), 1))])
    share = np.sqrt(len(sets) / np.bincount(sets)[sets] / len(each))
    penalty = np.diag([RIDGE] * len(cues) + [0.0])
    weighted = design * share[:, None]
    solution = np.linalg.solve(weighted.T @ design + penalty, weighted.T @ target)
    gain = float(np.std(target) / np.std(design @ solution))
    return Fit(cues, means, deviations, solution[:-1], float(solution[-1]), gain)


def cross_validate(data: Labelled, *, seed: int = 0) -> Floats:
    """Answers for each clip by a rule that never heard its song, (n, 2)."""
    order = np.random.default_rng(seed).permutation(int(data.songs.max()) + 1)
    fold = order[data.songs] % FOLDS
    answers = np.zeros_like(data.targets)
    for index in range(FOLDS):
        for axis in (0, 1):
            fit = fit_rule(data, axis, fold != index)
            held = fold == index
            answers[held, axis] = fit.predict(data.features[held])
    return answers

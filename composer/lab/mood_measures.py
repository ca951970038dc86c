"""How right a judge of mood is: accuracy with intervals, and calibration.

Conventions: ``targets`` and ``answers`` are (rows, 2), valence and arousal; only their signs
count for accuracy. A balanced accuracy is the mean over the classes. Intervals are 95 %
bootstrap intervals over songs, all rows of a song drawn together.
"""

from dataclasses import dataclass

import numpy as np

from composer.lab.mood_sets import Bools, Floats, Ints

MEASURES = (
    "valence",
    "valence balanced",
    "arousal",
    "arousal balanced",
    "quadrant",
    "quadrant balanced",
)
_DRAWS = 1000


def _balanced(truth: Ints, answer: Ints) -> float:
    """Mean over the true classes of the share answered right."""
    return float(np.mean([(answer[truth == c] == c).mean() for c in np.unique(truth)]))


def accuracies(targets: Floats, answers: Floats) -> Floats:
    """The six ``MEASURES``, (6,)."""
    truth, answer = (targets > 0).astype(np.int64), (answers > 0).astype(np.int64)
    pairs = [(truth[:, axis], answer[:, axis]) for axis in (0, 1)]
    pairs.append((truth @ np.array([2, 1]), answer @ np.array([2, 1])))
    return np.array([x for t, a in pairs for x in (float((t == a).mean()), _balanced(t, a))])


def intervals(targets: Floats, answers: Floats, songs: Ints) -> Floats:
    """2.5th and 97.5th percentile of each measure, (2, 6)."""
    rng = np.random.default_rng(0)
    names, place = np.unique(songs, return_inverse=True)
    rows = [np.flatnonzero(place == index) for index in range(len(names))]
    drawn = []
    for _ in range(_DRAWS):
        chosen = np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        drawn.append(accuracies(targets[chosen], answers[chosen]))
    return np.asarray(np.percentile(np.array(drawn), (2.5, 97.5), axis=0))


@dataclass(frozen=True, slots=True)
class Reliability:
    """One bin of chances: rows, mean chance said, share that was so."""

    rows: int
    said: float
    was: float


def reliability(odds: Floats, upper: Bools, bins: int = 10) -> tuple[Reliability, ...]:
    """Bins of equal width over the chance of the upper half, 1 / (1 + exp(-odds))."""
    chance = 1 / (1 + np.exp(-odds))
    place = np.minimum((chance * bins).astype(int), bins - 1)
    return tuple(
        Reliability(
            int((place == index).sum()),
            float(chance[place == index].mean()),
            float(upper[place == index].mean()),
        )
        for index in range(bins)
        if (place == index).any()
    )


def calibration_error(odds: Floats, upper: Bools) -> float:
    """Expected calibration error: mean distance of chance said from share, by rows."""
    found = reliability(odds, upper)
    return sum(bin_.rows * abs(bin_.said - bin_.was) for bin_ in found) / len(odds)

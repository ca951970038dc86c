"""Writes what the calibration of the mood rule found: the table of weights and the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.analysis.mood_features import FEATURES
from composer.lab.mood_fit import SETS, Fit, Labelled
from composer.plan.moods import MOODS
from composer.request.defaults import load_examples

Floats = NDArray[np.float64]
_Labels = NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MoodAccuracy:
    """Shares of right answers; ``balanced`` is the mean over the classes."""

    clips: int
    valence: float
    valence_balanced: float
    arousal: float
    arousal_balanced: float
    quadrant: float
    quadrant_balanced: float


def _balanced(truth: _Labels, answer: _Labels) -> float:
    """Mean over the true classes of the share answered right."""
    return float(np.mean([(answer[truth == c] == c).mean() for c in np.unique(truth)]))


def accuracy_of(targets: Floats, answers: Floats) -> MoodAccuracy:
    """Compare the signs of answers with those of targets, both (n, 2)."""
    truth, answer = targets > 0, answers > 0
    quadrants = truth @ np.array([2, 1]), answer @ np.array([2, 1])
    right = truth == answer
    return MoodAccuracy(
        len(truth),
        float(right[:, 0].mean()),
        _balanced(truth[:, 0], answer[:, 0]),
        float(right[:, 1].mean()),
        _balanced(truth[:, 1], answer[:, 1]),
        float(right.all(axis=1).mean()),
        _balanced(*quadrants),
    )


def _rule_lines(name: str, fit: Fit) -> Iterator[str]:
    """One rule as Python."""
    yield f"{name} = Rule("
    yield f"    gain={fit.gain:.4f},"
    yield f"    bias={fit.bias:.4f},"
    yield "    weights={"
    for cue, mean, deviation, weight in zip(
        fit.cues, fit.means, fit.deviations, fit.weights, strict=True
    ):
        yield f'        "{cue}": Weight({mean:.4f}, {deviation:.4f}, {weight:.4f}),'
    yield "    },"
    yield ")"


_WEIGHTS_HEAD = '''"""The mood rule's numbers (docs/moods.md), written by the calibration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature's mean and deviation in the judged music, and its weight in the rule."""

    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One axis: tanh(gain * (bias + sum of weight * standard score))."""

    gain: float
    bias: float
    weights: dict[str, Weight]


'''


def write_weights(path: Path, valence: Fit, arousal: Fit) -> None:
    """Write both rules as a Python table."""
    lines = [*_rule_lines("VALENCE", valence), *_rule_lines("AROUSAL", arousal)]
    path.write_text(_WEIGHTS_HEAD + "\n".join(lines) + "\n")


def _accuracy_lines(data: Labelled, answers: Floats) -> Iterator[str]:
    """Accuracy of each set as rows."""
    yield "| set | clips | valence | balanced | arousal | balanced | quadrant | balanced |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for index, name in enumerate(SETS):
        chosen = data.sets == index
        found = accuracy_of(data.targets[chosen], answers[chosen])
        shares = (
            found.valence,
            found.valence_balanced,
            found.arousal,
            found.arousal_balanced,
            found.quadrant,
            found.quadrant_balanced,
        )
        yield f"| {name} | {found.clips} | " + " | ".join(f"{x:.3f}" for x in shares) + " |"


def _correlation(values: Floats, targets: Floats) -> str:
    """Pearson correlation where the feature is known and varies, else a dash."""
    known = np.isfinite(values)
    if known.sum() < 20 or np.std(values[known]) == 0:
        return "-"
    return f"{np.corrcoef(values[known], targets[known])[0, 1]:.2f}"


def _feature_lines(data: Labelled, fits: tuple[Fit, Fit]) -> Iterator[str]:
    """Each feature's weights and its correlation with either axis in each set."""
    yield (
        "| feature | weight V | weight A | "
        + " | ".join(f"{axis}: {name}" for axis in "VA" for name in SETS)
        + " |"
    )
    yield "|---|" + "---:|" * 8
    weights = [dict(zip(fit.cues, fit.weights, strict=True)) for fit in fits]
    for column, feature in enumerate(FEATURES):
        own = [f"{w[feature]:.2f}" if feature in w else "" for w in weights]
        found = [
            _correlation(data.features[chosen, column], data.targets[chosen, axis])
            for axis in (0, 1)
            for chosen in (data.sets == index for index in range(len(SETS)))
        ]
        yield f"| {feature} | " + " | ".join(own + found) + " |"


def _mood_lines() -> Iterator[str]:
    """The mood table as rows."""
    yield "| mood | valence | arousal | where from |"
    yield "|---|---:|---:|---|"
    for tag in MOODS.values():
        yield f"| {tag.name} | {tag.valence:.2f} | {tag.arousal:.2f} | {tag.source} |"


def _default_lines() -> Iterator[str]:
    """Tempo quartiles and share of minor of the real pieces in each quadrant."""
    yield "| valence | arousal | pieces | tempo (quarters a minute): quartiles | minor |"
    yield "|---|---|---:|---|---:|"
    for valence, arousal in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        own = [
            x for x in load_examples() if x.valence * valence > 0 and x.arousal * arousal > 0
        ]
        tempi = [x.tempo_qpm for x in own if x.tempo_qpm is not None]
        quartiles = ", ".join(f"{q:.0f}" for q in np.quantile(tempi, (0.25, 0.5, 0.75)))
        minor = np.mean([x.is_minor for x in own])
        names = f"{'+' if valence > 0 else '-'} | {'+' if arousal > 0 else '-'}"
        yield f"| {names} | {len(own)} | {quartiles} | {minor:.2f} |"


_DEFAULTS = """
## What a mood shapes

Where a request leaves tempo, key, instruments, style or intensity open, they are drawn as real
band, game and orchestral pieces have them, the nearer a piece's measured mood the more often
(`composer/request/defaults.json`, written by `python -m composer.lab.measure_defaults`). By
quadrant, those pieces have:

"""

_INTRODUCTION = """# Moods

*Written by `python -m composer.lab.calibrate_mood`; change it there.*

A mood is a point: **valence** from unpleasant (-1) to pleasant (1), **arousal** from calm (-1)
to excited (1). Words are places on this plane; several words joined by commas are their mean.
"""

_RULE = """
## How a piece's mood is measured

Each axis is a weighted sum of a few features (`composer/analysis/mood.py`); `explain_mood`
shows what each one adds. The weights come from a ridge regression on music that people judged:
emopia (piano clips, four quadrants), vgmidi (piano arrangements of game music, valence and
arousal), ym2413 (game music for a band of synthesized instruments, four quadrants). Times are
in seconds, and a feature that a piece can't show counts nothing.

Accuracy of the sign of each axis and of the quadrant, in ten-fold cross-validation with all
clips of a song in one fold; *balanced* is the mean over the classes:

"""

_FEATURES = """
Weights of the rule (per standard deviation), and each feature's correlation with people's
valence (V) and arousal (A) in each set. Features without a weight were left out because the
sets disagree about them or because another says the same. Loudness and speed have no weight in
valence on purpose: in band music they don't tell happy from fierce.

"""


def write_docs(path: Path, data: Labelled, answers: Floats, fits: tuple[Fit, Fit]) -> None:
    """Write the page on moods: words, accuracy (of held-out ``answers``), features."""
    text = _INTRODUCTION + "\n" + "\n".join(_mood_lines()) + "\n"
    text += _RULE + "\n".join(_accuracy_lines(data, answers)) + "\n"
    text += _FEATURES + "\n".join(_feature_lines(data, fits)) + "\n"
    text += _DEFAULTS + "\n".join(_default_lines()) + "\n"
    path.write_text(text)

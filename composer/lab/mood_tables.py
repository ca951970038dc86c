"""Tables of how right the judges of mood are, in Markdown.

Every accuracy comes with a 95 % bootstrap interval over songs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from composer.analysis.mood_features import FEATURES
from composer.lab.mood_measures import (
    MEASURES,
    accuracies,
    calibration_error,
    intervals,
    reliability,
)
from composer.lab.mood_sets import LABELLER_SETS, SETS, Bools, Floats, Labelled


@dataclass(frozen=True, slots=True)
class Answers:
    """Log odds or places of every row, each (rows, 2), by models that never heard its song.

    ``shipped`` the labeller's, ``harmony`` from nothing but harmony and top line, ``quiet``
    without loudness and speed, ``loud`` from loudness and speed alone, ``across`` fitted to
    the two other sets, ``piano`` and ``band`` fitted to emopia and to ym2413 alone, ``judge``
    the second judge's places.
    """

    shipped: Floats
    harmony: Floats
    quiet: Floats
    loud: Floats
    across: Floats
    piano: Floats
    band: Floats
    judge: Floats


def accuracy_table(data: Labelled, answers: Floats, groups: Mapping[str, Bools]) -> str:
    """All six measures of each named group of rows."""
    lines = [_line("set", "clips", *MEASURES), "|---|" + "---:|" * (1 + len(MEASURES))]
    lines += [
        _line(name, str(own.sum()), *_accuracies(data, answers, own))
        for name, own in groups.items()
    ]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _accuracies(data: Labelled, answers: Floats, own: Bools) -> list[str]:
    """The six measures of some rows with their intervals."""
    found = accuracies(data.targets[own], answers[own])
    ends = intervals(data.targets[own], answers[own], data.songs[own])
    return [f"{x:.3f} ({a:.2f}-{b:.2f})" for x, a, b in zip(found, *ends, strict=True)]


def by_set(data: Labelled, seconds: float = 0.0) -> dict[str, Bools]:
    """Each set's whole clips, or its stretches of so many seconds."""
    return {name: data.of(name) & (data.seconds == seconds) for name in SETS}


def by_drums(data: Labelled) -> dict[str, Bools]:
    """The band clips that drums play in, and those without."""
    drums = data.features[:, FEATURES.index("drum_share")] > 0
    band = data.of("ym2413") & data.whole
    return {"ym2413, with drums": band & drums, "ym2413, without": band & ~drums}


def quadrant_counts(data: Labelled) -> str:
    """How many clips and songs of each set, and how many clips in each quadrant."""
    lines = [
        _line("set", "clips", "songs", "happy", "fierce", "sad", "calm"),
        "|---|" + "---:|" * 6,
    ]
    for name, own in by_set(data).items():
        pleasant, excited = (data.targets[own] > 0).T
        quadrants = (
            pleasant & excited,
            ~pleasant & excited,
            ~pleasant & ~excited,
            pleasant & ~excited,
        )
        songs = len(np.unique(data.songs[own]))
        lines.append(_line(name, *(f"{n}" for n in (own.sum(), songs, *map(sum, quadrants)))))
    return "\n".join(lines)


def valence_within_arousal(data: Labelled, answers: Answers) -> str:
    """Valence among excited and among calm clips, where how excited it is can't tell.

    Beside the labeller what loudness and speed alone would reach.
    """
    lines = [
        _line("set", "clips", "valence", "balanced", "balanced, by loudness and speed alone"),
        "|---|" + "---:|" * 4,
    ]
    for name, whole in by_set(data).items():
        excited = data.targets[:, 1] > 0
        for word, half in (("excited", excited), ("calm", ~excited)):
            own = whole & half
            valence, balanced, *_ = _accuracies(data, answers.shipped, own)
            loud = _accuracies(data, answers.loud, own)[1]
            lines.append(_line(f"{name}, {word}", str(own.sum()), valence, balanced, loud))
    return "\n".join(lines)


def calibration_tables(data: Labelled, odds: Floats) -> str:
    """Expected calibration error of each set, and the reliability of the labeller's sets."""
    lines = ["| set | valence | arousal |", "|---|---:|---:|"]
    for name, own in by_set(data).items():
        errors = [
            calibration_error(odds[own, axis], data.targets[own, axis] > 0) for axis in (0, 1)
        ]
        lines.append(f"| {name} | {errors[0]:.3f} | {errors[1]:.3f} |")
    lines += ["", "| axis | clips | chance said | share that was so |", "|---|---:|---:|---:|"]
    own = data.of(*LABELLER_SETS) & data.whole
    for axis, word in enumerate(("pleasant", "excited")):
        lines += [
            f"| {word} | {one.rows} | {one.said:.2f} | {one.was:.2f} |"
            for one in reliability(odds[own, axis], data.targets[own, axis] > 0)
        ]
    return "\n".join(lines)

"""Fits the mood labeller to people's judgements and writes it down with its accuracy.

    COMPOSER_DATA=<folder> python -m composer.lab.calibrate_mood

reads emopia, vgmidi and ym2413 (zips or folders), fits the labeller's additive models to
emopia and ym2413 and the second judge to vgmidi alone, measures both on songs that they
never heard, and writes ``analysis/mood_table.json``, ``analysis/second_judge.json`` and
``docs/moods.md``.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from composer.analysis.mood import TABLE
from composer.analysis.mood_features import LOUD_AND_FAST
from composer.analysis.mood_harmony import HARMONY_FEATURES
from composer.analysis.mood_melody import MELODY_FEATURES
from composer.analysis.second_judge import TABLE as JUDGE_TABLE
from composer.errors import InputError
from composer.lab.command import exit_code
from composer.lab.judge_fit import judge_places, write_judge
from composer.lab.mood_fit import (
    AROUSAL_CUES,
    VALENCE_CUES,
    cross_sets,
    cross_validate,
    fit_axis,
)
from composer.lab.mood_report import write_page
from composer.lab.mood_sets import (
    LABELLER_SETS,
    Floats,
    Labelled,
    open_source,
    read_labelled,
)
from composer.lab.mood_table import write_table
from composer.lab.mood_tables import Answers
from composer.lab.scene_report import agreement, agreement_lines

__all__ = ["calibrate", "fit", "measure", "open_source"]

_PITCH_CUES = tuple(
    name for name in VALENCE_CUES if name in HARMONY_FEATURES or name in MELODY_FEATURES
)
_LOUD_CUES = tuple(name for name in AROUSAL_CUES if name in LOUD_AND_FAST)


def measure(data: Labelled) -> Answers:
    """Answers of every variant on songs that it never heard."""

    def odds(axis: int, cues: Sequence[str], names: Sequence[str] = LABELLER_SETS) -> Floats:
        return cross_validate(data, names, axis, cues)

    def both(valence: Floats, arousal: Floats) -> Floats:
        return np.stack([valence, arousal], axis=1)

    valence = odds(0, VALENCE_CUES)
    piano, band = (
        both(odds(0, VALENCE_CUES, [name]), odds(1, AROUSAL_CUES, [name]))
        for name in ("emopia", "ym2413")
    )
    return Answers(
        shipped=both(valence, odds(1, AROUSAL_CUES)),
        harmony=both(odds(0, _PITCH_CUES), odds(1, _PITCH_CUES)),
        quiet=both(valence, odds(1, VALENCE_CUES)),
        loud=both(odds(0, _LOUD_CUES), odds(1, _LOUD_CUES)),
        across=both(cross_sets(data, 0), cross_sets(data, 1)),
        piano=piano,
        band=band,
        judge=judge_places(data),
    )


def fit(data: Labelled, analysis: Path) -> None:
    """Fit labeller and judge and write their tables into ``analysis``."""
    learnt = data.where(data.of(*LABELLER_SETS))
    write_table(analysis / TABLE, fit_axis(learnt, 0), fit_axis(learnt, 1))
    write_judge(analysis / JUDGE_TABLE, data)


def calibrate() -> None:
    """Calibrate from the folder that COMPOSER_DATA names."""
    root = os.environ.get("COMPOSER_DATA")
    if not root:
        raise InputError("set COMPOSER_DATA to the folder of the training music")
    package = Path(__file__).resolve().parents[1]
    data = read_labelled(Path(root))
    fit(data, package / "analysis")
    scenes = "\n".join(agreement_lines(agreement(Path(root))))
    page = package.parent / "docs" / "moods.md"
    write_page(page, data, measure(data), table=TABLE, scenes=scenes)


if __name__ == "__main__":
    sys.exit(exit_code("calibrate_mood", calibrate))

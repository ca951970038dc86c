"""Fits the mood labeller to people's judgements and writes it down with its accuracy.

    COMPOSER_DATA=<folder> python -m composer.lab.calibrate_mood

reads emopia, vgmidi and ym2413 (zips or folders), fits the labeller's additive models on
emopia and ym2413 and the second judge on vgmidi alone, measures both on songs that they
never heard, and writes ``analysis/mood_table.json``, ``analysis/second_judge.json`` and
``docs/moods.md``.
"""

import os
from pathlib import Path

from composer.errors import InputError
from composer.lab.mood_fit import fit_axis
from composer.lab.mood_sets import LABELLER_SETS, Labelled, open_source, read_labelled
from composer.lab.mood_table import write_table

__all__ = ["fit_labeller", "main", "open_source"]


def fit_labeller(data: Labelled, table_path: Path) -> None:
    """Fit both axes to the labeller's sets and write their table."""
    learnt = data.where(data.of(*LABELLER_SETS))
    write_table(table_path, fit_axis(learnt, 0), fit_axis(learnt, 1))


def main() -> None:
    """Calibrate from the folder that COMPOSER_DATA names."""
    root = os.environ.get("COMPOSER_DATA")
    if not root:
        raise InputError("set COMPOSER_DATA to the folder of the training music")
    package = Path(__file__).resolve().parents[1]
    fit_labeller(read_labelled(Path(root)), package / "analysis" / "mood_table.json")


if __name__ == "__main__":
    main()

"""Fits the mood rule to people's judgements and writes it down with its accuracy.

    COMPOSER_DATA=<folder> python -m composer.lab.calibrate_mood

reads emopia, vgmidi and ym2413 (zips or folders), fits one ridge regression for valence and
one for arousal, cross-validates by song, and writes ``analysis/mood_weights.py`` and
``docs/moods.md``.

Targets: a quadrant is +-0.64 on both axes, the mean distance from an axis on Russell's
circle; vgmidi's medians are divided by 0.65, their largest.
"""

import csv
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from composer.analysis.mood_features import FEATURES, mood_features
from composer.errors import ComposerError, InputError
from composer.lab.mood_fit import SETS, Labelled, cross_validate, fit_rule
from composer.lab.mood_report import write_docs, write_weights
from composer.midi import read_midi

_QUADRANT_LEVEL = 0.64
_VGMIDI_LARGEST = 0.65


@contextmanager
def open_source(root: Path, name: str) -> Iterator[Path]:
    """Yield a source's folder, unpacked from its zip where it is one; raises InputError."""
    if (root / name / "index.csv").is_file():
        yield root / name
        return
    archive = root / f"{name}.zip"
    if not archive.is_file():
        raise InputError(f"{root} has neither {name}/index.csv nor {name}.zip")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
        index = next(Path(folder).rglob("index.csv"), None)
        if index is None:
            raise InputError(f"{archive} has no index.csv")
        yield index.parent


def _target(row: dict[str, str]) -> tuple[float, float] | None:
    """Valence and arousal of an index row; None where nobody judged it."""
    if row["valence"]:
        valence, arousal = float(row["valence"]), float(row["arousal"])
        scaled = np.clip((valence / _VGMIDI_LARGEST, arousal / _VGMIDI_LARGEST), -1, 1)
        return float(scaled[0]), float(scaled[1])
    if not row["quadrant"]:
        return None
    valence_sign = 1 if row["quadrant"] in ("Q1", "Q4") else -1
    arousal_sign = 1 if row["quadrant"] in ("Q1", "Q2") else -1
    return valence_sign * _QUADRANT_LEVEL, arousal_sign * _QUADRANT_LEVEL


def _rows(root: Path, name: str) -> Iterator[tuple[list[float], tuple[float, float], str]]:
    """Features, target and song of every judged clip that can be read."""
    with open_source(root, name) as folder, (folder / "index.csv").open(newline="") as index:
        for row in csv.DictReader(index):
            target = _target(row)
            if target is None:
                continue
            try:
                score = read_midi(folder / row["file"]).score
            except ComposerError:
                continue
            values = mood_features(score)
            yield [values[key] for key in FEATURES], target, row["song_id"]


def read_labelled(root: Path) -> Labelled:
    """Read the three judged sets."""
    rows = [(index, *row) for index, name in enumerate(SETS) for row in _rows(root, name)]
    songs = np.unique(
        [f"{SETS[index]}/{song}" for index, _, _, song in rows], return_inverse=True
    )
    return Labelled(
        np.array([features for _, features, _, _ in rows]),
        np.array([target for _, _, target, _ in rows]),
        np.array([index for index, _, _, _ in rows]),
        songs[1],
    )


def calibrate(data: Labelled, weights_path: Path, docs_path: Path) -> None:
    """Fit the rule to the judged sets and write table and report."""
    everything = np.ones(len(data.sets), dtype=bool)
    valence, arousal = (fit_rule(data, axis, everything) for axis in (0, 1))
    write_weights(weights_path, valence, arousal)
    write_docs(docs_path, data, cross_validate(data), (valence, arousal))


def main() -> None:
    """Calibrate from the folder that COMPOSER_DATA names."""
    root = os.environ.get("COMPOSER_DATA")
    if not root:
        raise InputError("set COMPOSER_DATA to the folder of the training music")
    package = Path(__file__).resolve().parents[1]
    calibrate(
        read_labelled(Path(root)),
        package / "analysis" / "mood_weights.py",
        package.parent / "docs" / "moods.md",
    )


if __name__ == "__main__":
    main()

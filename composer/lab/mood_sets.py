"""Reads the sets of music whose mood people judged: features, targets, songs.

Targets: a quadrant is +-0.64 on both axes, the mean distance from an axis on Russell's
circle; vgmidi's medians are divided by 0.65, their largest.

Beside each whole clip come stretches of it, so that sections of a piece are read as surely as
whole pieces; they bear the judgement of their clip, for want of their own.
"""

import csv
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.analysis.mood_features import FEATURES, mood_features
from composer.errors import ComposerError, InputError
from composer.midi import read_midi
from composer.score import Score, seconds_at, ticks_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SETS = ("emopia", "vgmidi", "ym2413")
LABELLER_SETS = ("emopia", "ym2413")
"""Sets that the labeller is fitted to; vgmidi is kept whole for the second judge."""
JUDGE_SET = "vgmidi"

STRETCH_SECONDS = (8.0, 16.0)
_STRETCHES = 3
_LONGER = 1.25  # a clip is cut into stretches that it outlasts by a quarter
_QUADRANT_LEVEL = 0.64
_VGMIDI_LARGEST = 0.65


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows of judged music: whole clips (``seconds`` 0) and stretches of them.

    ``features`` (rows, features), ``targets`` (rows, 2) on -1 to 1; the set (an index of
    ``SETS``), the song, the clip and the stretch's length in seconds of each row, (rows,).
    """

    features: Floats
    targets: Floats
    sets: Ints
    songs: Ints
    clips: Ints
    seconds: Floats

    @property
    def whole(self) -> Bools:
        """Which rows are whole clips."""
        return np.asarray(self.seconds == 0)

    def of(self, *names: str) -> Bools:
        """Which rows are of the named sets."""
        return np.isin(self.sets, [SETS.index(name) for name in names])

    def where(self, chosen: Bools) -> "Labelled":
        """Only the chosen rows."""
        return Labelled(
            self.features[chosen],
            self.targets[chosen],
            self.sets[chosen],
            self.songs[chosen],
            self.clips[chosen],
            self.seconds[chosen],
        )


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


def _stretches(score: Score) -> Iterator[tuple[float, int, int]]:
    """Length in seconds and the ticks of stretches spread evenly over a score's onsets."""
    onsets = [note.onset_ticks for part in score.parts for note in part.notes]
    if not onsets:
        return
    first, last = seconds_at(score, min(onsets)), seconds_at(score, max(onsets))
    for seconds in STRETCH_SECONDS:
        if last - first < _LONGER * seconds:
            continue
        for start in np.linspace(first, last - seconds, _STRETCHES):
            ends = ticks_at(score, float(start)), ticks_at(score, float(start) + seconds)
            yield seconds, round(ends[0]), round(ends[1])


def _clips(root: Path, name: str) -> Iterator[tuple[Score, tuple[float, float], str]]:
    """Score, target and song of every judged clip that can be read."""
    with open_source(root, name) as folder, (folder / "index.csv").open(newline="") as index:
        for row in csv.DictReader(index):
            target = _target(row)
            if target is None:
                continue
            try:
                score = read_midi(folder / row["file"]).score
            except ComposerError:
                continue
            yield score, target, f"{name}/{row['song_id']}"


def read_labelled(root: Path) -> Labelled:
    """Read the three judged sets."""
    features, targets, sets, songs, clips, lengths = [], [], [], [], [], []
    clip = -1
    for index, name in enumerate(SETS):
        for score, target, song in _clips(root, name):
            clip += 1
            cuts = [(0.0, 0, score.end_ticks + 1), *_stretches(score)]
            for seconds, start, end in cuts:
                values = mood_features(score, start, end)
                features.append([values[key] for key in FEATURES])
                targets.append(target)
                sets.append(index)
                songs.append(song)
                clips.append(clip)
                lengths.append(seconds)
    return Labelled(
        np.array(features),
        np.array(targets),
        np.array(sets),
        np.unique(songs, return_inverse=True)[1],
        np.array(clips),
        np.array(lengths),
    )

"""The notes of a stretch of music in seconds, and what sounds in each eighth of a second.

Conventions: seconds count from the first onset of the stretch; a frame lasts
``FRAME_SECONDS`` (longer in music beyond twelve minutes); a cell is four frames. Notes that
begin within ``TOGETHER_SECONDS`` share a moment, so that a rolled chord is one.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from composer.score import TICKS_PER_QUARTER, Score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FRAME_SECONDS = 0.125
TOGETHER_SECONDS = 0.03
CELL_FRAMES = 4
_MAX_FRAMES = 6000
_NO_PITCH = 128


def to_seconds(score: Score, ticks: Ints) -> Floats:
    """Seconds of each tick through the tempo map."""
    starts = np.array([tempo.onset_ticks for tempo in score.tempos], dtype=float)
    starts[0] = 0.0
    rates = np.array([60.0 / (tempo.qpm * TICKS_PER_QUARTER) for tempo in score.tempos])
    elapsed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * rates[:-1])])
    place = np.searchsorted(starts, ticks, side="right") - 1
    return np.asarray(elapsed[place] + (ticks - starts[place]) * rates[place])


class MoodNotes:
    """The notes of a stretch as columns, sorted by onset."""

    def __init__(self, score: Score, start_ticks: int, end_ticks: int) -> None:
        """Read the notes that begin in [start_ticks, end_ticks)."""
        rows = [
            (note.onset_ticks, note.end_ticks, note.pitch, note.velocity, index, part.is_drums)
            for index, part in enumerate(score.parts)
            for note in part.notes
            if start_ticks <= note.onset_ticks < end_ticks
        ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 6)
        table = table[np.argsort(table[:, 0], kind="stable")]
        self.drums: NDArray[np.bool_] = table[:, 5].astype(bool)
        onset, end = to_seconds(score, table[:, 0]), to_seconds(score, table[:, 1])
        self.onset: Floats = onset - onset[:1].sum()
        self.end: Floats = np.maximum(end - onset[:1].sum(), self.onset + 1e-3)
        self.pitch: Ints = table[:, 2]
        self.velocity: Ints = table[:, 3]
        self.part: Ints = table[:, 4]

    def __len__(self) -> int:
        """Number of notes."""
        return len(self.onset)

    def select(self, mask: NDArray[np.bool_]) -> "MoodNotes":
        """The notes where ``mask`` holds, on the same clock."""
        chosen = object.__new__(MoodNotes)
        for name in ("onset", "end", "pitch", "velocity", "part", "drums"):
            setattr(chosen, name, getattr(self, name)[mask])
        return chosen

    @cached_property
    def moments(self) -> Ints:
        """Number of the moment at which each note begins; a chord's notes share one."""
        return np.asarray(np.floor(self.onset / TOGETHER_SECONDS + 0.5 + 1e-6).astype(np.int64))

    @cached_property
    def top_line(self) -> tuple[Floats, Floats]:
        """Second and pitch of the highest note of each moment."""
        moments, group = np.unique(self.moments, return_inverse=True)
        top = np.zeros(len(moments))
        np.maximum.at(top, group, self.pitch)
        return np.asarray(moments * TOGETHER_SECONDS, np.float64), top


class Frames:
    """What sounds in each frame: ``classes`` (frames, 12) counts the notes of each class.

    ``lowest`` (frames,) is the lowest pitch, 128 where nothing sounds.
    """

    def __init__(self, notes: MoodNotes, end: float) -> None:
        """Lay out ``notes`` up to second ``end``."""
        step = max(FRAME_SECONDS, end / _MAX_FRAMES)
        count = max(1, int(np.ceil(end / step - 1e-6)))
        # a hair of a frame absorbs rounding, so that a moved stretch keeps its frames
        first = np.clip(np.floor(notes.onset / step + 1e-6).astype(int), 0, count - 1)
        last = np.clip(np.ceil(notes.end / step - 1e-6).astype(int), first + 1, count)
        length = last - first
        note = np.repeat(np.arange(len(notes)), length)
        place = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        frame = first[note] + place
        pitch = notes.pitch[note]
        self.classes: Floats = (
            np.bincount(frame * 12 + pitch % 12, minlength=count * 12)
            .reshape(count, 12)
            .astype(float)
        )
        self.lowest: Ints = np.full(count, _NO_PITCH, dtype=np.int64)
        np.minimum.at(self.lowest, frame, pitch)

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.lowest)

    @cached_property
    def over_bass(self) -> Floats:
        """``classes`` of the sounding frames counted from their lowest note, (sounding, 12)."""
        sounding = self.lowest < _NO_PITCH
        order = (self.lowest[sounding, None] + np.arange(12)) % 12
        return np.asarray(np.take_along_axis(self.classes[sounding], order, axis=1))

    def cells(self) -> tuple[Floats, Floats]:
        """Pitch classes of the sounding cells and of their lowest notes, each (cells, 12)."""
        starts = np.arange(0, len(self), CELL_FRAMES)
        low = np.zeros((len(self), 12))
        sounding = np.flatnonzero(self.lowest < _NO_PITCH)
        low[sounding, self.lowest[sounding] % 12] = 1.0
        tones = np.add.reduceat(self.classes, starts, axis=0)
        lows = np.add.reduceat(low, starts, axis=0)
        heard = tones.sum(axis=1) > 0
        return np.asarray(tones[heard]), np.asarray(lows[heard])

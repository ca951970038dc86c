"""What audio is here, and where a rendering ends.

Audio is a float32 array of shape (frames, 2): left and right, full scale at +-1.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
"""Samples, shape (frames, 2)."""

Progress = Callable[[float, float], None]
"""Told the seconds that are done and those there are."""

_SILENCE = 10 ** (-80 / 20)
_FADE_SECONDS = 0.5
_MARGIN_SECONDS = 0.05


def no_progress(_done_seconds: float, _total_seconds: float) -> None:
    """Tell nobody."""


def trim_tail(audio: Audio, sample_rate: int, end_seconds: float) -> Audio:
    """Cut the silence after ``end_seconds``; a tail that still sounds at the end fades out.

    What is quieter than -80 dB of full scale counts as silence.
    """
    end = round(end_seconds * sample_rate)
    loud = np.flatnonzero(np.abs(audio[end:]).max(axis=1) > _SILENCE)
    if not len(loud):
        return audio[:end]
    last = end + int(loud[-1]) + round(_MARGIN_SECONDS * sample_rate)
    if last < len(audio):
        return audio[:last]
    frames = min(round(_FADE_SECONDS * sample_rate), len(audio) - end)
    audio[len(audio) - frames :] *= np.linspace(1, 0, frames, dtype=np.float32)[:, None]
    return audio

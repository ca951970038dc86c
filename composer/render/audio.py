"""What audio is here, and where a rendering ends.

Audio is a float32 array of shape (frames, 2): left and right, full scale at +-1.
"""

from collections.abc import Callable
from math import ceil, pi
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from composer.errors import RequestError

Audio = NDArray[np.float32]
"""Samples, shape (frames, 2)."""

Progress = Callable[[float, float], None]
"""Told the seconds that are done and those there are."""

Tail = Literal["ring", "fade"]
"""What happens at the final bar line: the sound rings on after it, or has faded out by it."""

TAILS: tuple[Tail, ...] = ("ring", "fade")

_SILENCE = 10 ** (-80 / 20)
_FADE_SECONDS = 0.5
_LONGEST_FADE_SECONDS, _FADED_SHARE = 2.0, 0.25
_MARGIN_SECONDS = 0.05


def check_tail(text: str) -> Tail:
    """Read a tail; raises RequestError."""
    for tail in TAILS:
        if text == tail:
            return tail
    raise RequestError(f"unknown tail {text[:40]!r}: one of {', '.join(TAILS)}")


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


def fade_to_end(audio: Audio, sample_rate: int, end_seconds: float) -> Audio:
    """Audio of exactly ``end_seconds``, to the nearest frame, silent at its end.

    The last two seconds fade along a cosine, in a short piece its last quarter.
    """
    frames = round(end_seconds * sample_rate)
    faded = np.zeros((frames, 2), np.float32)
    faded[: len(audio)] = audio[:frames]
    seconds = min(_LONGEST_FADE_SECONDS, _FADED_SHARE * end_seconds)
    length = min(frames, ceil(seconds * sample_rate))
    curve = (1 + np.cos(np.linspace(0, pi, length))) / 2
    faded[frames - length :] *= curve.astype(np.float32)[:, None]
    return faded

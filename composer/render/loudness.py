"""Loudness and peaks: measuring them, and bringing audio to a target without clipping.

Loudness is ITU-R BS.1770-4's integrated loudness in LUFS (measured by pyloudnorm). True
peak is read at four times the sample rate through the interpolation filter of the same
recommendation's annex 2.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from composer.render.audio import Audio

TARGET_LUFS = -16.0
"""Loudness of a finished file, that of podcasts and most streaming on phones."""

CEILING_DBTP = -1.0
"""Highest true peak, in dB of full scale; leaves room for lossy coders."""

MAX_LIMITING_DB = 6.0
"""Peaks are pressed by this much at most; past it the piece stays quieter than asked."""

_BLOCK_SECONDS, _HOPS_A_BLOCK = 0.4, 4
_PIECE_HOPS, _WARM_HOPS = 600, 10
"""Blocks measured at once, and those before them that let the filters settle."""

_OFFSET_LUFS, _ABSOLUTE_GATE_LUFS, _RELATIVE_GATE = -0.691, -70.0, 0.1
_CHUNK_FRAMES = 1 << 16
_STEP_FRAMES = 64
_REACH_SECONDS = 0.005
_RELEASE_SECONDS = 0.08

# ITU-R BS.1770-4, annex 2, table of the order 48, four-phase interpolating FIR filter.
# Phases 2 and 3 are phases 1 and 0 read backwards.
_PHASE_0 = (
    0.0017089843750,
    0.0109863281250,
    -0.0196533203125,
    0.0332031250000,
    -0.0594482421875,
    0.1373291015625,
    0.9721679687500,
    -0.1022949218750,
    0.0476074218750,
    -0.0266113281250,
    0.0148925781250,
    -0.0083007812500,
)
_PHASE_1 = (
    -0.0291748046875,
    0.0292968750000,
    -0.0517578125000,
    0.0891113281250,
    -0.1665039062500,
    0.4650878906250,
    0.7797851562500,
    -0.2003173828125,
    0.1015625000000,
    -0.0582275390625,
    0.0330810546875,
    -0.0189208984375,
)
_PHASES = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]], dtype=np.float32)
_TAPS = len(_PHASE_0)


def integrated_loudness(audio: Audio, sample_rate: int) -> float:
    """Loudness in LUFS; minus infinity for silence.

    Audio shorter than the meter's 0.4 s block is measured with silence after it. The
    meter sees a minute at a time, so that an hour needs no more memory than that.
    """
    powers = np.concatenate(list(_block_powers(audio, sample_rate)))
    powers = powers[powers >= _power(_ABSOLUTE_GATE_LUFS)]
    if not len(powers):
        return -np.inf
    powers = powers[powers > powers.mean() * _RELATIVE_GATE]
    return float(_OFFSET_LUFS + 10 * np.log10(powers.mean()))


def _power(lufs: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted power of a loudness (BS.1770-4, equation 4)."""
    result: NDArray[np.float64] = 10 ** ((np.asarray(lufs) - _OFFSET_LUFS) / 10)
    return result


def _block_powers(audio: Audio, sample_rate: int) -> Iterator[NDArray[np.float64]]:
    """Yield the powers of the gating blocks, a minute of them at a time."""
    import pyloudnorm  # noqa: PLC0415  (brings scipy: a second of import)

    meter = pyloudnorm.Meter(sample_rate)
    hop = sample_rate * _BLOCK_SECONDS / _HOPS_A_BLOCK
    for first in range(0, max(1, int(len(audio) / hop) - _HOPS_A_BLOCK + 2), _PIECE_HOPS):
        warm = min(first, _WARM_HOPS)
        start = round((first - warm) * hop)
        end = round((first + _PIECE_HOPS + _HOPS_A_BLOCK - 1) * hop)
        piece = audio[start:end]
        missing = round((warm + _HOPS_A_BLOCK) * hop) + 1 - len(piece)
        meter.integrated_loudness(np.pad(piece, ((0, max(0, missing)), (0, 0))))
        yield _power(np.asarray(meter.blockwise_loudness)[warm:])


def _step_peaks(audio: Audio) -> NDArray[np.float32]:
    """True peak of both channels in each step of 64 frames, shape (steps,)."""
    steps = -(-len(audio) // _STEP_FRAMES)
    peaks = np.zeros(steps, dtype=np.float32)
    for start in range(0, steps * _STEP_FRAMES, _CHUNK_FRAMES):
        frames = min(_CHUNK_FRAMES, steps * _STEP_FRAMES - start)
        own = slice(start // _STEP_FRAMES, (start + frames) // _STEP_FRAMES)
        for channel in audio.T:
            peaks[own] = np.maximum(peaks[own], _chunk_peaks(channel, start, frames))
    return peaks


def _chunk_peaks(channel: NDArray[np.float32], start: int, frames: int) -> NDArray[np.float32]:
    """True peak per step of ``frames`` frames of one channel from ``start`` on."""
    before, after = start - _TAPS // 2 + 1, start + frames + _TAPS // 2
    part = channel[max(before, 0) : after]
    padded = np.pad(part, (max(-before, 0), after - max(before, 0) - len(part)))
    found = np.abs(channel[start : start + frames])
    peaks = np.pad(found, (0, frames - len(found)))
    for phase in _PHASES:
        np.maximum(peaks, np.abs(np.convolve(padded, phase, mode="valid")[:frames]), out=peaks)
    result: NDArray[np.float32] = peaks.reshape(-1, _STEP_FRAMES).max(axis=1)
    return result


def true_peak(audio: Audio) -> float:
    """Highest true peak as an amplitude (1 is full scale), 0 for no audio."""
    return float(_step_peaks(audio).max(initial=0.0))


def master(audio: Audio, sample_rate: int, target_lufs: float = TARGET_LUFS) -> Audio:
    """Bring ``audio`` to ``target_lufs`` with a true peak of -1 dBTP at most.

    One gain for the whole piece; peaks that would still pass the ceiling go through a
    look-ahead limiter, by 6 dB at most (a piece with higher peaks stays quieter than
    asked). Silence comes back as it is. Works in place where it can; returns the audio.
    """
    loudness = integrated_loudness(audio, sample_rate)
    if not np.isfinite(loudness):
        return audio
    ceiling = 10 ** (CEILING_DBTP / 20)
    peaks = _step_peaks(audio)
    loudest = float(peaks.max())
    gain = min(
        10 ** ((target_lufs - loudness) / 20),
        ceiling * 10 ** (MAX_LIMITING_DB / 20) / loudest,
    )
    audio *= np.float32(gain)
    if loudest * gain > ceiling:
        _limit(audio, peaks * gain, ceiling, sample_rate)
        audio *= np.float32(min(1.0, ceiling / true_peak(audio)))
    return audio


def _limit(audio: Audio, peaks: NDArray[np.float32], ceiling: float, sample_rate: int) -> None:
    """Press ``audio`` under ``ceiling`` in place, given the true peak of every step."""
    nodes = _node_gains(np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)), sample_rate)
    for start, end in _chunks(len(audio)):
        places = np.arange(start, end) / _STEP_FRAMES
        gains = np.interp(places, np.arange(len(nodes)), nodes).astype(np.float32)
        audio[start:end] *= gains[:, None]


def _chunks(frames: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of consecutive chunks."""
    for start in range(0, frames, _CHUNK_FRAMES):
        yield start, min(start + _CHUNK_FRAMES, frames)


def _node_gains(needed: NDArray[np.float64], sample_rate: int) -> NDArray[np.float64]:
    """Smooth gain at every border between steps, never above what a step needs.

    The least gain needed within the reach is held, then averaged over that reach: the
    average of values that all are low enough is low enough.
    """
    ends = np.pad(needed, 1, constant_values=1.0)
    nodes = np.minimum(ends[:-1], ends[1:])
    ahead = max(1, round(_REACH_SECONDS * sample_rate / _STEP_FRAMES))
    behind = max(1, round(_RELEASE_SECONDS * sample_rate / _STEP_FRAMES))
    width = ahead + behind + 1
    held = np.pad(nodes, (behind, ahead), constant_values=1.0)
    least = np.lib.stride_tricks.sliding_window_view(held, width).min(axis=1)
    wide = np.pad(least, (ahead, behind), mode="edge")
    total = np.concatenate([[0.0], np.cumsum(wide)])
    result: NDArray[np.float64] = (total[width:] - total[:-width]) / width
    return result

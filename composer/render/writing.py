"""Audio files: WAV, FLAC, OGG and MP3 through libsndfile, whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from composer.errors import OutputError, RequestError
from composer.files import whole_file
from composer.render.audio import Audio

BLOCK_FRAMES = 4096
"""Frames given to libsndfile at once: its Vorbis encoder crashes on a whole piece."""

_PROBED_BYTES = 2**16
_PCM = MappingProxyType({16: "PCM_16", 24: "PCM_24", 32: "FLOAT"})
_MPEG_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_TAGS = frozenset({"title", "artist", "comment", "software", "date", "copyright", "album"})


@dataclass(frozen=True, slots=True)
class _Format:
    """A container, its coding (None: PCM by bit depth) and what it can hold."""

    container: str
    coding: str | None
    bit_depths: tuple[int, ...] = ()
    rates: tuple[int, ...] = ()


_FORMATS = {
    ".wav": _Format("WAV", None, (16, 24, 32)),
    ".flac": _Format("FLAC", None, (16, 24)),
    ".ogg": _Format("OGG", "VORBIS"),
    ".mp3": _Format("MP3", "MPEG_LAYER_III", rates=_MPEG_RATES),
}
AUDIO_SUFFIXES = tuple(_FORMATS)
"""Suffixes of the audio files that can be written."""

DEFAULT_BIT_DEPTH = 24
"""Bits of a WAV or FLAC sample: what a DAW takes without loss."""


def check_audio_path(
    path: str | Path, sample_rate: int = 44100, bit_depth: int = DEFAULT_BIT_DEPTH
) -> Path:
    """Refuse early, with RequestError, a suffix, rate or depth that can't be written."""
    found = Path(path)
    suffix = found.suffix.lower()
    if suffix not in _FORMATS:
        raise RequestError(
            f"{found.name} names no audio format: end it in {', '.join(AUDIO_SUFFIXES)}"
        )
    kind = _FORMATS[suffix]
    if kind.rates and sample_rate not in kind.rates:
        raise RequestError(
            f"{kind.container} can't hold {sample_rate} Hz: "
            f"use {', '.join(str(rate) for rate in kind.rates)}"
        )
    if kind.bit_depths and bit_depth not in kind.bit_depths:
        depths = ", ".join(str(depth) for depth in kind.bit_depths)
        raise RequestError(f"{kind.container} holds samples of {depths} bits, not {bit_depth}")
    return found


def write_audio(
    audio: Audio,
    path: str | Path,
    sample_rate: int = 44100,
    *,
    overwrite: bool = False,
    bit_depth: int = DEFAULT_BIT_DEPTH,
    metadata: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write ``audio`` (frames, 2), full scale +-1, in the format of ``path``'s suffix.

    ``bit_depth`` is for WAV (16, 24, 32 for float) and FLAC (16, 24). ``metadata`` holds
    title, artist, comment, software, date, copyright or album. The file appears whole or
    not at all; no frames become a block of silence, since a FLAC or MP3 file without any
    can't be opened again. Raises RequestError for what no format can hold, OutputError where
    the place can't be written.
    """
    target = check_audio_path(path, sample_rate, bit_depth)
    unknown = sorted(set(metadata) - _TAGS)
    if unknown:
        raise RequestError(f"unknown tag {unknown[0]!r}: one of {', '.join(sorted(_TAGS))}")
    if not len(audio):
        audio = np.zeros((BLOCK_FRAMES, 2), np.float32)
    with whole_file(target, overwrite=overwrite) as draft:
        _write(audio, draft, sample_rate, bit_depth, metadata)
    return target


def _write(
    audio: Audio, draft: Path, sample_rate: int, bit_depth: int, metadata: Mapping[str, str]
) -> None:
    """Encode into ``draft`` block by block."""
    import soundfile  # noqa: PLC0415  (loads libsndfile)

    kind = _FORMATS[draft.suffix.lower()]
    coding = kind.coding or _PCM[bit_depth]
    try:
        with soundfile.SoundFile(
            draft, "w", sample_rate, audio.shape[1], coding, format=kind.container
        ) as file:
            for tag, text in metadata.items():
                setattr(file, tag, text)
            for start in range(0, len(audio), BLOCK_FRAMES):
                file.write(np.clip(audio[start : start + BLOCK_FRAMES], -1.0, 1.0))
    except soundfile.LibsndfileError as error:
        _ask_the_system(draft)
        raise OutputError(
            f"can't write {kind.container} at {sample_rate} Hz: {error}"
        ) from error


def _ask_the_system(draft: Path) -> None:
    """Raise OSError where the file can't grow: libsndfile keeps the reason to itself."""
    with draft.open("ab", buffering=0) as file:
        file.write(bytes(_PROBED_BYTES))

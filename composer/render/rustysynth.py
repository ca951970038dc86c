"""The second engine: rustysynth, from the midirenderer wheel; it runs on every system.

It reads a MIDI file, has 64 voices, plays at 48 kHz into 16 bits and stops at the end of
the track. So the parts are played in groups that fit its voices and sixteen channels, a
late end of track leaves room for the tails, a group that would clip is played softer and
lifted afterwards, and the sum is brought to the wanted sample rate.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from math import gcd

import numpy as np

from composer.errors import InputError
from composer.midi import midi_bytes
from composer.render.audio import Audio, Progress, no_progress, trim_tail
from composer.render.events import PEDALS, seconds_of
from composer.render.mix import VOLUME
from composer.render.soundfont import SoundFont
from composer.score import TICKS_PER_QUARTER, Control, Part, Score

ENGINE_RATE_HZ = 48000
TAIL_SECONDS = 5.0

_MAX_VOICES = 40
"""Notes at once in a group. Fonts layer up to two voices a note and there are 64; on a dense
piece this differs by -57 dB from every part played apart, at two thirds of the time."""

_MAX_MELODIC = 15
_RELEASE_SECONDS = 0.6
_FULL_SCALE = 32767
_QUIETER = 4.0
"""Halving the volume controller divides the amplitude by four (General MIDI's square law)."""

_DEFAULT_VOLUME = 100
_SOFTENINGS = 3


@dataclass(frozen=True, slots=True)
class RustySynth:
    """rustysynth playing ``soundfont`` (SoundFont 2, not the compressed 3)."""

    soundfont: SoundFont
    name: str = field(init=False, default="rustysynth")

    @property
    def version(self) -> str:
        """Version of the wheel that carries it."""
        return metadata.version("midirenderer")

    def render(
        self, score: Score, sample_rate: int = 44100, progress: Progress = no_progress
    ) -> Audio:
        """Play ``score``: float32 of shape (frames, 2), unmastered, with its tail.

        Raises InputError for a font that it can't read.
        """
        if self.soundfont.is_compressed:
            raise InputError(
                f"rustysynth can't read the compressed {self.soundfont.name}: "
                "give an .sf2 file or take the engine fluidsynth"
            )
        font = self.soundfont.path.read_bytes()
        end_seconds = float(seconds_of(score, [score.end_ticks])[0])
        long_score = _with_room(score)
        frames = round((end_seconds + TAIL_SECONDS) * ENGINE_RATE_HZ)
        audio = np.zeros((frames, 2), dtype=np.float32)
        groups = list(_groups(long_score))
        for index, group in enumerate(groups):
            stem = _play(font, replace(long_score, parts=group))
            audio[: len(stem)] += stem[:frames]
            total = frames / ENGINE_RATE_HZ
            progress(total * (index + 1) / len(groups), total)
        return trim_tail(_resampled(audio, sample_rate), sample_rate, end_seconds)


def _with_room(score: Score) -> Score:
    """Let the piece end late enough for its tails, pedals up at the final bar line."""
    ticks = round(TAIL_SECONDS * score.tempos[-1].qpm / 60 * TICKS_PER_QUARTER)
    lifts = tuple(Control(score.end_ticks, pedal, 0) for pedal in PEDALS)
    parts = tuple(
        replace(
            part,
            controls=(*(c for c in part.controls if c.onset_ticks < score.end_ticks), *lifts),
        )
        for part in score.parts
    )
    return replace(score, parts=parts, end_ticks=score.end_ticks + ticks)


def _voices(score: Score, part: Part) -> int:
    """Most notes that ``part`` has sounding at once, releases and pedal included."""
    starts = seconds_of(score, [note.onset_ticks for note in part.notes])
    ends = seconds_of(score, [note.end_ticks for note in part.notes]) + _RELEASE_SECONDS
    if any(control.number in PEDALS for control in part.controls):
        ends += _RELEASE_SECONDS
    sounding = np.arange(1, len(starts) + 1) - np.searchsorted(np.sort(ends), starts)
    return int(sounding.max(initial=0))


def _groups(score: Score) -> Iterator[tuple[Part, ...]]:
    """Yield the parts in groups that the engine can play at once, at most one of drums."""
    group: list[Part] = []
    voices = 0
    for part in score.parts:
        own = _voices(score, part)
        drums = part.is_drums and any(other.is_drums for other in group)
        if group and (voices + own > _MAX_VOICES or drums or len(group) >= _MAX_MELODIC):
            yield tuple(group)
            group, voices = [], 0
        group.append(part)
        voices += own
    if group:
        yield tuple(group)


def _play(font: bytes, score: Score) -> Audio:
    """Play one group at 48 kHz, softer as often as it would clip."""
    lift = 1.0
    samples = _synthesise(font, score)
    for _ in range(_SOFTENINGS):
        if np.abs(samples).max(initial=0.0) < 1.0:
            break
        score, lift = _softer(score), lift * _QUIETER
        samples = _synthesise(font, score)
    return samples * np.float32(lift)


def _synthesise(font: bytes, score: Score) -> Audio:
    """Samples as the engine gives them, shape (frames, 2), full scale at 1."""
    import midirenderer  # noqa: PLC0415  (a native library, wanted only here)
    import soundfile  # noqa: PLC0415  (loads libsndfile)

    try:
        wave = midirenderer.render_wave_from(font, midi_bytes(score))
    except RuntimeError as error:
        raise InputError(f"rustysynth can't play this: {error}") from error
    integers, _ = soundfile.read(io.BytesIO(bytes(wave)), dtype="int16", always_2d=True)
    samples: Audio = integers.astype(np.float32) / np.float32(_FULL_SCALE)
    return samples


def _softer(score: Score) -> Score:
    """Halve the volume controller of every part."""
    return replace(score, parts=tuple(_halved(part) for part in score.parts))


def _halved(part: Part) -> Part:
    """Halve one part's volume controller, the default at the start included."""
    volumes = [c for c in part.controls if c.number == VOLUME]
    others: Sequence[Control] = [c for c in part.controls if c.number != VOLUME]
    if not volumes or volumes[0].onset_ticks > 0:
        volumes.insert(0, Control(0, VOLUME, _DEFAULT_VOLUME))
    halved = [Control(c.onset_ticks, VOLUME, round(c.value / 2)) for c in volumes]
    return replace(part, controls=(*others, *halved))


def _resampled(audio: Audio, sample_rate: int) -> Audio:
    """Bring 48 kHz to ``sample_rate`` by a polyphase filter."""
    if sample_rate == ENGINE_RATE_HZ:
        return audio
    from scipy.signal import resample_poly  # noqa: PLC0415  (slow to import)

    common = gcd(sample_rate, ENGINE_RATE_HZ)
    result: Audio = resample_poly(
        audio, sample_rate // common, ENGINE_RATE_HZ // common, axis=0
    ).astype(np.float32)
    return result

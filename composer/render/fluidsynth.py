"""The first engine: FluidSynth, driven message by message through its C interface.

No MIDI file stands between: every part has a channel of its own (up to 256), any of them
may be percussion. The synthesiser works in blocks of 64 frames, so messages are placed
to the nearest block (0.7 ms at most at 44.1 kHz). One core: with more, sums are taken in
another order and the samples differ from run to run.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from composer.errors import InputError, RequestError
from composer.render.audio import Audio, Progress, no_progress, trim_tail
from composer.render.events import PEDALS, Kind, Message, messages_of, seconds_of
from composer.render.library import library_version, load_library
from composer.render.soundfont import SoundFont
from composer.score import Score

BLOCK_FRAMES = 64
"""FluidSynth's internal block."""

MAX_PARTS = 256
TAIL_SECONDS = 8.0
"""Longest ringing after the final bar line."""

_CHANNEL_STEP = 16
_NUMBERS = {
    "synth.gain": 0.4,
    "synth.reverb.room-size": 0.55,
    "synth.reverb.damp": 0.35,
    "synth.reverb.width": 0.8,
    "synth.reverb.level": 0.7,
}
"""Gain leaves headroom (the output is float); the reverb is that of a small hall."""

_INTEGERS = {
    "synth.cpu-cores": 1,
    "synth.polyphony": 1024,
    "synth.dynamic-sample-loading": 1,
    "synth.reverb.active": 1,
    "synth.chorus.active": 1,
}
_DRUM_CHANNEL = 1
_DRUM_BANK = 128
_MELODIC_CHANNEL = 0
_FAILED = -1
_BEND_CENTRE = 8192


@dataclass(frozen=True, slots=True)
class FluidSynth:
    """FluidSynth at ``library_path`` playing ``soundfont``."""

    library_path: str
    soundfont: SoundFont
    name: str = field(init=False, default="fluidsynth")

    @property
    def version(self) -> str:
        """The library's version."""
        return library_version(load_library(self.library_path))

    def render(
        self, score: Score, sample_rate: int = 44100, progress: Progress = no_progress
    ) -> Audio:
        """Play ``score``: float32 of shape (frames, 2), unmastered, with its tail.

        Raises RequestError for over 256 parts, InputError for a font that can't be loaded.
        """
        if len(score.parts) > MAX_PARTS:
            raise RequestError(f"at most {MAX_PARTS} parts can sound, not {len(score.parts)}")
        end_seconds = float(seconds_of(score, [score.end_ticks])[0])
        blocks = round((end_seconds + TAIL_SECONDS) * sample_rate / BLOCK_FRAMES) + 1
        audio = np.zeros((blocks * BLOCK_FRAMES, 2), dtype=np.float32)
        library = load_library(self.library_path)
        with _synthesiser(library, self.soundfont, score, sample_rate) as synth:
            _Player(library, synth, audio, sample_rate, progress).play(score, end_seconds)
        return trim_tail(audio, sample_rate, end_seconds)


@contextmanager
def _synthesiser(
    library: ctypes.CDLL, soundfont: SoundFont, score: Score, sample_rate: int
) -> Iterator[int]:
    """A synthesiser set up for the score's parts; freed at the end."""
    settings = library.new_fluid_settings()
    channels = -(-max(len(score.parts), 1) // _CHANNEL_STEP) * _CHANNEL_STEP
    for name, number in (_NUMBERS | {"synth.sample-rate": float(sample_rate)}).items():
        library.fluid_settings_setnum(settings, name.encode(), number)
    for name, integer in (_INTEGERS | {"synth.midi-channels": channels}).items():
        library.fluid_settings_setint(settings, name.encode(), integer)
    synth = library.new_fluid_synth(settings)
    try:
        if library.fluid_synth_sfload(synth, str(soundfont.path).encode(), 1) == _FAILED:
            raise InputError(f"FluidSynth can't load the SoundFont {soundfont.path}")
        for channel in range(channels):
            is_drums = channel < len(score.parts) and score.parts[channel].is_drums
            kind = _DRUM_CHANNEL if is_drums else _MELODIC_CHANNEL
            library.fluid_synth_set_channel_type(synth, channel, kind)
            bank = _DRUM_BANK if is_drums else 0  # the type alone leaves channel 10's bank
            library.fluid_synth_bank_select(synth, channel, bank)
        yield synth
    finally:
        library.delete_fluid_synth(synth)
        library.delete_fluid_settings(settings)


@dataclass(slots=True)
class _Player:
    """Sends messages and collects what sounds between them into ``audio``."""

    library: ctypes.CDLL
    synth: int
    audio: Audio
    sample_rate: int
    progress: Progress
    _block: int = 0

    def play(self, score: Score, end_seconds: float) -> None:
        """Fill ``audio`` with the score and what rings on after it."""
        for message in messages_of(score):
            self._advance(message.onset_seconds)
            self._send(message)
        self._advance(end_seconds)
        for channel in range(len(score.parts)):
            for pedal in PEDALS:
                self.library.fluid_synth_cc(self.synth, channel, pedal, 0)
        self._advance(len(self.audio) / self.sample_rate)

    def _advance(self, seconds: float) -> None:
        """Write blocks up to ``seconds``, about a second at a time."""
        goal = min(
            round(seconds * self.sample_rate / BLOCK_FRAMES), len(self.audio) // BLOCK_FRAMES
        )
        step = max(1, self.sample_rate // BLOCK_FRAMES)
        while self._block < goal:
            count = min(step, goal - self._block)
            self._write(count * BLOCK_FRAMES)
            before, self._block = self._block // step, self._block + count
            if self._block // step > before:
                done = self._block * BLOCK_FRAMES / self.sample_rate
                self.progress(done, len(self.audio) / self.sample_rate)

    def _write(self, frames: int) -> None:
        """Let the synthesiser write ``frames`` frames at the current place."""
        place = self.audio.ctypes.data + self._block * BLOCK_FRAMES * self.audio.strides[0]
        self.library.fluid_synth_write_float(self.synth, frames, place, 0, 2, place, 1, 2)

    def _send(self, message: Message) -> None:
        """Hand one message to the synthesiser."""
        _, kind, _, channel, first, second = message
        library, synth = self.library, self.synth
        if kind is Kind.NOTE_ON:
            library.fluid_synth_noteon(synth, channel, first, second)
        elif kind is Kind.NOTE_OFF:
            library.fluid_synth_noteoff(synth, channel, first)
        elif kind is Kind.PROGRAM:
            library.fluid_synth_program_change(synth, channel, first)
        elif kind is Kind.BEND:
            library.fluid_synth_pitch_bend(synth, channel, first + _BEND_CENTRE)
        else:
            library.fluid_synth_cc(synth, channel, first, second)

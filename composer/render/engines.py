"""The synthesisers there are, behind one small interface."""

from typing import Protocol

from composer.errors import InputError, RequestError
from composer.render.audio import Audio, Progress, no_progress
from composer.render.fluidsynth import FluidSynth
from composer.render.library import find_library_path
from composer.render.rustysynth import RustySynth
from composer.render.soundfont import SoundFont, find_soundfont
from composer.score import Score

ENGINES = ("fluidsynth", "rustysynth")
"""Names of the engines, the preferred one first."""


class Renderer(Protocol):
    """What plays a score."""

    @property
    def name(self) -> str:
        """One of ``ENGINES``."""
        ...

    @property
    def version(self) -> str:
        """Its version; with the font it decides the samples."""
        ...

    @property
    def soundfont(self) -> SoundFont:
        """The font it plays."""
        ...

    def render(
        self, score: Score, sample_rate: int = 44100, progress: Progress = no_progress
    ) -> Audio:
        """Play ``score``: float32 (frames, 2) before mastering, tails kept.

        The same score gives the same samples every time.
        """
        ...


def find_renderer(name: str | None = None, soundfont: SoundFont | None = None) -> Renderer:
    """Find an engine by ``name``; None takes FluidSynth where its library is, else rustysynth.

    Raises RequestError for an unknown name, InputError where FluidSynth was asked for and
    is not there.
    """
    if name is not None and name not in ENGINES:
        raise RequestError(f"unknown engine {name!r}: one of {', '.join(ENGINES)}")
    font = soundfont or find_soundfont()
    library = None if name == "rustysynth" else find_library_path()
    if library is not None:
        return FluidSynth(library, font)
    if name == "fluidsynth":
        raise InputError(
            "FluidSynth's library is not on this machine: install it, name it with "
            "$COMPOSER_FLUIDSYNTH, or take the engine rustysynth"
        )
    return RustySynth(font)

"""From a score to finished audio: find an engine, mix, play, master, write."""

from dataclasses import dataclass
from pathlib import Path

from composer.errors import RequestError
from composer.files import check_output
from composer.render.audio import Audio, Progress, Tail, check_tail, fade_to_end, no_progress
from composer.render.engines import Renderer, find_renderer
from composer.render.events import seconds_of
from composer.render.loudness import TARGET_LUFS, master
from composer.render.mix import with_default_mix
from composer.render.soundfont import SoundFont, find_soundfont
from composer.render.writing import DEFAULT_BIT_DEPTH, check_audio_path, write_audio
from composer.score import Score

MAX_SECONDS = 1800.0
"""Longest piece that is rendered unless more is asked for: half an hour."""

_LOWEST_HZ, _HIGHEST_HZ = 8000, 96000
"""Sample rates that both engines can play."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """Finished audio (float32, shape (frames, 2)) and what made it."""

    audio: Audio
    sample_rate: int
    engine: str
    engine_version: str
    soundfont: SoundFont

    @property
    def seconds(self) -> float:
        """Length with the tail."""
        return len(self.audio) / self.sample_rate

    @property
    def comment(self) -> str:
        """Engine and SoundFont, as written into files."""
        return (
            f"engine {self.engine} {self.engine_version}; soundfont {self.soundfont.name} "
            f"sha256 {self.soundfont.sha256}"
        )


def _checked_seconds(score: Score, sample_rate: int, max_seconds: float) -> float:
    """Length of a score; refuses a rate no engine plays and a piece too long for memory."""
    if not _LOWEST_HZ <= sample_rate <= _HIGHEST_HZ:
        raise RequestError(
            f"the sample rate lies between {_LOWEST_HZ} and {_HIGHEST_HZ} Hz, not {sample_rate}"
        )
    seconds = float(seconds_of(score, [score.end_ticks])[0])
    if seconds > max_seconds:
        raise RequestError(
            f"the piece lasts {seconds / 60:.1f} minutes, and at most {max_seconds / 60:g} "
            "are rendered: shorten it or raise the limit"
        )
    return seconds


def render_score(
    score: Score,
    *,
    engine: str | Renderer | None = None,
    soundfont: str | Path | None = None,
    sample_rate: int = 44100,
    target_lufs: float = TARGET_LUFS,
    max_seconds: float = MAX_SECONDS,
    tail: Tail = "ring",
    progress: Progress = no_progress,
) -> Rendering:
    """Play ``score`` and master it.

    ``engine`` is a name of ``ENGINES``, a renderer of one's own, or None for the best there
    is. The ``tail`` rings on after the final bar line, or fades so that the audio ends on it.
    ``progress`` is called with the seconds done and the seconds in all.
    Raises RequestError for an unknown engine or tail, a rate outside 8-96 kHz or a piece
    longer than ``max_seconds``; InputError where font or library fail.
    """
    end_seconds = _checked_seconds(score, sample_rate, max_seconds)
    check_tail(tail)
    if isinstance(engine, str) or engine is None:
        engine = find_renderer(engine, find_soundfont(soundfont))
    audio = engine.render(with_default_mix(score), sample_rate, progress)
    audio = master(audio, sample_rate, target_lufs)
    if tail == "fade":
        audio = fade_to_end(audio, sample_rate, end_seconds)
    return Rendering(audio, sample_rate, engine.name, engine.version, engine.soundfont)


def render_file(
    score: Score,
    path: str | Path,
    *,
    overwrite: bool = False,
    engine: str | Renderer | None = None,
    soundfont: str | Path | None = None,
    sample_rate: int = 44100,
    bit_depth: int = DEFAULT_BIT_DEPTH,
    target_lufs: float = TARGET_LUFS,
    max_seconds: float = MAX_SECONDS,
    tail: Tail = "ring",
    progress: Progress = no_progress,
) -> Rendering:
    """Render ``score`` into an audio file whose format is its suffix; returns the rendering.

    Title, engine and SoundFont (name and SHA-256) go into the file's tags. Nothing is
    rendered before the path is known to be writable. Raises as ``render_score`` and
    ``write_audio`` do.
    """
    check_output(check_audio_path(path, sample_rate, bit_depth), overwrite=overwrite)
    rendering = render_score(
        score,
        engine=engine,
        soundfont=soundfont,
        sample_rate=sample_rate,
        target_lufs=target_lufs,
        max_seconds=max_seconds,
        tail=tail,
        progress=progress,
    )
    tags = {"title": score.title, "software": "composer", "comment": rendering.comment}
    write_audio(
        rendering.audio,
        path,
        sample_rate,
        overwrite=overwrite,
        bit_depth=bit_depth,
        metadata={tag: text for tag, text in tags.items() if text},
    )
    return rendering

"""Render: from a score to audio, by a SoundFont synthesiser."""

from composer.render.audio import TAILS, Audio, Progress, Tail, check_tail
from composer.render.engines import ENGINES, Renderer, find_renderer
from composer.render.loudness import integrated_loudness, master, true_peak
from composer.render.mix import with_default_mix
from composer.render.rendering import MAX_SECONDS, Rendering, render_file, render_score
from composer.render.soundfont import SoundFont, find_soundfont
from composer.render.writing import AUDIO_SUFFIXES, check_audio_path, write_audio

__all__ = [
    "AUDIO_SUFFIXES",
    "ENGINES",
    "MAX_SECONDS",
    "TAILS",
    "Audio",
    "Progress",
    "Renderer",
    "Rendering",
    "SoundFont",
    "Tail",
    "check_audio_path",
    "check_tail",
    "find_renderer",
    "find_soundfont",
    "integrated_loudness",
    "master",
    "render_file",
    "render_score",
    "true_peak",
    "with_default_mix",
    "write_audio",
]

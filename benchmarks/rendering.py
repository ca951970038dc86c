"""Playing a piece, beside FluidSynth as its own command line plays it.

    python benchmarks/rendering.py

The command line itself is timed where it is installed. Else the same library is driven as
that program does it: its player reads the MIDI file, and blocks are taken until it is done
(``fluid_player_add``, ``fluid_player_play``, ``fluid_synth_write_float``). Same font, 44.1
kHz, one core, reverb and chorus on. Composer's side also masters the sound and writes a file.
"""

import argparse
import ctypes
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from decode_composer import engine_for, request
from timing import Contender, Task, laps, run_child, take_turns, tell, warm_up

from composer.api import Composer
from composer.midi import write_midi
from composer.model.engine import DEFAULT_ENGINE
from composer.render import find_renderer
from composer.render.library import find_library_path, load_library
from composer.render.loudness import TARGET_LUFS, master
from composer.render.mix import with_default_mix
from composer.render.soundfont import find_soundfont
from composer.render.writing import write_audio

SAMPLE_RATE, BLOCK_FRAMES = 44100, 64
PLAYING = 1
"""``FLUID_PLAYER_PLAYING``."""


def play_file(library_path: str, font: Path, midi: Path) -> int:
    """Let FluidSynth's own player play a MIDI file; returns the frames it took."""
    library = ctypes.CDLL(library_path)
    for name in ("new_fluid_settings", "new_fluid_synth", "new_fluid_player"):
        getattr(library, name).restype = ctypes.c_void_p
    settings = ctypes.c_void_p(library.new_fluid_settings())
    library.fluid_settings_setstr(settings, b"player.timing-source", b"sample")
    rate = ctypes.c_double(SAMPLE_RATE)
    library.fluid_settings_setnum(settings, b"synth.sample-rate", rate)
    synth = ctypes.c_void_p(library.new_fluid_synth(settings))
    library.fluid_synth_sfload(synth, str(font).encode(), 1)
    player = ctypes.c_void_p(library.new_fluid_player(synth))
    library.fluid_player_add(player, str(midi).encode())
    library.fluid_player_play(player)
    sound, blocks = np.zeros((BLOCK_FRAMES, 2), np.float32), 0
    place = sound.ctypes.data_as(ctypes.c_void_p)
    while library.fluid_player_get_status(player) == PLAYING:
        library.fluid_synth_write_float(synth, BLOCK_FRAMES, place, 0, 2, place, 1, 2)
        blocks += 1
    library.delete_fluid_player(player)
    library.delete_fluid_synth(synth)
    library.delete_fluid_settings(settings)
    return blocks * BLOCK_FRAMES


def measure(task: Task) -> dict[str, Any]:
    """Seconds to play a composed piece."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        engine = engine_for(DEFAULT_ENGINE, 1024)
        piece = Composer(engine).generate(seed=1, **request(1, bars=4 if task.is_quick else 32))
        midi = folder / "piece.mid"
        write_midi(piece.score, midi)
        font, library_path = find_soundfont(), find_library_path()
        renderers = {name: find_renderer(name, font) for name in _engines(library_path)}
        sound = next(iter(renderers.values())).render(with_default_mix(piece.score))
        contenders: dict[str, Contender] = {
            f"composer, {name}": lambda r=renderer: laps(
                ("play", lambda: r.render(with_default_mix(piece.score)))
            )
            for name, renderer in renderers.items()
        }
        contenders["composer"] = lambda: laps(
            ("master", lambda: master(sound, SAMPLE_RATE, TARGET_LUFS)),
            (
                "write",
                lambda: write_audio(sound, folder / "p.wav", SAMPLE_RATE, overwrite=True),
            ),
        )
        missing = [] if library_path else ["FluidSynth's library (not found)"]
        if library_path:
            found = load_library(library_path)._name  # noqa: SLF001 - the path as loaded
            contenders["FluidSynth's player"] = lambda: laps(
                ("play", lambda: play_file(found, font.path, midi))
            )
        if program := shutil.which("fluidsynth"):
            command = [program, "-ni", "-F", "out.wav", str(font.path), str(midi)]
            contenders["FluidSynth's command line"] = lambda: {
                "play": run_child(command, folder)["processor"]
            }
        else:
            missing.append("FluidSynth's command line (not installed)")
        warm_up(contenders)
        return {
            "seconds": piece.seconds,
            "notes": piece.score.note_count,
            "font": font.name,
            "missing": missing,
            "samples": take_turns(contenders, task.rounds),
        }


def _engines(library_path: str | None) -> list[str]:
    return ["fluidsynth", "rustysynth"] if library_path else ["rustysynth"]


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))

"""Remakes the four pieces that the README shows, one a quadrant of valence and arousal.

    python -m composer.lab.showcase docs/pieces

runs the very commands that the page names and writes for each piece the MIDI file, a piano
roll and a short recording (its opening, small enough for a page), and ``README.md`` with all
four.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from composer.api import inspect_file
from composer.lab.command import exit_code
from composer.midi import read_midi
from composer.notate import piano_roll_png

_SECONDS, _FADE_SECONDS = 30, 3
_BLOCK_FRAMES = 4096
_MOST_BYTES = 300_000
_PAGE = "README.md"


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece: its file's name, the quadrant in words, and what is asked for."""

    name: str
    quadrant: str
    wishes: str

    @property
    def command(self) -> str:
        """What makes it."""
        return f"composer generate {self.wishes} -o {self.name}.mid"


PIECES = (
    Shown("joyful", "pleasant, excited", "--mood joyful --bars 32 --seed 1"),
    Shown("angry", "unpleasant, excited", "--mood angry --bars 32 --seed 1"),
    Shown("sad", "unpleasant, calm", "--mood sad --bars 32 --seed 1"),
    Shown("peaceful", "pleasant, calm", "--mood peaceful --bars 32 --seed 1"),
)


def show(folder: Path) -> None:
    """Make all pieces and their page in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = [_HEAD]
    for piece in PIECES:
        midi = folder / f"{piece.name}.mid"
        command = [sys.executable, "-m", "composer", *shlex.split(piece.command)[1:]]
        subprocess.run([*command, "--force"], cwd=folder, check=True)  # noqa: S603 - ours
        piano_roll_png(read_midi(midi).score, folder / f"{piece.name}.png", overwrite=True)
        _record(midi, folder / f"{piece.name}.ogg")
        sections.append(_section(piece, midi))
    (folder / _PAGE).write_text("\n".join(sections))


def _record(midi: Path, target: Path) -> None:
    """The opening of a piece as a small recording that fades out."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.wav")
        command = [sys.executable, "-m", "composer", "render", str(midi), "-o", str(whole)]
        subprocess.run(command, check=True)  # noqa: S603 - ours
        sound, rate = soundfile.read(whole, frames=-1, dtype="float32")
    sound = sound[: _SECONDS * rate]
    fade = min(len(sound), _FADE_SECONDS * rate)
    sound[len(sound) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
    with soundfile.SoundFile(
        target, "w", rate, 2, "VORBIS", format="OGG", compression_level=1.0
    ) as file:
        for start in range(0, len(sound), _BLOCK_FRAMES):
            file.write(sound[start : start + _BLOCK_FRAMES])
    if target.stat().st_size > _MOST_BYTES:
        raise ValueError(f"{target} is larger than {_MOST_BYTES:,} bytes")


def _section(piece: Shown, midi: Path) -> str:
    """One piece's part of the page."""
    found = inspect_file(midi)
    return _SECTION.format(
        title=piece.name.capitalize(),
        quadrant=piece.quadrant,
        command=piece.command,
        name=piece.name,
        heard=found.mood_word,
        valence=found.mood.valence,
        arousal=found.mood.arousal,
    )


_HEAD = """# Four pieces, one a quadrant

*Remade by `python -m composer.lab.showcase docs/pieces`. Nothing was chosen by hand:
each is the first seed.*
"""
_SECTION = """## {title} ({quadrant})

```sh
{command}
```

![Piano roll of the {name} piece]({name}.png)

[Its opening as OGG]({name}.ogg) · [MIDI]({name}.mid). The mood rule hears: {heard} (valence
{valence:+.2f}, arousal {arousal:+.2f}).
"""


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Remake the pieces that the README shows.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    return exit_code("showcase", lambda: show(folder))


if __name__ == "__main__":
    sys.exit(main())

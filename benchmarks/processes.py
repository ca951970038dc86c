"""Whole processes: from their start to the files on disk, their memory, and what is installed.

    python benchmarks/processes.py [--size]

Every command runs in a process of its own whose files the system has read before. With
``--size``, composer is also installed into a new environment and weighed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timing import Contender, Task, run_child, take_turns, tell, warm_up

ROOT = Path(__file__).parent.parent
PARTS = "violin:melody, piano, cello, bass"


def commands(bars: int) -> dict[str, list[str]]:
    """What is run, by its name in the report."""
    compose = ["-m", "composer", "generate", "--mood", "sad", "--seed", "1", "-q", "--force"]
    piece = [*compose, "--instruments", PARTS, "--bars", str(bars), "-o", "piece.mid"]
    short = [*compose, "--instruments", PARTS, "--bars", "4", "-o", "short.mid"]
    plain = ["--guidance", "1", "--tries", "1"]
    return {
        "python -c pass": ["-c", "pass"],
        'python -c "import torch"': ["-c", "import torch"],
        "composer --help": ["-m", "composer", "--help"],
        "4 bars to MIDI": short,
        f"{bars} bars to MIDI": piece,
        f"{bars} bars to MIDI, plain": [*piece, *plain],
        f"{bars} bars to MIDI and WAV": [*piece, "--audio", "piece.wav"],
        f"{bars} bars to MIDI and WAV, plain": [*piece, *plain, "--audio", "piece.wav"],
    }


def size() -> dict[str, float]:
    """Megabytes of a new environment with composer, of its parts, and of one without it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "environment"
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        bare = _megabytes(place)
        source = Path(folder) / "source"
        shutil.copytree(ROOT, source, ignore=_not_source)
        install = [place / "bin" / "python", "-m", "pip", "install", "-q", source]
        subprocess.run(install, check=True, capture_output=True)
        packages = next((place / "lib").glob("python*/site-packages"))
        parts = {entry.name: _megabytes(entry) for entry in packages.iterdir()}
        heaviest = sorted(parts.items(), key=lambda part: -part[1])[:8]
        return {"environment": _megabytes(place), "without composer": bare, **dict(heaviest)}


def _not_source(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".") or name in ("prepared", "runs")]


def _megabytes(place: Path) -> float:
    """What a file or a folder takes on disk."""
    files = [place, *place.rglob("*")] if place.is_dir() else [place]
    return sum(file.lstat().st_blocks * 512 for file in files) / 2**20


def measure(task: Task) -> dict[str, Any]:
    """Seconds and memory of every command."""
    with tempfile.TemporaryDirectory() as folder:

        def runner(command: list[str]) -> Contender:
            return lambda: run_child([sys.executable, *command], Path(folder))

        contenders: dict[str, Callable[[], dict[str, float]]] = {
            name: runner(command)
            for name, command in commands(4 if task.is_quick else 32).items()
        }
        warm_up(contenders)
        samples = take_turns(contenders, task.rounds)
    found = {"bars": 4 if task.is_quick else 32, "samples": samples}
    return found | ({"size": size()} if task.rest.size and not task.is_quick else {})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", action="store_true", help="also install and weigh composer")
    tell(measure, parser)

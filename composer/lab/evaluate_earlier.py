"""Evaluates pieces that an earlier composer made: the column "before" beside a checkpoint.

    python -m composer.lab.evaluate_earlier FOLDER PREPARED earlier.json --name "the first one"

The FOLDER has ``happy-1000.mid``, ``tense-1001.mid`` and so on, named as
``evaluate_checkpoint`` does: composed by that state's own code and weights, asked for the
quadrant's valence and arousal, with the seed in the name. What is written is for
``evaluate_checkpoint --before``.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from composer.errors import InputError
from composer.lab.command import exit_code
from composer.lab.evaluate_checkpoint import judged, read_references, write_figures
from composer.lab.samples import JUDGES, QUADRANTS, Sample
from composer.midi import read_midi


def earlier_samples(folder: Path) -> Iterator[Sample]:
    """The pieces of a folder in the order of their seeds, as the judges of today hear them.

    Raises InputError for a folder without any and for a MIDI file of another name.
    """
    paths = list(folder.glob("*.mid"))
    if not paths:
        raise InputError(f"{folder} has no MIDI files")
    for path in sorted(paths, key=_seed):
        asked = QUADRANTS[path.stem.partition("-")[0]]
        score = read_midi(path).score
        heard = {who: asdict(hears(score)) for who, hears in JUDGES.items()}
        yield Sample(path.stem, score, {"mood": asdict(asked), "heard": heard})


def _seed(path: Path) -> int:
    quadrant, _, seed = path.stem.partition("-")
    if quadrant not in QUADRANTS or not seed.isdecimal():
        raise InputError(f"{path} is not named by a seed and one of {', '.join(QUADRANTS)}")
    return int(seed)


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Evaluate pieces of an earlier composer.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path, help="JSON file for evaluate_checkpoint --before")
    parser.add_argument("--name", default="", help="what the pieces are, in a few words")
    given = parser.parse_args()
    return exit_code("evaluate_earlier", lambda: run(**vars(given)))


def run(folder: Path, prepared: Path, out: Path, name: str) -> None:
    """Judge the pieces of a folder against real music, and write the figures."""
    samples = list(earlier_samples(folder))
    write_figures(out, {"name": name, **judged(samples, read_references(prepared))})


if __name__ == "__main__":
    sys.exit(main())

"""What a folder of MIDI files shares with training music, and what is natural.

python -m composer.lab.measure_originality FOLDER CHECKPOINT
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import InputError
from composer.lab.command import exit_code
from composer.midi import read_midi
from composer.originality import INDEX, Comparison, Index, compare, read_index

_DRAWS = 4000
_PERCENTS = (2.5, 97.5)


def shares(found: Iterable[Comparison]) -> dict[str, Any]:
    """The pieces that have figures, all together.

    ``share`` is that of their figures which stand in the music, ``interval`` where it lies for
    95 % of as many pieces drawn from these with replacement, ``worst`` the largest of a piece.
    """
    rows = np.array([(one.figures, one.shared) for one in found if one.figures], np.int64)
    if not len(rows):
        raise InputError("no piece has a melody figure")
    rng = np.random.default_rng(0)
    drawn = rows[rng.integers(0, len(rows), (_DRAWS, len(rows)))].sum(axis=1)
    figures, shared = rows.sum(axis=0).tolist()
    return {
        "pieces": len(rows),
        "sharing": int((rows[:, 1] > 0).sum()),
        "figures": figures,
        "shared": shared,
        "share": shared / figures,
        "interval": np.percentile(drawn[:, 1] / drawn[:, 0], _PERCENTS).tolist(),
        "worst": float((rows[:, 1] / rows[:, 0]).max()),
    }


def natural(index: Index) -> dict[str, Any]:
    """The same of the held-out pieces that the index was measured with."""
    names = ("pieces", "sharing", "figures", "shared")
    total = {name: sum(rate[name] for rate in index.natural.values()) for name in names}
    return {**total, "share": index.natural_share}


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(
        description="Measure what pieces share with training music."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("checkpoint", type=Path)
    given = parser.parse_args()
    return exit_code("measure_originality", lambda: measure(given.folder, given.checkpoint))


def measure(folder: Path, checkpoint: Path) -> None:
    """Print what the pieces of a folder share with the training music, as JSON."""
    index = read_index(checkpoint / INDEX)
    files = sorted(folder.glob("*.mid"))
    told = {
        "composed": shares(compare(read_midi(path).score, index) for path in files),
        "natural": natural(index),
    }
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())

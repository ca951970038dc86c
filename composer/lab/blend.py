"""Weights between two checkpoints of one training history.

    python -m composer.lab.blend BEFORE AFTER SHARE OUT

A run that goes on from a checkpoint's weights may learn its music by heart towards its end.
Weights on the straight line between the two are then better on music that neither has seen
(Wortsman, M., et al. (2022). Robust fine-tuning of zero-shot models): the first checkpoint
shrinks what the run has learnt last. ``SHARE`` is how much of AFTER is taken. The weights
are written into OUT, a card's place is left to ``composer.lab.card``.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from composer.errors import CheckpointError
from composer.lab.command import exit_code
from composer.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

_CARD = "Weights between two checkpoints.\n"


def blend(before: Checkpoint, after: Checkpoint, share: float) -> Checkpoint:
    """``share`` of ``after`` and the rest of ``before``, weight by weight.

    Raises CheckpointError where they have other sizes.
    """
    if before.config != after.config:
        raise CheckpointError("only checkpoints of the same sizes can be blended")
    weights = {
        name: np.asarray(array + share * (after.weights[name] - array), np.float32)
        for name, array in before.weights.items()
    }
    return Checkpoint(after.config, weights)


def write_blend(before: Path, after: Path, share: float, out: Path) -> None:
    """Write the checkpoint that lies ``share`` of the way between two."""
    save_checkpoint(out, blend(load_checkpoint(before), load_checkpoint(after), share), _CARD)


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Weights between two checkpoints.")
    for name in ("before", "after"):
        parser.add_argument(name, type=Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    return exit_code("blend", lambda: write_blend(**vars(given)))


if __name__ == "__main__":
    sys.exit(main())

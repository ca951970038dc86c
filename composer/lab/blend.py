"""Weights between two checkpoints of one training history.

    python -m composer.lab.blend BEFORE AFTER SHARE OUT

A run that goes on from a checkpoint's weights may learn its music by heart towards its end.
Weights on the straight line between the two are then better on music that neither has seen
(Wortsman, M., et al. (2022). Robust fine-tuning of zero-shot models): the first checkpoint
shrinks what the run has learnt last. ``SHARE`` is how much of AFTER is taken. The weights
are written into OUT, a card's place is left to ``composer.lab.card``.
"""

import argparse
from pathlib import Path

import numpy as np

from composer.errors import CheckpointError
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


def main() -> None:
    """Blend from the command line."""
    parser = argparse.ArgumentParser(description="Weights between two checkpoints.")
    for name in ("before", "after"):
        parser.add_argument(name, type=Path)
    parser.add_argument("share", type=float)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    before, after = map(load_checkpoint, (given.before, given.after))
    save_checkpoint(given.out, blend(before, after, given.share), _CARD)


if __name__ == "__main__":
    main()

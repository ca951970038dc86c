"""A piece's character: in what it differs from others that were asked for alike.

Real pieces differ more from one another than the model's do of themselves: one stands on a
chord and a riff, another moves on with every bar; one keeps to its scale, another strays. So
each piece draws where it stands. Where chords were asked for, the request has given the piece
its character, and notes do not lean to another.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Character:
    """Places between two extremes, each 0-1.

    ``usual_chords``: how closely chords keep to those common in their key. ``stillness``: how
    readily chords stay and parts play their last bar again. ``straying``: how freely tones
    foreign to key and chord are played.
    """

    usual_chords: float
    stillness: float
    straying: float


def drawn_character(rng: np.random.Generator) -> Character:
    """A piece's own."""
    return Character(*rng.random(3).tolist())


def between(least: float, most: float, place: float) -> float:
    """The value at a place 0-1 between two."""
    return least + (most - least) * place

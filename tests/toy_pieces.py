"""Small prepared pieces for the tests of the network, the trainer and the comparison runs."""

import numpy as np

from composer.lab.shards import Piece
from composer.language import Sheet
from composer.language import vocabulary as v

STYLES = ("game", "song")


PARTS = np.array([[41, 1, 6, 4], [34, 5, 2, 4], [v.DRUMS, 6, 0, 5]], np.int16)


def toy_plan(bars):
    """The values of bars of 4/4 with one chord each and nothing else said."""
    names = v.ATTRIBUTES["plan"]
    plan = np.ones((bars, len(names)), np.int16)
    plan[:, names.index("meter")] = v.METERS.index(v.Meter(4, 4)) + 1
    plan[:, names.index("root2")] = v.HOLD
    plan[:, [names.index("quality2"), names.index("bass2"), names.index("function")]] = 0
    return plan


def toy_notes(rng, bars):
    """A random tune over a repeating bass and drums."""
    notes = []
    for bar in range(bars):
        notes += [(bar, 0, 12 * i, int(rng.integers(60, 80)), 8, 5) for i in range(4)]
        notes += [(bar, 1, 24 * i, 40 + i, 15, 4) for i in range(2)]
        notes += [(bar, 2, 24 * i, 36 + 2 * (i % 2), 4, 6) for i in range(4)]
    return np.array(sorted(notes), np.int16)


def toy_piece(seed, bars):
    """A tune over a repeating bass and drums, with another chord in every bar."""
    plan = toy_plan(bars)
    plan[:, v.ATTRIBUTES["plan"].index("root")] = 1 + np.arange(bars) % 12
    sheet = Sheet(PARTS, plan, toy_notes(np.random.default_rng(seed), bars))
    style = STYLES[seed % 2]
    return Piece(sheet, f"source {seed % 2}", "f", "t", "s", "l", "h", style, 0.5, -0.5, 1)

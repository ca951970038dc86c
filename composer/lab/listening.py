"""How much a network listens to its plan: what it costs to shuffle a row among a piece's bars.

The music of held-out windows is judged under their true plans, and under the same plans with
one row in another order. A network that follows the row finds its own music less likely
then; one that does not hear it finds it as likely as before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from composer.lab.crops import Crop, whole
from composer.lab.shards import Shard
from composer.lab.validation import PLAN_CHOICES, Sums, add_losses
from composer.language import vocabulary as v
from composer.model.network import Network

ROWS = {
    "chord": ("root", "quality", "bass", "root2", "quality2", "bass2"),
    "key": ("key",),
    "intensity": ("intensity",),
    "section": ("section",),
    "function": ("function",),
    "feel": ("feel",),
    "tempo": ("tempo",),
    "mood": ("valence", "arousal"),
}
"""Plan columns that move together; the meter stays, as the notes would not fit another.

With the sections moves how far back each bar's place in its section is heard (``echo``).
"""
MOST_BARS = 32
_DRAWS = 2000
Window = tuple[int, int]
"""Index of a held-out piece, and how many of its first bars are looked at."""


def listening(network: Network, shard: Shard, pieces: Sequence[int]) -> dict[str, Any]:
    """What shuffling each of ``ROWS`` costs in the first ``MOST_BARS`` bars of some pieces.

    For each row ``pieces``, how many the shuffle changes at all, and of these alone ``notes``,
    nats per note (``true``, ``shuffled``), and ``cost``: the difference with a 95 % bootstrap
    interval over pieces as value, low, high. A row that varies in no piece has no nats.
    """
    lengths = np.diff(shard.arrays["bar_offsets"])
    windows = [(index, min(MOST_BARS, int(lengths[index]))) for index in pieces]
    crops = _crops(shard, windows, network.config.context)
    nats = [music_nats(network, crop) for crop in crops]
    found = {}
    for name, columns in ROWS.items():
        others = _crops(with_shuffled(shard, windows, columns), windows, network.config.context)
        changed = [
            (crop.notes, before, music_nats(network, other))
            for crop, before, other in zip(crops, nats, others, strict=True)
            if crop.notes and not np.array_equal(crop.rows, other.rows)
        ]
        found[name] = _cost(np.array(changed, np.float64).reshape(-1, 3))
    return found


def _crops(shard: Shard, windows: Sequence[Window], limit: int) -> list[Crop]:
    return [whole(shard, index, limit, bars) for index, bars in windows]


def _cost(told: NDArray[np.float64]) -> dict[str, Any]:
    """From notes, nats and nats when shuffled of each piece, (pieces, 3)."""
    found: dict[str, Any] = {"pieces": len(told), "notes": int(told[:, 0].sum())}
    if len(told):
        notes, true, shuffled = told.T
        found["true"] = float(true.sum() / notes.sum())
        found["shuffled"] = float(shuffled.sum() / notes.sum())
        found["cost"] = per_note(shuffled - true, notes)
    return found


@torch.no_grad()
def music_nats(network: Network, crop: Crop, sums: Sums | None = None) -> float:
    """Nats of everything the music part of one window says; adds all choices to ``sums``."""
    network.eval()
    own: Sums = {}
    losses = network.loss(crop.rows[None], crop.condition[None])
    add_losses(own, losses)
    if sums is not None:
        add_losses(sums, losses)
    return sum(nats for name, (nats, _) in own.items() if name not in PLAN_CHOICES)


def with_shuffled(shard: Shard, chosen: Sequence[Window], columns: Sequence[str]) -> Shard:
    """The shard with some plan columns of each window's bars in another order."""
    rng = np.random.default_rng(1)
    bars: NDArray[np.int16] = shard.arrays["bars"].copy()
    own = [v.ATTRIBUTES["plan"].index(name) for name in columns]
    for index, count in chosen:
        start = int(shard.arrays["bar_offsets"][index])
        order = start + rng.permutation(count)
        for column in own:
            bars[start : start + count, column] = bars[order, column]
    return replace(shard, arrays={**shard.arrays, "bars": bars})


def per_note(
    nats: NDArray[np.float64], notes: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Nats per note over pieces, with a 95 % bootstrap interval over them; both (pieces,)."""
    drawn = np.random.default_rng(0).integers(len(notes), size=(_DRAWS, len(notes)))
    low, high = np.quantile(nats[drawn].sum(1) / notes[drawn].sum(1), [0.025, 0.975])
    return float(nats.sum() / notes.sum()), float(low), float(high)

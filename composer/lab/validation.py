"""Held-out negative log-likelihood: per attribute, per note, per source."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch

from composer.lab.batches import batches
from composer.lab.crops import Crop, whole
from composer.lab.shards import Shard
from composer.language import vocabulary as v
from composer.model.network import Losses, Network

PLAN_CHOICES = frozenset({"plan kind", *v.ATTRIBUTES["part"], *v.ATTRIBUTES["plan"]})
"""Choices that belong to the plan; the others are the music's."""
Sums = dict[str, tuple[float, int]]


def some_pieces(shard: Shard, per_source: int, seed: int = 0) -> list[int]:
    """Indices of at most ``per_source`` pieces a source, the same ones every time."""
    rng = np.random.default_rng(seed)
    chosen: list[int] = []
    for source in np.unique(shard.arrays["source"]):
        of_source = np.flatnonzero(shard.arrays["source"] == source)
        chosen += sorted(rng.permutation(of_source)[:per_source].tolist())
    return chosen


def held_out_crops(shard: Shard, per_source: int, limit: int, seed: int = 0) -> list[Crop]:
    """Fixed windows: the opening bars of ``some_pieces``."""
    crops = [whole(shard, index, limit) for index in some_pieces(shard, per_source, seed)]
    return [crop for crop in crops if crop.notes]


def add_losses(sums: Sums, losses: Losses) -> None:
    """Add a batch's summed nats and counts into ``sums``."""
    for name, (nats, count) in losses.items():
        before = sums.get(name, (0.0, 0))
        sums[name] = before[0] + float(nats.detach()), before[1] + int(count)


def summary(sums: Sums, notes: int) -> dict[str, float]:
    """Nats per choice of each attribute, and per note.

    ``per note`` is everything the music part says (copied notes count as notes), ``plan
    per note`` everything the plan says.
    """
    means = {name: nats / count for name, (nats, count) in sums.items() if count}
    for key, in_plan in (("per note", False), ("plan per note", True)):
        nats = sum(sums[name][0] for name in sums if (name in PLAN_CHOICES) is in_plan)
        means[key] = nats / max(1, notes)
    return means


@torch.no_grad()
def validate(
    network: Network, crops: Sequence[Crop], sources: Sequence[str], events: int
) -> dict[str, dict[str, float]]:
    """``summary`` of each source and of ``all``; the network is left in its mode."""
    was_training = network.training
    network.eval()
    by_source: dict[str, list[Crop]] = defaultdict(list)
    for crop in crops:
        by_source[sources[crop.source]].append(crop)
    found: dict[str, dict[str, float]] = {}
    total: Sums = {}
    for source, some in sorted(by_source.items()):
        sums: Sums = {}
        for batch in batches(some, events):
            losses = network.loss(batch.rows, batch.condition)
            add_losses(sums, losses)
            add_losses(total, losses)
        found[source] = summary(sums, sum(crop.notes for crop in some))
    found["all"] = summary(total, sum(crop.notes for crop in crops))
    network.train(was_training)
    return found

"""Small training runs at equal compute: what each choice in composer is worth.

    python -m composer.lab.compare PREPARED OUT "flat pitch" --seed 0

trains one variant (``composer.lab.variants``) and appends one JSON line to
``OUT/results.jsonl``. Equal compute is equal CPU time: a step of the variant and a step of
the base are timed in turns, and the variant gets as many steps as the base's time buys. So
the outcome does not depend on what else the machine is doing.

Every run is judged on the same music: the opening bars of the same held-out pieces, as many
bars as fit the context when every note is written out. Copied notes count as notes.

The variant ``pop909`` wants that shard too (``composer prepare --extra pop909``); what it
trains is for comparison only, as those songs are not free.
"""

import argparse
import hashlib
import json
import math
import shutil
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from composer.lab.crops import Crop, whole
from composer.lab.listening import MOST_BARS, ROWS, Window, music_nats, with_shuffled
from composer.lab.session import Session, Stop
from composer.lab.shards import Shard, read_shard
from composer.lab.train import HELD_OUT, TRAIN, Run
from composer.lab.validation import Sums, summary
from composer.lab.variants import (
    BASE,
    BASE_CONFIG,
    BASE_RECIPE,
    VARIANTS,
    Variant,
    with_more,
    written_out,
)
from composer.model.network import Network

RESULTS = "results.jsonl"
BASE_STEPS, PER_SOURCE = 120, 5
_ROUNDS = 4
_SESSION = Session(validate_steps=0, save_minutes=math.inf, threads=1)
SHUFFLED = ("chord", "intensity", "section")
"""Rows of the plan whose shuffling is tried on every run."""


def compare(
    prepared: Path, out: Path, name: str, seed: int, base_steps: int = BASE_STEPS
) -> dict[str, Any]:
    """Train one variant and judge it; returns the line of results.

    ``base_steps`` is the compute, in steps of the base.
    """
    variant = VARIANTS[name]
    cost = 1.0 if variant.costs_as_base else relative_cost(prepared, out, variant)
    steps = max(1, round(base_steps / cost))
    folder = out / f"{name} {seed}".replace(" ", "_")
    shutil.rmtree(folder, ignore_errors=True)  # a run would go on where one before it stopped
    run = _run(prepared, folder, variant, steps, seed)
    started = time.process_time()
    run.go(Stop())
    seconds = time.process_time() - started
    shard = read_shard(prepared / HELD_OUT)
    with run.average.lent_to(run.network):
        judged = judge(run.network, shard, variant)
    return {
        "variant": name,
        "seed": seed,
        "drawn": drawn(read_shard(prepared / TRAIN)),
        "base_steps": base_steps,
        "steps": steps,
        "cost": round(cost, 3),
        "cpu_seconds": round(seconds, 1),
        "events": run.progress.events,
        "parameters": sum(parameter.numel() for parameter in run.network.parameters()),
        **judged,
    }


def relative_cost(prepared: Path, out: Path, variant: Variant) -> float:
    """CPU time of a variant's step over that of the base's, timed in turns.

    Who goes first changes from round to round, and a first round is not counted: whoever
    takes the memory first pays for it.
    """
    base, own = (
        _run(prepared, out / "timing", each, 10, 0) for each in (VARIANTS[BASE], variant)
    )
    ratios = []
    for turn in range(1 + _ROUNDS):
        first, second = (base, own) if turn % 2 else (own, base)
        taken = {id(run): _seconds(run) for run in (first, second)}
        ratios.append(taken[id(own)] / taken[id(base)])
    return float(np.median(ratios[1:]))


def _seconds(run: Run) -> float:
    started = time.process_time()
    run.step()
    return time.process_time() - started


def _run(prepared: Path, out: Path, variant: Variant, steps: int, seed: int) -> Run:
    recipe, design = variant.settings(steps, seed), variant.design(steps)
    run = Run(prepared, out, variant.sizes(), recipe, _SESSION, design=design)
    if variant.extra:
        run.shard = with_more(run.shard, read_shard(prepared / f"{variant.extra}.npz"))
    return run


def drawn(shard: Shard) -> str:
    """A name for what the base first draws: shards, weights and windows, eight digits.

    Only runs of the same name and seed saw the same music, and differ in the variant alone.
    """
    make, size = VARIANTS[BASE].design(1).crops, BASE_RECIPE.events_per_step
    digest = hashlib.sha256()
    for crop in make(shard, 0, 0, size, BASE_CONFIG.context):
        digest.update(crop.rows.tobytes())
    return digest.hexdigest()[:8]


def judge(network: Network, shard: Shard, variant: Variant) -> dict[str, Any]:
    """Nats of the music of every held-out window, true and with its plan shuffled.

    ``pieces`` holds [source, notes, nats] of each window; ``shuffled`` the nats of each
    window for every row of ``SHUFFLED``; ``attributes`` nats per choice over all windows.
    """
    chosen = windows(shard)
    crops = [_crop(shard, window, variant) for window in chosen]
    total: Sums = {}
    nats = [music_nats(network, crop, total) for crop in crops]
    means = summary(total, sum(crop.notes for crop in crops))
    shuffled = {}
    for name in SHUFFLED:
        other = with_shuffled(shard, chosen, ROWS[name])
        found = [music_nats(network, _crop(other, window, variant)) for window in chosen]
        shuffled[name] = [round(value, 2) for value in found]
    return {
        "pieces": [
            [shard.meta["sources"][crop.source], crop.notes, round(value, 2)]
            for crop, value in zip(crops, nats, strict=True)
        ],
        "shuffled": shuffled,
        "attributes": {name: round(value, 4) for name, value in means.items()},
    }


def windows(shard: Shard) -> list[Window]:
    """The held-out windows: up to ``PER_SOURCE`` pieces of every source."""
    rng = np.random.default_rng(0)
    chosen: list[Window] = []
    for source in np.unique(shard.arrays["source"]):
        of_source = rng.permutation(np.flatnonzero(shard.arrays["source"] == source))
        fitting = ((int(index), _bars_that_fit(shard, int(index))) for index in of_source)
        chosen += islice((window for window in fitting if window[1]), PER_SOURCE)
    return chosen


def _bars_that_fit(shard: Shard, index: int) -> int:
    """Most bars of a piece that fit the context written out; 0 for music of one bar."""
    bars = min(MOST_BARS, int(np.diff(shard.arrays["bar_offsets"])[index]))
    while bars > 1:
        if len(whole(shard, index, 1 << 20, bars, written_out).rows) <= BASE_CONFIG.context:
            return bars
        bars -= max(1, bars // 8)
    return 0


def _crop(shard: Shard, window: Window, variant: Variant) -> Crop:
    index, bars = window
    return whole(shard, index, variant.sizes().context, bars, variant.write)


def main() -> None:
    """Run one variant from the command line."""
    parser = argparse.ArgumentParser("compare", description=__doc__)
    parser.add_argument("prepared", type=Path, help="folder with train.npz and held_out.npz")
    parser.add_argument("out", type=Path, help="folder of the runs and their results")
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--base-steps", type=int, default=BASE_STEPS)
    args = parser.parse_args()
    line = compare(args.prepared, args.out, args.variant, args.seed, args.base_steps)
    with (args.out / RESULTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()

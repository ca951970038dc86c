"""Measures a checkpoint: held-out likelihood, what it hears of plans, the n-gram, and speed.

    python -m composer.lab.measure CHECKPOINT PREPARED

writes ``report.json`` into the checkpoint's folder; ``composer.lab.card`` makes the model
card from it. Nothing in the report is typed in by hand.
"""

import argparse
import hashlib
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from composer.compose import Sampling, compose
from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.ngram import evaluate_engine, evaluate_ngram
from composer.lab.shards import Shard, read_shard
from composer.language import encode
from composer.model import load_engine, needs_torch
from composer.model.checkpoint import load_checkpoint
from composer.request import build_plan

REPORT = "report.json"
_EVENTS = 4096
_SHUFFLED_PER_SOURCE = 6
_TIMED_SEEDS = (1, 2, 3)


def measure(checkpoint: Path, prepared: Path, *, per_source: int) -> dict[str, Any]:
    """Every figure of the report; ``per_source`` pieces are compared with the n-gram."""
    train, held_out = (read_shard(prepared / f"{name}.npz") for name in ("train", "held_out"))
    return {
        "parameters": sum(array.size for array in load_checkpoint(checkpoint).weights.values()),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "music": {"train": _music(train), "held_out": _music(held_out)},
        **with_network(checkpoint, held_out),
        "against_ngram": against_ngram(checkpoint, prepared, per_source),
        "speed": speed(checkpoint),
    }


def _music(shard: Shard) -> dict[str, int]:
    """Pieces, notes and bars of a shard."""
    return {
        "pieces": len(shard),
        "notes": len(shard.arrays["notes"]),
        "bars": len(shard.arrays["bars"]),
    }


def with_network(checkpoint: Path, held_out: Shard) -> dict[str, Any]:
    """What is measured with the network itself, on the pieces' opening bars.

    ``held_out_nats``: nats per choice and per note, by source; ``infill``: nats per note of
    some cells with both of their sides known, and in turn; ``listening``: what it costs to
    shuffle a row of the plan.
    """
    with needs_torch("measuring"):
        import torch  # noqa: PLC0415 - optional

        from composer.lab.infill import infill_gap  # noqa: PLC0415
        from composer.lab.listening import listening  # noqa: PLC0415
        from composer.lab.validation import held_out_crops, some_pieces, validate  # noqa: PLC0415
        from composer.model.network import Network  # noqa: PLC0415
    loaded = load_checkpoint(checkpoint)
    network = Network(loaded.config)
    network.load_state_dict(
        {name: torch.from_numpy(array) for name, array in loaded.weights.items()}
    )
    crops = held_out_crops(held_out, len(held_out), loaded.config.context)
    return {
        "held_out_nats": validate(network, crops, held_out.meta["sources"], _EVENTS),
        "infill": infill_gap(network, held_out, list(range(len(held_out)))),
        "listening": listening(network, held_out, some_pieces(held_out, _SHUFFLED_PER_SOURCE)),
    }


def against_ngram(checkpoint: Path, prepared: Path, per_source: int) -> dict[str, Any]:
    """Nats per note of network and n-gram on the same pieces, under the same masks."""
    engine = load_engine(checkpoint)
    held_out = read_shard(prepared / "held_out.npz")
    pieces = _pieces(held_out, per_source)
    return {
        "pieces": len(pieces),
        "network": evaluate_engine(engine, held_out, pieces=pieces),
        "ngram": ngram(prepared, per_source, engine.context),
    }


def ngram(prepared: Path, per_source: int, limit: int) -> dict[str, float]:
    """The n-gram's figures; counted once for a folder of shards and kept beside them."""
    train, held_out = (prepared / f"{name}.npz" for name in ("train", "held_out"))
    digest = hashlib.sha256(train.read_bytes() + held_out.read_bytes())
    digest.update(f"{per_source} {limit}".encode())
    kept = prepared / f"ngram-{digest.hexdigest()[:16]}.json"
    if not kept.exists():
        shard = read_shard(held_out)
        pieces = _pieces(shard, per_source)
        found = evaluate_ngram(read_shard(train), shard, limit=limit, pieces=pieces)
        write_whole(kept, json.dumps(found).encode())
    figures: dict[str, float] = json.loads(kept.read_text("utf-8"))
    return figures


def _pieces(held_out: Shard, per_source: int) -> list[int]:
    """The first few held-out pieces of each source."""
    sources = held_out.arrays["source"]
    return [
        int(piece)
        for source in np.unique(sources)
        for piece in np.flatnonzero(sources == source)[:per_source]
    ]


def speed(checkpoint: Path) -> dict[str, float]:
    """Notes and events a second of the default engine, on one thread, for three pieces."""
    engine = load_engine(checkpoint)
    notes = events = 0
    seconds = 0.0
    for seed in _TIMED_SEEDS:
        plan = build_plan(bars=32, instruments="flute, piano, finger bass, drums", meter="4/4")
        start = time.process_time()
        made = compose(plan, engine, seed=seed, sampling=Sampling(), humanised=0.0)
        seconds += time.process_time() - start
        notes += made.score.note_count
        events += len(encode(made.sheet))
    return {
        "notes_per_second": notes / seconds,
        "events_per_second": events / seconds,
        "cpu_seconds_per_piece": seconds / len(_TIMED_SEEDS),
    }


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--per-source", type=int, default=4)
    given = parser.parse_args()
    return exit_code("measure", lambda: write_report(**vars(given)))


def write_report(checkpoint: Path, prepared: Path, per_source: int) -> None:
    """Measure a checkpoint and write the report beside it."""
    report = measure(checkpoint, prepared, per_source=per_source)
    told = (json.dumps(report, indent=1) + "\n").encode()
    write_whole(checkpoint / REPORT, told, overwrite=True)


if __name__ == "__main__":
    sys.exit(main())

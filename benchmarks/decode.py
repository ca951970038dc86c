"""Notes a second, end to end: composer, and peers with as many weights.

    python benchmarks/decode.py [--batch N] [--contexts N ...] [--engines]

Each peer writes from nothing until a context is full; composer composes pieces whose events
about fill it. A batch is written side by side by the peers, one after another by composer.
With ``--engines``, composer's engines are compared instead.
"""

import argparse
from typing import Any

import decode_peers
from decode_composer import bars_to_fill, in_engines, in_settings
from decode_peers import Writing
from remi import midi_files, tokens_per_note
from timing import Task, take_turns, tell

from composer.compose import TRIES, Sampling
from composer.model.checkpoint import load_checkpoint
from composer.model.engine import folder_of

LEAST_PIECES = 2
"""Composed at each context, so that no single piece decides."""


def measure(task: Task) -> dict[str, Any]:
    """Seconds to fill each context, and what was written meanwhile."""
    contexts, batch = [128] if task.is_quick else task.rest.contexts, task.rest.batch
    weights = load_checkpoint(folder_of()).weights.values()
    parameters = sum(array.size for array in weights)
    files = midi_files(task.midi)
    vocabulary, per_note = tokens_per_note(files)
    seeds = range(1, 1 + max(batch, LEAST_PIECES))
    bars = {context: [bars_to_fill(context, seed) for seed in seeds] for context in contexts}
    own = in_engines(bars) if task.rest.engines else in_settings(bars)
    peers: dict[str, Writing] = {}
    if not task.rest.engines:
        peers = decode_peers.contenders(parameters, vocabulary, contexts, batch)
    steps = {str(context): {"steps": batch * context} for context in contexts}
    return {
        "batch": batch,
        "contexts": contexts,
        "default": {"guidance": Sampling().guidance, "tries": TRIES},
        "parameters": {"composer": parameters}
        | {name: peer.parameters for name, peer in peers.items()},
        "tokens_per_note": per_note,
        "token_files": {"count": len(files), "is_given": task.midi is not None},
        "amounts": {name: pieces.amounts for name, pieces in own.items()}
        | dict.fromkeys(peers, steps),
        "samples": take_turns(own | peers, task.rounds),
    }


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--contexts", type=int, nargs="+", default=[256, 512, 1024])
    parser.add_argument("--engines", action="store_true", help="composer's, and no peers")
    tell(measure, parser)


if __name__ == "__main__":
    main()

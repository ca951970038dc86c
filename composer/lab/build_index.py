"""Builds the index of training melodies that lies beside a checkpoint.

    python -m composer.lab.build_index SHARDS CHECKPOINT

It also measures what is natural: how many figures held-out pieces share with it, by source.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from composer.lab.command import exit_code
from composer.lab.shards import Shard, read_shard
from composer.language import score_of
from composer.originality import INDEX, Index, IndexedPiece, compare, write_index
from composer.originality.index import index_of
from composer.score import Score


def build_index(prepared: Path, checkpoint: Path) -> Index:
    """Write the index of ``prepared/train.npz`` into a checkpoint's folder."""
    index = index_of(_scores(read_shard(prepared / "train.npz")))
    index = replace(index, natural=natural_rates(index, read_shard(prepared / "held_out.npz")))
    write_index(index, checkpoint / INDEX)
    return index


def _scores(shard: Shard) -> Iterator[tuple[IndexedPiece, Score]]:
    """Every piece of a shard."""
    for number in range(len(shard)):
        known = shard.meta["pieces"][number]
        yield IndexedPiece(known["source"], known["title"]), score_of(shard.sheet(number))


def natural_rates(index: Index, held_out: Shard) -> dict[str, dict[str, int]]:
    """What the pieces of each held-out source share with the index."""
    rates: dict[str, dict[str, int]] = {}
    for piece, score in _scores(held_out):
        found = compare(score, index)
        if found.figures:
            rate = rates.setdefault(
                piece.source, {"pieces": 0, "sharing": 0, "figures": 0, "shared": 0}
            )
            rate["pieces"] += 1
            rate["sharing"] += found.shared > 0
            rate["figures"] += found.figures
            rate["shared"] += found.shared
    return rates


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Build the index of training melodies.")
    parser.add_argument("prepared", type=Path)
    parser.add_argument("checkpoint", type=Path)
    given = parser.parse_args()
    return exit_code("build_index", lambda: tell(build_index(given.prepared, given.checkpoint)))


def tell(index: Index) -> None:
    """Print what unrelated music shares with an index."""
    for source, rate in index.natural.items():
        told = ", ".join(f"{number} {name}" for name, number in rate.items())
        sys.stdout.write(f"{source}: {told}\n")


if __name__ == "__main__":
    sys.exit(main())

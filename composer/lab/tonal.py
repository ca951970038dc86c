"""Measures which chords real music has in its keys, for the chords that plans draw.

    python -m composer.lab.tonal prepared/train.npz

writes ``composer/compose/tonal.json`` from the training shard (held-out music is never read):
for each mode, quality and degree how much commoner the quality is there than in all the mode,
in nats. Every song counts as much as every other; what few songs have is drawn towards
nothing.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.music import Floats
from composer.compose.tonality import TABLE
from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.references import songs
from composer.lab.shards import Shard, read_shard
from composer.language import plan_of
from composer.plan import CHORD_QUALITIES, NO_CHORD, Chord, Plan
from composer.score import Key, Mode

QUALITIES = tuple(name for name in CHORD_QUALITIES if name != NO_CHORD.quality)
_DOUBT = 2.0
"""Songs' worth of what is common elsewhere that is counted with each degree."""


def _chords(plan: Plan) -> Iterator[tuple[Key, Chord]]:
    """Key and chord of every half bar that has both."""
    for bar in plan.bars:
        for chord in (bar.chord, bar.second_chord or bar.chord):
            if bar.key is not None and chord is not None and chord != NO_CHORD:
                yield bar.key, chord


def _counted(plans: Iterable[Plan], mode: Mode) -> Floats:
    """Half bars by degree and quality, shape (12, Q), in songs."""
    counts = np.zeros((12, len(QUALITIES)))
    for plan in plans:
        own = np.zeros_like(counts)
        for key, chord in _chords(plan):
            if key.mode is mode:
                own[(chord.root - key.tonic) % 12, QUALITIES.index(chord.quality)] += 1
        counts += own / max(1.0, own.sum())
    return counts


def _commoner(counts: Floats) -> Floats:
    """How much commoner each quality is on each degree (rows) than in all, in nats."""
    usual = counts.sum(axis=0) / max(counts.sum(), 1e-9)
    found = counts + _DOUBT * usual
    shares = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9)
    is_known = np.broadcast_to(usual > 0, counts.shape)
    result: Floats = np.log(np.divide(shares, usual, out=np.ones_like(counts), where=is_known))
    return result


def _rows(plans: Iterable[Plan], mode: Mode) -> dict[str, list[float]]:
    """One mode's part of the table: quality to what it gains on each degree."""
    leans = _commoner(_counted(plans, mode)).round(2).T.tolist()
    return dict(zip(QUALITIES, leans, strict=True))


def measure(plans: Iterable[Plan]) -> dict[str, Any]:
    """The table of some real pieces' plans."""
    plans = list(plans)
    return {mode.value: _rows(plans, mode) for mode in Mode}


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure which chords keys have.")
    parser.add_argument("shard", type=Path)
    path = parser.parse_args().shard
    return exit_code("tonal", lambda: write_table(read_shard(path)))


def write_table(shard: Shard) -> None:
    """Measure a shard's pieces and write the table that composing reads."""
    found = measure(plan_of(piece.sheet.parts, piece.sheet.bars) for piece in songs([shard]))
    lines = json.dumps(found, separators=(",", ":")).replace("],", "],\n").replace("{", "{\n")
    write_whole(TABLE, f"{lines}\n".encode(), overwrite=True)


if __name__ == "__main__":
    sys.exit(main())

"""Measures the tails of real music that tries are ranked by.

    python -m composer.lab.typical prepared/train.npz

writes ``composer/compose/typical.json`` from the training shard (held-out music is never
read). Pieces count with their training weight, in stretches of about 32 bars. A style with
fewer than 100 pieces has no table of its own; band, game, electronic and orchestral music
together make the table of those without.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.music import Floats
from composer.compose.measures import music_measures, plan_measures
from composer.compose.typical import ANY_STYLE, SOUNDTRACK, TABLE, TAILS, windows
from composer.evaluation import Snapped
from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.shards import Piece, Shard, read_shard
from composer.language import plan_of, score_of
from composer.plan import STYLES

_FEWEST_PIECES = 100
_MOST_PIECES = 400
"""Pieces of one style that are measured, evenly spaced in the shard."""
_MOST_WINDOWS = 4
_FEWEST_WINDOWS = 50

Row = tuple[float, dict[str, Floats]]
"""Weight and the measures of one stretch."""


def _measured(piece: Piece, weight: float) -> Iterator[Row]:
    """The stretches of one piece, evenly spaced where it has many."""
    score = Snapped(score_of(piece.sheet))
    plan = plan_of(piece.sheet.parts, piece.sheet.bars)
    found = windows(piece.bars)
    chosen = found[:: -(-len(found) // _MOST_WINDOWS)]
    for first, end in chosen:
        values = music_measures(score, first, end) | plan_measures(plan, first, end)
        yield (
            weight / len(chosen),
            {name: np.atleast_1d(value) for name, value in values.items()},
        )


def _rows(shard: Shard, style: str) -> tuple[int, list[Row]]:
    """Pieces of a style, and the stretches of those that are measured."""
    places = np.flatnonzero(shard.arrays["style"] == 1 + STYLES.index(style))
    step = max(1, -(-len(places) // _MOST_PIECES))
    rows: list[Row] = []
    for place in places[::step].tolist():
        rows += _measured(shard.piece(place), float(shard.arrays["weight"][place]))
    sys.stderr.write(f"{style}: {len(places)} pieces, {len(rows)} stretches\n")
    return len(places), rows


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The value that ``share`` of the weight lies at or below."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    place = min(int(np.searchsorted(sums, share * sums[-1])), len(values) - 1)
    return float(values[order][place])


def _table(rows: list[Row]) -> dict[str, Any]:
    """Each measure's tails."""
    columns: dict[str, list[tuple[float, Floats]]] = defaultdict(list)
    for weight, values in rows:
        for name, value in values.items():
            columns[name].append((weight, value))
    return {
        name: _tails(np.stack([value for _, value in column]), np.array([w for w, _ in column]))
        for name, column in columns.items()
        if len(column) >= _FEWEST_WINDOWS
    }


def _tails(values: Floats, weights: Floats) -> dict[str, list[float]]:
    """One measure: ``values`` (stretches, 1) or (stretches, bins), ``weights`` (stretches,)."""
    found: dict[str, list[float]] = {}
    if values.shape[1] > 1:
        mean = np.average(values, axis=0, weights=weights)
        found["mean"] = _rounded(mean)
        values = np.abs(values - mean).sum(axis=1, keepdims=True) / 2
    else:
        found["low"] = _rounded([_quantile(values[:, 0], weights, share) for share in TAILS])
    found["high"] = _rounded([_quantile(values[:, 0], weights, 1 - share) for share in TAILS])
    return found


def _rounded(values: Any) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def measure(shard: Shard) -> dict[str, Any]:
    """The table of every style that has enough music, and of soundtracks."""
    tables: dict[str, Any] = {}
    soundtrack: list[Row] = []
    for style in STYLES:
        count, rows = _rows(shard, style)
        if style in SOUNDTRACK:
            soundtrack += rows
        if count >= _FEWEST_PIECES:
            tables[style] = _table(rows)
    return {ANY_STYLE: _table(soundtrack)} | tables


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure the tails of real music.")
    parser.add_argument("shard", type=Path)
    shard = parser.parse_args().shard
    return exit_code("typical", lambda: write_tables(measure(read_shard(shard))))


def write_tables(tables: dict[str, Any]) -> None:
    """Write the tables that composing reads, one measure a line."""
    lines = [
        f'"{style}": {{\n'
        + ",\n".join(f'  "{name}": {json.dumps(row)}' for name, row in table.items())
        + "\n}"
        for style, table in tables.items()
    ]
    write_whole(TABLE, ("{\n" + ",\n".join(lines) + "\n}\n").encode(), overwrite=True)


if __name__ == "__main__":
    sys.exit(main())

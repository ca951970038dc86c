"""How much a cell gains from what comes after it: masked cells against the same cells in turn.

A *masked* cell is written at the end, with the music on both of its sides known; *in turn*
it is written in its bar, with only what comes before known. Same cells, same weights.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from composer.lab.shards import Shard
from composer.lab.validation import Sums, add_losses
from composer.language import CONDITION_SIZE, encode
from composer.language import vocabulary as v
from composer.model.network import Network, tensors

BARS = 16
_SHARE = 0.15
_SAID = frozenset({*v.ATTRIBUTES["cell"], *v.ATTRIBUTES["note"]}) - {"part"}
Cell = tuple[int, int]


@torch.no_grad()
def infill_gap(
    network: Network, shard: Shard, pieces: list[int], seed: int = 0
) -> dict[str, float]:
    """Nats per note of some cells of the pieces' first bars: ``both sides`` and ``in turn``.

    Which parts play (the kind and part of a cell's event) is not counted, as a mask tells
    it. ``notes`` is the number of notes compared, copied ones among them.
    """
    network.eval()
    rng = np.random.default_rng(seed)
    sums: dict[str, Sums] = {"both sides": {}, "in turn": {}}
    notes = 0
    for index in pieces:
        sheet = shard.sheet(index)
        sounding = sorted(sheet.cells(0, BARS).items())
        cells = [cell for cell, _ in sounding if rng.random() < _SHARE]
        streams = {
            "both sides": encode(sheet, bars=BARS, holes=cells),
            "in turn": encode(sheet, bars=BARS),
        }
        if not cells or max(map(len, streams.values())) > network.config.context:
            continue
        notes += sum(len(dict(sounding)[cell]) for cell in cells)
        for name, rows in streams.items():
            add_losses(sums[name], _losses(network, rows, rows_of(rows, cells)))
    return {
        name: sum(nats for of, (nats, _) in found.items() if of in _SAID) / max(1, notes)
        for name, found in sums.items()
    } | {"notes": notes}


def rows_of(rows: NDArray[np.int32], cells: list[Cell]) -> NDArray[np.bool_]:
    """Rows that say the cells (bar, part), (T,): the last that do, so not their holes."""
    marks = np.flatnonzero(rows[:, 0] == v.BAR)
    fills = np.flatnonzero(rows[:, 0] == v.FILL)
    written = int((marks < fills[0]).sum()) if len(fills) else len(marks)
    bars = [*range(written), *sorted({bar for bar, _ in cells})]
    bar_of = np.concatenate([[-1], bars])[np.cumsum(rows[:, 0] == v.BAR)]
    part_of = rows[:, v.COLUMN["part"]] - 1
    is_music = np.isin(rows[:, 0], (v.CELL, v.NOTE)) & (rows[:, v.COLUMN["source"]] != v.HOLE)
    wanted = np.zeros((len(bars), v.MAX_PARTS), np.bool_)
    wanted[tuple(np.array(cells).T)] = True
    found: NDArray[np.bool_] = is_music & wanted[bar_of, part_of]
    return found


def _losses(
    network: Network, rows: NDArray[np.int32], counted: NDArray[np.bool_]
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Losses of the counted rows alone; all are seen."""
    empty = np.zeros((1, CONDITION_SIZE), np.float32)
    seen, *inputs = tensors(rows[None], empty, network.gain.device)
    targets = seen.clone()
    targets[0, torch.from_numpy(~counted), 0] = v.PAD
    found: dict[str, tuple[torch.Tensor, torch.Tensor]] = network(targets, *inputs)
    return found

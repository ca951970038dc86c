"""Windows put together into batches of like length."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.lab.crops import Crop
from composer.language import vocabulary as v


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length with kind 0: ``rows`` (B, T, columns)."""

    rows: NDArray[np.int32]
    condition: NDArray[np.float32]
    notes: int


def batches(crops: Sequence[Crop], events: int, multiple: int = 1) -> list[Batch]:
    """Windows of like length together, at most ``events`` padded rows in a batch.

    The number of batches is a multiple of ``multiple`` where there are windows enough.
    """
    groups: list[list[Crop]] = []
    for crop in sorted(crops, key=lambda crop: -len(crop.rows)):
        if groups and (len(groups[-1]) + 1) * len(groups[-1][0].rows) <= events:
            groups[-1].append(crop)
        else:
            groups.append([crop])
    while len(groups) % multiple and max(map(len, groups)) > 1:
        largest = groups.pop(max(range(len(groups)), key=lambda index: len(groups[index])))
        groups += [largest[::2], largest[1::2]]
    return [_batch(group) for group in groups]


def _batch(crops: Sequence[Crop]) -> Batch:
    longest = max(len(crop.rows) for crop in crops)
    rows = np.zeros((len(crops), longest, len(v.COLUMNS)), np.int32)
    for row, crop in zip(rows, crops, strict=True):
        row[: len(crop.rows)] = crop.rows
    given = np.stack([crop.condition for crop in crops])
    return Batch(rows, given, sum(crop.notes for crop in crops))

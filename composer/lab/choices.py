"""Music as a list of choices: what was chosen, before which events, and what was legal.

Both the network and the n-gram model it is measured against are judged on exactly these
choices under exactly these masks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.lab.crops import Crop
from composer.language import Walker
from composer.language import vocabulary as v
from composer.language.stream import Stream
from composer.model import Engine


@dataclass(frozen=True, slots=True)
class Choice:
    """One value chosen at event ``place``: ``row`` (columns,) is filled as far as known.

    ``mask`` (size,) holds the legal values; ``in_music`` is False within the plan.
    """

    place: int
    row: NDArray[np.int32]
    attribute: str
    value: int
    mask: NDArray[np.bool_]
    in_music: bool


def choices(crop: Crop, total_bars: int) -> Iterator[Choice]:
    """Every choice of a window from bar 0 of a piece of ``total_bars`` bars, in order.

    Plan fields that are open are no choices. A value that the grammar would not allow
    (real music is not bound by it) counts as legal.
    """
    rows = crop.rows
    bars = int((rows[:, 0] == v.PLAN).sum())
    stream = Stream(first=0, bars=bars, total=total_bars)
    walker = Walker(stream, loose=True)
    for place, target in enumerate(rows[1:].tolist(), 1):
        in_music = stream.last_kind not in (v.START, v.PART, v.PLAN)
        row = stream.draft(v.PAD)
        yield _choice(place, row, "kind", target[0], walker.kinds(), in_music=in_music)
        row = stream.draft(target[0])
        for name in v.ATTRIBUTES[v.KINDS[target[0]]]:
            stream.reveal(row, name)
            value = target[v.COLUMN[name]]
            if value or name not in v.OPEN_WHEN_ZERO:
                mask = walker.legal(row, name)
                yield _choice(place, row, name, value, mask, in_music=in_music)
            row[v.COLUMN[name]] = value
        stream.push_row(row)


def _choice(
    place: int,
    row: Sequence[int],
    attribute: str,
    value: int,
    mask: NDArray[np.bool_],
    *,
    in_music: bool,
) -> Choice:
    mask[value] = True
    return Choice(place, np.array(row, np.int32), attribute, value, mask, in_music)


def engine_nats(engine: Engine, crop: Crop, total_bars: int) -> float:
    """Negative log-likelihood (nats) of a window's music under the grammar's masks."""
    state, hidden, read = engine.prefill(crop.rows[None, :0], crop.condition[None]), None, 0
    nats = 0.0
    for choice in choices(crop, total_bars):
        while read < choice.place:
            hidden = engine.step(state, crop.rows[None, read])
            read += 1
        if choice.in_music and choice.mask.sum() > 1:
            found = engine.logits(hidden, choice.row[None], choice.attribute)
            logits = found[0].astype(np.float64)
            legal = logits[choice.mask]
            top = legal.max()
            nats += float(top + np.log(np.exp(legal - top).sum()) - logits[choice.value])
    return nats

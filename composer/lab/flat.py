"""The flat baseline: music as one stream of tokens, with nothing else of composer's language.

Tokens as in REMI+ (von Rütte et al. 2022), with composer's own grid, velocities and
durations, so that nats per note can be compared: *bar* with its meter, then in order of onset
*position*, and for every note *instrument*, *pitch*, *velocity* and *duration*. No plan, no
cells, no references. The layers are the base's; the output is one softmax over all tokens.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from composer.language import Sheet, encode
from composer.language import vocabulary as v
from composer.language.rows import position_of
from composer.model.config import ModelConfig
from composer.model.network import Losses, Network, rotations

CONTEXT = 2560
"""Tokens that the baseline sees: the notes of a window of 512 events fit."""
_POSITIONS = v.POSITIONS_PER_QUARTER * v.SIZES["beat"]
_SIZES = {
    "bar": v.SIZES["meter"],
    "position": _POSITIONS,
    "instrument": v.SIZES["instrument"],
    "pitch": v.SIZES["pitch"],
    "velocity": v.SIZES["velocity"],
    "duration": v.SIZES["duration"],
    "end": 1,
}
_START = dict(zip(_SIZES, np.cumsum([1, *_SIZES.values()])[:-1].tolist(), strict=True))
TOKENS = 1 + sum(_SIZES.values())
"""Number of tokens; 0 is padding."""
_NOTE = [v.COLUMN[name] for name in ("instrument", "pitch", "velocity", "duration")]
_STARTS = [_START[name] for name in ("instrument", "pitch", "velocity", "duration")]


def without_holes(sheet: Sheet, *, holes: object = (), **options: object) -> NDArray[np.int32]:
    """Rows of a window with every cell written out in its place."""
    del holes
    return encode(sheet, references=False, **options)  # type: ignore[arg-type]


def tokens(rows: NDArray[np.int32]) -> list[int]:
    """The stream of one window, given as written-out rows (T, columns)."""
    found: list[int] = []
    bar: list[tuple[int, ...]] = []
    for row in rows.tolist():
        if row[0] == v.NOTE:
            values = [row[column] + start for column, start in zip(_NOTE, _STARTS, strict=True)]
            bar.append((position_of(row), row[v.COLUMN["part"]], *values))
        elif row[0] in (v.BAR, v.END):
            found += _notes(bar)
            bar = []
            is_bar = row[0] == v.BAR
            found.append(_START["bar"] + row[v.COLUMN["meter"]] if is_bar else _START["end"])
    return found + _notes(bar)


def _notes(bar: list[tuple[int, ...]]) -> list[int]:
    """Tokens of a bar's notes (position, part, tokens ...)."""
    found: list[int] = []
    last = -1
    for position, _, *own in sorted(bar):
        if position != last:
            found.append(_START["position"] + position)
            last = position
        found += own
    return found


class FlatTokens(Network):
    """A plain next-token model of such streams; takes the same rows as the base."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__(config, dropout)
        del self.heads, self.bits
        self.embedding = nn.Parameter(torch.randn(TOKENS, config.width) * 0.1)
        self.output = nn.Parameter(torch.zeros(TOKENS, config.width))
        head = config.head_width * config.heads
        long = ModelConfig(width=head, heads=config.heads, context=CONTEXT)
        self.rotations = rotations(long)

    def forward(self, rows: Tensor, indices: Tensor, bits: Tensor, condition: Tensor) -> Losses:
        """Summed nats and count of all tokens after the first bar's mark."""
        del indices, bits
        streams = [torch.tensor(tokens(own)[:CONTEXT]) for own in rows.cpu().numpy()]
        padded = nn.utils.rnn.pad_sequence(streams, batch_first=True)
        h = self._states(padded[:, :-1], condition)
        scores = functional.linear(h, self.output).float().flatten(0, 1)
        target = padded[:, 1:].flatten()
        nats = functional.cross_entropy(scores, target, ignore_index=0, reduction="sum")
        return {"token": (nats, (target > 0).sum())}

    def _states(self, stream: Tensor, condition: Tensor) -> Tensor:
        x = functional.embedding(stream, self.embedding, padding_idx=0)
        x = functional.rms_norm(x, (x.shape[-1],))
        given = functional.silu(
            functional.linear(condition, self.condition_in, self.condition_bias)
        )[:, None]
        turn = self.rotations[:, : x.shape[1]]
        for layer in self.layers:
            x = layer(x, turn, given)
        return functional.rms_norm(x, (x.shape[-1],)) * self.gain

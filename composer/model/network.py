"""The decoder: a Transformer over events, with small heads for their attributes.

Pre-norm layers with rotary positions over the event index, normalised queries and keys
(Henry et al. 2020), grouped-query attention (Ainslie et al. 2023) and SwiGLU (Shazeer
2020). Whatever writes into the residual stream starts at zero. The global condition is
added in every layer. Shapes: B sequences, T events, W width, D head width.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from composer.errors import CheckpointError
from composer.language import CONDITION_SIZE
from composer.model import features
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.heads import Heads, rms_norm
from composer.model.weights import UNFIT

ROPE_BASE = 10_000.0
BLOCK = 256
"""Events that ask at once in training's attention."""
Losses = dict[str, tuple[Tensor, Tensor]]


def rotations(config: ModelConfig) -> Tensor:
    """Cosines and sines of the rotary positions, float32 (2, context, D / 2)."""
    half = config.head_width // 2
    speed = ROPE_BASE ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(config.context, dtype=torch.float64)[:, None] * speed
    return torch.stack([angle.cos(), angle.sin()]).float()


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Turn the pairs of ``x`` (..., T, D) by ``turn`` (2, T, D / 2)."""
    a, b = x.chunk(2, -1)
    cos, sin = turn[0], turn[1]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Layer(nn.Module):
    """Attention and gated unit, each added to the stream."""

    def __init__(self, config: ModelConfig, dropout: float) -> None:
        super().__init__()
        width, head = config.width, config.head_width
        self.heads, self.groups, self.dropout = config.heads, config.kv_heads, dropout
        self.attention_gain = nn.Parameter(torch.ones(width))
        self.unit_gain = nn.Parameter(torch.ones(width))
        self.query_gain = nn.Parameter(torch.ones(head))
        self.key_gain = nn.Parameter(torch.ones(head))
        self.query = nn.Parameter(torch.randn(width, width) * width**-0.5)
        self.key_value = nn.Parameter(
            torch.randn(2, config.kv_heads * head, width) * width**-0.5
        )
        self.attended = nn.Parameter(torch.zeros(width, width))
        self.gate_up = nn.Parameter(torch.randn(2, config.ffn, width) * width**-0.5)
        self.down = nn.Parameter(torch.zeros(width, config.ffn))
        self.condition = nn.Parameter(torch.zeros(width, width))

    def forward(self, x: Tensor, turn: Tensor, condition: Tensor) -> Tensor:
        """One layer: ``x`` (B, T, W), ``condition`` (B, 1, W)."""
        x = x + functional.linear(condition, self.condition)
        x = x + self._drop(self._attend(rms_norm(x) * self.attention_gain, turn))
        gate, up = functional.linear(
            rms_norm(x) * self.unit_gain, self.gate_up.flatten(0, 1)
        ).chunk(2, -1)
        return x + self._drop(functional.linear(functional.silu(gate) * up, self.down))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)

    def _attend(self, x: Tensor, turn: Tensor) -> Tensor:
        batch, time, width = x.shape
        q = functional.linear(x, self.query).view(batch, time, self.heads, -1).transpose(1, 2)
        k, val = (
            functional.linear(x, self.key_value.flatten(0, 1))
            .view(batch, time, 2, self.groups, -1)
            .permute(2, 0, 3, 1, 4)
        )
        q = rotate(rms_norm(q) * self.query_gain, turn).to(val.dtype)
        k = rotate(rms_norm(k) * self.key_gain, turn).to(val.dtype)
        y = attend(q, k, val)
        return functional.linear(y.transpose(1, 2).reshape(batch, time, width), self.attended)


def attend(q: Tensor, k: Tensor, val: Tensor) -> Tensor:
    """Causal attention: ``q`` (B, heads, T, D), ``k`` and ``val`` (B, groups, T, D).

    Written out: on a CPU, in bf16, a training step is faster so than with
    ``scaled_dot_product_attention``. A block of events at a time, so that most of the
    future is never scored.
    """
    mixed = [
        _attend_block(q[:, :, start : start + BLOCK], k, val, start)
        for start in range(0, q.shape[2], BLOCK)
    ]
    return torch.cat(mixed, dim=2)


def _attend_block(q: Tensor, k: Tensor, val: Tensor, start: int) -> Tensor:
    """``attend`` for the events from ``start`` on, (B, heads, t, D)."""
    batch, heads, asking, width = q.shape
    groups, seen = k.shape[1], start + asking
    k, val = k[:, :, :seen], val[:, :, :seen]
    scores = (q.reshape(batch, groups, -1, width) @ k.transpose(-1, -2)) * width**-0.5
    future = torch.full((asking, seen), float("-inf"), dtype=scores.dtype).triu(start + 1)
    weights = (scores.view(batch, heads, asking, seen) + future.to(scores.device)).softmax(-1)
    mixed: Tensor = weights.view(batch, groups, -1, seen).to(val.dtype) @ val
    return mixed.view(q.shape)


class Network(nn.Module):
    """The whole model; ``dropout`` acts in training only and is no part of the config."""

    rotations: Tensor

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__()
        width = config.width
        self.config, self.dropout = config, dropout
        self.embedding = nn.Parameter(torch.randn(features.TABLE_ROWS, width) * 0.1)
        self.bits = nn.Parameter(torch.randn(width, features.BITS) * 0.1)
        self.condition_in = nn.Parameter(
            torch.randn(width, CONDITION_SIZE) * CONDITION_SIZE**-0.5
        )
        self.condition_bias = nn.Parameter(torch.zeros(width))
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.gain = nn.Parameter(torch.ones(width))
        self.heads = Heads(config)
        self.register_buffer("rotations", rotations(config), persistent=False)

    def embed(self, indices: Tensor, bits: Tensor) -> Tensor:
        """Embedding of events given as (..., index columns) and (..., BITS)."""
        flat = functional.embedding_bag(
            indices.flatten(0, -2), self.embedding, mode="sum", padding_idx=0
        )
        return rms_norm(flat.view(*indices.shape[:-1], -1) + functional.linear(bits, self.bits))

    def hidden(self, indices: Tensor, bits: Tensor, condition: Tensor) -> Tensor:
        """States (B, T, W) that have seen the events up to each place."""
        x = functional.dropout(self.embed(indices, bits), self.dropout, self.training)
        given = functional.silu(
            functional.linear(condition, self.condition_in, self.condition_bias)
        )[:, None]
        turn = self.rotations[:, : x.shape[1]]
        for layer in self.layers:
            x = layer(x, turn, given)
        return rms_norm(x) * self.gain

    def forward(self, rows: Tensor, indices: Tensor, bits: Tensor, condition: Tensor) -> Losses:
        """Summed nats and count per attribute of predicting each event from those before.

        ``rows`` (B, T, columns), padded with kind 0 at the end; ``indices`` and ``bits``
        are theirs; ``condition`` (B, CONDITION_SIZE).
        """
        h = self.hidden(indices[:, :-1], bits[:, :-1], condition)
        return self.heads.losses(h, self.embedding, rows, indices)

    def loss(self, rows: NDArray[np.int32], condition: NDArray[np.float32]) -> Losses:
        """``forward`` from plain arrays."""
        losses: Losses = self(*tensors(rows, condition, self.gain.device))
        return losses


def tensors(
    rows: NDArray[np.int32], condition: NDArray[np.float32], device: torch.device
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What ``Network.forward`` takes, from plain arrays."""
    arrays = (
        rows.astype(np.int64),
        features.input_indices(rows),
        features.input_bits(rows),
        condition,
    )
    rows_, indices, bits, given = (torch.from_numpy(array).to(device) for array in arrays)
    return rows_, indices, bits, given


def fill(network: Network, checkpoint: Checkpoint) -> None:
    """Give the network a checkpoint's weights; raises CheckpointError where they don't fit."""
    weights = {name: torch.from_numpy(array) for name, array in checkpoint.weights.items()}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointError(UNFIT) from error

"""Choosing an event's kind and attributes, one after the other, from a hidden state.

An attribute is chosen from h + what is given of the event so far (the input embeddings of
its kind, of the attributes before it and of the context known by then), refined by a small
residual network. Pitches and chord roots are also scored relative to chord, key, previous
note and what sounds with them.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.language import vocabulary as v
from composer.model import features
from composer.model.choices import CHOICES, GROUPS, NETWORKS, OUTPUTS, newly_given, span
from composer.model.config import ModelConfig

_ROOT, _QUALITY, _PREVIOUS = (v.COLUMN[name] for name in ("root", "quality", "previous"))
_SOUNDING = v.COLUMN["sounding"]
_KEY = v.COLUMN["key"]


def rms_norm(x: Tensor) -> Tensor:
    """Scale the last axis to a root mean square of 1, in float32."""
    x = x.float()
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


class Heads(nn.Module):
    """The output side of the network; ``z`` below is (N, width)."""

    chord_steps: Tensor
    key_steps: Tensor
    melodic_steps: Tensor
    root_steps: Tensor
    sound_steps: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, hidden = config.width, config.head_ffn
        self.gain = nn.ParameterDict({name: torch.ones(width) for name in NETWORKS})
        self.widen = nn.ParameterDict({name: _matrix(hidden, width) for name in NETWORKS})
        self.narrow = nn.ParameterDict({name: torch.zeros(width, hidden) for name in NETWORKS})
        self.attribute = nn.Parameter(torch.randn(len(CHOICES), width) * 0.1)
        self.output = nn.Parameter(torch.zeros(OUTPUTS, width))
        self.bias = nn.Parameter(torch.zeros(OUTPUTS))
        self.on_chord = nn.Parameter(torch.zeros(12, width))
        self.on_quality = nn.Parameter(torch.zeros(v.SIZES["quality"], 12))
        self.in_key = nn.Parameter(torch.zeros(12, width))
        self.from_previous = nn.Parameter(torch.zeros(features.INTERVALS, width))
        self.with_sounding = nn.Parameter(torch.zeros(12, width))
        self.root_in_key = nn.Parameter(torch.zeros(2, 12, width))
        for name in ("chord_steps", "key_steps", "melodic_steps", "root_steps", "sound_steps"):
            table = torch.from_numpy(getattr(features, name.upper()))
            self.register_buffer(name, table, persistent=False)

    def refine(self, x: Tensor, group: str) -> Tensor:
        """Make z from the sum of hidden state and embeddings ``x`` (..., width)."""
        z = rms_norm(x) * self.gain[group]
        hidden = functional.relu(functional.linear(z, self.widen[group])).square()
        refined: Tensor = z + functional.linear(hidden, self.narrow[group])
        return refined

    def logits(self, z: Tensor, name: str, rows: Tensor, keys: Tensor) -> Tensor:
        """Scores of all values of attribute ``name``, float32 (N, size).

        ``rows`` (N, columns) are the events being chosen, filled as far as known; ``keys``
        (N,) the key in the event before them (a note row learns its own only when done).
        """
        own = span(name)
        scores = functional.linear(z, self.output[own]).float() + self.bias[own]
        if name == "pitch":
            more = self._pitch_terms(z, rows, keys)
            return scores + functional.pad(more, (1, scores.shape[1] - 1 - features.PITCHES))
        if name in ("root", "root2"):
            steps = _with_zero(functional.linear(z, self.root_in_key[int(name == "root2")]))
            more = steps.gather(1, self.root_steps[rows[:, _KEY]])
            return scores + functional.pad(more, (1, scores.shape[1] - 13))
        return scores

    def _pitch_terms(self, z: Tensor, rows: Tensor, keys: Tensor) -> Tensor:
        """Scores of the 128 pitches by chord, key, previous note and what sounds, (N, 128)."""
        chord = _with_zero(
            functional.linear(z, self.on_chord).float() + self.on_quality[rows[:, _QUALITY]]
        )
        key = _with_zero(functional.linear(z, self.in_key))
        melody = _with_zero(functional.linear(z, self.from_previous))
        return (
            chord.gather(1, self.chord_steps[rows[:, _ROOT]])
            + key.gather(1, self.key_steps[keys])
            + melody.gather(1, self.melodic_steps[rows[:, _PREVIOUS]])
            + self._sounding_terms(z, rows)
        )

    def _sounding_terms(self, z: Tensor, rows: Tensor) -> Tensor:
        """Scores of the 128 pitches by their intervals above all that sounds, (N, 128)."""
        steps = torch.arange(12, device=z.device)
        sounds = ((rows[:, _SOUNDING, None] >> steps) & 1).float()
        by_interval = functional.linear(z, self.with_sounding).float()[:, self.sound_steps]
        classes = (by_interval @ sounds[:, :, None])[..., 0]
        return classes[:, torch.arange(features.PITCHES, device=z.device) % 12]

    def losses(
        self, h: Tensor, table: Tensor, rows: Tensor, indices: Tensor
    ) -> dict[str, tuple[Tensor, Tensor]]:
        """Negative log-likelihood (nats, summed) and count of each attribute.

        ``h`` (B, T-1, width) sees the events up to each place, ``rows`` (B, T, columns) and
        ``indices`` (B, T, index columns) are all events, ``table`` embeds the indices.
        ``plan kind`` counts the kinds chosen within the plan, ``kind`` those in the music.
        """
        before, after = rows[:, :-1].flatten(0, 1), rows[:, 1:].flatten(0, 1)
        h, given = h.flatten(0, 1), indices[:, 1:].flatten(0, 1)
        found = self._kind_losses(h, before, after)
        for kind, group in GROUPS.items():
            places = (after[:, 0] == v.KINDS.index(kind)).nonzero()[:, 0]
            x, row, key = h[places], after[places], before[places, _KEY]
            inputs = []
            for name, columns in zip(v.ATTRIBUTES[kind], newly_given(kind), strict=True):
                x = x + functional.embedding_bag(
                    given[places][:, columns], table, mode="sum", padding_idx=0
                )
                inputs.append(x + self.attribute[CHOICES.index(name)])
            zs = self.refine(torch.stack(inputs), group)
            for z, name in zip(zs, v.ATTRIBUTES[kind], strict=True):
                target = row[:, v.COLUMN[name]]
                if name in v.OPEN_WHEN_ZERO:
                    target = target.masked_fill(target == 0, _IGNORED)
                found[name] = _nll(self.logits(z, name, row, key), target)
        return found

    def _kind_losses(
        self, h: Tensor, before: Tensor, after: Tensor
    ) -> dict[str, tuple[Tensor, Tensor]]:
        places = (after[:, 0] != v.PAD).nonzero()[:, 0]
        target, last = after[places, 0], before[places, 0]
        z = self.refine(h[places] + self.attribute[0], "kind")
        scores = self.logits(z, "kind", after[places], after[places, _KEY])
        in_plan = (last == v.START) | (last == v.PART) | (last == v.PLAN)
        return {
            "plan kind": _nll(scores, target.masked_fill(~in_plan, _IGNORED)),
            "kind": _nll(scores, target.masked_fill(in_plan, _IGNORED)),
        }


_IGNORED = -100


def _nll(scores: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    total = functional.cross_entropy(scores, target, reduction="sum", ignore_index=_IGNORED)
    return total, (target != _IGNORED).sum()


def _with_zero(scores: Tensor) -> Tensor:
    """Float scores with one more column of zeros: "no such relation"."""
    return functional.pad(scores.float(), (0, 1))


def _matrix(rows: int, columns: int) -> Tensor:
    return torch.randn(rows, columns).mul_(columns**-0.5)

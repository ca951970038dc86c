"""What is compared: each variant is one small change against the same small base.

A variant changes the network, what is written as rows, what is drawn, the recipe or the
sizes; ``VARIANTS`` lists them all by name. None of them is used outside the lab.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from composer.lab.balance import weights_of
from composer.lab.crops import THINNED, TRANSPOSITIONS, Crop, Write, draw, step_crops
from composer.lab.design import Design, MakeNetwork
from composer.lab.flat import FlatTokens, without_holes
from composer.lab.optimiser import Optimiser
from composer.lab.recipe import Recipe
from composer.lab.shards import Shard, pack
from composer.language import encode
from composer.language import vocabulary as v
from composer.model import features
from composer.model.config import ModelConfig
from composer.model.heads import Heads
from composer.model.network import Losses, Network

Rows = NDArray[np.int32]
Weigh = Callable[[Shard, float], NDArray[np.float32]]
"""From a shard and the share of the run that is done to the pieces' weights."""

BASE = "base"
BASE_CONFIG = ModelConfig(
    layers=3, width=192, heads=4, kv_heads=2, ffn=384, head_ffn=256, context=512
)
BASE_RECIPE = Recipe(
    total_steps=1, events_per_step=4096, events_per_batch=4096, dropout=0.0, precision="fp32"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One change; ``idea`` says it in a line.

    ``write`` makes a window's rows, ``thinned`` is how often it loses parts, ``weigh``
    overrules the pieces' weights, ``extra`` names a shard whose pieces are drawn too,
    ``config`` and ``recipe`` changed sizes and settings.
    """

    idea: str
    network: MakeNetwork = Network
    write: Write = encode
    transpositions: tuple[int, int] = TRANSPOSITIONS
    thinned: float = THINNED
    weigh: Weigh | None = None
    extra: str = ""
    optimiser: type[Optimiser] = Optimiser
    config: Mapping[str, int] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def costs_as_base(self) -> bool:
        """Whether a step is the same work as the base's, so that no cost need be measured."""
        rates = {"muon_rate", "adam_rate"}
        same = (self.network, self.optimiser) == (Network, Optimiser)
        return (
            same
            and self.write in (encode, interleaved, said_once)
            and not self.config
            and set(self.recipe) <= rates
        )

    def design(self, total_steps: int) -> Design:
        """What the trainer builds a run of so many steps from."""
        drawn = partial(
            draw,
            write=self.write,
            transpositions=self.transpositions,
            thinned=self.thinned,
        )

        def crops(shard: Shard, seed: int, step: int, events: int, limit: int) -> list[Crop]:
            if self.weigh:
                weights = self.weigh(shard, step / total_steps)
                shard = replace(shard, arrays={**shard.arrays, "weight": weights})
            return step_crops(shard, seed, step, events, limit, draw=drawn)

        return Design(self.network, crops, self.optimiser)

    def sizes(self) -> ModelConfig:
        """The base's sizes with this variant's changes."""
        return replace(BASE_CONFIG, **self.config)

    def settings(self, total_steps: int, seed: int) -> Recipe:
        """The base's recipe with this variant's changes."""
        return replace(BASE_RECIPE, total_steps=total_steps, seed=seed, **self.recipe)


class FlatHeads(Heads):
    """Pitches are scored as numbers only."""

    def _pitch_terms(self, z: Tensor, rows: Tensor, keys: Tensor) -> Tensor:
        del rows, keys
        return z.new_zeros(len(z), features.PITCHES)


class FlatPitch(Network):
    """Pitches are seen and chosen without chord, key, previous note or what sounds."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__(config, dropout)
        self.heads = FlatHeads(config)

    def forward(self, rows: Tensor, indices: Tensor, bits: Tensor, condition: Tensor) -> Losses:
        """As the base's, with the relative columns empty."""
        flat = indices.clone()
        flat[..., len(v.OWN) + len(v.CONTEXT) :] = 0
        return super().forward(rows, flat, bits, condition)


class DeafHeads(Heads):
    """Pitches are scored without what sounds at the onset."""

    def _sounding_terms(self, z: Tensor, rows: Tensor) -> Tensor:
        del rows
        return z.new_zeros(len(z), features.PITCHES)


class Deaf(Network):
    """Notes are neither seen nor chosen by what sounds with them."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__(config, dropout)
        self.heads = DeafHeads(config)

    def forward(self, rows: Tensor, indices: Tensor, bits: Tensor, condition: Tensor) -> Losses:
        """As the base's, with the bits of what sounds empty."""
        deaf = bits.clone()
        deaf[..., -v.MASKS["sounding"] :] = 0
        return super().forward(rows, indices, deaf, condition)


class ParallelHeads(DeafHeads):
    """No attribute of an event sees another one of the same event.

    Nor what sounds, which follows from the position that is chosen at the same time.
    """

    def losses(self, h: Tensor, table: Tensor, rows: Tensor, indices: Tensor) -> Losses:
        """As the base's, with only what is known before the event's first attribute."""
        return super().losses(h, table, rows, indices * _KNOWN_AT_FIRST[rows[..., 0]])


class ParallelChoices(Network):
    """All attributes of an event are chosen at once."""

    def __init__(self, config: ModelConfig, dropout: float = 0.0) -> None:
        super().__init__(config, dropout)
        self.heads = ParallelHeads(config)


def _known_at_first() -> Tensor:
    """1 for the columns known before an event's first attribute, (kinds, index columns)."""
    known = torch.zeros(len(v.KINDS), features.INDEX_COLUMNS, dtype=torch.int64)
    known[:, 0] = 1
    for kind, columns in v.KNOWN_FIRST.items():
        known[v.KINDS.index(kind), [v.COLUMN[name] for name in columns]] = 1
    return known


_KNOWN_AT_FIRST = _known_at_first()


class AdamOnly(Optimiser):
    """AdamW for the matrices too."""

    @staticmethod
    def uses_muon(name: str, parameter: Tensor) -> bool:
        """Never."""
        del name, parameter
        return False


def interleaved(*window: object, **options: object) -> Rows:
    """Each bar's plan just before the bar's mark, instead of all plans before the music."""
    rows = encode(*window, **options)  # type: ignore[arg-type]
    kinds = rows[:, 0]
    plans = np.flatnonzero(kinds == v.PLAN)
    fill = np.flatnonzero(kinds == v.FILL)
    end = fill[0] if len(fill) else len(rows)
    marks = np.flatnonzero(kinds[:end] == v.BAR)
    place = np.arange(len(rows), dtype=np.float64)
    place[plans[: len(marks)]] = marks - 0.5
    kept = np.ones(len(rows), bool)
    kept[plans[len(marks) :]] = False
    order = np.argsort(place, kind="stable")
    return rows[order[kept[order]]]


_IS_PLANNED = np.isin(v.COLUMNS, (*v.ATTRIBUTES["plan"], "echo"))


def said_once(*window: object, **options: object) -> Rows:
    """The plan before the music only: bars, cells and notes do not carry it again."""
    rows = encode(*window, **options)  # type: ignore[arg-type]
    music = np.isin(rows[:, 0], (v.BAR, v.CELL, v.NOTE))
    rows[music[:, None] & _IS_PLANNED] = 0
    return rows


written_out = partial(encode, references=False)
"""Every cell with its notes."""


def with_more(shard: Shard, more: Shard) -> Shard:
    """The pieces of both, weighed anew."""
    pieces = [each.piece(index) for each in (shard, more) for index in range(len(each))]
    arrays = pack(pieces, weights=weights_of(pieces))
    meta = json.loads(str(arrays.pop("meta")[0]))
    return Shard(arrays, meta)


_WANTED_STYLES = ("band", "game", "electronic", "orchestra")


def _is_style(shard: Shard, *names: str) -> NDArray[np.bool_]:
    styles = [1 + shard.meta["styles"].index(name) for name in names]
    return np.isin(shard.arrays["style"], styles)


def by_notes(shard: Shard, _done: float) -> NDArray[np.float32]:
    """Every note of the data counts alike."""
    return np.diff(shard.arrays["note_offsets"]).astype(np.float32)


def game_doubled(shard: Shard, _done: float) -> NDArray[np.float32]:
    """Band, game and electronic music twice as often against the rest."""
    doubled = 1 + _is_style(shard, "band", "game", "electronic")
    return np.asarray(shard.arrays["weight"] * doubled, np.float32)


def finishing(shard: Shard, done: float) -> NDArray[np.float32]:
    """The last 15 % of the run on band, game, electronic and orchestra music alone."""
    weights: NDArray[np.float32] = shard.arrays["weight"].copy()
    weights[~_is_style(shard, *_WANTED_STYLES)] *= done < 0.85
    return weights


VARIANTS: dict[str, Variant] = {
    BASE: Variant("composer as it is, small"),
    "flat pitch": Variant("no chord-, key-, melody-relative pitch", network=FlatPitch),
    "without sounding": Variant("pitch without what sounds", network=Deaf),
    "written out": Variant("no references: every cell with its notes", write=written_out),
    "flat tokens": Variant(
        "a plain model of REMI-like tokens: no plan, cells or references",
        network=FlatTokens,
        write=without_holes,
        recipe={"events_per_step": 1024, "events_per_batch": 1024},
    ),
    "plan interleaved": Variant("each bar's plan just before the bar", write=interleaved),
    "plan said once": Variant("plan first, not repeated in the music", write=said_once),
    "parallel heads": Variant("attributes chosen at once", network=ParallelChoices),
    "adam only": Variant("AdamW at 1e-3", optimiser=AdamOnly, recipe={"adam_rate": 1e-3}),
    "adam only 3e-3": Variant("AdamW at 3e-3", optimiser=AdamOnly),
    "muon rate x2": Variant("muon rate 0.04", recipe={"muon_rate": 0.04}),
    "muon rate x0.5": Variant("muon rate 0.01", recipe={"muon_rate": 0.01}),
    "adam rate x2": Variant("adam rate 6e-3", recipe={"adam_rate": 6e-3}),
    "adam rate x0.5": Variant("adam rate 1.5e-3", recipe={"adam_rate": 1.5e-3}),
    "no transposition": Variant("no augmentation by key", transpositions=(0, 1)),
    "no thinning": Variant("windows keep every part", thinned=0.0),
    "2 layers of 128": Variant("smaller", config={"layers": 2, "width": 128, "ffn": 256}),
    "6 layers of 192": Variant("deeper", config={"layers": 6}),
    "6 layers of 256": Variant("larger", config={"layers": 6, "width": 256, "ffn": 640}),
    "8 layers of 256": Variant("largest", config={"layers": 8, "width": 256, "ffn": 640}),
    "dropout 0.1": Variant("dropout 0.1", recipe={"dropout": 0.1}),
    "dropout 0.2": Variant("dropout 0.2", recipe={"dropout": 0.2}),
    "2048 events a step": Variant("half the step", recipe={"events_per_step": 2048}),
    "8192 events a step": Variant("twice the step", recipe={"events_per_step": 8192}),
    "16384 events a step": Variant("four times the step", recipe={"events_per_step": 16384}),
    "weights by notes": Variant("every note counts alike", weigh=by_notes),
    "game doubled": Variant("band, game, electronic twice as often", weigh=game_doubled),
    "pop909": Variant("arrangements of 909 pop songs besides", extra="pop909"),
    "finishing phase": Variant("the last 15 % on band, game, orchestra", weigh=finishing),
}
"""Every variant by its name."""

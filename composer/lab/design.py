"""What a training run is made of, apart from its sizes and settings.

The trainer builds every run from a ``Design``. The default is composer; the comparison of
variants (``composer.lab.compare``) puts other pieces in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from composer.lab.crops import Crop, step_crops
from composer.lab.optimiser import Optimiser
from composer.lab.shards import Shard
from composer.model.config import ModelConfig
from composer.model.network import Network

MakeNetwork = Callable[[ModelConfig, float], Network]
StepCrops = Callable[[Shard, int, int, int, int], list[Crop]]
"""From shard, seed, step, events and limit to the windows of a step, as ``step_crops``."""


@dataclass(frozen=True, slots=True)
class Design:
    """The network from config and dropout, the windows of a step, and the optimiser."""

    network: MakeNetwork = Network
    crops: StepCrops = step_crops
    optimiser: type[Optimiser] = Optimiser

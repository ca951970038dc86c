"""The weights that a network of given sizes has."""

from composer.errors import CheckpointError
from composer.language import CONDITION_SIZE
from composer.language import vocabulary as v
from composer.model import features
from composer.model.checkpoint import Checkpoint
from composer.model.choices import CHOICES, NETWORKS, OUTPUTS
from composer.model.config import ModelConfig

Shapes = dict[str, tuple[int, ...]]
UNFIT = "the checkpoint's weights do not fit its config.json: one of the two is foreign"


def weight_shapes(config: ModelConfig) -> Shapes:
    """Name and shape of every weight, as ``composer.model.network`` has them."""
    width = config.width
    shapes: Shapes = {
        "embedding": (features.TABLE_ROWS, width),
        "bits": (width, features.BITS),
        "condition_in": (width, CONDITION_SIZE),
        "condition_bias": (width,),
        "gain": (width,),
    }
    for index in range(config.layers):
        shapes |= {f"layers.{index}.{name}": shape for name, shape in _layer(config).items()}
    return shapes | {f"heads.{name}": shape for name, shape in _heads(config).items()}


def check_weights(checkpoint: Checkpoint) -> None:
    """Raise CheckpointError unless the weights are those of the checkpoint's sizes."""
    found = {name: array.shape for name, array in checkpoint.weights.items()}
    if found != weight_shapes(checkpoint.config):
        raise CheckpointError(UNFIT)


def _layer(config: ModelConfig) -> Shapes:
    width, head = config.width, config.head_width
    return {
        "attention_gain": (width,),
        "unit_gain": (width,),
        "query_gain": (head,),
        "key_gain": (head,),
        "query": (width, width),
        "key_value": (2, config.kv_heads * head, width),
        "attended": (width, width),
        "gate_up": (2, config.ffn, width),
        "down": (width, config.ffn),
        "condition": (width, width),
    }


def _heads(config: ModelConfig) -> Shapes:
    width, hidden = config.width, config.head_ffn
    shapes: Shapes = {
        "attribute": (len(CHOICES), width),
        "output": (OUTPUTS, width),
        "bias": (OUTPUTS,),
        "on_chord": (12, width),
        "on_quality": (v.SIZES["quality"], 12),
        "in_key": (12, width),
        "from_previous": (features.INTERVALS, width),
        "with_sounding": (12, width),
        "root_in_key": (2, 12, width),
    }
    for name in NETWORKS:
        shapes[f"gain.{name}"] = (width,)
        shapes[f"widen.{name}"] = (hidden, width)
        shapes[f"narrow.{name}"] = (width, hidden)
    return shapes

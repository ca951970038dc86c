"""Everything a training run needs to go on exactly where it stopped.

One safetensors file (weights, moments, averaged weights) whose metadata carries the rest
as JSON, so that both are replaced in one step and nothing is pickled.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from composer.errors import CheckpointError
from composer.files import whole_file
from composer.lab.optimiser import Optimiser
from composer.lab.progress import Progress
from composer.language import vocabulary_hash

STATE = "state.safetensors"


class Average:
    """Exponential moving average of a network's weights, shorter near the start."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self.weights = {
            name: tensor.detach().clone() for name, tensor in network.named_parameters()
        }

    @torch.no_grad()
    def restart(self, network: nn.Module) -> None:
        """Forget the past: take the weights as they are."""
        for name, tensor in network.named_parameters():
            self.weights[name].copy_(tensor)

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after step number ``step`` (from 1)."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, tensor in network.named_parameters():
            self.weights[name].lerp_(tensor, share)

    @contextlib.contextmanager
    def lent_to(self, network: nn.Module) -> Iterator[None]:
        """Give the network the averaged weights for a while."""
        parameters = dict(network.named_parameters())
        own = {name: parameter.data for name, parameter in parameters.items()}
        for name, parameter in parameters.items():
            parameter.data = self.weights[name]
        try:
            yield
        finally:
            for name, parameter in parameters.items():
                parameter.data = own[name]


def _tensors(network: nn.Module, optimiser: Optimiser, average: Average) -> dict[str, Tensor]:
    return {
        **{f"weight.{name}": tensor.detach() for name, tensor in network.named_parameters()},
        **{f"average.{name}": tensor for name, tensor in average.weights.items()},
        **{f"moment.{name}": tensor for name, tensor in optimiser.state().items()},
    }


def save_state(
    folder: Path,
    network: nn.Module,
    optimiser: Optimiser,
    average: Average,
    *,
    progress: Progress,
    settings: Mapping[str, object],
) -> None:
    """Write the state; a run killed meanwhile keeps the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    words = {"vocabulary": vocabulary_hash(), "settings": dict(settings), **asdict(progress)}
    tensors = {
        name: tensor.contiguous().cpu()
        for name, tensor in _tensors(network, optimiser, average).items()
    }
    with whole_file(folder / STATE, overwrite=True) as draft:
        save_file(tensors, draft, metadata={"state": json.dumps(words, sort_keys=True)})


@torch.no_grad()
def load_state(
    folder: Path,
    network: nn.Module,
    optimiser: Optimiser,
    average: Average,
    settings: Mapping[str, object],
) -> Progress | None:
    """Fill everything from the state in ``folder``; None where there is none.

    Raises CheckpointError where it is damaged or belongs to a run with other settings.
    """
    path = folder / STATE
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            words = json.loads(file.metadata()["state"])
            _check(path, words, settings)
            for name, tensor in _tensors(network, optimiser, average).items():
                tensor.copy_(file.get_tensor(name))
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"the training state {path} is damaged: {error}") from error
    return Progress(**{field.name: words[field.name] for field in fields(Progress)})


def _check(path: Path, words: Mapping[str, object], settings: Mapping[str, object]) -> None:
    if words["vocabulary"] != vocabulary_hash():
        raise CheckpointError(f"{path} was trained for another vocabulary: choose a new folder")
    theirs = words["settings"]
    if theirs != dict(settings):
        raise CheckpointError(
            f"{path} belongs to a run with other settings ({theirs}): choose a new folder"
        )

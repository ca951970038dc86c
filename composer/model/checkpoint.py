"""A checkpoint on disk: a folder with weights, sizes and a model card.

``model.safetensors`` holds the weights as float16 and their checksum, ``config.json`` the
sizes and the vocabulary's hash, ``card.md`` words for people. Reading needs no torch,
unpickles nothing, and refuses files that are too large before it opens them.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from composer.errors import CheckpointError
from composer.files import write_whole
from composer.model.config import ModelConfig

WEIGHTS, CONFIG, CARD = "model.safetensors", "config.json", "card.md"
_CHECKSUM = "sha256"
_MOST_WEIGHT_BYTES = 2 << 30
_MOST_CONFIG_BYTES = 1 << 16

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network's sizes and its weights by name, float32."""

    config: ModelConfig
    weights: Weights


def save_checkpoint(folder: Path, checkpoint: Checkpoint, card: str) -> None:
    """Write the three files, each whole or not at all; the config comes last.

    Raises OutputError where the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: array.astype(np.float16) for name, array in checkpoint.weights.items()}
    config = json.dumps(checkpoint.config.as_json(), indent=2) + "\n"
    kept = save(halves, {_CHECKSUM: _checksum(halves)})
    write_whole(folder / WEIGHTS, kept, overwrite=True)
    write_whole(folder / CARD, card.encode(), overwrite=True)
    write_whole(folder / CONFIG, config.encode(), overwrite=True)


def load_checkpoint(folder: Path) -> Checkpoint:
    """Read a checkpoint; raises CheckpointError for a missing, damaged or foreign one."""
    if not folder.is_dir():
        raise CheckpointError(f"there is no checkpoint folder {folder}")
    try:
        with _readable(folder / CONFIG, _MOST_CONFIG_BYTES) as path:
            values = json.loads(path.read_bytes())
        with _readable(folder / WEIGHTS, _MOST_WEIGHT_BYTES) as path:
            weights = _weights(folder, path)
    except (ValueError, RecursionError, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"the checkpoint {folder} is damaged: {reason}") from error
    return Checkpoint(ModelConfig.from_json(values), weights)


@contextlib.contextmanager
def _readable(path: Path, most: int) -> Iterator[Path]:
    """A file of at most ``most`` bytes; turns what hinders its reading into CheckpointError."""
    try:
        size = path.stat().st_size
        if size > most:
            raise CheckpointError(f"{path} has {size} bytes; at most {most} are accepted")
        yield path
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error


def _weights(folder: Path, path: Path) -> Weights:
    """The weights of the mapped file, compared with their checksum where it has one."""
    with safe_open(path, "np") as file:
        stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        wanted = (file.metadata() or {}).get(_CHECKSUM)
    if wanted is not None and wanted != _checksum(stored):
        raise CheckpointError(f"the checkpoint {folder} is damaged: its weights have changed")
    return {name: _single(folder, stored.pop(name)) for name in list(stored)}


def _checksum(stored: Mapping[str, NDArray[np.generic]]) -> str:
    """SHA-256 of names and weights, in the order of the names."""
    found = hashlib.sha256()
    for name in sorted(stored):
        found.update(name.encode())
        found.update(np.ascontiguousarray(stored[name]).tobytes())
    return found.hexdigest()


def _single(folder: Path, array: NDArray[np.generic]) -> NDArray[np.float32]:
    single = array.astype(np.float32)
    if not np.isfinite(single).all():
        raise CheckpointError(f"the checkpoint {folder} is damaged: a weight is not a number")
    return single

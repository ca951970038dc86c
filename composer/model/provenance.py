"""Where a checkpoint comes from: its hash, and the licences of the music it learnt from."""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from composer.errors import CheckpointError
from composer.model.checkpoint import CONFIG, WEIGHTS
from composer.model.engine import folder_of

SOURCES = "sources.csv"


def provenance(checkpoint: str | Path | None = None) -> dict[str, Any]:
    """Name and SHA-256 of a checkpoint's weights, and its music by source and licence.

    None takes the one that comes with composer. ``data`` is empty where the folder has no
    ``sources.csv``. Raises CheckpointError where the weights can't be read.
    """
    folder = folder_of(checkpoint)
    return {
        "name": folder.name,
        "sha256": _hash(folder / WEIGHTS),
        "data": _data(folder / SOURCES),
    }


def fingerprint(checkpoint: str | Path | None = None) -> str:
    """What tells a checkpoint from every other: a hash of its weights and sizes.

    Raises CheckpointError where they can't be read.
    """
    folder = folder_of(checkpoint)
    hashes = _hash(folder / WEIGHTS) + _hash(folder / CONFIG)
    return hashlib.sha256(hashes.encode()).hexdigest()


def _hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror}") from error


def _data(path: Path) -> list[dict[str, Any]]:
    """How many pieces each source gave under each licence."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        counts = Counter((row["source"], row["licence"]) for row in csv.DictReader(file))
    return [
        {"source": source, "licence": licence, "pieces": pieces}
        for (source, licence), pieces in sorted(counts.items())
    ]

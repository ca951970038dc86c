"""What composing needs from a network: read rows of events, score the next one's values.

Anything with these four members can compose, with torch or without.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from composer.assets import find_asset
from composer.errors import MissingExtraError, RequestError
from composer.model.checkpoint import load_checkpoint
from composer.model.numpy_engine import NumpyEngine

DEFAULT_CHECKPOINT = "small"
"""Name of the folder in ``checkpoints/`` that is taken where none is named."""
ENGINES = ("numpy", "torch")
"""Names of the engines; ``torch`` needs the extra ``train``."""
DEFAULT_ENGINE = "numpy"


class Engine(Protocol):
    """Runs a network over one sequence at a time; states and hiddens are its own matter.

    The numbers depend on the weights and the rows alone, never on the number of threads or
    on what else is being composed.
    """

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""

    def prefill(self, rows: NDArray[np.int32], condition: NDArray[np.float32]) -> Any:
        """A state that has read ``rows`` (T, columns), T >= 0.

        ``condition`` (CONDITION_SIZE,) holds for the whole sequence.
        """

    def step(self, state: Any, row: NDArray[np.int32]) -> Any:
        """Read one more row (columns,); returns the hidden state after it.

        Raises RequestError where the state is full.
        """

    def logits(
        self, hidden: Any, row: NDArray[np.int32], attribute: str
    ) -> NDArray[np.float32]:
        """Scores of all values of ``attribute`` (or ``kind``) of the next event, (size,).

        ``row`` (columns,) is that event, filled as far as it is known.
        """


def load_engine(checkpoint: str | Path | None = None, engine: str = DEFAULT_ENGINE) -> Engine:
    """The engine of a checkpoint's folder; None takes the one that comes with composer.

    ``engine`` is one of ``ENGINES``. Raises RequestError for another, CheckpointError where
    the checkpoint is missing, damaged or foreign, MissingExtraError for ``torch`` without
    torch.
    """
    if engine not in ENGINES:
        raise RequestError(f"unknown engine {engine!r}: choose {' or '.join(ENGINES)}")
    folder = (
        find_asset("checkpoints", DEFAULT_CHECKPOINT)
        if checkpoint is None
        else Path(checkpoint)
    )
    loaded = load_checkpoint(folder)
    if engine == "numpy":
        return NumpyEngine(loaded)
    with needs_torch("the engine torch"):
        from composer.model.torch_engine import TorchEngine  # noqa: PLC0415 - optional
    return TorchEngine(loaded)


@contextlib.contextmanager
def needs_torch(feature: str) -> Iterator[None]:
    """Turn a failing import of torch into MissingExtraError, which names the ``feature``."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingExtraError(feature, "torch", "train") from error

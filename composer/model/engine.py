"""What composing needs from a network: read rows of events, score the next one's values.

Anything with these four members can compose, with torch or without.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from composer.assets import find_asset
from composer.model.checkpoint import load_checkpoint

DEFAULT_CHECKPOINT = "small"
"""Name of the folder in ``checkpoints/`` that is taken where none is named."""


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


def load_engine(checkpoint: str | Path | None = None) -> Engine:
    """The engine of a checkpoint's folder; None takes the one that comes with composer.

    Raises CheckpointError where it is missing, damaged or foreign.
    """
    folder = (
        find_asset("checkpoints", DEFAULT_CHECKPOINT)
        if checkpoint is None
        else Path(checkpoint)
    )
    loaded = load_checkpoint(folder)
    from composer.model.torch_engine import TorchEngine  # noqa: PLC0415 - torch takes seconds

    return TorchEngine(loaded)

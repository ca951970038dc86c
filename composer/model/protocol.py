"""What composing needs from a network: read rows of events, score the next one's values.

Anything with these five members can compose, with torch or without.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from composer.language import CONDITION_SIZE

Row = Sequence[int] | NDArray[np.int32]
"""One event, (columns,)."""
Rows = Sequence[Row] | NDArray[np.int32]
"""One event as it stands under each condition, (B, columns)."""
Conditions = NDArray[np.float32]
"""One or several conditions, (B, CONDITION_SIZE)."""


class Engine(Protocol):
    """Runs a network over one sequence at a time; states and hiddens are its own matter.

    A sequence is read under B conditions side by side, as guidance compares them; each
    condition has rows of its own, as a row may say what a condition leaves open. The numbers
    depend on the weights, the rows and the conditions alone, never on the number of threads
    or on what else is being composed.
    """

    @property
    def name(self) -> str:
        """One of ``ENGINES``, for people."""

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""

    def prefill(self, rows: NDArray[np.int32], conditions: Conditions) -> Any:
        """A state that has read ``rows`` (B, T, columns), T >= 0, B >= 1.

        Each of the ``conditions`` (B, CONDITION_SIZE) holds for the whole of its sequence.
        """

    def step(self, state: Any, rows: Rows) -> Any:
        """Read one more event, ``rows`` (B, columns); returns the hidden state after it.

        Raises RequestError where the state is full.
        """

    def logits(self, hidden: Any, rows: Rows, attribute: str) -> NDArray[np.float32]:
        """Scores of all values of ``attribute`` (or ``kind``) of the next event, (B, size).

        ``rows`` (B, columns) are that event, filled as far as it is known.
        """


def checked(rows: NDArray[np.int32], conditions: Conditions) -> Conditions:
    """The ``conditions``; raises ValueError for another shape, or where rows don't fit."""
    if conditions.ndim != 2 or not len(conditions) or conditions.shape[1] != CONDITION_SIZE:
        raise ValueError(f"conditions have shape (B, {CONDITION_SIZE}), not {conditions.shape}")
    if rows.ndim != 3 or len(rows) != len(conditions):
        raise ValueError(
            f"rows under {len(conditions)} conditions have shape ({len(conditions)}, T, "
            f"columns), not {rows.shape}"
        )
    return conditions

"""What stands in for a result when no worker lived to give it."""

from dataclasses import dataclass

RETRIES = 2
"""How often an item whose worker died is tried again: the item may be what kills it."""


@dataclass(frozen=True, slots=True)
class Lost:
    """No result, and the ``reason``."""

    reason: str

"""The network, its checkpoint, and the engines that run it behind one small interface."""

from composer.model.engine import (
    DEFAULT_CHECKPOINT,
    DEFAULT_ENGINE,
    ENGINES,
    Engine,
    load_engine,
    needs_torch,
)

__all__ = [
    "DEFAULT_CHECKPOINT",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Engine",
    "load_engine",
    "needs_torch",
]

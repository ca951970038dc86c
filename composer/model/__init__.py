"""The network, its checkpoint, and the engines that run it behind one small interface."""

from composer.model.engine import (
    DEFAULT_CHECKPOINT,
    DEFAULT_ENGINE,
    ENGINES,
    load_engine,
    needs_torch,
    why_not_onnx,
)
from composer.model.protocol import Engine

__all__ = [
    "DEFAULT_CHECKPOINT",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Engine",
    "load_engine",
    "needs_torch",
    "why_not_onnx",
]

"""The network, its checkpoint, and the engines that run it behind one small interface."""

from composer.model.engine import DEFAULT_CHECKPOINT, Engine, load_engine

__all__ = ["DEFAULT_CHECKPOINT", "Engine", "load_engine"]

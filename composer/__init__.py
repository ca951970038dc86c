"""Compose symbolic music, steer its mood, and hear it.

The public surface is small and loaded on demand, so that ``import composer`` costs
nothing until something is composed::

    from composer import Composer
    piece = Composer.load().generate(mood="sad", bars=16, seed=1)
    piece.save("sad.mid")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from composer.api import Composer, Piece
    from composer.errors import ComposerError
    from composer.midi import read_midi, write_midi
    from composer.plan import Plan
    from composer.score import Note, Part, Score

__version__ = "0.1.0"

_HOMES = {
    "Composer": "composer.api",
    "ComposerError": "composer.errors",
    "Note": "composer.score",
    "Part": "composer.score",
    "Piece": "composer.api",
    "Plan": "composer.plan",
    "Score": "composer.score",
    "read_midi": "composer.midi",
    "write_midi": "composer.midi",
}

__all__ = [
    "Composer",
    "ComposerError",
    "Note",
    "Part",
    "Piece",
    "Plan",
    "Score",
    "__version__",
    "read_midi",
    "write_midi",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home the first time it is used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'composer' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

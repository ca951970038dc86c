"""Originality: the training passages that share a melody figure with a score."""

from composer.originality.comparing import Comparison, Passage, compare
from composer.originality.figures import NOTES
from composer.originality.index import INDEX, Index, IndexedPiece, read_index, write_index

__all__ = [
    "INDEX",
    "NOTES",
    "Comparison",
    "Index",
    "IndexedPiece",
    "Passage",
    "compare",
    "read_index",
    "write_index",
]

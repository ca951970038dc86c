"""Work on many items: in this process, in several, or on a Ray cluster."""

from composer.workers.lost import Lost
from composer.workers.mapping import HERE, Workers, map_unordered

__all__ = ["HERE", "Lost", "Workers", "map_unordered"]

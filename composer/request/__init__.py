"""Requests: words and flags to a Plan, open where nothing was said, and shaped by mood."""

from composer.request.building import (
    DEFAULT_BARS,
    FASTEST_QPM,
    MOST_BARS,
    SLOWEST_QPM,
    build_plan,
)
from composer.request.instruments import MOST_PARTS, assign_roles
from composer.request.shaping import shape_plan

__all__ = [
    "DEFAULT_BARS",
    "FASTEST_QPM",
    "MOST_BARS",
    "MOST_PARTS",
    "SLOWEST_QPM",
    "assign_roles",
    "build_plan",
    "shape_plan",
]

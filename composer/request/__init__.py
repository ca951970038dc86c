"""Requests: words and flags to a Plan, open where nothing was said, and shaped by mood."""

from composer.request.building import Request, build_plan, read_request
from composer.request.instruments import MOST_PARTS
from composer.request.length import DEFAULT_BARS, MOST_BARS
from composer.request.roles import assign_roles
from composer.request.shaping import shape_plan
from composer.request.tempo import FASTEST_QPM, SLOWEST_QPM
from composer.request.wishes import Wishes

__all__ = [
    "DEFAULT_BARS",
    "FASTEST_QPM",
    "MOST_BARS",
    "MOST_PARTS",
    "SLOWEST_QPM",
    "Request",
    "Wishes",
    "assign_roles",
    "build_plan",
    "read_request",
    "shape_plan",
]

"""Perform: from a score on the grid to a score as people play it."""

from composer.perform.dynamics import with_dynamics
from composer.perform.humanise import humanise
from composer.perform.swing import swing

__all__ = ["humanise", "swing", "with_dynamics"]

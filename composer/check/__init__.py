"""Check: what a plan asked of a score, what is measured in it, and whether it was kept.

Only plan and score are read, never how the score came to be.
"""

from composer.check.checking import check, check_but_mood
from composer.check.report import Control, Report

__all__ = ["Control", "Report", "check", "check_but_mood"]

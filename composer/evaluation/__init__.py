"""Evaluation: a set of pieces against real music.

scores -> excerpt (one grid, first bars) -> metrics -> distance -> report -> table, picture
"""

from composer.evaluation.excerpt import Excerpt, Snapped, shared_bars
from composer.evaluation.interval import Interval
from composer.evaluation.metrics import METRICS, Metric
from composer.evaluation.moods import MoodAgreement, agreement, asked_mood
from composer.evaluation.picture import check_picture, draw
from composer.evaluation.reading import Folder, Unread, read_folder
from composer.evaluation.report import (
    HEADER,
    SET_SIZE,
    Finding,
    Report,
    check_sizes,
    evaluate,
    evaluate_values,
    measure_all,
)

__all__ = [
    "HEADER",
    "METRICS",
    "SET_SIZE",
    "Excerpt",
    "Finding",
    "Folder",
    "Interval",
    "Metric",
    "MoodAgreement",
    "Report",
    "Snapped",
    "Unread",
    "agreement",
    "asked_mood",
    "check_picture",
    "check_sizes",
    "draw",
    "evaluate",
    "evaluate_values",
    "measure_all",
    "read_folder",
    "shared_bars",
]

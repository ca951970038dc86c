"""Plan: what the music should be. Any field may be open (None)."""

from composer.plan.chord import CHORD_QUALITIES, NO_CHORD, Chord
from composer.plan.plan import (
    FEELS,
    FUNCTIONS,
    STYLES,
    Feel,
    Marker,
    Mood,
    Plan,
    PlanBar,
    PlanPart,
    Role,
)

__all__ = [
    "CHORD_QUALITIES",
    "FEELS",
    "FUNCTIONS",
    "NO_CHORD",
    "STYLES",
    "Chord",
    "Feel",
    "Marker",
    "Mood",
    "Plan",
    "PlanBar",
    "PlanPart",
    "Role",
]

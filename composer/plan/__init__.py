"""Plan: what the music should be. Any field may be open (None)."""

from composer.plan.chord import CHORD_QUALITIES, NO_CHORD, Chord
from composer.plan.plan import (
    FEELS,
    FUNCTIONS,
    HARMONIES,
    STYLES,
    Feel,
    Harmony,
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
    "HARMONIES",
    "NO_CHORD",
    "STYLES",
    "Chord",
    "Feel",
    "Harmony",
    "Marker",
    "Mood",
    "Plan",
    "PlanBar",
    "PlanPart",
    "Role",
]

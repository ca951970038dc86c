"""Features of the highest line: how it moves from onset to onset."""

from collections.abc import Iterator

import numpy as np

from composer.analysis.mood_notes import MoodNotes

_INTERVALS = {
    "half_step": (1,),
    "minor_third": (3,),
    "major_third": (4,),
    "fourth": (5,),
    "tritone": (6,),
    "fifth": (7,),
    "sixth": (8, 9),
    "octave": (12,),
}
MELODY_FEATURES = (
    "leap",
    "step_share",
    "repeat_share",
    "rise",
    "leap_up_share",
    "turn_share",
    *(f"{name}_share" for name in _INTERVALS),
    "melody_register",
    "melody_range",
)
"""Names of the features of the top line."""
_FEWEST_MOVES = 4
_LEAP = 5  # a fourth or more


def melody_features(notes: MoodNotes) -> Iterator[tuple[str, float]]:
    """Interval shares, contour, range and register of the top line."""
    _, top = notes.top_line
    moves = np.diff(top)
    moves = moves[np.abs(moves) <= 12]
    if len(moves) < _FEWEST_MOVES:
        return
    size = np.abs(moves)
    yield "leap", float(size.mean())
    yield "step_share", float((size <= 2).mean() - (moves == 0).mean())
    yield "repeat_share", float((moves == 0).mean())
    yield "rise", float((moves > 0).mean() - (moves < 0).mean())
    moving = max(1, int((size > 0).sum()))
    yield "leap_up_share", float((moves >= _LEAP).sum() / moving)
    turns = np.diff(np.sign(moves[moves != 0]))
    if len(turns):
        yield "turn_share", float((turns != 0).mean())
    for name, sizes in _INTERVALS.items():
        yield f"{name}_share", float(np.isin(size, sizes).sum() / moving)
    low, middle, high = np.percentile(top, (5, 50, 95))
    yield "melody_register", float(middle)
    yield "melody_range", float(high - low)

"""How far a part strays from its middle: as far as most real parts of its role."""

from composer.language.ranges import PitchRange
from composer.plan import PlanPart, Role

_REACH = {
    Role.MELODY: (13, 13),
    Role.COUNTER: (12, 11),
    Role.HARMONY: (14, 13),
    Role.PAD: (12, 12),
    Role.BASS: (10, 11),
}
"""Semitones below and above its mean pitch that three of four parts keep to within 32 bars, in
the band, game and orchestral music of the training set."""


def range_of(part: PlanPart) -> PitchRange:
    """Lowest and highest pitch of a planned part; what the plan says of them stands."""
    if part.register is None or part.role not in _REACH:
        return part.low, part.high
    below, above = _REACH[part.role]
    low = round(part.register) - below if part.low is None else part.low
    high = round(part.register) + above if part.high is None else part.high
    return (low, high) if low <= high else (part.low, part.high)

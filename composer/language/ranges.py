"""Which pitches a part may play."""

from composer.language import vocabulary as v
from composer.score import INSTRUMENT_RANGES

PitchRange = tuple[int | None, int | None]
"""Lowest and highest MIDI pitch that a plan asks for; None is open."""

DRUM_RANGE = (27, 87)
"""Keys of the General MIDI kit with its GS additions."""
_ANY_INSTRUMENT = (21, 108)


def playable(instrument: int, asked: PitchRange = (None, None)) -> tuple[int, int]:
    """Lowest and highest pitch of an instrument value, within what was ``asked``.

    Where instrument and wish share no pitch, the wish stands.
    """
    if instrument == v.DRUMS:
        return DRUM_RANGE
    own = INSTRUMENT_RANGES[instrument - 1] if instrument else _ANY_INSTRUMENT
    low = own[0] if asked[0] is None else asked[0]
    high = own[1] if asked[1] is None else asked[1]
    bottom, top = max(low, own[0]), min(high, own[1])
    return (bottom, top) if bottom <= top else (min(low, high), max(low, high))

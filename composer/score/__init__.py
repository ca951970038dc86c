"""Score: what the music is. Frozen values on a tick grid, standard library only."""

from composer.score.bars import Bar, bars_of
from composer.score.general_midi import (
    DRUM_NAMES,
    FAMILIES,
    INSTRUMENT_RANGES,
    ONE_VOICE_PROGRAMS,
    PROGRAM_NAMES,
)
from composer.score.instruments import find_instrument, instrument_name
from composer.score.meter import Meter, middle_ticks, ticks_per_bar
from composer.score.pitch import (
    Key,
    Mode,
    key_from_fifths,
    name_at,
    parse_key,
    pitch_class_name,
)
from composer.score.score import (
    TICKS_PER_QUARTER,
    Bend,
    Control,
    KeyChange,
    Label,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
)
from composer.score.time import seconds_at, ticks_at

__all__ = [
    "DRUM_NAMES",
    "FAMILIES",
    "INSTRUMENT_RANGES",
    "ONE_VOICE_PROGRAMS",
    "PROGRAM_NAMES",
    "TICKS_PER_QUARTER",
    "Bar",
    "Bend",
    "Control",
    "Key",
    "KeyChange",
    "Label",
    "Meter",
    "MeterChange",
    "Mode",
    "Note",
    "Part",
    "Score",
    "Tempo",
    "bars_of",
    "find_instrument",
    "instrument_name",
    "key_from_fifths",
    "middle_ticks",
    "name_at",
    "parse_key",
    "pitch_class_name",
    "seconds_at",
    "ticks_at",
    "ticks_per_bar",
]

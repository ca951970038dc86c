"""MIDI files to scores and back, and hand-over to other libraries' objects.

The only room that knows the MIDI library.
"""

from composer.midi.handover import (
    from_miditoolkit,
    from_music21,
    from_pretty_midi,
    to_miditoolkit,
    to_music21,
    to_pretty_midi,
)
from composer.midi.overlaps import RESTRIKE_GAP_TICKS
from composer.midi.reading import MidiReading, read_midi
from composer.midi.writing import midi_bytes, write_midi

__all__ = [
    "RESTRIKE_GAP_TICKS",
    "MidiReading",
    "from_miditoolkit",
    "from_music21",
    "from_pretty_midi",
    "midi_bytes",
    "read_midi",
    "to_miditoolkit",
    "to_music21",
    "to_pretty_midi",
    "write_midi",
]

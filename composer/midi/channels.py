"""Which MIDI channel each part is written on.

Up to fifteen melodic parts have a channel each. More of them share channels where they
sound the same (equal program, controllers and bends); what is still too many goes to
further MIDI ports, fifteen to a port (port meta event 0x21). Drums are on channel index
9 of the first port, a second kind of kit on channel 9 of the next port.
"""

from collections.abc import Hashable, Sequence

from composer.midi.tracks import DRUM_CHANNEL
from composer.score import Part

_MELODIC = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
_PORTS = 128


def assign_channels(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """(port, channel) of every part, both from 0."""
    is_crowded = sum(not part.is_drums for part in parts) > len(_MELODIC)
    melodic: dict[Hashable, int] = {}
    kits: dict[Hashable, int] = {}
    places = []
    for index, part in enumerate(parts):
        sound = (part.program, part.controls, part.bends)
        if part.is_drums:
            places.append((kits.setdefault(sound, len(kits)) % _PORTS, DRUM_CHANNEL))
        else:
            slot = melodic.setdefault(sound if is_crowded else index, len(melodic))
            places.append((slot // len(_MELODIC) % _PORTS, _MELODIC[slot % len(_MELODIC)]))
    return places

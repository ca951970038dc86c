"""Pairs note-ons with note-offs on one channel of one track."""

from collections import deque
from dataclasses import dataclass, field

from composer.midi.repairs import Repairs


@dataclass(slots=True)
class Strike:
    """A note-on and the two ends it may have, in ticks of the file.

    ``program`` is None where the track has set none on this channel so far.
    """

    onset: int
    pitch: int
    velocity: int
    program: int | None
    queued_end: int | None = None
    first_end: int | None = None


@dataclass(slots=True)
class _Key:
    """State of one pitch: strikes not yet paired, and strikes since the last note-off."""

    strikes: list[Strike] = field(default_factory=list)
    queue: deque[Strike] = field(default_factory=deque)
    fresh: list[Strike] = field(default_factory=list)


class StrikePairing:
    """First in, first out, as long as every strike gets its note-off.

    Where a pitch lacks note-offs, counting would shift all later ends, so each of its
    strikes ends at the first note-off after it, or else with the track.
    """

    def __init__(self) -> None:
        """Start with nothing sounding."""
        self.strikes: list[Strike] = []
        self._keys: dict[int, _Key] = {}

    def on(self, ticks: int, pitch: int, velocity: int, program: int | None) -> None:
        """Strike ``pitch``."""
        strike = Strike(ticks, pitch, velocity, program)
        self.strikes.append(strike)
        key = self._keys.setdefault(pitch, _Key())
        for group in (key.strikes, key.queue, key.fresh):
            group.append(strike)

    def off(self, ticks: int, pitch: int) -> bool:
        """Release ``pitch``; False where nothing waits for a note-off."""
        key = self._keys.get(pitch)
        if key is None or not key.queue:
            return False
        key.queue.popleft().queued_end = ticks
        for strike in key.fresh:
            strike.first_end = ticks
        key.fresh.clear()
        return True

    def all_off(self, ticks: int) -> None:
        """Release every pitch as often as it was struck."""
        for pitch, key in self._keys.items():
            while key.queue:
                self.off(ticks, pitch)

    def ended(self, last_ticks: int, repairs: Repairs) -> list[tuple[Strike, int]]:
        """Every strike with its end; what still sounds ends at ``last_ticks``."""
        unpaired = {pitch for pitch, key in self._keys.items() if key.queue}
        repairs.count("stuck", sum(len(key.queue) for key in self._keys.values()))
        pairs = []
        for strike in self.strikes:
            end = strike.first_end if strike.pitch in unpaired else strike.queued_end
            pairs.append((strike, last_ticks if end is None else end))
        return pairs

"""What a reader had to mend, counted by kind and told in short sentences."""

from collections import Counter

_SENTENCES = {
    "wrapped": "skipped {n} byte{s} before the MIDI header",
    "format": "read an unknown file type as type 1",
    "division": "read a resolution of 0 as 480 ticks a quarter",
    "smpte": "read SMPTE frame timing as 120 quarters a minute",
    "track_count": "the header promises {n} track{s} too many or too few",
    "too_many_tracks": "dropped {n} track{s} above the limit",
    "junk": "skipped {n} junk byte{s} between chunks",
    "length": "mended {n} wrong track length{s}",
    "cut": "cut {n} damaged track{s} at the last whole event",
    "no_end": "added {n} missing end-of-track event{s}",
    "tail": "ignored {n} byte{s} after the end of a track",
    "data_byte": "clipped {n} data byte{s} above 127",
    "system": "dropped {n} system message{s} that files may not hold",
    "bad_meta": "dropped {n} impossible tempo, meter or key event{s}",
    "events": "stopped reading at the limit of {n} event{s}",
    "late_tempo": "set the missing first tempo to 120 quarters a minute",
    "stuck": "closed {n} note{s} without a note-off",
    "spurious": "ignored {n} note-off{s} without a note",
    "overlap": "cut {n} note{s} struck again while sounding",
    "doubled": "merged {n} note{s} struck twice at once",
    "zero": "gave {n} note{s} of no length 1 tick",
    "orphans": "dropped {n} controller{s} on channels without notes",
    "controls": "dropped {n} controller{s} above the limit",
    "too_long": "dropped or cut {n} note{s} beyond 24 hours or 100,000 bars",
    "silence": "cut a silent end longer than the music",
}
"""Kind to sentence, in the order of telling; ``{n}`` is the number, ``{s}`` its plural."""


class Repairs:
    """A tally of repairs; ``count`` while reading, ``sentences`` at the end."""

    def __init__(self) -> None:
        """Start with nothing mended."""
        self._counts: Counter[str] = Counter()

    def count(self, kind: str, number: int = 1) -> None:
        """Add ``number`` repairs of a kind that the table of sentences knows."""
        if number:
            self._counts[kind] += number

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each kind that happened, in the table's order."""
        return tuple(
            sentence.format(n=f"{self._counts[kind]:,}", s="s" * (self._counts[kind] != 1))
            for kind, sentence in _SENTENCES.items()
            if kind in self._counts
        )

"""What a reader had to mend, counted by kind and told in short sentences."""

from collections import Counter

_SENTENCES: dict[str, tuple[str, str]] = {
    "wrapped": ("skipped {n} byte before the MIDI header", "skipped {n} bytes before the MIDI header"),
    "format": ("read an unknown file type as type 1", "read an unknown file type as type 1"),
    "division": ("read a resolution of 0 as 480 ticks a quarter",) * 2,
    "smpte": ("read SMPTE frame timing as 120 quarters a minute",) * 2,
    "track_count": ("the header promises {n} track too many or too few", "the header promises {n} tracks too many or too few"),
    "too_many_tracks": ("dropped {n} track above the limit", "dropped {n} tracks above the limit"),
    "junk": ("skipped {n} junk byte between chunks", "skipped {n} junk bytes between chunks"),
    "length": ("mended {n} wrong track length", "mended {n} wrong track lengths"),
    "cut": ("cut {n} damaged or truncated track at its last whole event", "cut {n} damaged or truncated tracks at their last whole events"),
    "no_end": ("added {n} missing end of track", "added {n} missing ends of tracks"),
    "tail": ("ignored {n} byte after an end of track", "ignored {n} bytes after ends of tracks"),
    "data_byte": ("clipped {n} data byte above 127", "clipped {n} data bytes above 127"),
    "system": ("dropped {n} system message that files may not hold", "dropped {n} system messages that files may not hold"),
    "bad_meta": ("dropped {n} impossible tempo, meter or key event", "dropped {n} impossible tempo, meter or key events"),
    "events": ("stopped reading at the limit of {n} event", "stopped reading at the limit of {n} events"),
    "late_tempo": ("set the missing first tempo to 120 quarters a minute",) * 2,
    "stuck": ("closed {n} note without a note-off", "closed {n} notes without a note-off"),
    "spurious": ("ignored {n} note-off without a note", "ignored {n} note-offs without a note"),
    "overlap": ("cut {n} note where its pitch is struck again", "cut {n} notes where their pitch is struck again"),
    "doubled": ("merged {n} note struck twice at once", "merged {n} notes struck twice at once"),
    "zero": ("gave {n} note of no length 1 tick", "gave {n} notes of no length 1 tick"),
    "orphans": ("dropped {n} controller on a channel without notes", "dropped {n} controllers on channels without notes"),
    "too_long": ("dropped {n} note beyond 24 hours or 100,000 bars", "dropped {n} notes beyond 24 hours or 100,000 bars"),
    "silence": ("cut a silent end longer than the music",) * 2,
}  # fmt: skip


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
            forms[self._counts[kind] != 1].format(n=f"{self._counts[kind]:,}")
            for kind, forms in _SENTENCES.items()
            if kind in self._counts
        )

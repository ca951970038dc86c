"""Planned chords made to sound: which choices the pen leaves the model.

Nothing is changed after it is written. Three things keep a bar to its chords:

- a copied cell must fit the chords of its new bar, else it is not offered
  (``composer.compose.copies``);
- pitches lean towards the chord's tones (``composer.compose.leaning``);
- the part that carries the harmony may not leave a bar before the chord's defining tones
  have sounded in it.

Cells that are filled in later (infill) only lean.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.compose.copies import Copies
from composer.compose.leaning import MELODIES, ROLE, bearer_of, carrier_of, span_at
from composer.language import Walker
from composer.language import vocabulary as v
from composer.language.harmony import missing, spans_of
from composer.language.recalling import once_a_row
from composer.language.rows import Legal, Row, position_of
from composer.language.solo import is_solo
from composer.language.stream import Stream

_SOLO_UNITS = v.POSITIONS_PER_QUARTER // 4
"""Time left to a soloist for each missing tone: a sixteenth."""

_C = v.COLUMN
_ENDINGS = (v.BAR, v.END)
_LOWS = np.array([0, *(low for low, _ in v.COUNTS)])


class Consonance:
    """Leaves the model what serves the chords, more strictly where they were asked for."""

    def __init__(self, harmony: str | None = None) -> None:
        """``harmony`` is the plan's; where it is ``free`` no part owes the chords any tone."""
        copies = Copies(harmony or "free")
        self._keep = {"source": copies.sources, "shift": copies.shifts}
        self._keep |= {"duration": _durations} if harmony == "free" else _KEEP

    def kept(self, walker: Walker, row: Row, attribute: str, legal: Legal) -> Legal:
        """Those of the legal values that serve the chords; all where none does."""
        stream = walker.stream
        keep = self._keep.get(attribute)
        if keep is None or stream.bar < stream.first or stream.filling or stream.holes:
            return legal
        if row[0] not in (0, v.CELL, v.NOTE) or not stream.parts:
            return legal
        chosen = keep(walker, row, legal)
        return chosen if len(chosen) else legal


@once_a_row
def _owing(stream: Stream) -> tuple[int, list[set[int]]]:
    """The carrier and what is still missing; nothing is once the carrier has gone by."""
    carrier = carrier_of(stream)
    if carrier is None or stream.part - 1 > carrier:
        return -1, []
    return carrier, missing(stream, spans_of(stream.plan_of(stream.bar)))


def _kinds(walker: Walker, _row: Row, legal: Legal) -> Legal:
    """Hold the bar open until the carrier has come, and its cell until it is complete."""
    stream = walker.stream
    kinds = legal.tolist()
    if v.NOTE not in kinds and not any(kind in _ENDINGS for kind in kinds):
        return legal
    carrier, owed = _owing(stream)
    if not any(owed):
        return legal
    is_open = stream.part - 1 == carrier
    serving = [kind for kind in kinds if (kind == v.NOTE if is_open else kind not in _ENDINGS)]
    return np.array(serving, np.intp)


def _parts(walker: Walker, _row: Row, legal: Legal) -> Legal:
    """Do not pass the carrier over."""
    carrier, owed = _owing(walker.stream)
    return legal[legal <= carrier + 1] if any(owed) else legal


def _counts(walker: Walker, row: Row, legal: Legal) -> Legal:
    """Enough notes for what is missing, and for the bass below it."""
    stream = walker.stream
    carrier, owed = _owing(stream)
    if row[_C["part"]] - 1 != carrier or row[_C["source"]] != v.NEW:
        return legal
    if carrier == bearer_of(stream, carrier):
        spans = spans_of(stream.plan_of(stream.bar))
        owed = [tones and tones | {span.bass} for tones, span in zip(owed, spans, strict=True)]
    return legal[_LOWS[legal] >= sum(map(len, owed))]


def _is_owing(stream: Stream) -> bool:
    """Whether the part in hand is the carrier, and something is missing."""
    carrier, owed = _owing(stream)
    return stream.part - 1 == carrier and any(owed)


def _in_time(stream: Stream) -> tuple[int, int]:
    """Positions [first, last) that the next note of an owing carrier must take.

    A soloist needs time for each of the missing tones.
    """
    (carrier, owed), spans = _owing(stream), spans_of(stream.plan_of(stream.bar))
    each = _SOLO_UNITS if is_solo(stream.parts[carrier]) else 0
    if owed[0]:
        return 0, max(1, spans[0].end - each * (len(owed[0]) - 1))
    first = spans[-1].start if _left(stream) <= len(owed[-1]) else 0
    return first, spans[-1].end - each * (len(owed[-1]) - 1)


def _beats(walker: Walker, row: Row, legal: Legal) -> Legal:
    """Beats in which a missing tone can still come in time."""
    if not _is_owing(walker.stream):
        return legal
    begin, end = (legal - 1) * v.POSITIONS_PER_QUARTER, v.POSITIONS_PER_QUARTER
    fits = np.array([_has_room(walker, row, beat, end) for beat in legal.tolist()])
    first, last = _in_time(walker.stream)
    fits &= (begin < last) & (begin + v.POSITIONS_PER_QUARTER > first)
    return _chosen(walker.stream, fits, legal)


def _subs(walker: Walker, row: Row, legal: Legal) -> Legal:
    """Places in the beat in which a missing tone can still come in time.

    Notes that begin together rise, so that one may leave no room above it.
    """
    if not _is_owing(walker.stream):
        return legal
    begin = (row[_C["beat"]] - 1) * v.POSITIONS_PER_QUARTER + legal - 1
    fits = np.array([_has_room(walker, row, row[_C["beat"]], sub) for sub in legal.tolist()])
    first, last = _in_time(walker.stream)
    fits &= (begin < last) & (begin >= first)
    return _chosen(walker.stream, fits, legal)


def _chosen(stream: Stream, fits: NDArray[np.bool_], legal: Legal) -> Legal:
    """The values that fit; where none does, the first for a soloist, who has no other way."""
    if not fits.any() and is_solo(stream.parts[stream.part - 1]):
        return legal[:1]
    return np.compress(fits, legal)


def _has_room(walker: Walker, row: Row, beat: int, sub: int) -> bool:
    """Whether a missing tone can join the carrier's latest note, or the note comes later."""
    stream, position = walker.stream, (beat - 1) * v.POSITIONS_PER_QUARTER + sub - 1
    if not stream.open_notes or stream.open_notes[-1][0] != position:
        return True
    wanted = _owing(stream)[1][span_at(spans_of(stream.plan_of(stream.bar)), position)]
    here = row.copy()
    here[_C["beat"]], here[_C["sub"]] = beat, sub
    return not wanted or any(
        (pitch - 1) % 12 in wanted for pitch in walker.values(here, "pitch")
    )


def _pitches(walker: Walker, row: Row, legal: Legal) -> Legal:
    """Missing tones first, in the part that must bring them.

    The bass comes before them, so that it lies lowest: where it is missing, and, in the part
    that bears it, where another part has sounded it above.
    """
    stream = walker.stream
    if not _is_owing(stream):
        return legal
    carrier, owed = _owing(stream)
    spans = spans_of(stream.plan_of(stream.bar))
    place = span_at(spans, position_of(row))
    span, wanted = spans[place], owed[place]
    if not wanted:
        return legal
    opens = all(note[0] < span.start for note in stream.open_notes)
    is_due = span.bass in wanted or (carrier == bearer_of(stream, carrier) and opens)
    if is_due and _left(stream) > sum(map(len, owed)) - (span.bass in wanted):
        wanted = {span.bass}
    pitches = [pitch for pitch in legal.tolist() if (pitch - 1) % 12 in wanted]
    if position_of(row) == span.end - 1:
        pitches = _below_the_rest(pitches, legal, owed[place]) or pitches
    return np.array(pitches, np.intp)


def _below_the_rest(pitches: Sequence[int], legal: Legal, owed: set[int]) -> list[int]:
    """Those above which all else that is owed can still sound at the same moment."""
    highest = {(pitch - 1) % 12: pitch for pitch in legal.tolist()}
    return [
        pitch
        for pitch in pitches
        if all(highest.get(tone, 0) > pitch for tone in owed - {(pitch - 1) % 12})
    ]


def _left(stream: Stream) -> int:
    """Notes that the open cell may still have for certain."""
    return int(_LOWS[stream.wanted]) - len(stream.open_notes)


def _durations(walker: Walker, row: Row, legal: Legal) -> Legal:
    """Durations that end before a chord to which the pitch is foreign, outside melodies."""
    stream = walker.stream
    part, bar = stream.part - 1, stream.bar
    if stream.is_drums(part) or stream.parts[part][ROLE] in MELODIES:
        return legal
    position, tone = position_of(row), (row[_C["pitch"]] - 1) % 12
    values = legal.tolist()
    offset, longest = 0, v.DURATIONS[values[-1] - 1]
    for later in range(bar, stream.first + stream.bar_count):
        if offset >= position + longest:
            break
        spans = spans_of(stream.plan_of(later))
        for span in spans:
            begin = offset + span.start
            if begin > position and span.tones and tone not in span.tones:
                longest_value = bisect_right(v.DURATIONS, begin - position)
                return legal[: bisect_right(values, longest_value)]
        offset += spans[-1].end
    return legal


_KEEP: dict[str, Callable[[Walker, Row, Legal], Legal]] = {
    "kind": _kinds,
    "part": _parts,
    "count": _counts,
    "beat": _beats,
    "sub": _subs,
    "pitch": _pitches,
    "duration": _durations,
}

"""Which cells may be copied into a bar: those that fit its chords.

In the part that bears the bass a copy begins the chords with their bass where a transposition
can; in the part that carries the harmony it sounds what is missing of them.
"""

from collections.abc import Sequence

import numpy as np

from composer.compose.leaning import MELODIES, ROLE, bearer_of, carrier_of, span_at
from composer.language import Walker
from composer.language import vocabulary as v
from composer.language.harmony import Span, missing, shares_inside, spans_of
from composer.language.recalling import once_a_row
from composer.language.rows import Legal, Note, Row
from composer.language.stream import Stream

LEAST_SHARE = {
    "firm": {"line": 0.6, "chord": 0.9},
    "free": {"line": 0.4, "chord": 0.7},
}
"""Share of a copied cell's notes that must be tones of its new chords, where these were asked
for and where composer chose them. Of 96 default pieces (one try) .836 of the notes are of the
chord heard and the median ratio of ``composer evaluate`` is 1.20, .852 and 1.28 where free
chords are as strict as firm ones (real music .829)."""

_C = v.COLUMN
_UNSHIFTED = v.SHIFTS.index(0) + 1


class Copies:
    """Offers references and shifts that fit the chords, ``firm`` or ``free``."""

    def __init__(self, harmony: str) -> None:
        """Take how closely copies must fit."""
        self._least = LEAST_SHARE[harmony]

    def sources(self, walker: Walker, row: Row, legal: Legal) -> Legal:
        """References with a shift that fits, and new cells."""
        serving = [
            source
            for source in legal.tolist()
            if source == v.NEW or self._fitting(walker, row, source)
        ]
        return np.array(serving, np.intp)

    def shifts(self, walker: Walker, row: Row, legal: Legal) -> Legal:
        """Shifts that fit."""
        source = row[_C["source"]]
        return (
            legal if source == v.NEW else np.array(self._fitting(walker, row, source), np.intp)
        )

    def _fitting(self, walker: Walker, row: Row, source: int) -> Sequence[int]:
        """Shifts with which a reference fits the chords and leaves none of them incomplete."""
        stream, part = walker.stream, row[_C["part"]] - 1
        drafted = row.copy()
        drafted[_C["source"]] = source
        shifts = walker.values(drafted, "shift")
        spans = spans_of(stream.plan_of(stream.bar))
        if stream.is_drums(part) or not all(span.tones for span in spans):
            return shifts
        least = self._least["line" if stream.parts[part][ROLE] in MELODIES else "chord"]
        shares = _shares(stream, stream.copied(part, source, _UNSHIFTED), spans)
        fitting = [shift for shift in shifts if shares[v.SHIFTS[shift - 1] % 12] >= least]
        if fitting and part == bearer_of(stream, part):
            fitting = _rooted(stream, part, source, fitting)
        if fitting and part == carrier_of(stream):
            fitting = _completing(stream, part, source, fitting)
        return fitting


@once_a_row
def _shares(_: Stream, notes: tuple[Note, ...], spans: tuple[Span, ...]) -> list[float]:
    """What ``shares_inside`` finds; many references lead to the same notes."""
    return shares_inside(notes, spans)


def _rooted(stream: Stream, part: int, source: int, shifts: list[int]) -> list[int]:
    """Shifts with which copied notes begin each chord with its bass; all where none does."""
    spans = spans_of(stream.plan_of(stream.bar))
    firsts: dict[int, int] = {}
    for position, pitch, *_ in stream.copied(part, source, _UNSHIFTED):
        firsts.setdefault(span_at(spans, position), pitch)
    rooted = [
        shift
        for shift in shifts
        if all(
            (pitch + v.SHIFTS[shift - 1] - spans[place].bass) % 12 == 0
            for place, pitch in firsts.items()
        )
    ]
    return rooted or shifts


def _completing(stream: Stream, part: int, source: int, shifts: list[int]) -> list[int]:
    """Shifts with which the copied notes sound all that is missing."""
    spans = spans_of(stream.plan_of(stream.bar))
    owed = missing(stream, spans)
    if not any(owed):
        return shifts

    def sounds(shift: int) -> bool:
        heard: list[set[int]] = [set() for _ in spans]
        for position, pitch, *_ in stream.copied(part, source, shift):
            heard[span_at(spans, position)].add(pitch % 12)
        return all(tones <= found for tones, found in zip(owed, heard, strict=True))

    return [shift for shift in shifts if sounds(shift)]

"""Swing: the first half of a quarter lasts longer than the second.

The time inside each quarter beat is bent, so that sixteenths and note ends follow the
eighths. A beat whose second note is written on the last triplet is swung already, and is
played at the same ratio; beats with other triplets keep them; compound meters (6/8) are
never swung.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from composer.errors import RequestError
from composer.perform.beats import beats_of
from composer.score import TICKS_PER_QUARTER, Bend, Control, Note, Part, Score

MAX_RATIO = 4.0
"""Hardest swing: a dotted eighth would be 3."""

_NEAR_TICKS = 12
_HALF, _LAST_TRIPLET = TICKS_PER_QUARTER // 2, TICKS_PER_QUARTER * 2 // 3
_FIRST_TRIPLET = TICKS_PER_QUARTER // 3


def _swung_beats(score: Score) -> dict[int, int]:
    """Onset of each quarter beat to bend to where its second half is written, in ticks.

    Beats are whole ones; those with a note on the first triplet, or with both halves, stay.
    """
    last = score.end_ticks - TICKS_PER_QUARTER
    beats = [
        beat.onset_ticks
        for beat in beats_of(score)
        if beat.length_ticks == TICKS_PER_QUARTER and beat.onset_ticks <= last
    ]
    heard: dict[int, set[int]] = {onset: set() for onset in beats}
    for part in score.parts if beats else ():
        for note in part.notes:
            onset = beats[max(0, bisect_right(beats, note.onset_ticks) - 1)]
            heard[onset] |= {
                written
                for written in (_FIRST_TRIPLET, _HALF, _LAST_TRIPLET)
                if abs(note.onset_ticks - onset - written) <= _NEAR_TICKS
            }
    return {
        onset: _LAST_TRIPLET if _LAST_TRIPLET in written else _HALF
        for onset, written in heard.items()
        if _FIRST_TRIPLET not in written and not {_HALF, _LAST_TRIPLET} <= written
    }


def _bender(beats: dict[int, int], ratio: float) -> Callable[[int], int]:
    """Map written ticks to swung ticks, rising everywhere."""
    onsets = sorted(beats)
    middle = TICKS_PER_QUARTER * ratio / (1 + ratio)

    def bend(ticks: int) -> int:
        place = bisect_right(onsets, ticks) - 1
        inside = ticks - onsets[place] if place >= 0 else TICKS_PER_QUARTER
        if inside >= TICKS_PER_QUARTER:
            return ticks
        half = beats[onsets[place]]
        if inside <= half:
            return onsets[place] + round(inside / half * middle)
        rest = TICKS_PER_QUARTER - half
        late = (inside - half) / rest * (TICKS_PER_QUARTER - middle)
        return onsets[place] + round(middle + late)

    return bend


def _swung_part(part: Part, bend: Callable[[int], int]) -> Part:
    """Bend the time of everything in one part."""
    return replace(
        part,
        notes=tuple(_swung_note(note, bend) for note in part.notes),
        controls=tuple(Control(bend(c.onset_ticks), c.number, c.value) for c in part.controls),
        bends=tuple(Bend(bend(b.onset_ticks), b.value) for b in part.bends),
    )


def _swung_note(note: Note, bend: Callable[[int], int]) -> Note:
    """Bend a note's onset and end."""
    onset = bend(note.onset_ticks)
    return replace(note, onset_ticks=onset, duration_ticks=max(1, bend(note.end_ticks) - onset))


def swing(score: Score, ratio: float) -> Score:
    """Swing the eighths so that long to short is ``ratio``: 1 changes nothing, 2 is triplets.

    Raises RequestError outside 1-4. Notes keep their order and the final bar line.
    """
    if not 1.0 <= ratio <= MAX_RATIO:
        raise RequestError(f"the swing ratio lies between 1 and {MAX_RATIO:g}, not {ratio:g}")
    if ratio == 1.0:
        return score
    bend = _bender(_swung_beats(score), ratio)
    return replace(score, parts=tuple(_swung_part(part, bend) for part in score.parts))

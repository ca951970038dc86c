"""Small deviations from the grid and from even loudness, as people make them.

Timing: every part has a slow drift around the beat, correlated from beat to beat
(deviations of musicians are long-range correlated: Hennig, H., et al. (2011). The nature
and perception of fluctuations in human musical rhythms. PLoS ONE 6(10)), and a little
jitter of its own at each onset; chords are touched from below, notes a few milliseconds
apart. Velocity: the meter's accents, an arch over each phrase of four bars, and chance.
Drums keep time more strictly than the others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import pi, sin

import numpy as np

from composer.errors import RequestError
from composer.perform.beats import Beat, beats_of
from composer.score import TICKS_PER_QUARTER, Note, Part, Score

_DRIFT_SECONDS = 0.009
_JITTER_SECONDS = 0.005
_CHORD_SECONDS = 0.004
"""Standard deviations at amount 1; the last is the most between two notes of a chord."""

_DRUM_TIGHTNESS = 0.5
_PERSISTENCE = 0.85
"""Correlation of the drift from one beat to the next."""

_BEAT_ACCENTS = (0, 3, 6)
"""Velocity added by weight of the beat."""

_HALF_ACCENT, _LESSER_ACCENT = -3, -5
"""Velocity added on the half of a beat and between."""

_PHRASE_BARS = 4
_PHRASE_VELOCITY = 5.0
_CHANCE_VELOCITY = 2.5
_SEEDS = 2**64
_ROOM = 0.4
"""Share of the gap to the next onset that a note may move, so that order is kept."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all parts share: beats, onsets of the whole score, end and speed."""

    beats: tuple[Beat, ...]
    beat_onsets: tuple[int, ...]
    bar_onsets: tuple[int, ...]
    tempo_onsets: tuple[int, ...]
    onsets: tuple[int, ...]
    score: Score
    amount: float

    def beat_at(self, ticks: int) -> int:
        """Index of the beat that holds ``ticks``."""
        return max(0, bisect_right(self.beat_onsets, ticks) - 1)

    def ticks_per_second(self, ticks: int) -> float:
        """Speed at a place."""
        place = max(0, bisect_right(self.tempo_onsets, ticks) - 1)
        return self.score.tempos[place].qpm * TICKS_PER_QUARTER / 60

    def room_ticks(self, onset_ticks: int) -> tuple[int, int]:
        """How far a note may move earlier and later without passing another onset."""
        place = bisect_left(self.onsets, onset_ticks)
        before = self.onsets[place - 1] if place else -onset_ticks
        is_last = place + 1 == len(self.onsets)
        after = self.score.end_ticks if is_last else self.onsets[place + 1]
        earlier = min(onset_ticks, int((onset_ticks - before) * _ROOM))
        return earlier, max(0, int((after - onset_ticks) * _ROOM) - 1)


def _frame(score: Score, amount: float) -> _Frame:
    """Gather what all parts share."""
    beats = beats_of(score)
    return _Frame(
        beats,
        tuple(beat.onset_ticks for beat in beats),
        tuple(beat.onset_ticks for beat in beats if beat.place == 0),
        tuple(tempo.onset_ticks for tempo in score.tempos),
        tuple(sorted({note.onset_ticks for part in score.parts for note in part.notes})),
        score,
        amount,
    )


def _accent(frame: _Frame, beat: Beat, onset_ticks: int) -> float:
    """Velocity that the place in the bar and in the phrase adds."""
    inside = onset_ticks - beat.onset_ticks
    if inside == 0:
        accent = _BEAT_ACCENTS[beat.weight]
    else:
        accent = _HALF_ACCENT if inside * 2 == beat.length_ticks else _LESSER_ACCENT
    start = frame.bar_onsets[beat.bar - beat.bar % _PHRASE_BARS]
    share = (onset_ticks - start) / (_PHRASE_BARS * beat.beats_in_bar * beat.length_ticks)
    return accent + _PHRASE_VELOCITY * (sin(pi * min(1.0, share)) - 0.5)


def _drift(rng: np.random.Generator, beats: int) -> list[float]:
    """Deviation at each beat in seconds: a first-order autoregression."""
    noise = rng.standard_normal(beats)
    drift = [float(noise[0])]
    for step in noise[1:]:
        drift.append(_PERSISTENCE * drift[-1] + (1 - _PERSISTENCE**2) ** 0.5 * float(step))
    return [value * _DRIFT_SECONDS for value in drift]


def _moved_chord(
    frame: _Frame, rng: np.random.Generator, drift: float, chord: Sequence[Note], scale: float
) -> Iterator[Note]:
    """Yield the notes of one part that start together, moved and accented."""
    onset = chord[0].onset_ticks
    beat = frame.beats[frame.beat_at(onset)]
    earlier, later = frame.room_ticks(onset)
    speed = frame.ticks_per_second(onset) * scale
    shift = (drift + float(rng.normal(0.0, _JITTER_SECONDS))) * speed
    accent = _accent(frame, beat, onset)
    for note, spread in zip(chord, np.sort(rng.random(len(chord))), strict=True):
        own = shift + float(spread) * _CHORD_SECONDS * speed * (len(chord) > 1)
        moved = onset + round(min(max(own, -earlier), later))
        change = accent + float(rng.normal(0.0, _CHANCE_VELOCITY))
        velocity = round(note.velocity + change * frame.amount)
        yield Note(moved, note.pitch, note.duration_ticks, min(max(velocity, 1), 127))


def _ends(before: Sequence[Note], moved: Sequence[Note], end_ticks: int) -> list[Note]:
    """Let each note end as much later as it starts, not over its next strike or the end."""
    result = list(moved)
    nearest: dict[int, int] = {}
    for index in range(len(moved) - 1, -1, -1):
        old, new = before[index], moved[index]
        end = min(new.onset_ticks + old.duration_ticks, end_ticks)
        following = nearest.get(old.pitch)
        if following is not None and before[following].onset_ticks >= old.end_ticks:
            end = min(end, moved[following].onset_ticks)
        duration = max(1, end - new.onset_ticks)
        result[index] = Note(new.onset_ticks, new.pitch, duration, new.velocity)
        nearest[old.pitch] = index
    return result


def _humanised_part(frame: _Frame, part: Part, rng: np.random.Generator) -> Part:
    """Move and accent the notes of one part."""
    scale = frame.amount * (_DRUM_TIGHTNESS if part.is_drums else 1.0)
    drift = _drift(rng, len(frame.beats))
    moved: list[Note] = []
    for onset, chord in groupby(part.notes, key=lambda note: note.onset_ticks):
        slow = drift[frame.beat_at(onset)]
        moved.extend(_moved_chord(frame, rng, slow, tuple(chord), scale))
    return replace(part, notes=tuple(_ends(part.notes, moved, frame.score.end_ticks)))


def humanise(score: Score, *, seed: int, amount: float) -> Score:
    """Play ``score`` a little like people do; ``amount`` 0 changes nothing, 1 is free.

    The same seed gives the same notes. No note passes the onset of another (of any part),
    nor the final bar line; controllers, tempi and labels stay. Raises RequestError where
    ``amount`` is outside 0-1.
    """
    if not 0.0 <= amount <= 1.0:
        raise RequestError(f"the amount of humanising lies between 0 and 1, not {amount:g}")
    if amount == 0.0 or score.note_count == 0:
        return score
    frame = _frame(score, amount)
    parts = [
        _humanised_part(frame, part, np.random.default_rng([seed % _SEEDS, index]))
        for index, part in enumerate(score.parts)
    ]
    return replace(score, parts=tuple(parts))

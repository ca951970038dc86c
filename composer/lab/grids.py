"""Gives each file its bars: its own grid, a tempo hint, annotated or estimated beats."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from composer.analysis import (
    estimate_beats,
    first_downbeat,
    grid_pull,
    has_usable_grid,
    regrid,
    regrid_constant,
)
from composer.lab.sources import Grid
from composer.score import Meter, Score, seconds_at

ENOUGH_STRENGTH = 0.7
"""A hint of less strength says that the file has no beat."""
_RELATIONS = (2.0, 4 / 3)
_SAME_TEMPO = 0.01
_DEFAULT_QPM = 120.0
_AT_START_SECONDS = 0.5
_CLEAR_PULL = 0.6
_BETTER_PULL = 0.05


class NoBeatError(Exception):
    """The file has no usable beat; the message is the reason that is counted."""


@dataclass(frozen=True, slots=True)
class TempoHint:
    """A row of tempo_hint.csv: a tempo whose 16ths fit the onsets.

    ``stated_qpm`` are the tempi that the file itself names, ``strength`` lies in [0, 1],
    ``first_seconds`` is the time of a 16th near the start.
    """

    stated_qpm: tuple[float, ...]
    fitting_qpm: float
    strength: float
    first_seconds: float

    @property
    def qpm(self) -> float:
        """The tempo to write: the fitting one, or its relative that the file states.

        Onsets that fit the 16ths of one tempo fit those of its double as eighths, and the
        triplets of its four thirds; where the file names such a tempo, that is the beat.
        120 is what a file says that names none, so it proves nothing.
        """
        for ratio in _RELATIONS:
            for stated in self.stated_qpm:
                is_near = abs(self.fitting_qpm * ratio / stated - 1) <= _SAME_TEMPO
                if is_near and stated != _DEFAULT_QPM:
                    return self.fitting_qpm * ratio
        return self.fitting_qpm


def read_hints(rows: Iterable[dict[str, str]]) -> dict[str, TempoHint]:
    """Hints by file name; rows without readable numbers are left out."""
    hints = {}
    for row in rows:
        try:
            stated = [float(text) for text in row["tempo_in_file"].split(";") if text]
            numbers = [
                float(row[name])
                for name in ("bpm_whose_16ths_fit", "strength_0_1", "first_16th_s")
            ]
        except (KeyError, ValueError):
            continue
        if all(map(isfinite, [*stated, *numbers])) and min([*stated, numbers[0]]) > 0:
            hints[row["file"]] = TempoHint(tuple(stated), *numbers)
    return hints


def gridded(
    score: Score, grid: Grid, *, hint: TempoHint | None = None, beats: bytes | None = None
) -> Score:
    """The score on true bars.

    ``hint`` is for Grid.HINTS, ``beats`` (a beat annotation's text) for Grid.ANNOTATED.
    Raises NoBeatError where there is no beat to be had.
    """
    if grid is Grid.TRUSTED:
        return score
    if grid is Grid.ANNOTATED:
        return _annotated(score, beats)
    if grid is Grid.ESTIMATED:
        return _estimated(score)
    if hint is not None:
        return _hinted(score, hint)
    if not has_usable_grid(score):
        raise NoBeatError("onsets fit no grid")
    return score


def _hinted(score: Score, hint: TempoHint) -> Score:
    """On the file's own ticks where the onsets gather around them, else on the hint's.

    Hints were made for onsets that lie exactly on 16ths; music played to a click misses
    them and keeps its beat all the same.
    """
    own = grid_pull(score)
    if own >= _CLEAR_PULL:
        return score
    if hint.strength < ENOUGH_STRENGTH:
        raise NoBeatError("played without a known beat")
    meters = {change.meter for change in score.meters}
    meter = meters.pop() if len(meters) == 1 else Meter(4, 4)
    timed = regrid_constant(score, hint.qpm, _bar_line_seconds(score, hint, meter), meter)
    is_better = not has_usable_grid(score) or grid_pull(timed) > own + _BETTER_PULL
    return timed if is_better else score


def _bar_line_seconds(score: Score, hint: TempoHint, meter: Meter) -> float:
    """When a bar begins.

    A file whose music sets in at once begins with the bar: that is how sequencers and
    trackers write. Where music comes later, its bass and harmony tell.
    """
    onset = min(part.notes[0].onset_ticks for part in score.parts if part.notes)
    first = seconds_at(score, onset)
    if first > _AT_START_SECONDS:
        return first_downbeat(score, hint.qpm, hint.first_seconds, meter)
    sixteenth = 15.0 / hint.qpm
    steps = round((first - hint.first_seconds) / sixteenth)
    return hint.first_seconds + steps * sixteenth


def _annotated(score: Score, text: bytes | None) -> Score:
    """On annotated beats: lines of a time in seconds, a half-bar mark, a bar mark."""
    if text is None:
        raise NoBeatError("no beat annotation")
    rows = [line.split() for line in text.decode("ascii", "replace").splitlines()]
    try:
        times = [float(row[0]) for row in rows if row]
        bars = [index for index, row in enumerate(rows) if row and float(row[2]) == 1.0]
    except (ValueError, IndexError) as error:
        raise NoBeatError("unreadable beat annotation") from error
    return regrid(score, times, bars or [0])


def _estimated(score: Score) -> Score:
    """On beats estimated from the onsets."""
    beats = estimate_beats(score)
    if len(beats.seconds) < 2:
        raise NoBeatError("no beat found")
    return regrid(score, beats.seconds, beats.downbeats or (0,))

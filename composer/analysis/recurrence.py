"""What comes again in a piece: stretches of bars whose cells were heard before.

A state of a bar is to be new, or to repeat the bar so many bars before it, as it was or moved
by some semitones. A return costs the share of its sounding cells that are new, a new bar
``_NEW_COST``, a change of state ``_CHANGE_COST``; the cheapest path is taken (Viterbi). So a
stretch returns where it pays: two bars or more if exact, longer if varied.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from composer.analysis.cells import Cell, are_played_alike, cells_of
from composer.analysis.music import Bools, Floats, Ints
from composer.analysis.path import best_steady_path
from composer.analysis.sections import PHRASE_BARS
from composer.plan import Plan, PlanBar
from composer.score import Score

_NEW_COST, _CHANGE_COST = 0.4, 0.35
_MOVED_COST = 0.1
"""Cost of a bar that is moved: patterns that follow the chords look like moved bars."""
_FAR_COST = 0.02
"""Cost of the farthest lag, so that of equal ones the nearest is taken."""
_NEVER = 9.0
_MOST_LETTERS = 16
_STEPS = np.array(sorted(range(-12, 13), key=lambda step: (abs(step), step)))
"""Semitones by which parts may move; of equally many the first are meant."""
_PLACES = np.argsort(_STEPS)
"""For each of -12 to 12, its place in ``_STEPS``."""


@dataclass(frozen=True, slots=True)
class Return:
    """Bars [first, end) repeat those ``lag`` bars before, ``steps`` semitones higher.

    ``share`` of their sounding cells is new.
    """

    first: int
    end: int
    lag: int
    steps: int
    share: float


def returns_in(score: Score, meters: Sequence[Hashable]) -> tuple[Return, ...]:
    """The stretches that return; ``meters`` holds each bar's, and only like ones do."""
    kinds = _Kinds(score, len(meters))
    known = {meter: number for number, meter in enumerate(set(meters))}
    measures = np.array([known[meter] for meter in meters])
    lags = np.arange(1, len(meters))
    costs = np.full((len(meters), 1 + 2 * len(lags)), _NEVER)
    costs[:, 0] = _NEW_COST
    steps = np.zeros((len(meters), len(lags)), np.int64)
    for index, lag in enumerate(lags.tolist()):
        shares, moved, steps[lag:, index] = kinds.shares(lag)
        unlike = measures[lag:] != measures[:-lag]
        far = _FAR_COST * lag / len(meters)
        costs[lag:, 1 + index] = np.where(unlike, _NEVER, shares + far)
        costs[lag:, 1 + len(lags) + index] = np.where(unlike, _NEVER, moved + far + _MOVED_COST)
    path = best_steady_path(-costs, np.full(len(meters), _CHANGE_COST)).tolist()

    def frame(bar: int) -> tuple[int, int]:
        """Lag (0: new) and semitones of a bar."""
        index = (path[bar] - 1) % max(1, len(lags))
        is_moved = path[bar] > len(lags)
        return (index + 1, int(steps[bar, index]) * is_moved) if path[bar] else (0, 0)

    found = []
    for (lag, moved_by), run in groupby(range(len(meters)), key=frame):
        bars = list(run)
        for first, end in kinds.pieces(bars, lag, moved_by) if lag else ():
            share = kinds.share_of(range(first, end), lag, moved_by)
            found.append(Return(first, end, lag, moved_by, share))
    return tuple(found)


class _Kinds:
    """Cells by kind: equal ones have one number, 0 is silence.

    ``sounds`` tells which have a note that does not begin before the bar line: others may
    belong to the bar before. ``shapes`` are the same for what is equal but for a
    transposition, ``lows`` the lowest pitches; both only of pitched parts. All have shape
    (bars, parts).
    """

    def __init__(self, score: Score, bars: int) -> None:
        size = (bars, max(1, len(score.parts)))
        self.same, self.shapes = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.lows, self.sounds = np.zeros(size, np.int64), np.zeros(size, bool)
        cells = cells_of(score)
        for part, played in enumerate(score.parts):
            own = {bar: cell for (bar, owner), cell in cells.items() if owner == part}
            own = {bar: cell for bar, cell in own.items() if bar < bars}
            for bar, kind in _numbered(own).items():
                self.same[bar, part] = kind
                self.sounds[bar, part] = own[bar].begins_in_bar
            if not played.is_drums:
                shaped = {bar: cell.lowered() for bar, cell in own.items()}
                for bar, kind in _numbered(shaped).items():
                    self.shapes[bar, part] = kind
                    self.lows[bar, part] = own[bar].notes[0][0]

    def shares(self, lag: int) -> tuple[Floats, Floats, Ints]:
        """For each bar from ``lag`` on: the share that is new, that if moved, and how far.

        Where nothing sounds both are the cost of a new bar.
        """
        there, here = self.same[:-lag], self.same[lag:]
        sounds = self.sounds[:-lag] | self.sounds[lag:]
        count = sounds.sum(axis=1)
        shares = _mean(sounds & (there != here), count)
        steps = self._steps(lag)
        apart = np.where(self.shapes[lag:] > 0, self.lows[lag:] - self.lows[:-lag], 0)
        is_moved = (self.shapes[lag:] == self.shapes[:-lag]) & (
            (apart - steps[:, None]) % 12 == 0
        )
        is_same = np.where(self.shapes[lag:] > 0, is_moved, there == here)
        moved = np.where(steps == 0, _NEVER, _mean(sounds & ~is_same, count))
        return shares, moved, steps

    def _steps(self, lag: int) -> Ints:
        """By how many semitones most of a bar's parts that have a like shape have moved."""
        alike = (self.shapes[lag:] == self.shapes[:-lag]) & (self.shapes[lag:] > 0)
        apart = self.lows[lag:] - self.lows[:-lag]
        bars, parts = np.nonzero(alike & (abs(apart) <= 12))
        ballots = bars * len(_STEPS) + _PLACES[apart[bars, parts] + 12]
        votes = np.bincount(ballots, minlength=len(apart) * len(_STEPS))
        found: Ints = _STEPS[votes.reshape(len(apart), -1).argmax(axis=1)]
        return found

    def pieces(self, bars: Sequence[int], lag: int, steps: int) -> list[tuple[int, int]]:
        """A stretch cut where a phrase or more of it is exact, beside what is varied."""
        exact = [self.share_of([bar], lag, steps) == 0 for bar in bars]
        cuts = {bars[0], bars[-1] + 1}
        for is_exact, run in groupby(zip(bars, exact, strict=True), key=lambda one: one[1]):
            places = [bar for bar, _ in run]
            if is_exact and len(places) >= PHRASE_BARS:
                cuts |= {places[0], places[-1] + 1}
        return list(pairwise(sorted(cuts)))

    def share_of(self, bars: Sequence[int], lag: int, steps: int) -> float:
        """Share of the sounding cells of ``bars`` that are new."""
        rows = np.array(bars)
        there, here = self.same[rows - lag], self.same[rows]
        sounds = self.sounds[rows - lag] | self.sounds[rows]
        is_same = there == here
        if steps:
            shapes, apart = self.shapes[rows], self.lows[rows] - self.lows[rows - lag]
            is_moved = (shapes == self.shapes[rows - lag]) & ((apart - steps) % 12 == 0)
            is_same = np.where(shapes > 0, is_moved, is_same)
        return float((sounds & ~is_same).sum() / max(1, sounds.sum()))


def _mean(is_new: Bools, count: Ints) -> Floats:
    """Share of new cells; the cost of a new bar where nothing sounds."""
    shares: Floats = np.where(count > 0, is_new.sum(axis=1) / np.maximum(count, 1), _NEW_COST)
    return shares


def _numbered(cells: dict[int, Cell]) -> dict[int, int]:
    """A number from 1 for each kind of cell, by bar.

    Being alike is not transitive: cells that a chain of like ones joins are of one kind, so
    that no cell differs from the one that it repeats because it is like a third one too.
    """
    known: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
    found: dict[int, int] = {}
    for number, (bar, cell) in enumerate(sorted(cells.items()), 1):
        found[bar] = number
        joined: set[int] = set()
        for notes in cell.readings:
            places = [at for _, at in notes]
            rivals = known.setdefault(tuple(pitch for pitch, _ in notes), [])
            for other, others in rivals:
                if found[other] not in joined and are_played_alike(places, others):
                    joined.add(found[other])
            rivals.append((bar, places))
        for other in found if joined - {number} else ():
            found[other] = number if found[other] in joined else found[other]
    return found


def with_returns(plan: Plan, score: Score) -> Plan:
    """The plan measured from ``score`` with what returns, and sections cut where it does.

    What returns has the letter, the key and the chords of what it repeats, moved as it is.
    Nothing is changed where nothing returns.
    """
    bars = list(plan.bars)
    returns = returns_in(score, [bar.meter for bar in bars])
    for one in returns:
        for place in range(one.first, one.end):
            bars[place] = _returning(bars[place], bars[place - one.lag], one)
    named = zip(bars, _letters(plan.bars, returns), strict=True)
    return replace(plan, bars=tuple(replace(bar, section=letter) for bar, letter in named))


def _returning(bar: PlanBar, origin: PlanBar, one: Return) -> PlanBar:
    """A bar that repeats another."""
    first, second = origin.chord, origin.second_chord
    return replace(
        bar,
        key=origin.key and origin.key.transposed(one.steps),
        chord=first and first.transposed(one.steps),
        second_chord=second and second.transposed(one.steps),
        returns=one.lag,
        variation=round(one.share, 2) or None,
        transposition=one.steps or None,
    )


def _letters(bars: Sequence[PlanBar], returns: Sequence[Return]) -> list[str | None]:
    """Section letters by what returns; the measured ones tell new sections that are alike.

    A measured letter tells so only where it is not that of the bar before as well.
    The measured ones stay where nothing returns, or where the letters do not suffice.
    """
    measured = [bar.section for bar in bars]
    lag = {place: one.lag for one in returns for place in range(one.first, one.end)}
    cuts = {0, len(bars)} | {edge for one in returns for edge in (one.first, one.end)}
    for place in range(1, len(bars)):
        if measured[place] != measured[place - 1] and place not in lag:
            cuts.add(place)
    letters: list[int] = [0] * len(bars)
    known: dict[str | None, int] = {}
    count = 0
    for first, end in _blocks(cuts, returns):
        if first in lag:
            letter = letters[first - lag[first]]
        elif measured[first] in known and measured[first] != measured[first - 1]:
            letter = known[measured[first]]
        else:
            letter, count = count, count + 1
            known[measured[first]] = letter
        letters[first:end] = [letter] * (end - first)
    if not returns or count > _MOST_LETTERS:
        return measured
    return [chr(ord("A") + letter) for letter in letters]


def _blocks(cuts: set[int], returns: Sequence[Return]) -> list[tuple[int, int]]:
    """Stretches between cuts; what is repeated is cut as its repetition is, and back."""
    while True:
        wanted = set(cuts)
        for one in returns:
            there = range(one.first - one.lag, one.end - one.lag + 1)
            wanted |= {cut - one.lag for cut in wanted if one.first <= cut <= one.end}
            wanted |= {cut + one.lag for cut in wanted if cut in there}
        if wanted == cuts:
            return list(pairwise(sorted(cuts)))
        cuts = wanted

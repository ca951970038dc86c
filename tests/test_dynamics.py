"""Dynamics: bars as loud as their intensity says, parts in the balance that they had."""

from math import log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.analysis import intensity as scale
from composer.perform import dynamics, with_dynamics
from composer.score import Meter, MeterChange, Note, Part, Score, Tempo

BAR = 1920


def band(bars=4, loud=100, soft=60):
    """A loud and a soft part in quarters."""
    lines = (
        tuple(Note(place * 480, pitch, 400, velocity) for place in range(4 * bars))
        for pitch, velocity in ((72, loud), (48, soft))
    )
    return Score(
        tuple(Part(program, notes) for program, notes in zip((73, 32), lines, strict=True)),
        tempos=(Tempo(0, 100.0),),
        meters=(MeterChange(0, Meter(4, 4)),),
        end_ticks=BAR * bars,
    )


def loudness(score, bar):
    """Mean velocity of a bar."""
    notes = [note for part in score.parts for note in part.notes]
    return np.mean([n.velocity for n in notes if n.onset_ticks // BAR == bar])


def test_the_marks_are_those_of_the_scale():
    marks = (dynamics.SOFTEST_VELOCITY, dynamics.LOUDEST_VELOCITY)
    assert marks == scale._MARKS["loudness"]


def test_a_bar_is_as_loud_as_its_intensity():
    played = with_dynamics(band(), [0.0, 0.25, 0.5, 0.6])
    told = [loudness(played, bar) for bar in range(4)]
    assert told == pytest.approx([41, 57.75, 74.5, 81.2], abs=0.6)


def test_the_balance_of_the_parts_stays():
    played = with_dynamics(band(), [0.1, 0.3, 0.5, 0.6])
    for high, low in zip(played.parts[0].notes, played.parts[1].notes, strict=True):
        assert 40 * log10(high.velocity / low.velocity) == pytest.approx(
            40 * log10(100 / 60), abs=0.5
        )


def test_what_is_open_or_untold_stays_in_balance_with_itself():
    played = with_dynamics(band(), [None, 0.2])
    assert [loudness(played, bar) for bar in (0, 2, 3)] == [80, 80, 80]
    assert loudness(played, 1) < 80
    assert with_dynamics(Score(()), [0.5]) == Score(())


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(1, 127))
def test_only_velocities_change_and_stay_legal(levels, velocity):
    score = band(loud=velocity)
    played = with_dynamics(score, levels)
    for before, after in zip(score.parts, played.parts, strict=True):
        for old, new in zip(before.notes, after.notes, strict=True):
            assert 1 <= new.velocity <= 127
            assert (old.onset_ticks, old.pitch, old.duration_ticks) == (
                new.onset_ticks,
                new.pitch,
                new.duration_ticks,
            )

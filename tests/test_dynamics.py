"""Dynamics: bars as loud as their intensity says, parts in the balance that they had."""

from dataclasses import replace
from math import log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.analysis import intensity_of, loudness_for
from composer.perform import with_dynamics
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


def ensemble(players, each=4, bars=12):
    """So many parts with ``each`` notes a bar, their velocities a little uneven."""
    parts = tuple(
        Part(
            program,
            tuple(
                Note(bar * BAR + n * BAR // each, 45 + 5 * program, BAR // each, 70 + n % 3)
                for bar in range(bars)
                for n in range(each)
            ),
        )
        for program in range(players)
    )
    return replace(band(), parts=parts, end_ticks=BAR * bars)


def loudness(score, bar):
    """Mean velocity of a bar."""
    notes = [note for part in score.parts for note in part.notes]
    return np.mean([n.velocity for n in notes if n.onset_ticks // BAR == bar])


def played(score, levels):
    return with_dynamics(score, loudness_for(score, levels))


def test_a_bar_has_the_loudness_told():
    told = [41, 57.75, 74.5, 81.2]
    loud = with_dynamics(band(), told)
    assert [loudness(loud, bar) for bar in range(4)] == pytest.approx(told, abs=0.6)


def test_the_balance_of_the_parts_stays():
    loud = with_dynamics(band(), [45, 60, 75, 85])
    for high, low in zip(loud.parts[0].notes, loud.parts[1].notes, strict=True):
        assert 40 * log10(high.velocity / low.velocity) == pytest.approx(
            40 * log10(100 / 60), abs=0.5
        )


def test_what_is_open_or_untold_stays_in_balance_with_itself():
    loud = played(band(), [None, 0.2])
    assert [loudness(loud, bar) for bar in (0, 2, 3)] == [80, 80, 80]
    assert loudness(loud, 1) < 80
    assert played(Score(()), [0.5]) == Score(())
    assert loudness_for(band(), [None, 0.2])[0] is None


@pytest.mark.parametrize(
    ("players", "each", "level"), [(2, 8, 0.4), (4, 4, 0.4), (4, 8, 0.6), (8, 8, 0.75)]
)
def test_a_piece_is_heard_as_intense_as_asked(players, each, level):
    score = ensemble(players, each)
    flat = np.mean(intensity_of(score))
    heard = np.mean(intensity_of(played(score, [level] * 12)))
    assert abs(heard - level) < min(0.06, abs(flat - level))


def test_notes_make_up_for_what_is_missing_only_as_far_as_real_music_does():
    calm = ensemble(2, 2)  # far from the 0.9 that is asked
    assert np.mean(intensity_of(played(calm, [0.9] * 12))) < 0.6
    many, few = (loudness_for(ensemble(6, each), [0.5] * 12)[5] for each in (16, 2))
    assert 10 < few - many < 2 * 0.22 * 67


def test_an_emptier_bar_is_no_louder_for_it():
    score = ensemble(3, 8)
    thin = replace(
        score,
        parts=tuple(
            replace(
                part,
                notes=tuple(
                    note
                    for note in part.notes
                    if note.onset_ticks // BAR != 5 or note.onset_ticks % BAR == 0
                ),
            )
            for part in score.parts
        ),
    )
    wanted = loudness_for(thin, [0.5] * 12)
    assert wanted[5] == pytest.approx(wanted[4], abs=1)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_more_intense_is_louder(levels):
    wanted = loudness_for(band(), levels)
    order = np.argsort(levels)
    assert all(41 <= one <= 108 for one in wanted)
    assert np.all(np.diff(np.array(wanted)[order]) >= -0.2)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(1, 127))
def test_only_velocities_change_and_stay_legal(levels, velocity):
    score = band(loud=velocity)
    loud = played(score, levels)
    for before, after in zip(score.parts, loud.parts, strict=True):
        for old, new in zip(before.notes, after.notes, strict=True):
            assert 1 <= new.velocity <= 127
            assert (old.onset_ticks, old.pitch, old.duration_ticks) == (
                new.onset_ticks,
                new.pitch,
                new.duration_ticks,
            )

"""Humanised and swung scores: moved a little, never out of order, repeatable."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.perform import humanise, swing
from composer.score import Meter, MeterChange, Note, Part, Score, Tempo

NOTES = st.builds(
    Note,
    onset_ticks=st.integers(0, 7679).map(lambda ticks: ticks // 40 * 40),
    pitch=st.integers(40, 80),
    duration_ticks=st.integers(1, 960),
    velocity=st.integers(1, 127),
)
SCORES = st.builds(
    lambda parts, end, qpm: Score(
        tuple(Part(0, tuple(notes), is_drums=drums) for notes, drums in parts),
        tempos=(Tempo(0, qpm),),
        end_ticks=end,
    ),
    st.lists(st.tuples(st.lists(NOTES, max_size=30), st.booleans()), max_size=3),
    st.integers(0, 9600),
    st.floats(20, 300),
)


def eighths(bars=16, velocity=80):
    notes = (Note(i * 240, 60 + i % 7, 200, velocity) for i in range(bars * 8))
    return Score((Part(0, tuple(notes)),), end_ticks=bars * 1920)


def onsets(score):
    return [note.onset_ticks for note in score.parts[0].notes]


@given(SCORES, st.floats(0, 1), st.integers(0, 2**40))
@settings(max_examples=80, deadline=None)
def test_humanising_keeps_order_pitches_and_the_final_bar_line(score, amount, seed):
    played = humanise(score, seed=seed, amount=amount)
    assert played.end_ticks == score.end_ticks
    pairs = []
    for before, after in zip(score.parts, played.parts, strict=True):
        assert [n.pitch for n in before.notes] == [n.pitch for n in after.notes]
        pairs += [
            (a.onset_ticks, b.onset_ticks)
            for a, b in zip(before.notes, after.notes, strict=True)
        ]
    pairs.sort()
    for (old, new), (older, newer) in pairwise(pairs):
        assert old == older or new < newer


@given(SCORES)
@settings(max_examples=20, deadline=None)
def test_nothing_changes_at_amount_zero_or_ratio_one(score):
    assert humanise(score, seed=3, amount=0.0) == score
    assert swing(score, 1.0) == score


@given(SCORES, st.floats(1, 4))
@settings(max_examples=60, deadline=None)
def test_swing_keeps_order_and_end(score, ratio):
    swung = swing(score, ratio)
    assert swung.end_ticks == score.end_ticks
    for before, after in zip(score.parts, swung.parts, strict=True):
        assert len(before.notes) == len(after.notes)
        assert [n.velocity for n in before.notes] == [n.velocity for n in after.notes]


def test_the_seed_decides_and_nothing_else():
    score = eighths()
    assert humanise(score, seed=1, amount=0.7) == humanise(score, seed=1, amount=0.7)
    assert humanise(score, seed=1, amount=0.7) != humanise(score, seed=2, amount=0.7)


def test_timing_moves_by_milliseconds_in_proportion_to_the_amount():
    score = eighths(64)
    moves = {}
    for amount in (0.25, 1.0):
        played = humanise(score, seed=5, amount=amount)
        ticks = np.subtract(onsets(played), onsets(score))[1:]
        moves[amount] = float(np.std(ticks)) / 960  # 120 qpm: 960 ticks a second
    assert 0.006 < moves[1.0] < 0.02
    assert moves[1.0] / moves[0.25] == pytest.approx(4.0, rel=0.25)


def test_timing_drifts_slowly_rather_than_at_random():
    score = eighths(64)
    moves = np.subtract(onsets(humanise(score, seed=9, amount=1.0)), onsets(score))[1:]
    assert np.corrcoef(moves[:-1], moves[1:])[0, 1] > 0.4


def test_downbeats_are_louder_than_the_halves_of_beats():
    notes = humanise(eighths(32), seed=2, amount=1.0).parts[0].notes
    downbeats = np.mean([n.velocity for n in notes[::8]])
    offbeats = np.mean([n.velocity for n in notes[1::2]])
    assert downbeats - offbeats == pytest.approx(9.0, abs=2.0)


def test_phrases_swell_in_the_middle():
    notes = humanise(eighths(32), seed=2, amount=1.0).parts[0].notes
    by_bar = np.array([n.velocity for n in notes]).reshape(8, 4, 8).mean(axis=(0, 2))
    assert by_bar[1:3].mean() > by_bar[0] + 1


def test_a_repeated_pitch_is_let_go_before_it_is_struck_again():
    notes = tuple(Note(i * 120, 60, 120, 90) for i in range(64))
    played = humanise(Score((Part(0, notes),)), seed=4, amount=1.0).parts[0].notes
    for here, after in pairwise(played):
        assert here.end_ticks <= after.onset_ticks


def test_swung_eighths_stand_where_the_ratio_says():
    assert onsets(swing(eighths(1), 2.0))[:4] == [0, 320, 480, 800]
    assert onsets(swing(eighths(1), 3.0))[:4] == [0, 360, 480, 840]


def test_triplets_and_compound_meters_are_not_swung():
    triplets = Score((Part(0, tuple(Note(i * 160, 60, 100, 90) for i in range(12))),))
    assert swing(triplets, 2.0) == triplets
    jig = Score((Part(0, eighths(1).parts[0].notes),), meters=(MeterChange(0, Meter(6, 8)),))
    assert swing(jig, 2.0) == jig


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_amounts_outside_are_refused(amount):
    with pytest.raises(RequestError, match="between 0 and 1"):
        humanise(eighths(1), seed=0, amount=amount)


@pytest.mark.parametrize("ratio", [0.5, 4.5, float("nan")])
def test_ratios_outside_are_refused(ratio):
    with pytest.raises(RequestError, match="between 1 and 4"):
        swing(eighths(1), ratio)

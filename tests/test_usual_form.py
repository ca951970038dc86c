"""The form of a piece that was asked none."""

import random
from dataclasses import replace
from itertools import groupby
from statistics import fmean

import numpy as np
import pytest

from composer.plan import Chord, Mood, Plan, PlanBar
from composer.request.defaults import load_examples
from composer.request.form import origin_of, read_form, with_form
from composer.request.usual_form import expected_repetition, with_usual_form
from composer.score import Meter

REAL = [one.repetition for one in load_examples() if one.repetition]
LOOP, SONG, NO_RETURN = (0.9, 0.9, 0.8, 0.1), (0.4, 0.35, 0.25, 0.4), (0.05, 0.05, 0.05, 1.0)


def formed(bars, seed=1, bar=None, repetition=SONG):
    plan = Plan((bar or PlanBar(),) * bars)
    return with_usual_form(plan, random.Random(seed), repetition)


def formed_like_real(bars):
    """A plan for each real piece that the defaults know."""
    return [formed(bars, seed, repetition=one) for seed, one in enumerate(REAL)]


FORMED_SEEDS = [seed for seed in range(12) if formed(32, seed).bars[0].section]


def new_share(plan):
    """Share of bars that come back to nothing."""
    return sum(not bar.returns for bar in plan.bars) / len(plan.bars)


@pytest.mark.parametrize("bars", [12, 17, 24, 32, 61, 64, 200, 2000])
@pytest.mark.parametrize(
    "seed", [seed for seed in range(8) if formed(32, seed).bars[0].section]
)
def test_sections_return_and_the_end_is_new(bars, seed):
    plan = formed(bars, seed)
    assert len(plan.bars) == bars
    assert plan.bars[0].section == "A"
    assert all(bar.section for bar in plan.bars)
    assert plan.bars[-1].returns is None
    back = [place for place, bar in enumerate(plan.bars) if bar.returns]
    assert len(back) >= bars // 6
    for place in back:
        bar = plan.bars[place]
        assert plan.bars[place - bar.returns].section == bar.section


@pytest.mark.parametrize(
    "bar",
    [
        PlanBar(section="C"),
        PlanBar(chord=Chord(0)),
        PlanBar(returns=4),
    ],
)
def test_a_plan_with_its_own_form_or_chords_is_left_alone(bar):
    plan = Plan((PlanBar(),) * 20 + (bar,) + (PlanBar(),) * 11)
    assert with_usual_form(plan, random.Random(0), SONG) is plan


def test_changes_of_meter_or_mood_and_short_pieces_are_left_alone():
    for other in (PlanBar(meter=Meter(3, 4)), PlanBar(mood=Mood(0.5, 0.5))):
        plan = Plan((PlanBar(),) * 16 + (other,) * 16)
        assert with_usual_form(plan, random.Random(0), SONG) is plan
    assert formed(11) == Plan((PlanBar(),) * 11)


def test_returns_are_as_various_as_in_real_music():
    plans = formed_like_real(32)
    free = fmean(plan.bars[0].section is None for plan in plans)
    assert 0.1 < free < 0.4
    expected = np.array([expected_repetition(plan.bars) for plan in plans])
    for column, real in enumerate(np.array(REAL).T):
        for quarter in (25, 50, 75):
            apart = np.percentile(expected[:, column], quarter) - np.percentile(real, quarter)
            assert abs(apart) < 0.25


def test_what_loops_returns_most_and_what_goes_on_has_no_form():
    loops, songs, none = (
        [formed(32, seed, repetition=one) for seed in range(20)]
        for one in (LOOP, SONG, NO_RETURN)
    )
    assert fmean(map(new_share, loops)) < fmean(map(new_share, songs)) - 0.05
    assert fmean(map(new_share, songs)) < 0.65
    assert all(plan.bars[0].section is None for plan in none)


def test_repetition_is_told_from_the_form():
    """Against bars worked out by hand: ABAB of four bars, exact and with half written anew."""
    bars = (PlanBar(),) * 16
    exact = with_form(Plan(bars), read_form("A:4 B:4 A:4 B:4")).bars
    assert expected_repetition(exact) == pytest.approx((0.1, 1.0, 0.0, 0.5))
    varied = with_form(Plan(bars), read_form("A:4 B:4 A':4 B':4"), vary=0.5).bars
    assert expected_repetition(varied) == pytest.approx((0.1, 0.6, 0.0, 0.5))
    assert expected_repetition(bars)[-1] == 1.0


def test_no_phrase_is_heard_more_than_seven_times_in_a_row():
    for plan in formed_like_real(64):
        lags = [bar.returns for bar in plan.bars if bar.returns]
        runs = [len(list(run)) for _, run in groupby(bar.section for bar in plan.bars)]
        assert not lags or max(runs) <= 7 * min(lags)


def test_forms_differ_by_chance_and_repeat_by_seed():
    assert len({formed(32, seed).bars for seed in range(30)}) >= 4
    assert formed(32, 3) == formed(32, 3)


def test_what_was_asked_stands():
    bar = PlanBar(tempo_qpm=90.0, intensity=0.3)
    plan = formed(32, bar=bar)
    kept = {replace(b, section=None, returns=None, variation=None) for b in plan.bars}
    assert kept == {bar}


def test_what_is_near_returns_more_often_than_what_is_far():
    """Real music is likest 4 and 8 bars on (.39, .35), then 16 (.26; 3 and 5 bars on: .20)."""
    plans = formed_like_real(32)

    def returning(lag):
        """Share of the bars that come from where those ``lag`` bars before do."""
        origins = [[origin_of(plan.bars, place) for place in range(32)] for plan in plans]
        return fmean(
            own[place] == own[place - lag] for own in origins for place in range(lag, 32)
        )

    assert returning(4) > returning(16) + 0.03
    assert returning(8) > returning(16) + 0.03
    assert 0.4 < fmean(map(new_share, plans)) < 0.65

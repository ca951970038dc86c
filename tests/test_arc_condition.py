"""Each bar is written under its own stretch's mood, all before it read anew under that."""

from dataclasses import replace

import numpy as np
from test_compose import NoisyEngine, plan_with

from composer.compose import Sampling, compose
from composer.language import condition
from composer.plan import Mood

SAD, GLAD, MEAN = Mood(-0.8, -0.5), Mood(0.8, 0.3), Mood(0.0, -0.1)


class Spy(NoisyEngine):
    """Remembers each reading of all rows, and how many it had read at each answer."""

    def __init__(self):
        super().__init__()
        self.readings = []

    def prefill(self, rows, conditions):
        self.readings.append((conditions.copy(), rows.copy()))
        return super().prefill(rows, conditions)


def arc_of(*moods, piece):
    plan = plan_with(len(moods))
    bars = [replace(bar, mood=mood) for bar, mood in zip(plan.bars, moods, strict=True)]
    return replace(plan, mood=piece, bars=tuple(bars))


def moods_read(plan, guidance=1.0):
    """The condition of every reading, one stage after the other."""
    spy = Spy()
    compose(plan, spy, seed=3, sampling=Sampling(guidance=guidance))
    return spy.readings


def vector(plan, mood):
    return condition(mood, plan.style, len(plan.bars), "expressive")


def test_stretches_are_written_under_their_own_moods():
    plan = arc_of(SAD, SAD, GLAD, GLAD, piece=MEAN)
    found = [given for given, _ in moods_read(plan)]
    wanted = [vector(plan, mood) for mood in (SAD, GLAD)] * 2  # planned, then written
    assert len(found) == len(wanted)
    for given, want in zip(found, wanted, strict=True):
        assert np.array_equal(given, [want])


def test_what_was_written_before_is_read_anew():
    plan = arc_of(SAD, SAD, GLAD, GLAD, piece=MEAN)
    lengths = [rows.shape[-2] for _, rows in moods_read(plan)]
    assert lengths[1] > lengths[0]
    assert lengths[3] > lengths[2]


def test_guidance_compares_each_stretch_with_no_mood():
    plan = arc_of(SAD, GLAD, piece=MEAN)
    for given, _ in moods_read(plan, guidance=2.0):
        assert given.shape[0] == 2
        assert np.array_equal(given[1], vector(plan, Mood()))


def test_what_the_piece_leaves_open_stays_open():
    for plan in (arc_of(SAD, GLAD, piece=Mood()), arc_of(Mood(), Mood(), piece=SAD)):
        whole = plan.mood
        first = moods_read(plan)[0][0]
        assert np.array_equal(first, [vector(plan, whole)])


def test_one_mood_is_read_once_a_stage():
    assert len(moods_read(arc_of(SAD, SAD, SAD, piece=SAD))) == 2

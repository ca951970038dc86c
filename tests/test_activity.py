"""Parts are as busy as real ones where an intensity was asked for."""

import random
from math import log2

import numpy as np
import pytest

from composer.plan import Plan, PlanBar, PlanPart, Role
from composer.request import build_plan, shape_plan
from composer.request.activity import ACTIVITY, with_activity
from composer.request.defaults import load_examples

DUO = (PlanPart(73, role=Role.MELODY), PlanPart(0, role=Role.HARMONY))


@pytest.mark.parametrize("role", ACTIVITY)
def test_the_lines_are_those_of_the_real_pieces(role):
    rows = [
        (one.intensity, len(one.ensemble), part.density * one.tempo_qpm / 60)
        for one in load_examples()
        if one.ensemble and one.tempo_qpm
        for part in one.ensemble
        if part.role is role and part.density
    ]
    level, parts, notes = np.array(rows).T
    sides = np.stack([np.ones(len(rows)), level, np.log2(parts + 1)], axis=1)
    fitted = np.linalg.lstsq(sides, np.log2(notes), rcond=None)[0]
    assert fitted == pytest.approx(ACTIVITY[role], abs=0.01)


def densities(level, qpm=100.0, parts=DUO):
    made = [with_activity(parts, level, qpm, random.Random(seed)) for seed in range(40)]
    return [float(np.mean([parts[place].density for parts in made])) for place in (0, 1)]


def test_parts_are_busier_the_more_is_asked_and_the_slower_the_beat():
    calm, fierce = densities(0.2), densities(0.8)
    assert all(log2(more / less) > 0.8 for less, more in zip(calm, fierce, strict=True))
    assert densities(0.3, 60.0) > densities(0.3, 150.0)
    assert max(densities(1.0, 30.0)) <= 6.0


def test_a_density_that_was_asked_for_stays_and_open_parts_stay_open():
    parts = (PlanPart(73, role=Role.MELODY, density=0.4), PlanPart())
    assert with_activity(parts, 0.9, 60.0, random.Random(1)) == parts


def test_only_an_asked_intensity_settles_densities():
    asked = build_plan(instruments="flute, piano", bars=8, intensity="2@1 9@8")
    plain = build_plan(instruments="flute, piano", bars=8)
    busy, quiet = (shape_plan(plan, rng=random.Random(3)) for plan in (asked, plain))
    assert all(part.density for part in busy.parts)
    assert not any(part.density for part in quiet.parts)
    whole = Plan((PlanBar(),), (PlanPart(73, role=Role.MELODY, density=1.0),))
    assert shape_plan(whole, rng=random.Random(3)).parts == whole.parts

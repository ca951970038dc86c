"""What the program that measures guidance makes of pieces."""

import numpy as np
import pytest

from composer.evaluation import agreement, evaluate_values, measure_all
from composer.lab.guidance import Sample, Strength, page
from composer.plan import Mood
from composer.score import Note, Part, Score


def scale(start, steps):
    notes = tuple(Note(480 * at, start + at * steps % 12, 480, 80) for at in range(32))
    return Score(parts=(Part(0, notes),), end_ticks=32 * 480)


def strength(guidance, leans):
    pairs = [(Mood(-0.6, 0.6), Mood(-lean[0], lean[1])) for lean in leans]
    values = measure_all(scale(60 + at, 2) for at in range(6))
    others = measure_all(scale(50 + at, 2) for at in range(12))
    heard = agreement(pairs)
    report = evaluate_values(values, others)
    return Strength(guidance, heard, heard, np.array(leans), report, 0.25 * guidance)


def test_a_lean_counts_towards_what_was_asked():
    score = scale(60, 2)
    lean = Sample(score, Mood(-0.6, 0.6), Mood(-0.5, -0.25), Mood()).lean()
    assert lean == (0.5, -0.25)
    assert Sample(score, Mood(0.6, -0.6), Mood(None, -0.25), Mood()).lean() == (0.0, 0.25)


def test_strengths_are_compared_seed_by_seed():
    """The pieces differ far more among themselves than each does from its twin."""
    base = strength(1.0, [(place, place) for place in np.linspace(-0.8, 0.6, 6)])
    more = strength(2.0, [(place + 0.3, place) for place in np.linspace(-0.8, 0.6, 6)])
    assert base.more(0, base) == "-0.10"
    assert more.more(0, base) == "0.20 (+0.30, +0.30 to +0.30)"
    assert more.more(1, base) == "-0.10 (+0.00, +0.00 to +0.00)"
    text = page([base, more], "mine")
    assert "Checkpoint `mine`; 6 pieces" in text
    (row,) = [line for line in text.splitlines() if line.startswith("| 2 | 0.67")]
    assert row.split(" | ")[3] == "0.50"  # both sides, of which arousal has three
    (price,) = [line for line in text.splitlines() if line.endswith("| 2.00 |")]
    assert price.startswith("| 2 | ")


def test_real_music_stands_beside_them():
    text = page([strength(1.0, [(0.5, 0.5)] * 6)], "mine")
    (row,) = [line for line in text.splitlines() if line.startswith("| real music")]
    values = [measure_all([scale(50 + at, 2)])["scale"] for at in range(12)]
    assert float(row.split(" | ")[2]) == pytest.approx(np.mean(values), abs=0.005)

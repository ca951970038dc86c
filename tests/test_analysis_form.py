"""Sections, roles, intensity, feel and the whole plan of scores made by the test."""

import time
from dataclasses import replace

import numpy as np
import pytest
from analysis_scores import TURN, C, band, block

from composer.analysis import (
    analyse,
    estimate_beats,
    grid_share,
    intensity_of,
    roles_of,
    sections_of,
    swing,
)
from composer.plan import Chord, Role
from composer.score import Meter, MeterChange, Note, Part, Score, Tempo, bars_of

# --- sections, roles, intensity, feel ----------------------------------------------------


def tune(seed, bars=8):
    """A band piece of its own: chords, rhythm and register drawn from ``seed``."""
    draw = np.random.default_rng(seed)
    notes, places = [], draw.choice(16, 6, replace=False)
    for bar in range(bars):
        chord = Chord(int(draw.integers(12)), "m" if seed % 2 else "")
        notes += block(chord, bar * 1920, 1920)
        notes += [Note(bar * 1920 + int(p) * 120, 72 + chord.root, 120, 80) for p in places]
    return notes


def in_a_row(*pieces, bars=8):
    moved = [
        replace(n, onset_ticks=n.onset_ticks + i * bars * 1920)
        for i, piece in enumerate(pieces)
        for n in piece
    ]
    return Score((Part(0, tuple(moved)),), end_ticks=len(pieces) * bars * 1920)


def test_sections_return_with_their_letter():
    verse, chorus, bridge = tune(1), tune(2), tune(3)
    form = in_a_row(verse, chorus, verse, chorus, bridge, chorus)
    assert "".join(sections_of(form)) == "".join(8 * c for c in "ABABCB")


def test_a_pickup_bar_does_not_shift_the_phrases():
    form = in_a_row(tune(1), tune(2), tune(1))
    late = replace(
        form,
        parts=tuple(
            replace(
                p,
                notes=(
                    Note(0, 67, 480, 80),
                    *(replace(n, onset_ticks=n.onset_ticks + 480) for n in p.notes),
                ),
            )
            for p in form.parts
        ),
        meters=(MeterChange(0, Meter(1, 4)), MeterChange(480, Meter(4, 4))),
        end_ticks=form.end_ticks + 480,
    )
    assert "".join(sections_of(late)) == "A" * 9 + "B" * 8 + "A" * 8


def test_at_most_sixteen_letters():
    letters = sections_of(in_a_row(*(tune(seed, 4) for seed in range(60)), bars=4))
    assert len(letters) == 240
    assert set(letters) <= set("ABCDEFGHIJKLMNOP")
    firsts = list(dict.fromkeys(letters))
    assert firsts == sorted(firsts)


def test_roles_of_a_band():
    chords = TURN * 4
    score = band(chords)
    line = tuple(Note(i * 240, 72 + (i * 5) % 12, 240, 90) for i in range(128))
    beat = tuple(Note(i * 480, 36, 60, 90) for i in range(64))
    strings = [n for i, c in enumerate(chords) for n in block(c, i * 1920, 1920)]
    comping = [n for i in range(64) for n in block(chords[i // 4], i * 480, 240, octave=55)]
    parts = (
        Part(0, tuple(comping)),
        Part(73, line),
        Part(48, tuple(strings)),
        score.parts[1],
        Part(0, beat, is_drums=True),
    )
    wanted = (Role.HARMONY, Role.MELODY, Role.PAD, Role.BASS, Role.DRUMS)
    assert roles_of(Score(parts)) == wanted
    assert roles_of(Score(parts[::-1])) == wanted[::-1]


def test_a_part_without_notes_has_a_role_but_no_register():
    plan = analyse(Score((Part(0, (Note(0, 60, 480, 80),)), Part(40, ()))))
    assert plan.parts[0].role is Role.MELODY
    assert plan.parts[1].role is not None
    assert plan.parts[1].register is None


def test_intensity_rises_with_loudness_density_and_parts():
    soft = Part(0, tuple(n for i in range(4) for n in block(C, i * 1920, 1920, 40)))
    loud = replace(soft, notes=tuple(replace(n, velocity=110) for n in soft.notes))
    varied = Part(0, tuple(Note(i, 60, 1, 20 + i) for i in range(3)))
    levels = [
        intensity_of(Score((*parts, varied)))[2]
        for parts in [(soft,), (loud,), (loud, loud), (loud, loud, fast_part())]
    ]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]
    assert all(0 <= level <= 1 for level in levels)


def fast_part():
    return Part(81, tuple(Note(i * 60, 90, 60, 120) for i in range(128)))


def test_silence_is_not_intense():
    assert intensity_of(replace(band([C]), end_ticks=3840))[1] == 0.0


@pytest.mark.parametrize(("place", "feel"), [(240, "straight"), (320, "swung")])
def test_swing_is_where_the_off_beats_are(place, feel):
    line = [Note(i * 480 + p, 70, 100, 80) for i in range(32) for p in (0, place)]
    assert set(swing(Score((Part(0, tuple(line)),)))) == {feel}


def test_triplets_and_compound_meters_are_not_swung():
    triplets = Part(0, tuple(Note(i * 160, 70, 100, 80) for i in range(96)))
    assert set(swing(Score((triplets,)))) == {"straight"}
    sixths = Part(0, tuple(Note(i * 240, 70, 100, 80) for i in range(96)))
    assert set(swing(Score((sixths,), meters=(MeterChange(0, Meter(6, 8)),)))) == {"straight"}


# --- the whole plan ----------------------------------------------------------------------


def test_a_plan_has_every_bar_and_part_and_no_mood():
    meters = (MeterChange(0, Meter(4, 4)), MeterChange(7680, Meter(3, 4)))
    score = band(TURN * 2, meters=meters, tempos=(Tempo(0, 90.0), Tempo(960, 180.0)))
    plan = analyse(score)
    assert [b.meter for b in plan.bars] == [b.meter for b in bars_of(score)]
    assert plan.bars[0].tempo_qpm == pytest.approx(120.0)  # 2 quarters in 4/3 s, 2 in 2/3 s
    assert plan.bars[1].tempo_qpm == pytest.approx(180.0)
    assert [p.program for p in plan.parts] == [0, 33]
    assert plan.parts[1].density == pytest.approx(8 / (16 + 18), rel=0.01)
    assert plan.style is None
    assert plan.mood.valence is None


@pytest.mark.parametrize(
    "score",
    [
        Score(()),
        Score((Part(0, ()),)),
        Score((Part(0, (Note(0, 60, 1, 1),)),)),
        Score((Part(0, tuple(Note(i * 240, 36, 60, 90) for i in range(9)), is_drums=True),)),
        Score(
            (Part(0, (Note(99999, 0, 99999, 127),)),), meters=(MeterChange(7, Meter(7, 16)),)
        ),
    ],
)
def test_any_score_gets_a_plan(score):
    assert len(analyse(score).bars) == len(bars_of(score))
    assert estimate_beats(score).confidence >= 0.0
    assert 0 <= grid_share(score) <= 1


def test_analysis_is_fast():
    score = in_a_row(*(tune(seed) for seed in range(13)))
    lines = tuple(Note(i * 120, 48 + i % 30, 120, 80) for i in range(1500))
    full = replace(score, parts=(*score.parts, Part(40, lines), Part(41, lines)))
    start = time.perf_counter()
    analyse(full)
    assert time.perf_counter() - start < 0.5  # 0.05 s on the machine this was written on

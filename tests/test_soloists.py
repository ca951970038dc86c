"""One singer or wind player sounds one note at a time, and still keeps to the chords."""

from dataclasses import replace
from itertools import pairwise

import pytest
from test_compose import NoisyEngine

from composer.analysis.harmony import heard_harmony
from composer.compose import Sampling, compose
from composer.compose.soloists import with_soloists
from composer.plan import Chord, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter, MeterChange, Note, Part, Score, Tempo

FLUTE, PIANO, VIOLIN = 73, 0, 40
COMMON = Meter(4, 4)
TURN = (Chord(0), Chord(9, "m"), Chord(5), Chord(7, "7"))


def written(*parts, bars=24, meter=COMMON, second=None):
    plan = tuple(
        PlanBar(meter, key=Key(0), chord=TURN[n % 4], second_chord=second) for n in range(bars)
    )
    engine = NoisyEngine(strength=0.5, is_lavish=True)
    return compose(
        Plan(plan, parts), engine, seed=1, sampling=Sampling(top_p=0.95), humanised=0
    )


def together(notes):
    """How often a note begins while one before it sounds."""
    return sum(one.end_ticks > other.onset_ticks for one, other in pairwise(sorted(notes)))


def test_a_flute_plays_its_tune_note_by_note_and_a_piano_need_not():
    tune = {"role": Role.MELODY, "register": 76.0, "density": 4.0}
    harmony = PlanPart(PIANO, role=Role.HARMONY, register=60.0, density=4.0)
    made = written(PlanPart(FLUTE, **tune), harmony)
    flute, piano = (part.notes for part in made.score.parts)
    assert len(flute) > 48
    assert together(flute) == 0
    steps = [
        after.onset_ticks - note.onset_ticks
        for note, after in pairwise(sorted(flute))
        if after.onset_ticks // 1920 == note.onset_ticks // 1920
    ]
    assert min(steps) >= 60  # a thirty-second
    assert together(piano) > 24
    assert together(written(PlanPart(VIOLIN, **tune), harmony).score.parts[0].notes) > 0


@pytest.mark.parametrize(("meter", "second"), [(Meter(2, 4), None), (COMMON, Chord(2, "m"))])
def test_a_flute_alone_says_the_chords_in_turn(meter, second):
    tune = PlanPart(FLUTE, role=Role.MELODY, register=76.0, density=4.0)
    made = written(tune, meter=meter, second=second)
    assert together(made.score.parts[0].notes) == 0
    heard = heard_harmony(made.score, made.plan.bars, [Role.MELODY])
    assert heard.defined == 1.0


def test_a_flute_that_doubles_a_piano_leaves_its_chords_alone():
    # the piano comes first, and all that the engine wants is to copy
    engine = NoisyEngine(strength=3.0)
    parts = (
        PlanPart(PIANO, role=Role.HARMONY, register=76.0, density=6.0),
        PlanPart(FLUTE, role=Role.COUNTER, register=76.0, density=6.0),
    )
    bars = tuple(PlanBar(COMMON, chord=TURN[n % 4]) for n in range(48))
    for seed in range(3):
        made = compose(Plan(bars, parts), engine, seed=seed, humanised=0)
        piano, flute = (part.notes for part in made.score.parts)
        assert together(piano) > 0
        assert together(flute) == 0


def test_a_note_that_rings_into_the_next_bar_ends_with_the_next_note():
    notes = (Note(1440, 72, 960, 80), Note(1920, 74, 480, 80), Note(2400, 76, 480, 80))
    score = Score((Part(FLUTE, notes),), (Tempo(0, 120.0),), (MeterChange(0, COMMON),))
    plan = Plan((PlanBar(),) * 2, (PlanPart(FLUTE, role=Role.MELODY),))
    lengths = [note.duration_ticks for note in with_soloists(score, plan).parts[0].notes]
    assert lengths == [480, 480, 480]
    chordal = replace(plan, parts=(PlanPart(FLUTE, role=Role.HARMONY),))
    assert with_soloists(score, chordal) == score

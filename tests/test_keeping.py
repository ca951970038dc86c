"""Densities, registers and roles of a plan: what an engine without any taste then writes."""

from dataclasses import replace
from statistics import fmean, pstdev
from types import SimpleNamespace

import numpy as np
import pytest
from test_compose import NoisyEngine, bytes_of, plan_with

from composer.analysis.harmony import heard_harmony
from composer.compose import Sampling, complete_plan, compose
from composer.compose.texture import Textures
from composer.language import plan_values
from composer.language.vocabulary import COLUMN
from composer.plan import NO_CHORD, Chord, Plan, PlanBar, PlanPart, Role
from composer.score import Meter

PLAYERS = {
    # no soloist: noise soon begins a note too late for others to follow one at a time
    "violin": PlanPart(40, role=Role.MELODY, register=74.0),
    "piano": PlanPart(0, role=Role.HARMONY, register=60.0),
    "drums": PlanPart(0, is_drums=True),
}


COMMON = Meter(4, 4)


def played(density, player="violin", *, bars=32, meter=COMMON, intensities=(0.5,), seed=1):
    """Notes of each bar of one part; 0 where it rests."""
    levels = [intensities[bar * len(intensities) // bars] for bar in range(bars)]
    # a chord would claim notes of its own
    plan = tuple(PlanBar(meter, chord=NO_CHORD, intensity=level) for level in levels)
    part = PlanPart(**{**fields_of(PLAYERS[player]), "density": density})
    made = compose(Plan(plan, (part,)), NoisyEngine(strength=0.5), seed=seed, humanised=0)
    length = 1920 * meter.numerator // meter.denominator
    found = [0] * bars
    for note in made.score.parts[0].notes:
        found[note.onset_ticks // length] += 1
    return found


def fields_of(part):
    return {name: getattr(part, name) for name in ("program", "is_drums", "role", "register")}


@pytest.mark.parametrize("player", PLAYERS)
@pytest.mark.parametrize("density", [0.4, 1.0, 2.5])
def test_a_part_is_as_dense_as_planned(density, player):
    notes = [n for seed in range(3) for n in played(density, player, seed=seed) if n]
    # the engine's own bars have any number of notes alike, from 1 to more than 48
    assert density / 1.7 < fmean(notes) / 4 < density * 1.7
    assert pstdev(notes) > 0  # around its mean, not a metronome


@pytest.mark.parametrize("meter", [Meter(3, 4), Meter(7, 8), Meter(12, 8)])
def test_density_counts_quarters_not_bars(meter):
    notes = [n for seed in range(3) for n in played(1.5, meter=meter, seed=seed) if n]
    quarters = 4 * meter.numerator / meter.denominator
    assert 1.0 < fmean(notes) / quarters < 2.2


def test_an_intense_bar_has_more_notes_around_the_same_mean():
    notes = played(2.0, bars=48, intensities=(0.2, 0.8))
    calm, intense = ([n for n in half if n] for half in (notes[:24], notes[24:]))
    assert fmean(intense) > 1.3 * fmean(calm)  # the copied ones lag behind
    assert 1.5 < fmean(calm + intense) / 4 < 2.7


@pytest.mark.parametrize("register", [50.0, 62.0, 74.0])
def test_a_part_keeps_its_register(register):
    part = PlanPart(0, role=Role.HARMONY, register=register, low=36, high=96)
    likely = Sampling(top_p=0.95)  # of noise the rare choices are many
    made = compose(plan_with(32, (part,)), NoisyEngine(strength=1.0), seed=2, sampling=likely)
    pitches = [note.pitch for note in made.score.parts[0].notes]
    # the middle of the range is 66
    assert abs(fmean(pitches) - register) < 6


def test_a_finished_plan_leans_as_its_open_one_did():
    plan = plan_with(6, (PlanPart(73), PlanPart(32, density=0.4)))
    made = compose(plan, NoisyEngine(), seed=3)
    whole = complete_plan(plan, NoisyEngine(), seed=3)
    assert bytes_of(compose(whole, NoisyEngine(), seed=3)) == bytes_of(made)


CHORD = ((0, 60, 1, 1), (0, 64, 1, 1), (0, 67, 1, 1))
LINE = ((0, 60, 1, 1), (24, 64, 1, 1), (48, 67, 1, 1))


BACKGROUND = (PlanPart(0, role=Role.PAD),)


def leans(role, cell, others=BACKGROUND):
    """What a note gains for joining one on the third beat, after four bars of a cell."""
    plan = plan_with(8, (PlanPart(40, role=role), *others))
    written = {(bar, 0): cell for bar in range(4)}
    stream = SimpleNamespace(
        bar=4,
        part=1,
        cells=written,
        open_notes=((48, 60, 1, 1),),
        parts=plan_values(plan)[0].tolist(),
        is_drums=lambda _part: False,
        known={},
    )
    row = [0] * len(COLUMN)
    row[COLUMN["beat"]] = 3
    textures = Textures(plan)
    beats = textures.beats(stream, row, np.arange(3, 5))
    subs = textures.subs(stream, row, np.arange(1, 25))
    assert subs[0] == beats[0]
    assert not any((*subs[1:], *beats[1:]))
    return beats[0]


def test_a_harmony_leans_to_chords_and_a_line_to_one_note_at_a_time():
    assert leans(Role.HARMONY, LINE) > 0
    assert leans(Role.HARMONY, CHORD[:2]) == 0
    for role in (Role.MELODY, Role.COUNTER, Role.BASS):
        assert leans(role, CHORD) < leans(role, CHORD[:2]) < 0
        assert leans(role, LINE) == 0


def test_pads_and_lone_melodies_play_as_they_like():
    for cell in (LINE, CHORD):
        assert leans(Role.PAD, cell) == 0
        assert leans(Role.MELODY, cell, others=()) == 0


@pytest.mark.parametrize("seed", range(6))
def test_chords_are_complete_within_a_narrow_range_and_few_notes(seed):
    """Notes that begin together rise: one too high must not keep the others out."""
    part = PlanPart(24, role=Role.HARMONY, register=70.0, density=0.5, low=63, high=78)
    chords = (Chord(5, "m"), Chord(3), Chord(1), Chord(0))
    bars = tuple(PlanBar(Meter(2, 4), chord=chords[n % 4]) for n in range(32))
    made = compose(Plan(bars, (part,)), NoisyEngine(strength=0.5), seed=seed, humanised=0)
    assert heard_harmony(made.score, bars, [Role.HARMONY]).defined == 1.0


def test_a_swing_that_was_asked_for_has_eighths_to_swing():
    shares = {}
    for ratio in (None, 1.0, 2.0):
        plan = replace(plan_with(bars=48, parts=(PlanPart(40, density=2.5),)), swing=ratio)
        made = compose(plan, NoisyEngine(strength=0.5), seed=5, humanised=0)
        places = [at % 24 for notes in made.sheet.cells().values() for at, *_ in notes]
        shares[ratio] = places.count(12) / len(places)
    assert shares[None] == shares[1.0]
    assert shares[2.0] > 1.5 * shares[None]

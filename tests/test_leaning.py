"""Leaning to chords: seen in what an engine without any taste then writes."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from test_compose import NoisyEngine

from composer.analysis.chords import chords_of
from composer.compose import Sampling, compose
from composer.compose.leaning import Harmonies, bearer_of
from composer.language import plan_values
from composer.language.vocabulary import COLUMN, ROLES
from composer.plan import Chord, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter

TRIO = (
    PlanPart(73, role=Role.MELODY, register=76.0, density=2.5, low=60, high=90),
    PlanPart(0, role=Role.HARMONY, register=60.0, density=4.0, low=48, high=72),
    PlanPart(32, role=Role.BASS, register=40.0, density=2.5, low=28, high=48),
)
COMMON = Meter(4, 4)
LIKELY = Sampling(top_p=0.95)
"""Of noise the rare choices are many."""
TURN = (Chord(0), Chord(9, "m"), Chord(5, "", 9), Chord(7, "7"))


def written(chords=TURN, parts=TRIO, bars=32, *, seed=1, meter=COMMON, harmony="firm"):
    key = Key(0)
    plan = tuple(PlanBar(meter, key=key, chord=chords[n % len(chords)]) for n in range(bars))
    engine = NoisyEngine(strength=0.5, is_lavish=True)
    plan = Plan(plan, parts, harmony=harmony)
    return compose(plan, engine, seed=seed, sampling=LIKELY, humanised=0)


def steps_of(made, part):
    """Sounding pitch classes above each bar's root, by how often a note has them."""
    found = Counter()
    for note in made.score.parts[part].notes:
        chord = made.plan.bars[note.onset_ticks // 1920].chord
        found[(note.pitch - chord.root) % 12] += 1
    return found


def test_harmony_leans_to_the_root_most_and_a_melody_not_at_all():
    made = written((Chord(0), Chord(5), Chord(7)))
    harmony, tune = steps_of(made, 1), steps_of(made, 0)
    assert harmony[0] > harmony[4] > 0
    assert harmony[7] > harmony[4]
    chordal = sum(harmony[step] for step in (0, 4, 7)) / harmony.total()
    assert chordal > 0.8
    # three of twelve pitch classes are a quarter
    assert sum(tune[step] for step in (0, 4, 7)) / tune.total() < 0.45
    # chords that composer chose are taken freely
    free = steps_of(written((Chord(0), Chord(5), Chord(7)), harmony="free"), 1)
    assert sum(free[step] for step in (0, 4, 7)) / free.total() < chordal - 0.1


def leaned(parts, harmony, *, beat, pitches, open_notes=()):
    """What each pitch of the last part gains at a beat of a bar of F in 4/4."""
    plan = Plan((PlanBar(COMMON, chord=Chord(5)),), parts, harmony=harmony)
    values, bars = plan_values(plan)
    stream = SimpleNamespace(
        bar=0,
        part=len(parts),
        parts=values.tolist(),
        cells={(0, len(parts) - 1): open_notes},
        open_notes=open_notes,
        known={},
        is_drums=lambda _: False,
        plan_of=lambda _: tuple(bars[0].tolist()),
    )
    row = [0] * len(COLUMN)
    row[COLUMN["beat"]], row[COLUMN["sub"]] = beat, 1
    return Harmonies(plan).pitches(stream, row, np.array(pitches) + 1)


def test_a_tune_alone_states_chords_that_were_asked_for():
    tune = (PlanPart(73, role=Role.MELODY, register=70.0),)
    high = [89, 91, 93]  # root, none, third, all above its middle
    first = ((0, 89, 4, 4),)
    assert leaned(tune, "free", beat=3, pitches=high, open_notes=first) == [0.0, 0.0, 0.0]
    root, foreign, third = leaned(tune, "firm", beat=3, pitches=high, open_notes=first)
    assert root > third > foreign == 0
    assert leaned(tune, "firm", beat=2, pitches=high, open_notes=first) == [0.0, 0.0, 0.0]


def test_the_bass_stands_on_asked_chords_in_the_middle_of_a_bar_too():
    first = ((0, 41, 4, 4),)
    gains = {}
    for harmony in ("free", "firm"):
        lean = leaned((TRIO[2],), harmony, beat=3, pitches=[41, 48], open_notes=first)
        gains[harmony] = lean[0] - lean[1]
    assert gains["firm"] > gains["free"] + 5
    assert leaned((TRIO[2],), None, beat=3, pitches=[41, 48]) == leaned(
        (TRIO[2],), "free", beat=3, pitches=[41, 48]
    )


def test_the_bass_begins_each_chord_with_its_lowest_tone():
    made = written()
    firsts = {}
    for note in sorted(made.score.parts[2].notes, key=lambda note: note.onset_ticks):
        firsts.setdefault(note.onset_ticks // 1920, note.pitch % 12)
    right = [
        tone == (chord.root if chord.bass is None else chord.bass)
        for bar, tone in firsts.items()
        for chord in [made.plan.bars[bar].chord]
    ]
    assert sum(right) / len(right) > 0.9


def test_a_harmony_without_bass_begins_each_chord_with_its_lowest_tone():
    # wherever the tune has sounded the root already
    made = written(parts=TRIO[:2], bars=64)
    firsts = {}
    for note in made.score.parts[1].notes:
        firsts.setdefault(note.onset_ticks // 1920, note.pitch % 12)
    right = [
        tone == (chord.root if chord.bass is None else chord.bass)
        for bar, tone in firsts.items()
        for chord in [made.plan.bars[bar].chord]
    ]
    assert len(right) > 32
    assert sum(right) / len(right) > 0.9


def test_no_new_note_rings_on_into_a_chord_that_it_is_foreign_to():
    bars = 48
    chords = (Chord(0), Chord(9, "m"), Chord(2, "m"), Chord(7))
    made = written(chords, TRIO[1:2], bars, meter=Meter(2, 4))
    for note in made.score.parts[0].notes:
        first, last = note.onset_ticks // 960, (note.end_ticks - 1) // 960
        rung = [made.plan.bars[bar].chord for bar in range(first + 1, min(last + 1, bars))]
        assert all(note.pitch % 12 in chord.pitch_classes for chord in rung), note


def test_what_rests_leaves_the_bass_to_others():
    values = [(part.program + 1, ROLES.index(part.role) + 1, 5, 4) for part in TRIO]
    tune, harmony, bass = values
    cells = {(0, 0): ((0, 72, 1, 1),)}

    def bearer(parts, part, cells=cells):
        stream = SimpleNamespace(
            parts=parts, bar=0, cells=cells, known={}, is_drums=lambda _: False
        )
        return bearer_of(stream, part)

    assert bearer([tune, harmony, bass], 1) == 2  # it may still come
    assert bearer([tune, bass, harmony], 2) == 2  # it has not come
    assert bearer([tune, bass, harmony], 2, cells | {(0, 1): ((0, 40, 1, 1),)}) == 1
    assert bearer([tune, harmony], 0) == 1
    assert bearer([tune], 0) == 0


@pytest.mark.parametrize("quality", ["sus4", "sus2", "7sus4"])
def test_suspended_chords_are_complete_with_their_fifth(quality):
    made = written((Chord(0, quality), Chord(5, quality)), bars=16)
    for bar in range(16):
        root = made.plan.bars[bar].chord.root
        heard = {
            note.pitch % 12
            for part in made.score.parts
            for note in part.notes
            if note.onset_ticks < 1920 * (bar + 1) and note.end_ticks > 1920 * bar
        }
        assert {root, (root + 7) % 12} <= heard


def test_a_melody_alone_accompanies_itself_below_its_middle():
    made = written(parts=(PlanPart(0, role=Role.MELODY, register=60.0, low=36, high=84),))
    low, high = [Counter(), Counter()]
    for note in made.score.parts[0].notes:
        chord = made.plan.bars[note.onset_ticks // 1920].chord
        side = low if note.pitch < 60 else high
        side[note.pitch % 12 in chord.pitch_classes] += 1
    assert low[True] / low.total() > high[True] / high.total()


def test_the_planned_roots_are_heard():
    made = written(bars=48)
    told = chords_of(made.score, [bar.key for bar in made.plan.bars])
    right = [
        heard.root == bar.chord.root
        for (heard, _), bar in zip(told, made.plan.bars, strict=True)
    ]
    assert sum(right) / len(right) > 0.5  # under a tune of random notes

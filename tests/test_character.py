"""What pieces differ in: how still they stand, how closely they keep to their scale."""

from dataclasses import astuple, replace
from itertools import pairwise
from statistics import fmean
from types import SimpleNamespace

import numpy as np
import pytest
from test_compose import NoisyEngine

from composer.compose import Sampling, complete_plan, compose, composing
from composer.compose.accidentals import Accidentals
from composer.compose.character import Character, between, drawn_character
from composer.compose.ostinatos import LEAST_LEAN, MOST_LEAN, Ostinatos
from composer.compose.successions import (
    LEAST_STAY,
    MOST_STAY,
    STRENGTH,
    Successions,
    successions_of,
)
from composer.lab.successions import counted, odds, table
from composer.language import plan_values
from composer.language import vocabulary as v
from composer.language.sheet import BARS
from composer.language.stream import Stream
from composer.plan import NO_CHORD, Chord, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter, Mode

A_MINOR, COMMON = Key(9, Mode.MINOR), Meter(4, 4)
USUAL = Character(0.5, 0.5, 0.5)


def test_pieces_differ_and_a_seed_gives_one_character():
    drawn = [drawn_character(np.random.default_rng(seed)) for seed in range(200)]
    assert drawn[3] == drawn_character(np.random.default_rng(3))
    for places in np.array([astuple(one) for one in drawn]).T:
        assert 0 <= places.min() < 0.05
        assert 0.95 < places.max() <= 1
        assert 0.4 < places.mean() < 0.6
    assert between(-1.0, 3.0, 0.25) == 0.0


@pytest.fixture
def made_as(monkeypatch):
    """Compose with an engine without taste, as a piece of a given character."""

    def make(character, plan, seed=1):
        monkeypatch.setattr(composing, "_character", lambda _seed: character)
        likely = Sampling(top_p=0.95)  # of noise the rare choices are many
        return compose(plan, NoisyEngine(strength=0.5), seed=seed, sampling=likely)

    return make


FREE, FIRM = (Plan((PlanBar(),), harmony=how) for how in ("free", "firm"))


def plan_in(key, bars=32, chord=None, harmony="free"):
    parts = (PlanPart(0, role=Role.HARMONY, register=60.0, density=3.0),)
    return Plan((PlanBar(COMMON, key=key, chord=chord),) * bars, parts, harmony=harmony)


# Tones foreign to key and chord


def foreign_share(made, own):
    notes = made.score.parts[0].notes
    return fmean(note.pitch % 12 not in own for note in notes)


def test_a_piece_that_hardly_strays_keeps_to_key_and_chord(made_as):
    plan = plan_in(A_MINOR, chord=Chord(2))  # D major in A minor: an F sharp of its own
    own = {9, 11, 0, 2, 4, 5, 7} | {8} | {6}
    strict, free = (
        foreign_share(made_as(replace(USUAL, straying=place), plan), own)
        for place in (0.0, 1.0)
    )
    # the last note of a crowded bar has no choice
    assert strict < free / 2
    assert free > 0.2
    # chords that were asked for make their own character
    firm = plan_in(A_MINOR, chord=Chord(2), harmony="firm")
    same = {made_as(replace(USUAL, straying=place), firm).score for place in (0.0, 1.0)}
    assert len(same) == 1


def drafted(key, chord=None, *, is_drums=False):
    """A stream in its only bar, and the row of a note on its first beat."""
    bars = plan_values(Plan((PlanBar(COMMON, key=key, chord=chord),), ()))[1]
    stream = SimpleNamespace(
        bar=0,
        part=1,
        is_drums=lambda _: is_drums,
        plan_of=lambda _: tuple(bars[0].tolist()),
    )
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["beat"]] = row[v.COLUMN["sub"]] = 1
    return stream, row


@pytest.mark.parametrize(
    ("key", "chord", "foreign"),
    [
        (Key(0), None, {1, 3, 6, 8, 10}),
        (A_MINOR, None, {1, 3, 6, 10}),
        (Key(0), Chord(4, "7"), {1, 3, 6, 10}),
        (None, None, set()),
    ],
)
def test_foreign_is_what_neither_key_nor_chord_has(key, chord, foreign):
    stream, row = drafted(key, chord)
    strict, free = (replace(USUAL, straying=place) for place in (0.0, 1.0))
    leans = Accidentals(FREE, strict).pitches(stream, row, np.arange(1, 129))
    assert {pitch % 12 for pitch, lean in enumerate(leans) if lean} == foreign
    assert min(leans) == (-3.0 if foreign else 0.0)
    for plan, character in ((FREE, free), (FIRM, strict)):
        assert not any(Accidentals(plan, character).pitches(stream, row, np.arange(1, 129)))


def test_drums_do_not_stray():
    stream, row = drafted(Key(0), is_drums=True)
    strict = Accidentals(FREE, replace(USUAL, straying=0.0))
    assert not any(strict.pitches(stream, row, np.arange(129, 257)))


# Standing still


def test_a_still_piece_repeats_bars_more_often(made_as):
    def repeated(stillness):
        made = made_as(replace(USUAL, stillness=stillness), plan_in(Key(0), 64, Chord(0)))
        bars = [[] for _ in range(64)]
        for part in made.sheet.notes.tolist():
            bars[part[0]].append(part[2:4])
        return fmean(one == other for one, other in pairwise(bars) if one or other)

    assert repeated(1.0) > repeated(0.0) + 0.05


def test_copies_of_the_bar_before_gain_and_others_do_not():
    before = v.FIRST_LAG + v.LAGS.index(1)
    legal = np.arange(1, v.SIZES["source"])
    for stillness, gain in ((0.0, LEAST_LEAN), (1.0, MOST_LEAN)):
        own = replace(USUAL, stillness=stillness)
        leans = Ostinatos(FREE, own).sources(None, [], legal)
        assert leans[before - 1] == gain
        assert sum(map(bool, leans)) == 1
        assert not any(Ostinatos(FIRM, own).sources(None, [], legal))


def test_chords_of_a_still_piece_change_less_often(monkeypatch):
    def changes(stillness):
        own = replace(USUAL, stillness=stillness)
        monkeypatch.setattr(composing, "_character", lambda _seed: own)
        bars = (PlanBar(COMMON, key=Key(3)),) * 32
        plans = [complete_plan(Plan(bars), NoisyEngine(), seed=seed) for seed in range(6)]
        chords = [
            [
                chord.root
                for bar in plan.bars
                for chord in (bar.chord, bar.second_chord)
                if chord
            ]
            for plan in plans
        ]
        return sum(one != other for roots in chords for one, other in pairwise(roots))

    assert changes(1.0) < 0.85 * changes(0.0)


# Roots that follow one another


def leans_after(left, key, column="root"):
    """What each root gains after a bar on ``left``, or after it within a bar."""
    stream, row = Stream(first=0, bars=2, total=2), [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]] = v.key_value(key)
    planned = [0] * len(BARS)
    planned[BARS.index("root")], planned[BARS.index("root2")] = left + 1, v.HOLD
    stream.plan = [tuple(planned)]
    row[v.COLUMN["root"]] = left + 1
    legal = np.arange(1, v.SIZES[column])
    successions = Successions(0.0)
    lean = successions.first_roots if column == "root" else successions.second_roots
    return list(lean(stream, row, legal))


def test_roots_lean_by_their_degree_in_any_key():
    in_a, in_c = (leans_after((tonic + 5) % 12, Key(tonic, Mode.MINOR)) for tonic in (9, 0))
    row = [STRENGTH * gain for gain in successions_of(Mode.MINOR)[5]]
    row[5] += LEAST_STAY
    assert in_c[:12] == pytest.approx(row)
    assert [in_a[(root + 9) % 12] for root in range(12)] == in_c[:12]


def test_staying_is_the_same_root_in_a_bar_and_no_second_within_it():
    first, second = leans_after(0, Key(0)), leans_after(0, Key(0), "root2")
    assert first[0] == pytest.approx(STRENGTH * successions_of(Mode.MAJOR)[0][0] + LEAST_STAY)
    assert second[v.HOLD - 1] == LEAST_STAY
    assert second[1:12] == pytest.approx(first[1:12])


def test_without_a_key_or_a_root_before_only_staying_leans():
    stream, row = Stream(first=0, bars=2, total=2), [0] * len(v.COLUMNS)
    assert not any(Successions(0.0).first_roots(stream, row, np.arange(1, 13)))
    stream.plan = [(0,) * len(BARS)]
    row[v.COLUMN["key"]] = 1
    assert not any(Successions(0.0).first_roots(stream, row, np.arange(1, 13)))
    assert MOST_STAY > 0 > LEAST_STAY


def song(*roots):
    return Plan(tuple(PlanBar(key=Key(0), chord=Chord(root)) for root in roots))


def test_the_table_tells_what_is_drawn_too_seldom():
    real = [song(0, 5, 7, 0, 5, 7, 0)] * 30
    drawn = [song(0, 0, 0, 0, 7, 0, 0)] * 30
    found = table(real, drawn)["major"]
    before = successions_of(Mode.MAJOR)
    assert found[0][5] > before[0][5] + 0.5
    assert found[0][0] < before[0][0] - 0.5
    same = table(real, real)
    assert same["major"] == [list(row) for row in before]


def test_successions_are_counted_in_the_key_across_bars_and_within_them():
    bars = (
        PlanBar(key=Key(2), chord=Chord(2), second_chord=Chord(7)),
        PlanBar(key=Key(2), chord=NO_CHORD),
        PlanBar(key=Key(2), chord=Chord(9)),
        PlanBar(key=Key(2), chord=Chord(2)),
    )
    counts = counted([Plan(bars)], Mode.MAJOR)
    assert counts[0, 5] == counts[7, 0] == 0.5
    assert counts.sum() == 1
    assert odds(counts).sum(axis=1) == pytest.approx(np.ones(12))


def test_the_shipped_table_leads_away_from_home():
    for mode in Mode:
        rows = np.array(successions_of(mode))
        assert rows.shape == (12, 12)
        assert np.abs(rows).max() <= 1.5
    assert successions_of(Mode.MINOR)[0][10] > 0 > successions_of(Mode.MINOR)[7][0]

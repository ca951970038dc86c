"""Ranking: spoiled music loses, chance decides nothing, a single try is what it was."""

import json
import re
import shutil
from dataclasses import replace
from itertools import pairwise

import evaluation_scores as rule
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_compose import NoisyEngine, bytes_of, plan_with
from test_golden import frere_jacques

from composer import Composer
from composer.analysis import analyse, loudness_for, mood_of
from composer.api import sidecar
from composer.cli import main
from composer.compose import Sampling, Tries, complete_plan, compose
from composer.compose.character import drawn_character
from composer.compose.composing import _DYNAMICS
from composer.compose.consonance import Consonance
from composer.compose.keeping import leans_of
from composer.compose.measures import MUSIC_ASPECTS, PLAN_ASPECTS
from composer.compose.pen import Pen
from composer.compose.plan_measures import PLAN_MEASURES
from composer.compose.planning import complete
from composer.compose.ranking import Grade, best_of, grade_music, grade_plan
from composer.compose.soloists import with_soloists
from composer.compose.tonality import plan_leans
from composer.compose.typical import TABLE, TAILS, Tails, tails_of, windows
from composer.compose.writing import silent, window_bars, write_notes
from composer.errors import RequestError
from composer.evaluation import METRICS
from composer.lab.typical import _tails
from composer.language import condition, score_of
from composer.midi import midi_bytes
from composer.originality import INDEX, IndexedPiece, compare, write_index
from composer.originality.figures import lines_of
from composer.originality.index import index_of
from composer.perform import humanise, with_dynamics
from composer.plan import Chord, Mood, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter, Note

TRIO = (PlanPart(73, role=Role.MELODY), PlanPart(0), PlanPart(33, role=Role.BASS))
UNGUIDED = Sampling(guidance=1.0)


# The table of real music


def test_tails_of_numbers_are_shares_of_the_music():
    values = np.arange(1, 1025, dtype=float)[:, None]
    found = _tails(values, np.ones(1024))
    for share, low, high in zip(TAILS, found["low"], found["high"], strict=True):
        assert (values < low).mean() == pytest.approx(share, abs=0.002)
        assert (values > high).mean() == pytest.approx(share, abs=0.002)


def test_weights_count_as_pieces_do():
    rng = np.random.default_rng(1)
    values, counts = rng.normal(size=(300, 1)), rng.integers(1, 5, 300)
    weighted = _tails(values, counts.astype(float))
    assert weighted == _tails(np.repeat(values, counts, axis=0), np.ones(counts.sum()))


def test_points_count_how_rare_a_value_is():
    tails = Tails((8.0, 4.0, 2.0, 1.0, 0.5, 0.25), (10.0, 20.0, 30.0, 40.0, 50.0, 60.0))
    assert [tails.points(value) for value in (8.0, 9.0, 10.0)] == [0, 0, 0]
    assert [tails.points(value) for value in (7.9, 3.0, 0.0)] == [1, 2, 6]
    assert [tails.points(value) for value in (10.1, 45.0, 1e9)] == [1, 4, 6]


def test_what_half_of_the_music_has_costs_nothing():
    values = np.array([0.0] * 59 + [1.0] * 5)[:, None]
    tails = Tails(**{side: tuple(row) for side, row in _tails(values, np.ones(64)).items()})
    assert tails.points(0.0) == 0
    assert tails.points(1.0) == 1  # more than one piece in sixteen
    assert tails.points(1.1) == 6


def test_histograms_cost_by_their_distance_from_the_mean():
    rng = np.random.default_rng(2)
    rows = rng.dirichlet((4.0, 4.0, 4.0), 2000)
    tails = Tails((), **{side: tuple(row) for side, row in _tails(rows, np.ones(2000)).items()})
    points = [tails.points(row) for row in rows]
    assert tails.points(rows.mean(axis=0)) == 0
    for number, share in enumerate(TAILS, 1):
        assert np.mean([one >= number for one in points]) == pytest.approx(share, abs=0.01)


def test_the_table_has_every_measure_in_order():
    names = {
        name for one in (MUSIC_ASPECTS, PLAN_ASPECTS) for row in one.values() for name in row
    }
    assert {name for row in PLAN_ASPECTS.values() for name in row} == set(PLAN_MEASURES)
    assert {name for row in MUSIC_ASPECTS.values() for name in row} < {m.name for m in METRICS}
    assert set(tails_of("band")) == names
    for style in json.loads(TABLE.read_text()):
        for tails in tails_of(style).values():
            assert all(one >= other for one, other in pairwise(tails.low))
            assert all(one <= other for one, other in pairwise(tails.high))
    assert tails_of("electronic") == tails_of(None) != tails_of("band")


@given(st.integers(1, 3000))
def test_windows_cover_every_bar_once(bars):
    found = windows(bars)
    assert [bar for first, end in found for bar in range(first, end)] == list(range(bars))
    assert all(min(bars, 21) <= end - first <= 48 for first, end in found)


# Grades


def of_style(score, **fields):
    """The plan of a score, as a request for a band would have it."""
    return replace(analyse(score), style="band", **fields)


def drone(score, _seed):
    """Every part holds its first pitch through every bar."""

    def held(_, part):
        return [Note(bar * rule.BAR, part.notes[0].pitch, rule.BAR, 80) for bar in range(24)]

    return rule._with_notes(score, held)


def silent_part(score, _seed):
    return rule._with_notes(score, lambda index, part: part.notes if index else ())


def silent_start(score, _seed):
    return rule._with_notes(
        score, lambda _, part: [note for note in part.notes if note.onset_ticks >= rule.BAR]
    )


SPOILT = (
    drone,
    silent_part,
    silent_start,
    rule.one_bar_looped,
    rule.random_notes,
    rule.one_note,
    rule.parts_transposed,
)


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("seed", range(6))
def test_spoiled_music_loses(spoil, seed):
    score = rule.piece(seed)
    plan = of_style(score)
    assert grade_music(plan, spoil(score, seed)).points > grade_music(plan, score).points


@pytest.mark.parametrize("spoil", [drone, rule.one_bar_looped, rule.random_notes])
def test_spoiled_music_loses_by_its_notes_alone(spoil):
    """Against a plan that asks nothing: no control and no mood speaks, only real music."""

    def points(score):
        return grade_music(Plan((PlanBar(),) * 24, style="band"), score).points

    found = [
        (points(rule.piece(seed)), points(spoil(rule.piece(seed), seed))) for seed in range(8)
    ]
    assert all(real < spoilt for real, spoilt in found)


def test_a_real_tune_beats_its_ruins():
    score = frere_jacques()
    plan = of_style(score)
    notes = [
        replace(note, pitch=note.pitch + step)
        for note, step in zip(score.parts[0].notes, (6, 1, 11, 3, 8) * 9, strict=False)
    ]
    wrong = replace(
        score, parts=(replace(score.parts[0], notes=tuple(notes)), *score.parts[1:])
    )
    assert grade_music(plan, score).points < grade_music(plan, wrong).points


def test_faults_outweigh_all_else():
    score = rule.piece(3)
    plan = of_style(score)
    for spoil in (silent_part, silent_start, rule.one_bar_looped):
        terms = grade_music(plan, spoil(score, 3)).terms
        assert terms["faults"] >= 4.0, spoil.__name__
    assert grade_music(plan, score).terms["faults"] == 0.0


def test_the_mood_asked_for_counts_stretch_by_stretch():
    score = rule.piece(1)
    plan = of_style(score)

    def distance(*moods):
        bars = [replace(bar, mood=moods[place * len(moods) // 24]) for place, bar in
                enumerate(plan.bars)]  # fmt: skip
        return grade_music(replace(plan, bars=tuple(bars)), score).terms["mood"]

    heard = mood_of(score)
    assert distance(heard) == pytest.approx(0.0, abs=0.02)
    far = Mood(-heard.valence, -heard.arousal)
    assert distance(heard) < distance(heard, far) < distance(far)
    assert distance(Mood()) == 0.0


def test_what_a_request_fixes_does_not_count_against_it():
    """Slow, fast, high or low music of few notes: the aspects stay as they are."""
    score = rule.piece(2)
    plan = replace(of_style(score), mood=Mood())

    def aspects(score):
        terms = grade_music(plan, score).terms
        return [terms[name] for name in MUSIC_ASPECTS]

    slow = replace(score, tempos=(replace(score.tempos[0], qpm=40.0),))
    high = replace(
        score,
        parts=tuple(
            part
            if part.is_drums
            else replace(part, notes=tuple(replace(n, pitch=n.pitch + 12) for n in part.notes))
            for part in score.parts
        ),
    )
    assert aspects(slow) == aspects(high) == aspects(score)


def test_what_is_borrowed_beyond_the_natural_share_counts_against_music():
    """An index of some parts alone; shares are counted by hand."""
    score = rule.piece(1)
    plan = of_style(score)
    figures = [
        sum(len(line.starts) for line in lines_of(alone(score, part))) for part in range(3)
    ]
    share = figures[0] / sum(figures)
    assert 0.2 < share < 0.8

    def terms(*parts, natural=0):
        known = known_by(alone(score, *parts), natural=natural)
        return grade_music(plan, score, known).terms

    everything, first = terms(0, 1, 2), terms(0)
    assert everything["borrowed"] == pytest.approx(20.0)
    assert first["borrowed"] == pytest.approx(20.0 * share)
    natural = terms(0, natural=10)["borrowed"]
    assert natural == pytest.approx(20.0 * (share - 0.1))
    assert terms(0, natural=90)["borrowed"] == terms()["borrowed"] == 0.0
    others = grade_music(plan, score).terms
    assert others == {name: value for name, value in first.items() if name != "borrowed"}


def alone(score, *parts):
    """A score of which only some parts sound."""
    return replace(
        score,
        parts=tuple(
            part if place in parts else replace(part, notes=())
            for place, part in enumerate(score.parts)
        ),
    )


def known_by(*scores, natural=0):
    """An index of scores, of which real pieces share so many figures in a hundred."""
    rate = {"pieces": 1, "sharing": 1, "figures": 100, "shared": natural}
    index = index_of((IndexedPiece("test", str(n)), score) for n, score in enumerate(scores))
    return replace(index, natural={"test": rate})


def test_plans_lose_by_chords_that_stand_still_or_wander():
    bars = tuple(
        PlanBar(Meter(4, 4), key=Key(0), chord=chord)
        for _ in range(6)
        for chord in (Chord(0), Chord(9, "m"), Chord(5), Chord(7))
    )
    good = Plan(bars, TRIO, style="band")
    rng = np.random.default_rng(1)
    still = replace(good, bars=bars[:1] * 24)
    wild = replace(
        good,
        bars=tuple(
            replace(bar, chord=Chord(int(rng.integers(12)), rng.choice(["dim7", "aug", "7#5"])))
            for bar in bars
        ),
    )
    assert grade_plan(good).points < min(grade_plan(still).points, grade_plan(wild).points)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=6))
def test_the_fewest_points_are_kept_and_the_first_of_equals(points):
    kept, tries = best_of(lambda n: n, len(points), lambda n: Grade({"a": 1.0, "b": points[n]}))
    assert kept == tries.kept == points.index(min(points))
    assert [grade.points for grade in tries.grades] == [1.0 + own for own in points]
    assert tries.count == len(points)


def test_a_single_try_is_not_graded():
    def never(_):
        raise AssertionError

    assert best_of(lambda n: n, 1, never) == (0, Tries())


# Composing


def test_a_single_try_is_what_composing_was():
    """Against the stages put together by hand, with chances drawn by seed and stage alone."""
    engine, seed = NoisyEngine(), 2**40 + 7
    mood = Mood(0.5, -0.5)
    plan = replace(plan_with(6, TRIO), mood=mood, style="game")
    plan = replace(plan, bars=tuple(replace(bar, mood=mood) for bar in plan.bars))

    def pen(stage, sampling, leans, harmony=None):
        facts = condition(plan.mood, plan.style, 6, _DYNAMICS)[np.newaxis]
        chance = np.random.Generator(np.random.PCG64((seed, stage)))
        consonance = Consonance(harmony)
        return Pen(engine, lambda _: facts, sampling, chance, leans, consonance=consonance)

    free = replace(UNGUIDED, top_p=None)
    character = drawn_character(np.random.Generator(np.random.PCG64((seed, 3))))
    whole = complete(plan, pen(0, free, plan_leans(character)), window_bars(engine.context))
    rng = np.random.Generator(np.random.PCG64((seed, 2)))
    notes = pen(1, UNGUIDED, leans_of(whole, character), whole.harmony)
    score = score_of(write_notes(notes, whole, engine.context, silent, rng), whole)
    score = with_soloists(score, whole)
    score = humanise(
        with_dynamics(score, loudness_for(score, [bar.intensity for bar in whole.bars])),
        seed=seed,
        amount=0.5,
    )
    made = compose(plan, engine, seed=seed, sampling=UNGUIDED)
    assert bytes_of(made) == midi_bytes(score)
    assert (made.plan_tries, made.note_tries) == (Tries(), Tries())


@pytest.mark.parametrize("seed", range(4))
def test_a_finished_plan_gives_the_kept_notes_again(seed):
    plan = plan_with(5, TRIO)
    made, same = (compose(plan, NoisyEngine(), seed=seed, tries=3) for _ in range(2))
    whole = complete_plan(plan, NoisyEngine(), seed=seed, tries=3)
    again = compose(whole, NoisyEngine(), seed=seed, tries=3)
    assert bytes_of(made) == bytes_of(same) == bytes_of(again)
    assert made.note_tries == again.note_tries
    assert again.plan_tries == Tries()
    assert made.plan_tries.count == made.note_tries.count == 3


def test_what_is_kept_has_the_points_that_are_told():
    plans, notes = set(), set()
    for seed in range(6):
        made = compose(plan_with(5, TRIO), NoisyEngine(), seed=seed, tries=3, humanised=0)
        kept = made.note_tries.grades[made.note_tries.kept]
        assert grade_music(made.plan, made.score) == kept
        assert kept.points == min(grade.points for grade in made.note_tries.grades)
        assert grade_plan(made.plan) == made.plan_tries.grades[made.plan_tries.kept]
        plans.add(made.plan_tries.kept)
        notes.add(made.note_tries.kept)
    assert len(plans) > 1
    assert len(notes) > 1


def test_more_tries_never_keep_more_points():
    points = [
        min(grade.points for grade in made.note_tries.grades)
        for tries in (2, 3, 5)
        for made in [compose(PLANNED, NoisyEngine(), seed=1, tries=tries)]
    ]
    assert points == sorted(points, reverse=True)


PLANNED = complete_plan(plan_with(5, TRIO), NoisyEngine(), seed=1)


def test_a_try_that_stands_in_the_known_music_is_not_kept():
    plan = complete_plan(plan_with(16, TRIO), NoisyEngine(), seed=3)
    made = compose(plan, NoisyEngine(), seed=3, tries=3, humanised=0)
    once = compose(plan, NoisyEngine(), seed=3, humanised=0)
    known = known_by(made.score)
    other, same = (
        compose(plan, NoisyEngine(), seed=3, tries=3, humanised=0, known=known)
        for _ in range(2)
    )
    assert compare(made.score, known).share == 1.0
    assert compare(other.score, known).share == 0.0
    assert other.note_tries.kept != made.note_tries.kept
    assert bytes_of(other) == bytes_of(same)
    for grade, free in zip(other.note_tries.grades, made.note_tries.grades, strict=True):
        assert grade.points - grade.terms["borrowed"] == pytest.approx(free.points)
    # nothing to choose from: what is known changes nothing
    alone = compose(plan, NoisyEngine(), seed=3, humanised=0, known=known_by(once.score))
    assert bytes_of(alone) == bytes_of(once)


def test_a_checkpoint_with_an_index_avoids_its_music(tiny_checkpoint, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(tiny_checkpoint, folder)
    plan = plan_with(12, TRIO)
    free = Composer.load(folder).compose(plan, seed=1, tries=2, humanised=0)
    write_index(known_by(free.score), folder / INDEX)
    other = Composer.load(folder).compose(plan, seed=1, tries=2, humanised=0)
    told = sidecar(other, plan, checkpoint=folder)
    assert [one["borrowed"] for one in told["tries"]["notes"]["points"]].count(20.0) == 1
    assert told["originality"]["share"] == 0.0
    assert other.note_tries.kept != free.note_tries.kept


def test_how_freely_it_is_played_chooses_nothing():
    straight, played = (
        compose(plan_with(4, TRIO), NoisyEngine(), seed=2, tries=3, humanised=amount)
        for amount in (0.0, 1.0)
    )
    assert straight.note_tries == played.note_tries


def test_progress_counts_the_bars_of_all_tries():
    told = []
    compose(
        plan_with(4, TRIO),
        NoisyEngine(),
        seed=1,
        tries=3,
        on_progress=lambda *pair: told.append(pair),
    )
    assert told == [(bar, 12) for bar in range(1, 13)]


def test_less_than_one_try_is_refused():
    for make in (complete_plan, compose):
        with pytest.raises(RequestError, match="at least 1 try"):
            make(plan_with(2), NoisyEngine(), seed=1, tries=0)


def test_a_piece_tells_what_was_tried(tiny_checkpoint):
    composer = Composer.load(tiny_checkpoint)
    plan = plan_with(2, TRIO)
    piece, alone = (composer.compose(plan, seed=1, tries=tries) for tries in (2, 1))
    places = piece.plan_tries.kept + 1, piece.note_tries.kept + 1
    assert piece.choice == f"kept plan {places[0]} of 2, notes {places[1]} of 2"
    assert alone.choice == ""
    told = sidecar(piece, plan, checkpoint=tiny_checkpoint)["tries"]
    assert (told["plan"]["kept"], told["notes"]["kept"]) == places
    for one in (*told["plan"]["points"], *told["notes"]["points"]):
        assert one.pop("all") == pytest.approx(sum(one.values()), abs=0.01)
    assert [one["count"] for one in told.values()] == [2, 2]


def test_the_command_tells_what_it_kept(tiny_checkpoint, capsys, tmp_path):
    model = ["--checkpoint", str(tiny_checkpoint), "--seed", "4", "--tries", "2"]
    wishes = ["--mood", "sad", "--bars", "3"]
    once, plan, again = (tmp_path / name for name in ("a.mid", "p.yaml", "b.mid"))
    assert main(["generate", *model, *wishes, "-o", str(once)]) == 0
    out, told = capsys.readouterr()
    assert out == f"{once}\n"
    assert re.search(r"kept plan [12] of 2, notes [12] of 2\n", told)
    assert main(["plan", *model, *wishes, "-o", str(plan)]) == 0
    assert main(["generate", *model, "--plan", str(plan), "-o", str(again)]) == 0
    assert once.read_bytes() == again.read_bytes()
    assert re.search(r"b.mid: kept notes [12] of 2\n", capsys.readouterr().err)
    assert main(["generate", *model[:-1], "0", *wishes]) == RequestError.exit_code
    assert "at least 1 try" in capsys.readouterr().err


def test_pieces_can_be_gathered_in_sets():
    made = compose(plan_with(2, TRIO), NoisyEngine(), seed=1, tries=2)
    assert made.note_tries in {made.note_tries, made.plan_tries}

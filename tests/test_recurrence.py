"""What comes again in a piece is found, whoever made the piece."""

import random
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_compose import NoisyEngine

from composer.analysis import analyse
from composer.analysis.recurrence import Return, returns_in, with_returns
from composer.api import inspect_file
from composer.check import check
from composer.compose import compose
from composer.midi import write_midi
from composer.plan import Plan, PlanBar, PlanPart
from composer.planfile import parse_plan, plan_text
from composer.request.form import lengths_of, read_form, with_form
from composer.score import Key, Meter, Note, Part, Score

BAR = 1920


def phrase(rng, bars):
    """Bars of random eighths, [(onset, pitch)]."""
    return [(240 * place, rng.randrange(60, 72)) for place in range(8 * bars)]


def hand_made(form, *, jitter=0, anew=None, seed=1):
    """A tune and its bass in a form such as ``A:4 A+2:4``; ``anew`` bars have other notes."""
    rng = random.Random(seed)
    known, tune, bass, start = {}, [], [], 0
    for section in read_form(form):
        notes = known.setdefault(section.name, phrase(rng, section.bars))
        for onset, pitch in notes[: 8 * section.bars]:
            at = max(0, start + onset + rng.randint(-jitter, jitter))
            new = (start + onset) // BAR in (anew or ())
            tune.append(
                Note(at, rng.randrange(60, 72) if new else pitch + section.steps, 220, 80)
            )
            if onset % BAR == 0:
                bass.append(Note(at, pitch - 24 + section.steps, 1800, 80))
        start += BAR * section.bars
    parts = (
        Part(73, tuple(sorted(tune)), name="tune"),
        Part(33, tuple(sorted(bass)), name="low"),
    )
    return Score(parts, end_ticks=start)


def found(score):
    bars = score.end_ticks // BAR
    return returns_in(score, [Meter(4, 4)] * bars)


def test_a_hand_made_form_is_found():
    assert found(hand_made("A:8 A:8 B:8 A:8")) == (
        Return(8, 16, 8, 0, 0.0),
        Return(24, 32, 16, 0, 0.0),
    )
    assert found(hand_made("A:6 B:5 A:6", jitter=20)) == (Return(11, 17, 11, 0, 0.0),)
    assert found(hand_made("A:4 B:4 C:4")) == ()


def test_what_moved_and_what_varied_is_told_so():
    assert found(hand_made("A:4 B:4 A+3:4")) == (Return(8, 12, 8, 3, 0.0),)
    assert found(hand_made("A:4 B:4 A-12:4")) == (Return(8, 12, 8, -12, 0.0),)
    varied = found(hand_made("A:8 B:4 A:8", anew={13, 16}))
    assert (varied[0].first, varied[-1].end) == (12, 20)
    assert {one.lag for one in varied} == {12}
    assert max(one.share for one in varied) > 0


@pytest.mark.parametrize("form", ["A:4 B:6 A:4 C:4 B:6", "A:5 A:5 B:4 A:5"])
def test_a_midi_file_is_recovered_in_its_form(form, tmp_path):
    write_midi(hand_made(form, jitter=15), tmp_path / "song.mid")
    plan = inspect_file(tmp_path / "song.mid").recovered
    wanted = with_form(Plan((PlanBar(),) * sum(lengths_of(read_form(form)))), read_form(form))
    assert [bar.section for bar in plan.bars] == [bar.section for bar in wanted.bars]
    assert [bar.returns for bar in plan.bars] == [bar.returns for bar in wanted.bars]
    assert parse_plan(plan_text(plan)) == plan
    # and composing from that plan returns too
    made = compose(plan, NoisyEngine(), seed=1)
    cells = made.sheet.cells()
    for place, bar in enumerate(made.plan.bars):
        if bar.returns:
            here = [cells.get((place, part)) for part in range(2)]
            assert here == [cells.get((place - bar.returns, part)) for part in range(2)]


@given(st.sampled_from(["A B A", "A A B A", "A B A' B", "A B A+2"]), st.integers(0, 20))
@example("A A B A", 14)  # a bar's last notes are gone the second time: whose they are is open
@example("A A B A", 16)  # a bar is like the one it repeats and, within the tolerance, a third
@settings(max_examples=12, deadline=None)
def test_returns_of_composed_pieces_are_found(form, seed):
    sections = tuple(replace(section, bars=6) for section in read_form(form))
    bar = PlanBar(Meter(4, 4), key=Key(0))
    plan = with_form(Plan((bar,) * 6 * len(sections)), sections)
    plan = replace(plan, parts=(PlanPart(73), PlanPart(0), PlanPart(0, is_drums=True)))
    made = compose(plan, NoisyEngine(is_lavish=True), seed=seed)
    recovered = with_returns(analyse(made.score), made.score)
    # a note held over the bar line may swallow one of the next: such returns are not exact
    exact = {
        row.place: row.measured == "0% anew" for row in check(made.plan, made.score).controls
    }
    for first in range(0, len(plan.bars), 6):
        section = plan.bars[first]
        if not section.returns or not exact[f"{section.section}, bars {first + 1}-{first + 6}"]:
            continue
        for bar in recovered.bars[first : first + 6]:
            assert (bar.returns, bar.variation) == (section.returns, None)
            assert bar.transposition == section.transposition


def moves_kept(score, form):
    """Whether the check finds the returns that ``form`` asks for."""
    sections = read_form(form)
    plan = with_form(Plan((PlanBar(Meter(4, 4)),) * sum(lengths_of(sections))), sections)
    return [row.is_kept for row in check(plan, score).controls if row.name == "return"]


def test_the_check_wants_the_move_that_was_asked():
    score = hand_made("A:4 B:4 A+2:4", jitter=15)
    assert moves_kept(score, "A:4 B:4 A+2:4") == [True]
    assert moves_kept(score, "A:4 B:4 A:4") == [False]
    assert moves_kept(score, "A:4 B:4 A+3:4") == [False]
    assert moves_kept(hand_made("A:4 B:4 A:4"), "A:4 B:4 A+2:4") == [False]


def test_bars_of_another_meter_do_not_return():
    score = hand_made("A:4 B:4 A:4")
    meters = [Meter(4, 4)] * 8 + [Meter(2, 2)] * 4
    assert returns_in(score, meters) == ()


def test_one_bar_and_silence_return_nothing():
    assert returns_in(Score((), end_ticks=BAR), [Meter(4, 4)]) == ()
    assert returns_in(Score((Part(0, ()),), end_ticks=8 * BAR), [Meter(4, 4)] * 8) == ()


def test_letters_follow_what_returns():
    score = hand_made("A:4 B:4 A:4 C:4 B:4")
    plan = with_returns(analyse(score), score)
    runs = [(name, len(list(run))) for name, run in groupby(bar.section for bar in plan.bars)]
    assert [name for name, _ in runs][:3] == ["A", "B", "A"]
    assert plan.bars[16].section == plan.bars[4].section
    assert np.mean([bar.returns is not None for bar in plan.bars]) == pytest.approx(8 / 20)


@pytest.mark.parametrize("most", [2, -12])
def test_most_parts_say_how_far_a_return_has_moved(most):
    rng, parts = random.Random(4), []
    for place in range(5):
        notes = phrase(rng, 8)
        moved = [(8 * BAR + at, pitch + (5 if place == 1 else most)) for at, pitch in notes]
        sounding = tuple(Note(at, pitch, 240, 80) for at, pitch in (*notes, *moved))
        parts.append(Part(place, sounding))
    found = returns_in(Score(tuple(parts)), [Meter(4, 4)] * 16)
    assert found == (Return(8, 16, 8, most, 0.2),)

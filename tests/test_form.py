"""Form, intensity curves and mood arcs: what is said stands in the plan's bars."""

import random
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.plan import FUNCTIONS, Plan, PlanBar
from composer.plan.moods import find_mood
from composer.request import build_plan, shape_plan
from composer.request.arc import read_arc, with_arc
from composer.request.form import lengths_of, origin_of, read_form, with_form
from composer.request.intensity import read_intensity, with_function_levels, with_intensity
from composer.score import Meter, Mode


def blank(bars, **fields):
    return Plan((PlanBar(**fields),) * bars)


def formed(text, bars=None, vary=None):
    form = read_form(text)
    return with_form(blank(sum(lengths_of(form, bars))), form, vary)


def test_aaba_in_32_bars():
    plan = formed("AABA", 32)
    assert "".join(bar.section for bar in plan.bars) == "A" * 16 + "B" * 8 + "A" * 8
    assert [bar.returns for bar in plan.bars] == [None] * 8 + [8] * 8 + [None] * 8 + [16] * 8
    assert {bar.variation for bar in plan.bars} == {None}
    assert origin_of(plan.bars, 31) == 7


def test_lengths_functions_and_primes():
    plan = formed("intro:4 A:8 A':6 B:8 A'':8 outro:4", vary=0.2)
    runs = [(key, len(list(run))) for key, run in groupby(b.section for b in plan.bars)]
    assert runs == [("intro", 4), ("A", 14), ("B", 8), ("A", 8), ("outro", 4)]
    assert {bar.function for bar in plan.bars} == {"intro", None, "outro"}
    assert [bar.variation for bar in plan.bars[12:18]] == [0.2] * 6
    # the second A had six bars: the rest of the third goes on anew
    assert [bar.returns for bar in plan.bars[26:34]] == [14] * 6 + [None] * 2
    assert [bar.variation for bar in plan.bars[26:34]] == [0.4] * 6 + [None] * 2


def test_vary_alone_varies_every_return():
    assert [bar.variation for bar in formed("ABA", 12, vary=0.5).bars[8:]] == [0.5] * 4


@given(st.lists(st.sampled_from(["A", "B", "C'", *FUNCTIONS]), min_size=1, max_size=9),
       st.integers(9, 100))  # fmt: skip
def test_sections_share_the_bars_that_were_asked_for(names, bars):
    lengths = lengths_of(read_form(" ".join(names)), bars)
    assert sum(lengths) == bars
    assert min(lengths) >= 1


@pytest.mark.parametrize(
    ("text", "bars", "told"),
    [
        ("A:8 B:8", 17, "need 16 bars, the piece has 17"),
        ("A:8 B", 8, "need 9 bars or more, the piece has 8"),
        ("intor:4 A", None, "did you mean intro"),
        ("A:0", None, "at least 1 bar"),
        ("A;B", None, "looks like AABA"),
        ("Z", None, "letters A to P"),
    ],
)
def test_forms_that_cannot_be(text, bars, told):
    with pytest.raises(ValueError, match=told):
        lengths_of(read_form(text), bars)


def test_an_intensity_curve_moves_straight_between_its_points():
    plan = with_intensity(blank(20), read_intensity("2@1 7@17"))
    levels = [bar.intensity for bar in plan.bars]
    assert levels[0] == 0.2
    assert levels[8] == pytest.approx(0.45)
    assert levels[16:] == [0.7] * 4
    assert levels == sorted(levels)


def test_an_intensity_by_section():
    plan = with_intensity(formed("A:2 build:4 drop:2"), read_intensity("A=3 build=3-9 drop=10"))
    assert [bar.intensity for bar in plan.bars] == [0.3, 0.3, 0.3, 0.5, 0.7, 0.9, 1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [("11@1", "between 0 and 10"), ("2@99", "outside the piece of 8"), ("x", "looks like"),
     ("C=3", "no 'C'"), ("2@0", "looks like"), ("..@1", "0 and 10"), ("", "looks like")],
)  # fmt: skip
def test_intensities_that_cannot_be(text, told):
    with pytest.raises(ValueError, match=told):
        with_intensity(blank(8), read_intensity(text))


def test_functions_have_usual_levels_where_none_was_said():
    plan = with_function_levels(formed("verse:2 build:4 drop:2 A:2"))
    levels = [bar.intensity for bar in plan.bars]
    assert levels[2:6] == sorted(levels[2:6])
    assert levels[2] < levels[5] < levels[6]
    assert levels[8:] == [None, None]


def test_an_arc_by_time_begins_with_the_nearest_bar():
    plan = blank(40, meter=Meter(4, 4), tempo_qpm=120.0)  # two seconds a bar
    plan = with_arc(plan, read_arc("sad@0:00 tense@0:30 hopeful@1:00"))
    runs = [(mood, len(list(run))) for mood, run in groupby(b.mood for b in plan.bars)]
    moods = [find_mood(word) for word in ("sad", "tense", "hopeful")]
    assert runs == list(zip(moods, [15, 15, 10], strict=True))


def test_an_arc_sets_tempo_and_mode_of_each_stretch_where_open():
    plan = with_arc(blank(16), read_arc("sad epic@bar9"))
    assert plan.bars[0].tempo_qpm < plan.bars[8].tempo_qpm
    shaped = shape_plan(with_arc(blank(16), read_arc("sad happy@9")), rng=random.Random(1))
    keys = [bar.key for bar in shaped.bars]
    assert [key.mode for key in keys] == [Mode.MINOR] * 8 + [Mode.MAJOR] * 8
    assert len({key.tonic for key in keys}) == 1
    given = with_arc(blank(16, tempo_qpm=99.0), read_arc("sad happy@9"))
    assert {bar.tempo_qpm for bar in given.bars} == {99.0}


def test_an_arc_by_section():
    plan = with_arc(formed("ABA", 12), read_arc("sad tense@B"))
    assert [bar.mood == find_mood("tense") for bar in plan.bars] == [False] * 4 + [True] * 8


@pytest.mark.parametrize(
    ("text", "told"),
    [("sad happy@bar99", "outside the piece"), ("sad happy@9:00", "outside the piece"),
     ("sda", "did you mean sad"), ("sad happy", "place is a time"), ("", "looks like"),
     ("sad@0:30 happy@0:10", "go forward"), ("sad happy@0:99", "place is a time"),
     ("sad happy@Q", "no section 'Q'")],
)  # fmt: skip
def test_arcs_that_cannot_be(text, told):
    with pytest.raises(ValueError, match=told):
        with_arc(blank(8), read_arc(text))


def test_shaping_lets_a_return_end_as_before():
    shaped = shape_plan(formed("AABA", 32), rng=random.Random(3))
    assert shaped.bars[31].chord == shaped.bars[7].chord is not None
    assert [b.intensity for b in shaped.bars[24:]] == [b.intensity for b in shaped.bars[8:16]]
    varied = replace(shaped, bars=formed("ABA", 12, vary=0.5).bars)
    assert shape_plan(varied, rng=random.Random(3)).bars[-1].chord is not None


def test_a_request_with_form_arc_and_intensity():
    plan = build_plan(
        form="A:4 B:4 A:4", vary=0.5, intensity="A=2 B=8", arc="sad hopeful@B",
        tempo="80 120@B", chords="Am F G",
    )  # fmt: skip
    assert len(plan.bars) == 12
    assert [bar.tempo_qpm for bar in plan.bars] == [80] * 4 + [120] * 4 + [80] * 4
    assert [bar.intensity for bar in plan.bars] == [0.2] * 4 + [0.8] * 4 + [0.2] * 4
    assert [bar.chord for bar in plan.bars[8:]] == [bar.chord for bar in plan.bars[:4]]
    assert {bar.variation for bar in plan.bars[8:]} == {0.5}
    assert plan.bars[4].mood == find_mood("hopeful")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"form": "A:8 B:8", "bars": 12}, "need 16 bars, the piece has 12"),
        ({"vary": 0.5}, "say a form"),
        ({"form": "AABA", "vary": 2}, "vary lies between 0 and 1"),
        ({"form": "A B", "vary": 0.5}, "each of the form's comes once"),
        (
            {"form": "A:4 B:4 A:4", "meter": "4/4 3/4@bar9"},
            "A returns, but bar 9 is in 3/4 and can't return bar 1, which is in 4/4",
        ),
        ({"form": "AABA", "intensity": "C=2"}, "no 'C'"),
        ({"arc": "sad happy@9:99"}, "place is a time"),
        ({"arc": "sad happy@99"}, "outside the piece"),
    ],
)
def test_requests_that_cannot_be(asked, told):
    with pytest.raises(RequestError, match=told):
        build_plan(**asked)


def test_a_section_comes_again_moved():
    plan = formed("A:4 B:4 A'+2:4 A-1:4", vary=0.5)
    assert [bar.transposition for bar in plan.bars] == [None] * 8 + [2] * 4 + [-3] * 4
    assert [bar.returns for bar in plan.bars[8:]] == [8] * 4 + [4] * 4
    assert formed("A A+2", 8).bars[4:] == formed("AA+2", 8).bars[4:]
    assert [bar.section for bar in formed("A:1-B:2-A-2:1").bars] == ["A", "B", "B", "A"]


def test_what_moves_has_its_chords_and_key_moved():
    plan = build_plan(form="A:4 B:4 A+2:4", chords="C F/A Dm G7", key="C")
    names = [str(bar.chord) for bar in plan.bars]
    assert names[8:] == ["D", "G/B", "Em", "A7"]
    assert [str(bar.key) for bar in plan.bars] == ["C major"] * 8 + ["D major"] * 4
    shaped = shape_plan(build_plan(form="A:4 B:4 A+2:4"), rng=random.Random(1))
    assert (shaped.bars[8].key.tonic - shaped.bars[0].key.tonic) % 12 == 2
    assert shaped.bars[8].key.mode == shaped.bars[0].key.mode


def test_another_key_of_the_same_mode_moves_what_returns():
    plan = build_plan(form="A:4 B:4 A:4", chords="C F Dm G7", key="C, Bb@bar9")
    assert [str(bar.chord) for bar in plan.bars[8:]] == ["A#", "D#", "Cm", "F7"]
    assert plan.bars[8].moved_from(plan.bars[0]) == -2
    minor = build_plan(form="A:4 B:4 A:4", chords="C F Dm G7", key="C, C minor@bar9")
    assert [str(bar.chord) for bar in minor.bars[8:]] == ["C", "F", "Dm", "G7"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"form": "A+2 B A"}, "A\\+2 moves what has not been heard"),
        ({"form": "A B A+13"}, "at most 12 semitones"),
        ({"form": "A:4 B:4 A+2:4", "key": "C, E@bar9"}, "in D major at bar 9.*E major"),
    ],
)
def test_moves_that_cannot_be(asked, told):
    with pytest.raises(RequestError, match=told):
        build_plan(**asked)

"""What is asked for exactly is exactly there: in 500 random plans, and in composed pieces."""

import random
from itertools import pairwise

import numpy as np
import pytest

from composer.analysis.harmony import heard_harmony
from composer.compose import compose
from composer.errors import RequestError
from composer.language.vocabulary import SIZES
from composer.plan import Role
from composer.request import build_plan, read_request, shape_plan
from composer.score import Key, Meter, Mode, bars_of, seconds_at

METERS = ("2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "12/8")
KEYS = ("C major", "D minor", "F# minor", "Bb major", "Eb minor")
NAMES = ("violin:melody:G3-E6:dense", "piano", "41", "strings:pad:48-72", "brass",
         "drums", "finger bass:bass:sparse", "flute:counter", "cello:C2-C4:1.5",
         "choir:harmony")  # fmt: skip
CHORDS = ("Am F C G", "i VI III VII", "1 5 6- 4", "C G | Am . F . | N.C.", "Bb^7 | C7/E")


class TinyEngine:
    """Stands in for a network of random weights."""

    context = 1024

    def prefill(self, rows, conditions):
        return [rows.shape[1], len(conditions)]

    def step(self, state, _rows):
        state[0] += 1
        return tuple(state)

    def logits(self, hidden, rows, attribute):
        rng = np.random.default_rng([hidden[0], int(np.abs(rows[0]).sum())])
        return rng.standard_normal((hidden[1], SIZES[attribute])).astype(np.float32)


def wishes_of(rng):
    """A random request, and what it means as (tempo, meter, key) of its bars."""
    bars = rng.randint(2, 24)
    change = rng.randint(2, bars)
    tempi = [round(rng.uniform(20, 400), 2) for _ in range(2)]
    meters, keys = rng.choices(METERS, k=2), rng.choices(KEYS, k=2)
    names = rng.sample(NAMES, rng.randint(1, 6))
    wishes = {
        "bars": bars,
        "tempo": f"{tempi[0]} {tempi[1]}@bar{change}",
        "meter": f"{meters[0]} {meters[1]}@{change - bars - 1}",
        "key": f"{keys[0]}, {keys[1]}@{change}",
        "instruments": ", ".join(names),
        "chords": rng.choice((None, *CHORDS)),
        "mood": rng.choice((None, "sad", "happy", "epic")),
        "swing": rng.choice((None, 1, 1.5, 3)),
    }
    return wishes, change - 1, tempi, meters, keys, names


def check_bars(plan, change, tempi, meters, keys):
    for index, bar in enumerate(plan.bars):
        later = index >= change
        assert bar.tempo_qpm == tempi[later]
        assert str(bar.meter) == meters[later]
        assert str(bar.key) == keys[later]


def test_five_hundred_random_requests_are_in_their_plans():
    rng = random.Random(11)
    for seed in range(500):
        wishes, change, tempi, meters, keys, names = wishes_of(rng)
        plan = shape_plan(build_plan(**wishes), rng=random.Random(seed))
        assert len(plan.bars) == wishes["bars"]
        check_bars(plan, change, tempi, meters, keys)
        assert len(plan.parts) == len(names)
        assert [part.is_drums for part in plan.parts] == [name == "drums" for name in names]


@pytest.mark.parametrize("seed", range(12))
def test_random_requests_are_in_their_pieces(seed):
    rng = random.Random(seed)
    wishes, change, tempi, meters, keys, names = wishes_of(rng)
    plan = shape_plan(build_plan(**wishes), rng=random.Random(seed))
    made = compose(plan, TinyEngine(), seed=seed, humanised=0.0)
    check_bars(made.plan, change, tempi, meters, keys)
    assert [str(bar.meter) for bar in bars_of(made.score)] == [
        meters[index >= change] for index in range(wishes["bars"])
    ]
    assert {tempo.qpm for tempo in made.score.tempos} == set(tempi)
    assert {str(at.key) for at in made.score.keys} == set(keys)
    for part, planned in zip(made.score.parts, made.plan.parts, strict=True):
        assert part.notes
        assert (part.program, part.is_drums) == (planned.program, planned.is_drums)
        if planned.low is not None:
            assert all(planned.low <= note.pitch <= planned.high for note in part.notes)
    if wishes["chords"] and any(name != "drums" for name in names):
        roles = [part.role for part in made.plan.parts]
        defined = heard_harmony(made.score, made.plan.bars, roles).defined
        # a narrow range may leave no room above the notes that a random engine begins with
        assert defined is None or defined > 0.8


def test_part_options_are_read_in_any_order():
    (part,) = build_plan(instruments="violin:dense:G3-E6:melody").parts
    assert (part.low, part.high, part.register) == (55, 88, 71.5)
    assert (part.role, part.density) == (Role.MELODY, 2.5)
    assert build_plan(instruments="cello:36-60").parts[0].high == 60


def tempi(text, bars=8):
    return [bar.tempo_qpm for bar in build_plan(tempo=text, bars=bars).bars]


def test_tempo_curves():
    assert tempi("90") == [90] * 8
    assert tempi("90, 120@bar5") == [90] * 4 + [120] * 4
    slowing = tempi("90 rit@-4")
    assert slowing[:4] == [90] * 4
    assert slowing[-1] == pytest.approx(63)
    ratios = [after / before for before, after in pairwise(slowing[3:])]
    assert ratios == pytest.approx([ratios[0]] * 4, abs=1e-4)
    assert tempi("80 accel140@5")[-1] == pytest.approx(140)
    assert tempi("80 accel@5 160@8")[6:] == pytest.approx([160, 160])


def in_form(field, text, form="A:4 B:4 A:4 outro:2"):
    return [getattr(bar, field) for bar in build_plan(form=form, **{field: text}).bars]


def test_values_change_with_the_section():
    tempi = [
        bar.tempo_qpm for bar in build_plan(form="A:4 B:4 A:4 outro:2", tempo="96 120@B").bars
    ]
    assert tempi == [96] * 4 + [120] * 4 + [96] * 6
    assert in_form("meter", "4/4 3/4@b") == [Meter(4, 4)] * 4 + [Meter(3, 4)] * 4 + (
        [Meter(4, 4)] * 6
    )
    assert in_form("intensity", "2 7@B") == [0.2] * 4 + [0.7] * 4 + [0.2] * 6
    assert in_form("intensity", "2 3-9@B") == in_form("intensity", "2@1 B=3-9")


def test_a_tempo_may_move_within_a_section():
    slowing = [bar.tempo_qpm for bar in build_plan(form="A:4 B:4 A:2", tempo="96 rit48@B").bars]
    assert slowing[:4] == [96] * 4
    ratios = [after / before for before, after in pairwise(slowing[3:8])]
    assert ratios == pytest.approx([0.5**0.25] * 4, abs=1e-4)
    assert slowing[8:] == [96] * 2  # there, and only there
    risen = build_plan(form="build:4 drop:2 build:4 drop:2", tempo="100 accel@build 140@drop")
    tempi = [bar.tempo_qpm for bar in risen.bars]
    assert tempi[3] == pytest.approx(140)
    assert tempi[:6] == tempi[6:]
    quick = build_plan(form="A:4 B:4", tempo="90 120@B rit60@B")
    assert quick.bars[4].tempo_qpm > 90
    assert quick.bars[7].tempo_qpm == pytest.approx(60)


def test_a_form_of_known_length_takes_the_seconds_it_is_given():
    plan = build_plan(form="A:4 B:4", meter="4/4 3/4@B", seconds=30)
    assert len(plan.bars) == 8
    total = sum(bar.meter.numerator * 60 / bar.tempo_qpm for bar in plan.bars)
    assert total == pytest.approx(30)


@pytest.mark.parametrize("seconds", [7.0, 40.0, 61.3, 600.0])
def test_seconds_are_exact_where_the_tempo_is_open(seconds):
    plan = build_plan(seconds=seconds, mood="sad")
    made = compose(plan, TinyEngine(), seed=1, humanised=0.0) if seconds < 60 else None
    total = sum(4 * 60 / bar.tempo_qpm for bar in plan.bars)
    assert total == pytest.approx(seconds)
    if made is not None:
        assert seconds_at(made.score, made.score.end_ticks) == pytest.approx(seconds)


def test_seconds_take_the_nearest_whole_bars_of_a_tempo():
    plan = build_plan(seconds=40, tempo="100", meter="3/4")
    assert len(plan.bars) == 22  # of 1.8 seconds each: 39.6
    assert {bar.tempo_qpm for bar in plan.bars} == {100}
    assert len(build_plan(seconds=33, tempo="90 120@bar5", meter="4/4").bars) == 15


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"tempo": "fast"}, "a tempo looks like"),
        ({"tempo": "rit@-4"}, "needs a tempo to start from"),
        ({"tempo": "rit@B", "form": "AB"}, "needs a tempo to start from"),
        ({"tempo": "90@A rit@B", "form": "AB"}, "needs a tempo to start from"),
        ({"tempo": "90 rit@C", "form": "AB"}, "no section 'C'"),
        ({"tempo": "90 rit"}, "needs a bar to start from"),
        ({"tempo": "90 120@40"}, "'120@40' lies outside the piece of 32 bars"),
        ({"meter": "4/4 3/4@B"}, "no section 'B'"),
        ({"meter": "13/8"}, "no music can be written in 13/8"),
        ({"bars": 8, "seconds": 10, "tempo": 90}, "contradict each other"),
        ({"bars": 100, "seconds": 10}, "would need a tempo of 2400"),
        ({"seconds": 0}, "lasts 1 to"),
        ({"instruments": "violin:C2-C3"}, "Violin plays G3-C8, not C2-C3"),
        ({"instruments": "violin:E6-G3"}, "a range goes up"),
        ({"instruments": "drums:C2-C3"}, "drums have no range"),
        ({"instruments": "violin:melody:bass"}, "two values for its role"),
        ({"instruments": "violin,piano,drums", "tracks": 0}, "1 to 16 tracks, not 0"),
        ({"instruments": "violin,piano,drums", "tracks": 2}, "3 instruments need 3 tracks"),
        ({"swing": 5}, "swing lies between 1 and 4"),
    ],
)
def test_what_contradicts_itself_is_told_in_one_line(asked, told):
    with pytest.raises(RequestError) as caught:
        build_plan(**asked)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wishes_that_do_not_exist_are_mistakes_of_the_caller():
    with pytest.raises(TypeError, match="colour"):
        build_plan(colour="blue")


def test_open_tracks_and_swing_are_in_the_plan():
    plan = build_plan(instruments="piano", tracks=3, swing=1.5)
    assert [part.program for part in plan.parts] == [0, None, None]
    assert (plan.swing, plan.bars[0].feel) == (1.5, "swung")
    assert read_request(swing=1).plan.bars[0].feel == "straight"


def test_keys_and_meters_change_where_told():
    plan = build_plan(key="C, A minor@-1", meter="4/4 3/4@2", bars=3)
    assert [bar.key for bar in plan.bars] == [Key(0), Key(0), Key(9, Mode.MINOR)]
    assert [bar.meter for bar in plan.bars] == [Meter(4, 4), Meter(3, 4), Meter(3, 4)]

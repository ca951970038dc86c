"""Music that returns: note for note, or varied by the stated amount, chords included."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_compose import NoisyEngine

from composer.compose import complete_plan, compose
from composer.compose.reach import range_of
from composer.errors import RequestError
from composer.language import decode, encode
from composer.language.returns import Returns, Varied
from composer.language.vocabulary import CELL, COLUMN, SHIFTS, SIZES
from composer.plan import NO_CHORD, Chord, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter

FOUR = PlanBar(Meter(4, 4))
TRIO = (PlanPart(40), PlanPart(0), PlanPart(0, is_drums=True))


def returning(lengths, parts=TRIO, variation=None):
    """A plan whose bars are new where the lag is 0: [(bars, lag), ...]."""
    bars = []
    for count, lag in lengths:
        bar = replace(FOUR, returns=lag or None, variation=variation if lag else None)
        bars += [bar] * count if lag else [FOUR] * count
    return Plan(tuple(bars), parts)


def cells_of(sheet):
    return sheet.cells()


def same_cells(made, bar, lag):
    cells, parts = cells_of(made.sheet), range(len(made.plan.parts))
    return [cells.get((bar, part)) == cells.get((bar - lag, part)) for part in parts]


def check_exact(made):
    for place, bar in enumerate(made.plan.bars):
        if bar.returns:
            assert all(same_cells(made, place, bar.returns)), place
            origin = made.plan.bars[place - bar.returns]
            assert (bar.chord, bar.second_chord) == (origin.chord, origin.second_chord)


@pytest.mark.parametrize(
    ("lengths", "context"),
    [
        ([(4, 0), (4, 4), (4, 0), (4, 8)], 1024),  # A A B A: lags that references can say
        ([(6, 0), (5, 0), (6, 11)], 1024),  # 11 bars back: no reference says that
        ([(8, 0), (72, 0), (8, 80)], 256),  # beyond what the window knows
        ([(2, 0), (40, 2)], 256),  # nearly everything returns
    ],
)
def test_an_exact_return_is_the_same_notes_and_chords(lengths, context):
    made = compose(returning(lengths), NoisyEngine(context), seed=2)
    check_exact(made)
    assert all(part.notes for part in made.score.parts)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_returns_is_exact_and_every_part_sounds(data):
    bars = [FOUR]
    for place in range(1, data.draw(st.integers(2, 14))):
        lag = data.draw(st.none() | st.integers(1, place))
        bars.append(replace(FOUR, returns=lag))
    made = compose(Plan(tuple(bars), TRIO), NoisyEngine(), seed=data.draw(st.integers(0, 99)))
    check_exact(made)
    assert all(part.notes for part in made.score.parts)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_a_varied_return_changes_the_stated_share(share):
    plan = returning([(16, 0), (16, 16)], variation=share)
    made = compose(plan, NoisyEngine(is_lavish=True), seed=4)
    kept = [same for bar in range(16, 32) for same in same_cells(made, bar, 16)]
    changed = 1 - sum(kept) / len(kept)
    # a cell that is silent both times looks kept
    assert share - 0.15 <= changed <= share + 1e-9


class Obstinate(NoisyEngine):
    """Writes the same few notes wherever it may choose."""

    def _scores(self, *given):
        return np.linspace(40, 0, SIZES[given[-1]])


@pytest.mark.parametrize("steps", [None, 3])
def test_what_is_varied_is_never_as_it_was(steps):
    players = (PlanPart(40, register=76.0), PlanPart(0, register=60.0), TRIO[2])
    plan = returning([(4, 0), (4, 4)], players, variation=1.0)
    moved = [replace(bar, transposition=steps if bar.returns else None) for bar in plan.bars]
    made = compose(replace(plan, bars=tuple(moved)), Obstinate(), seed=1)
    cells = cells_of(made.sheet)
    sounding = [(bar, part) for bar in range(4, 8) for part in range(3) if (bar, part) in cells]
    assert len(sounding) >= 4
    for bar, part in sounding:
        raised = 0 if TRIO[part].is_drums else steps or 0
        old = [(at, pitch + raised) for at, pitch, *_ in cells.get((bar - 4, part), ())]
        assert [note[:2] for note in cells[bar, part]] != old, (bar, part)


def test_a_share_of_what_sounds_is_varied_where_much_rests():
    varied = Varied(tuple((bar, part) for part in range(3) for bar in range(4, 8)), 0.5)
    returns = Returns([0] * 4 + [4] * 4, np.ones((8, 15), np.int16), [varied])
    chosen = [cell for cell in varied.cells if returns.origin(*cell) is not None]
    assert chosen == list(varied.cells[:6])
    returns.begin(4, lambda bar, part: part == 0 or bar == 3)
    sounding = [(4, 0), (5, 0), (6, 0), (7, 0), (7, 1), (7, 2)]
    chosen = [cell for cell in sounding if returns.origin(*cell) is not None]
    assert chosen == sounding[:3]


def test_what_returns_costs_no_question():
    exact = returning([(8, 0), (8, 8)])
    plain = NoisyEngine()
    compose(Plan(exact.bars[:8], TRIO), plain, seed=1)
    engine = NoisyEngine()
    made = compose(exact, engine, seed=1)
    assert engine.asked < 1.5 * plain.asked
    rows = encode(made.sheet)
    assert decode(rows) == made.sheet


def test_other_chords_than_before_are_kept_and_only_drums_return():
    plan = returning([(4, 0), (4, 4)])
    bars = list(plan.bars)
    bars[5] = replace(bars[5], chord=Chord(1, "maj7"))
    bars[1] = replace(bars[1], chord=Chord(6, "m"))
    made = compose(replace(plan, bars=tuple(bars)), NoisyEngine(is_lavish=True), seed=3)
    assert made.plan.bars[5].chord == Chord(1, "maj7")
    assert same_cells(made, 5, 4)[2]
    assert all(same_cells(made, 6, 4))


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_varies_every_part_sounds_and_the_rest_stays(data):
    bars = [FOUR]
    share = data.draw(st.sampled_from([0.2, 0.5, 1.0]))
    for place in range(1, data.draw(st.integers(2, 14))):
        lag = data.draw(st.none() | st.integers(1, place))
        bars.append(replace(FOUR, returns=lag, variation=share if lag else None))
    made = compose(Plan(tuple(bars), TRIO), NoisyEngine(), seed=data.draw(st.integers(0, 99)))
    assert len(made.plan.bars) == len(bars)
    assert all(part.notes for part in made.score.parts)


def test_a_plan_with_returns_is_a_fixed_point():
    made = compose(returning([(4, 0), (5, 4)], variation=0.3), NoisyEngine(), seed=6)
    again = compose(made.plan, NoisyEngine(), seed=6)
    assert again.plan == made.plan
    assert again.score == made.score
    assert np.array_equal(again.sheet.notes, made.sheet.notes)


def test_sections_are_named_in_the_score_as_in_the_plan():
    names = [("intro", "intro"), ("A", None), ("hook", "chorus")]
    bars = tuple(replace(FOUR, section=name, function=use) for name, use in names)
    score = compose(Plan(bars, TRIO), NoisyEngine(), seed=1).score
    assert [marker.text for marker in score.markers] == ["intro", "A", "hook chorus"]


def test_nothing_returns_from_before_the_piece():
    with pytest.raises(RequestError, match=r"bar 3 can't return what stands 5 bars before"):
        complete_plan(Plan((FOUR, FOUR, replace(FOUR, returns=5))), NoisyEngine(), seed=1)


def test_a_groove_goes_on_under_a_varied_return():
    plan = returning([(16, 0), (16, 16)], variation=0.3)
    drums = [place for place, part in enumerate(plan.parts) if part.is_drums]
    made = compose(plan, NoisyEngine(is_lavish=True), seed=5)
    for bar in range(16, 32):
        assert all(same_cells(made, bar, 16)[place] for place in drums)


def test_a_part_keeps_near_its_middle_unless_the_plan_says_otherwise():
    part = PlanPart(73, role=Role.MELODY, register=72.0)
    low, high = range_of(part)
    assert 55 <= low < 72 < high <= 90
    assert range_of(replace(part, low=40)) == (40, high)
    assert range_of(PlanPart(73, role=Role.MELODY)) == (None, None)
    assert range_of(replace(part, high=50)) == (None, 50)


def moved_plan(steps=None, key=None, lag=4, between=0):
    bars = [replace(FOUR, key=Key(0))] * (lag + between)
    back = replace(FOUR, returns=lag + between, transposition=steps, key=key)
    return Plan((*bars, *[back] * lag), TRIO)


def raised(cells, bar, part, steps):
    """A cell's notes, each so many semitones higher."""
    notes = cells.get((bar, part), ())
    return tuple((at, pitch + steps, *rest) for at, pitch, *rest in notes)


@pytest.mark.parametrize(
    ("plan", "steps"),
    [
        (moved_plan(2), 2),
        (moved_plan(-12), -12),
        (moved_plan(key=Key(10)), -2),
        (moved_plan(3, between=7), 3),  # 11 bars back: no reference says that
    ],
)
def test_a_return_in_another_key_is_the_same_notes_moved(plan, steps):
    made = compose(plan, NoisyEngine(is_lavish=True), seed=3)
    cells, first = made.sheet.cells(), len(plan.bars) - 4
    lag = plan.bars[-1].returns
    octaves = set()
    for bar in range(first, len(plan.bars)):
        origin = made.plan.bars[bar - lag]
        assert made.plan.bars[bar].key == Key((origin.key.tonic + steps) % 12)
        root = made.plan.bars[bar].chord.root
        assert root == (origin.chord.root + steps * (origin.chord != NO_CHORD)) % 12
        for part, plays in enumerate(TRIO):
            here = cells.get((bar, part), ())
            if plays.is_drums:
                assert here == cells.get((bar - lag, part), ())
            else:
                fits = [
                    more
                    for more in (0, -12, 12)
                    if here == raised(cells, bar - lag, part, steps + more)
                ]
                assert fits, (bar, part)
                octaves.add(fits[0])
    assert 0 in octaves
    assert decode(encode(made.sheet)) == made.sheet


def test_a_moved_return_says_so_by_reference():
    made = compose(moved_plan(5), NoisyEngine(is_lavish=True), seed=3)
    rows = [row for row in encode(made.sheet) if row[0] == CELL and row[COLUMN["bar"]] > 4]
    moved = [row for row in rows if row[COLUMN["shift"]] == SHIFTS.index(5) + 1]
    assert len(moved) >= 4


def test_a_plan_whose_return_moves_is_a_fixed_point():
    made = compose(moved_plan(2), NoisyEngine(), seed=6)
    again = compose(made.plan, NoisyEngine(), seed=6)
    assert again.plan == made.plan
    assert again.score == made.score


def test_what_comes_back_higher_was_written_with_room_above():
    # a cell from end to end of its range could not come back
    tune, plan = PlanPart(40, low=60, high=79), moved_plan(5, lag=12)
    made = compose(replace(plan, parts=(tune,)), NoisyEngine(is_lavish=True), seed=2)
    cells = made.sheet.cells()
    written = [notes for (bar, _), notes in cells.items() if bar < 12]
    assert max(pitch for notes in written for _, pitch, *_ in notes) <= 74
    assert all(
        cells.get((bar, 0), ()) == raised(cells, bar - 12, 0, 5) for bar in range(12, 24)
    )

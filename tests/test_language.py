"""The music language: round trips, grammar walks, references, context."""

import json
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.language import (
    Sheet,
    Walker,
    condition,
    decode,
    encode,
    plan_of,
    plan_values,
    prefix,
    quantise,
    score_of,
    transpose,
)
from composer.language import vocabulary as v
from composer.language.ringing import classes_within, cut
from composer.language.rows import echoes
from composer.language.sheet import bar_units
from composer.language.stream import Stream
from composer.plan import CHORD_QUALITIES, Chord, Mood, Plan, PlanBar, PlanPart, Role
from composer.score import Key, Meter, MeterChange, Mode, Note, Part, Score, Tempo, bars_of

KIND = v.COLUMN["kind"]
SOURCE = v.COLUMN["source"]


def measured(score):
    """A plan of the right shape; what it says is not this test's matter."""
    bars = tuple(
        PlanBar(
            meter=bar.meter, tempo_qpm=100.0, key=Key(9, Mode.MINOR), chord=Chord(9, "m"),
            section="A", intensity=0.4, feel="straight", mood=Mood(-0.5, 0.2),
        )
        for bar in bars_of(score)
    )  # fmt: skip
    parts = tuple(
        PlanPart(part.program, part.is_drums, Role.DRUMS if part.is_drums else Role.MELODY)
        for part in score.parts
    )
    return Plan(bars=bars, parts=parts)


notes = st.builds(
    Note,
    onset_ticks=st.integers(0, 480 * 20),
    pitch=st.integers(0, 127),
    duration_ticks=st.integers(1, 480 * 6),
    velocity=st.integers(1, 127),
)
parts = st.builds(
    Part,
    program=st.integers(0, 127),
    notes=st.lists(notes, max_size=25).map(tuple),
    is_drums=st.booleans(),
)
meters = st.builds(Meter, st.integers(1, 15), st.sampled_from([1, 2, 4, 8, 16, 32]))
changes = st.builds(MeterChange, st.integers(0, 480 * 12), meters)
scores = st.builds(
    Score,
    parts=st.lists(parts, min_size=1, max_size=20).map(tuple),
    meters=st.lists(changes, max_size=4).map(tuple),
    tempos=st.just((Tempo(0, 100.0),)),
)


@settings(max_examples=80, deadline=None)
@given(scores, st.integers(0, 2**32 - 1))
def test_decoding_undoes_encoding_for_any_score(score, seed):
    sheet, loss = quantise(score, measured(score))
    rng = random.Random(seed)
    order = list(range(len(sheet.parts)))
    rng.shuffle(order)
    holes = {(rng.randrange(len(sheet.bars)), rng.choice(order)) for _ in range(3) if order}
    assert decode(encode(sheet)) == sheet
    assert decode(encode(sheet, references=False)) == sheet
    filled = decode(encode(sheet, order=order, holes=holes))
    back = np.argsort(order)
    assert np.array_equal(filled.parts[back], sheet.parts)
    renamed = filled.notes.copy()
    renamed[:, 1] = np.array(order, np.int16)[filled.notes[:, 1]] if order else 0
    assert np.array_equal(renamed[np.lexsort(renamed.T[::-1])], sheet.notes)
    assert loss.notes - loss.dropped_notes == len(sheet.notes)


@settings(max_examples=60, deadline=None)
@given(scores)
def test_quantising_is_idempotent_and_stays_near(score):
    sheet, loss = quantise(score, measured(score))
    again = score_of(sheet)
    plan = plan_of(sheet.parts, sheet.bars)
    second, second_loss = quantise(again, plan)
    assert np.array_equal(second.notes, sheet.notes)
    assert second_loss.timing_error_ms == 0.0
    assert second_loss.dropped_notes == 0
    if loss.changed_bars == 0:  # half a position at 100 quarters a minute
        assert loss.timing_error_ms <= 1000 * 0.6 / 24 / 2 + 1e-6 or sheet.notes[:, 2].max() > 0


@settings(max_examples=60, deadline=None)
@given(scores)
def test_every_piece_is_a_sentence_of_the_grammar(score):
    sheet, _ = quantise(score, measured(score))
    stream = Stream(first=0, bars=len(sheet.bars), total=len(sheet.bars))
    walker = Walker(stream, loose=True, unsaid=())
    if not len(sheet.parts):
        return
    for target in encode(sheet)[1:].tolist():
        assert walker.kinds()[target[KIND]]
        row = stream.draft(target[KIND])
        for name in v.ATTRIBUTES[v.KINDS[target[KIND]]]:
            stream.reveal(row, name)
            value = target[v.COLUMN[name]]
            assert walker.legal(row, name)[value] or value == 0, name
            row[v.COLUMN[name]] = value
        assert stream.push_row(row) == target


def random_walk(walker, rng):
    stream = walker.stream
    while not stream.is_done:
        kind = rng.choice(np.flatnonzero(walker.kinds()).tolist())
        row = stream.draft(kind)
        for name in v.ATTRIBUTES[v.KINDS[kind]]:
            stream.reveal(row, name)
            row[v.COLUMN[name]] = rng.choice(np.flatnonzero(walker.legal(row, name)).tolist())
        stream.push_row(row)
    return stream.sheet()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_any_walk_is_a_valid_piece_with_the_planned_bars(seed, bars):
    stream = Stream(first=0, bars=bars, total=bars)
    sheet = random_walk(Walker(stream), random.Random(seed))
    assert len(sheet.bars) == bars
    assert set(sheet.notes[:, 1].tolist()) == set(range(len(sheet.parts)))
    score = score_of(sheet)
    assert len(bars_of(score)) == bars
    for part in score.parts:
        for pitch in {note.pitch for note in part.notes}:
            same = [note for note in part.notes if note.pitch == pitch]
            assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(same))
    assert decode(stream.array()) == sheet


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_forced_plan_fields_are_kept_and_open_ones_chosen(seed):
    plan = Plan(
        bars=tuple(
            PlanBar(meter=Meter(7, 8), tempo_qpm=91.5, key=Key(2, Mode.MINOR), section=name)
            for name in "AABA"
        ),
        parts=(PlanPart(40, role=Role.MELODY), PlanPart(None, is_drums=True), PlanPart(32)),
    )
    parts, bars = plan_values(plan)
    stream = Stream(first=0, bars=4, total=4)
    sheet = random_walk(Walker(stream, parts=parts, bars=bars), random.Random(seed))
    score = score_of(sheet, plan)
    assert [(part.program, part.is_drums) for part in score.parts] == [
        (40, False), (0, True), (32, False),
    ]  # fmt: skip
    assert all(part.notes for part in score.parts)
    assert score.tempos == (Tempo(0, 91.5),)
    assert [change.meter for change in score.meters] == [Meter(7, 8)]
    assert [str(change.key) for change in score.keys] == ["D minor"]
    found = plan_of(sheet.parts, sheet.bars)
    assert all(bar.chord is not None and bar.intensity is not None for bar in found.bars)
    assert [bar.section for bar in found.bars] == list("AABA")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_holes_are_filled_at_the_end_whatever_is_sampled(seed):
    rng = random.Random(seed)
    stream = Stream(first=0, bars=4, total=4)
    parts, bars = plan_values(Plan(bars=(PlanBar(meter=Meter(4, 4)),) * 4, parts=(
        PlanPart(0), PlanPart(33), PlanPart(48))))  # fmt: skip
    holes = {(1, 0), (1, 2), (3, 1)}
    walker = Walker(stream, parts=parts, bars=bars, holes=holes)
    random_walk(walker, rng)
    rows = stream.array()
    kinds = rows[:, KIND].tolist()
    fill = kinds.index(v.FILL)
    body = rows[:fill]
    assert (body[:, SOURCE] == v.HOLE).sum() == 3
    assert kinds[fill:].count(v.CELL) == 3
    assert not stream.holes


def song(cells, bars, programs=(0,)):
    """A sheet of 4/4 bars with the given cells."""
    rows = [(*place, *note) for place in sorted(cells) for note in cells[place]]
    plan = Plan(
        bars=(PlanBar(meter=Meter(4, 4), tempo_qpm=120.0),) * bars,
        parts=tuple(PlanPart(program) for program in programs),
    )
    parts, values = plan_values(plan)
    return Sheet(parts, values, np.array(rows, np.int16).reshape(-1, 6))


THEME = ((0, 60, 24, 5), (24, 64, 24, 5), (48, 67, 36, 6))
UP = tuple((at, pitch + 5, long, loud) for at, pitch, long, loud in THEME)
OCTAVE = tuple((at, pitch - 12, long, loud) for at, pitch, long, loud in THEME)


def test_repeats_doubles_and_transpositions_are_said_by_reference():
    cells = {(0, 0): THEME, (0, 1): OCTAVE, (1, 0): UP, (2, 0): THEME, (3, 0): THEME}
    rows = encode(song(cells, 4, (0, 40)))
    found = rows[rows[:, KIND] == v.CELL][:, [SOURCE, v.COLUMN["shift"]]].tolist()
    shift = {value: index + 1 for index, value in enumerate(v.SHIFTS)}
    assert found == [
        [v.NEW, 0],
        [v.FIRST_DOUBLE + 0, shift[-12]],
        [v.FIRST_LAG + v.LAGS.index(1), shift[5]],
        [v.FIRST_LAG + v.LAGS.index(2), shift[0]],
        [v.FIRST_LAG + v.LAGS.index(1), shift[0]],
    ]
    assert (rows[:, KIND] == v.NOTE).sum() == len(THEME)


def test_a_masked_cell_may_repeat_what_comes_after_it():
    sheet = song({(bar, 0): THEME for bar in range(4)}, 4)
    rows = encode(sheet, holes={(0, 0)})
    cells = rows[rows[:, KIND] == v.CELL][:, SOURCE].tolist()
    assert cells == [v.HOLE, v.NEW, *[v.FIRST_LAG] * 2, v.FIRST_AHEAD + v.LAGS_AHEAD.index(1)]
    assert decode(rows) == sheet


def test_a_different_velocity_is_no_repeat():
    louder = tuple((*note[:3], note[3] + 1) for note in THEME)
    rows = encode(song({(0, 0): THEME, (1, 0): louder}, 2))
    assert rows[rows[:, KIND] == v.CELL][:, SOURCE].tolist() == [v.NEW, v.NEW]


def test_a_window_may_refer_to_bars_before_it():
    sheet = song({(0, 0): THEME, (4, 0): THEME}, 6)
    rows = encode(sheet, first=4, bars=2)
    assert rows[rows[:, KIND] == v.CELL][0, SOURCE] == v.FIRST_LAG + v.LAGS.index(4)
    window = decode(rows, first=4, total=6, history={(0, 0): THEME})
    assert window.notes.tolist() == [[0, 0, *note] for note in THEME]


def test_a_prefix_can_be_continued():
    sheet = song({(bar, 0): THEME for bar in range(4)}, 8)
    stream = prefix(sheet, first=0, bars=8, until=4)
    full = encode(sheet)
    assert stream.array().tolist() == full[: len(stream.rows)].tolist()
    assert stream.bar == 3


def test_copied_content_is_described():
    rows = encode(song({(0, 0): THEME, (1, 0): THEME}, 2))
    row = rows[rows[:, KIND] == v.CELL][1]
    assert row[v.COLUMN["low"]] == 61
    assert row[v.COLUMN["high"]] == 68
    assert row[v.COLUMN["pitches"]] == (1 << 0) | (1 << 4) | (1 << 7)
    assert row[v.COLUMN["rhythm"]] == (1 << 0) | (1 << 4) | (1 << 8)


@settings(max_examples=40, deadline=None)
@given(scores)
def test_a_note_is_shown_the_pitch_classes_that_sound_with_it(score):
    sheet, _ = quantise(score, measured(score))
    rows = encode(sheet, references=False)
    starts = np.cumsum([0, *(bar_units(int(bar[0])) for bar in sheet.bars)])
    shown = rows[rows[:, KIND] == v.NOTE][:, v.COLUMN["sounding"]]
    pitched: list[tuple[int, int, int, int]] = []
    for mask, (bar, part, at, pitch, long, _) in zip(shown, sheet.notes.tolist(), strict=True):
        if sheet.parts[part, 0] == v.DRUMS:
            assert mask == 0
            continue
        now = starts[bar] + at
        heard = {p % 12 for of, on, off, p in pitched if of >= bar - 1 and on <= now < off}
        assert mask == sum(1 << pitch_class for pitch_class in heard)
        pitched.append((bar, now, now + v.DURATIONS[long - 1], pitch))


def test_the_second_chord_is_seen_from_the_middle_on():
    bar = PlanBar(Meter(4, 4), 120.0, chord=Chord(0), second_chord=Chord(7, "7"))
    parts, bars = plan_values(Plan(bars=(bar,), parts=(PlanPart(0),)))
    sheet = Sheet(parts, bars, np.array([(0, 0, *note) for note in THEME], np.int16))
    rows = encode(sheet)
    rows = rows[rows[:, KIND] == v.NOTE]
    assert rows[:, v.COLUMN["root"]].tolist() == [1, 1, 8]
    assert rows[:, v.COLUMN["previous"]].tolist() == [0, 61, 65]


def test_a_returning_section_names_its_origin():
    a, b = 1, 2
    lag = {bars: index + 1 for index, bars in enumerate(v.LAGS)}
    other = len(v.LAGS) + 1
    assert echoes([a, a, b, b, a, a]) == [0, 0, 0, 0, lag[4], lag[4]]
    assert echoes([a] * 7 + [b] + [a] * 8)[8:] == [lag[8]] * 7 + [0]
    assert echoes([a] * 6 + [b] + [a] * 2)[7:] == [other] * 2
    assert echoes([0, 0, 0]) == [0, 0, 0]


@pytest.mark.parametrize("position", [72, 100, -1])
def test_a_note_outside_its_bar_is_refused(position):
    meters = [v.METERS.index(Meter(4, 4)) + 1, v.METERS.index(Meter(3, 4)) + 1]
    bars = np.ones((2, len(v.ATTRIBUTES["plan"])), np.int16)
    bars[:, 0] = meters
    parts = np.array([[1, 1, 5, 4]], np.int16)
    notes = [[0, 0, 95, 60, 4, 4], [1, 0, 71, 60, 4, 4]]
    encode(Sheet(parts, bars, np.array(notes, np.int16)))
    outside = Sheet(parts, bars, np.array([*notes, [1, 0, position, 62, 4, 4]], np.int16))
    with pytest.raises(
        ValueError, match=f"bar 1: a note at position {position} of a bar of 72"
    ):
        encode(Sheet(parts, bars, outside.notes[np.lexsort(outside.notes.T[::-1])]))


def test_transposing_moves_all_but_drums():
    sheet = song({(0, 0): THEME, (0, 1): THEME}, 1, (0, 1))
    drums = Sheet(
        np.array([[1, 1, 0, 0], [v.DRUMS, 6, 0, 0]], np.int16), sheet.bars, sheet.notes
    )
    moved = transpose(drums, 3)
    assert (moved.notes[:3, 3] - drums.notes[:3, 3]).tolist() == [3, 3, 3]
    assert np.array_equal(moved.notes[3:], drums.notes[3:])


@given(st.integers(0, 11), st.sampled_from(list(CHORD_QUALITIES)), st.integers(0, 11))
def test_plan_values_round_trip_chords(root, quality, bass):
    chord = Chord(0, quality) if quality == "N.C." else Chord(root, quality, bass)
    plan = Plan(bars=(PlanBar(chord=chord),), parts=(PlanPart(0),))
    assert plan_of(*plan_values(plan)).bars[0].chord == chord


def test_the_condition_tells_unknown_from_zero():
    nothing, middle = condition(), condition(Mood(0.0, 0.0))
    assert not nothing.any()
    assert middle.any()
    assert condition(style="band", length_bars=32, dynamics="flat").sum() == 3


def test_tables_agree_with_each_other():
    names = [name for table in v.ATTRIBUTES.values() for name in table]
    assert sorted([*names, "kind"]) == sorted(v.OWN)
    assert set(v.SIZES) | set(v.MASKS) == set(v.COLUMNS)
    assert tuple(CHORD_QUALITIES) == v.QUALITIES
    assert json.dumps(v.FOLLOWS, default=sorted)


@pytest.mark.parametrize("meter", ["3/1", "11/8", "15/8", "19/16", "4/1"])
def test_meters_the_language_lacks_keep_their_length(meter):
    top, bottom = map(int, meter.split("/"))
    score = Score(
        parts=(Part(0, (Note(0, 60, 100, 64), Note(1920 * top // bottom + 40, 62, 100, 64))),),
        meters=(MeterChange(0, Meter(top, bottom)),),
    )
    sheet, loss = quantise(score, measured(score))
    assert loss.changed_bars > 0
    bars = bars_of(score_of(sheet))
    assert abs(bars[-1].end_ticks - bars_of(score)[-1].end_ticks) <= 240 * len(bars_of(score))


def test_parts_of_one_instrument_are_told_apart_by_name():
    asked = [(40, "Violin"), (40, "Solo"), (40, "Violin"), (42, "Cello")]
    score = Score(tuple(Part(program, (Note(0, 60, 480, 80),)) for program, _ in asked))
    sheet, _ = quantise(score, measured(score))
    parts = tuple(PlanPart(program, name=name) for program, name in asked)
    told = score_of(sheet, replace(measured(score), parts=parts))
    assert [part.name for part in told.parts] == ["Violin 1", "Solo", "Violin 2", "Cello"]


def test_levels_are_short_numbers_and_come_back():
    for levels, low in ((v.MOOD_LEVELS, -1.0), (v.INTENSITIES, 0.0)):
        values = [v.level_of_value(value, low, levels) for value in range(1, levels + 1)]
        assert [v.level_value(one, low, levels) for one in values] == [*range(1, levels + 1)]
        assert all(len(f"{one!r}") <= 7 for one in values)


def test_a_note_ends_where_its_part_strikes_it_again():
    rings = [(-90, 67, 200), (-80, 60, 10), (-48, 67, -40), (5, 60, 30)]
    assert cut(rings) == [(-90, 67, -48), (-80, 60, 5), (-48, 67, -40), (5, 60, 30)]
    assert classes_within(rings, 0, 96) == {67 % 12, 60 % 12}
    assert classes_within(cut(rings), 0, 96) == {60 % 12}
    assert classes_within(cut(rings), 30, 96) == set()

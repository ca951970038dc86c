"""The plan file: lossless, strict, quick to refuse, and told to editors by a schema."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import InputError, OutputError
from composer.plan import (
    CHORD_QUALITIES,
    FEELS,
    FUNCTIONS,
    HARMONIES,
    NO_CHORD,
    STYLES,
    Chord,
    Marker,
    Mood,
    Plan,
    PlanBar,
    PlanPart,
    Role,
)
from composer.planfile import (
    parse_plan,
    plan_schema,
    plan_text,
    read_plan_file,
    write_plan_file,
)
from composer.score import Key, Meter, Mode

SCHEMA = Path(__file__).parent.parent / "docs" / "plan.schema.json"


def open_or(strategy):
    return st.none() | strategy


def numbers(low, high):
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
QUALITIES = sorted(set(CHORD_QUALITIES) - {"N.C."})
CHORDS = st.just(NO_CHORD) | st.builds(
    Chord, st.integers(0, 11), st.sampled_from(QUALITIES), open_or(st.integers(0, 11))
)
MOODS = st.builds(Mood, open_or(numbers(-1, 1)), open_or(numbers(-1, 1)))
BARS = st.builds(
    PlanBar,
    meter=open_or(st.builds(Meter, st.integers(1, 15), st.sampled_from([1, 2, 4, 8, 16]))),
    tempo_qpm=open_or(numbers(20, 400)),
    key=open_or(st.builds(Key, st.integers(0, 11), st.sampled_from(Mode))),
    chord=open_or(CHORDS),
    second_chord=open_or(CHORDS),
    section=open_or(st.sampled_from(["A", "B", "chorus"]) | TEXTS),
    function=open_or(st.sampled_from(FUNCTIONS)),
    intensity=open_or(numbers(0, 1)),
    feel=open_or(st.sampled_from(FEELS)),
    mood=MOODS,
    variation=open_or(numbers(0, 1)),
)


@st.composite
def plans(draw):
    some = draw(st.lists(BARS, min_size=1, max_size=4))
    bars = draw(st.lists(st.sampled_from(some), min_size=1, max_size=12))
    for place in range(1, len(bars)):
        lag = draw(open_or(st.integers(1, place)))
        meter = bars[place].meter if lag is None else bars[place - lag].meter
        bars[place] = replace(bars[place], returns=lag, meter=meter)
    bars = [bar if bar.returns else replace(bar, variation=None) for bar in bars]
    drums = st.builds(
        PlanPart,
        program=open_or(st.integers(0, 127)),
        is_drums=st.just(True),
        role=st.sampled_from([None, Role.DRUMS]),
        density=open_or(numbers(0, 20)),
        name=st.just("") | TEXTS,
    )
    pitched = st.builds(
        PlanPart,
        program=open_or(st.integers(0, 127)),
        role=open_or(st.sampled_from([role for role in Role if role is not Role.DRUMS])),
        register=open_or(numbers(0, 127)),
        density=open_or(numbers(0, 20)),
        name=st.just("") | TEXTS,
        low=open_or(st.integers(0, 60)),
        high=open_or(st.integers(60, 127)),
    )
    markers = st.builds(Marker, st.integers(0, len(bars)), TEXTS)
    return Plan(
        tuple(bars),
        parts=draw(open_or(st.lists(drums | pitched, max_size=4).map(tuple))),
        mood=draw(MOODS),
        style=draw(open_or(st.sampled_from(STYLES))),
        title=draw(st.just("") | TEXTS),
        seed=draw(open_or(st.integers(0, 2**63 - 1))),
        markers=tuple(draw(st.lists(markers, max_size=3))),
        swing=draw(open_or(numbers(1, 4))),
        harmony=draw(open_or(st.sampled_from(HARMONIES))),
    )


@given(plans())
@settings(max_examples=150, deadline=None)
def test_a_plan_survives_its_file(plan):
    assert parse_plan(plan_text(plan)) == plan


def test_every_field_of_a_plan_stands_in_the_file():
    # a field that was added to the plan and forgotten here would be lost
    bar = PlanBar(
        Meter(3, 4),
        99.5,
        Key(2),
        Chord(2),
        Chord(7),
        "A",
        "verse",
        0.3,
        "swung",
        Mood(0.1, 0.2),
    )
    bar = replace(bar, returns=1, variation=0.5, transposition=2)
    part = PlanPart(40, False, Role.MELODY, 70.5, 1.25, "Solo", 55, 90)
    plan = Plan(
        (bar, bar), (part,), Mood(0.5), "game", "T", 7, (Marker(1, "Hit"),), 1.5, "firm", ("x",)
    )
    for value in (bar, part, plan):
        said = [getattr(value, field.name) for field in fields(value)]
        assert None not in said
        assert "" not in said
    first = replace(bar, returns=None, variation=None, transposition=None)
    plan = replace(plan, bars=(first, bar))
    assert parse_plan(plan_text(plan)) == plan


SHORT = """\
title: Harbour
seed: 7
mood: sad
parts:
  - {instrument: violin, role: melody, range: [55, 90]}
  - {instrument: drums}
sections:
  - section: A
    bars: 8
    meter: 6/8
    key: D minor
    tempo: 90
    chords: Dm | Gm C7 | F | ?
    exceptions: {8: {tempo: 80}}
  - {section: B, bars: 4, intensity: [0.2, 0.4, 0.6, null]}
  - {section: A, bars: 8, returns: true, vary: 0.25}
"""


def test_a_file_written_by_hand():
    plan = parse_plan(SHORT)
    assert len(plan.bars) == 20
    assert plan.parts == (
        PlanPart(40, role=Role.MELODY, name="Violin", low=55, high=90),
        PlanPart(0, is_drums=True, name="Drums"),
    )
    assert plan.bars[0].meter == Meter(6, 8)
    chords = [Chord(2, "m"), Chord(7, "m"), Chord(5), None]
    assert [bar.chord for bar in plan.bars[:8]] == chords * 2
    assert plan.bars[5].second_chord == Chord(0, "7")
    assert [bar.tempo_qpm for bar in plan.bars[6:9]] == [90, 80, None]
    assert [bar.intensity for bar in plan.bars[8:12]] == [0.2, 0.4, 0.6, None]
    assert {bar.returns for bar in plan.bars[12:]} == {12}
    assert {bar.variation for bar in plan.bars[12:]} == {0.25}


def test_what_is_written_is_compact():
    plan = parse_plan(SHORT)
    text = plan_text(plan)
    assert len(text.splitlines()) < 35
    assert "Dm | Gm C7 | F | ?" in text
    assert "returns: true" in text
    assert "# bars 9-12" in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tempo: 90", "tempo: 900", "line 12, section 1, tempo: lies between 20 and 400"),
        ("tempo: 90", "tmepo: 90", "line 12, section 1, tmepo: is unknown: did you mean tempo"),
        ("key: D minor", "key: H minor", "line 11, section 1, key: a key looks like 'D minor'"),
        ("Gm C7", "Gm Cmm", "line 13, section 1, chords: bar 2: unknown chord 'Cmm': did"),
        ("Gm C7", "Gm V7", "line 13, section 1, chords: bar 2: 'V7' is a numeral: a plan has"),
        ("violin", "voilin", "line 5, part 1, instrument: unknown instrument 'voilin'"),
        ("mood: sad", "mood: sda", "line 3, mood: unknown mood 'sda': did you mean sad"),
        ("role: melody", "role: melodie", "line 5, part 1, role: can't be 'melodie': did you"),
        ("{8: {tempo", "{9: {tempo", "line 8, section 1: exceptions names bar 9 of 8"),
        ("instrument: drums", "instrument: drums, role: bass", "line 6, part 2, role"),
        ("0.6, null]", "0.6]", "line 15, section 2: intensity has 3 values for 4 bars"),
        ("A, bars: 8, returns", "C, bars: 8, returns", "line 16, section 3, returns: no music"),
        ("seed: 7", "seed: -7", "line 2, seed: lies between 0 and"),
        ("seed: 7", "seed: 7\nseed: 8", "line 3: seed is said twice"),
        ("mood: sad", "mood: &a sad", "line 3: anchors and aliases"),
        ("mood: sad", "mood: !!python/name:os.system x", "line 3: tags such as"),
        ("mood: sad", "mood: [" + "[" * 50, "line 3: nested too deep"),
        ("mood: sad", "mood: 'sad", "line 3: no YAML"),
        ("title: Harbour", "format: composer plan 9", "line 1, format: can't be"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_field(old, new, told):
    assert old in SHORT
    with pytest.raises(InputError, match="^" + re.escape(told)) as caught:
        parse_plan(SHORT.replace(old, new, 1))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (
            "A, bars: 4, returns: true, meter: 3/4",
            "returns: bar 5 is in 3/4 and can't return bar 1",
        ),
        ("A, bars: 4, vary: 0.3", "vary: nothing returns here"),
        ("A, bars: 4, transpose: 2", "transpose: nothing returns here"),
        (
            "A, bars: 8, returns: 4, exceptions: {2: {returns: null, vary: 0.5}}",
            "bar 2, vary: nothing returns here",
        ),
        (
            "A, bars: 8, returns: 4, exceptions: {3: {meter: 2/4}}",
            "returns: bar 7 is in 2/4 and can't return bar 3, which is in 4/4",
        ),
    ],
)
def test_returns_that_cannot_be(second, told):
    text = f"sections:\n- {{section: A, bars: 4, meter: 4/4}}\n- {{section: {second}}}"
    with pytest.raises(InputError, match=f"^line 3, section 2, {re.escape(told)}"):
        parse_plan(text.replace("8, returns", "8, meter: 4/4, returns"))


def test_only_what_returns_varies():
    text = (
        "sections:\n- {section: A, bars: 2}\n- {section: A, bars: 3, returns: true, vary: 0.5}"
    )
    plan = parse_plan(text)
    assert [bar.variation for bar in plan.bars] == [None, None, 0.5, 0.5, None]
    assert parse_plan(plan_text(plan)) == plan
    anew = (
        "sections:\n- {section: A, bars: 2, meter: 4/4}\n- {section: A, bars: 2, meter: 3/4, "
    )
    assert parse_plan(f"{anew}returns: true, vary: 1}}").bars[3].variation == 1


def test_all_problems_are_told_at_once():
    text = SHORT.replace("90\n", "5\n").replace("sad", "sda").replace("violin", "voilin")
    with pytest.raises(InputError) as caught:
        parse_plan(text)
    lines = str(caught.value).splitlines()
    assert lines[0] == " has 3 problems:"
    assert [int(re.findall(r"line (\d+)", line)[0]) for line in lines[1:]] == [3, 5, 12]


def test_problems_of_fields_and_between_fields_are_told_together():
    text = """\
parts:
- {instrument: violin, role: drums}
- {instrument: voilin, role: drums}
sections:
- {bars: 4, key: H}
- {bars: 2, vary: 0.5}
- {bars: 2, returns: maybe, vary: 0.5}
markers:
- {bar: 99, name: x}
"""
    with pytest.raises(InputError) as caught:
        parse_plan(text)
    lines = str(caught.value).splitlines()
    assert lines[0] == " has 6 problems:"
    # an unreadable return may well be one: what varies it is no problem yet
    assert [int(re.findall(r"line (\d+)", line)[0]) for line in lines[1:]] == [2, 3, 5, 6, 7, 9]


def test_one_fault_hides_no_other():
    text = """\
parts:
- {instrument: violin, range: [G3, X]}
- {instrument: drums, role: melody}
sections:
- {bars: 4, tempo: [90, 100], foo: 1}
- {bars: 0, chords: C | D | E}
- {bars: 2, transpose: 40}
- 5
markers:
- {name: nowhere}
"""
    with pytest.raises(InputError) as caught:
        parse_plan(text)
    told = [line.strip() for line in str(caught.value).splitlines()[1:]]
    assert told == [
        "line 2, part 1, range: is a whole number from 0 to 127, not 'X'",
        "line 3, part 2, role: drums play drums, and nothing else does",
        "line 5, section 1, foo: is unknown: did you mean mood?",
        "line 5, section 1: tempo has 2 values for 4 bars",
        "line 6, section 2, bars: lies between 1 and 2,000, not 0",
        "line 7, section 3, transpose: lies between -12 and 12, not 40",
        "line 8, section 4: should be fields such as key: C",
        "line 10, marker 1, bar: is missing",
    ]
    with pytest.raises(InputError, match="parts: holds 16 entries at most"):
        parse_plan(f"parts: [{', '.join(['{}'] * 17)}]\nsections: [{{bars: 1}}]")


def test_ranges_are_pitches_or_notes():
    plan = parse_plan("parts: [{range: [G3, 88]}, {range: [null, Bb4]}]\nsections: [{bars: 1}]")
    assert [(part.low, part.high) for part in plan.parts] == [(55, 88), (None, 70)]


@pytest.mark.parametrize(
    "text",
    ["", "a plan", "- 1", "sections: []", "sections:", "{[a]: 1}", "sections: [[1]]", "\0"],
)
def test_no_plan_at_all(text):
    with pytest.raises(InputError):
        parse_plan(text)


@given(st.text(max_size=60) | st.text("{}[]:-&*!|>'\"#?, \n\tabc1", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(text):
    try:
        plan = parse_plan(text)
    except InputError:
        return
    assert plan.bars


def test_files_that_are_no_plans(tmp_path):
    big, odd = tmp_path / "big.yaml", tmp_path / "odd.yaml"
    big.write_bytes(b"a" * 50_000_000)
    odd.write_bytes(b"\xff\xfe\x00")
    told = {big: "more than 1,000,000 bytes", odd: "not a text", tmp_path: "cannot read"}
    told[tmp_path / "none.yaml"] = "cannot read"
    told[Path(__file__).parent / "golden" / "frere_jacques.mid"] = (
        "MIDI file: 'composer plan from'"
    )
    for path, reason in told.items():
        with pytest.raises(InputError, match=reason):
            read_plan_file(path)


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(InputError, match=r"^line 1: anchors"):
        parse_plan(bomb)


def test_a_plan_file_is_written_whole_or_not_at_all(tmp_path):
    plan, path = parse_plan(SHORT), tmp_path / "p.yaml"
    write_plan_file(plan, path)
    assert read_plan_file(path) == plan
    with pytest.raises(OutputError):
        write_plan_file(plan, path)
    write_plan_file(replace(plan, seed=8), path, overwrite=True)
    assert read_plan_file(path).seed == 8


def test_the_published_schema_is_the_one_in_use():
    # renew: composer plan schema > docs/plan.schema.json
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == plan_schema()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "tempoo: 90\nsections: [{bars: 4}]",
            "tempo stands under sections",
        ),
        ("tittle: x\nsections: [{bars: 4}]", "did you mean title"),
        ("sections: [{bars: 4, instrument: 1}]", "instrument stands under parts"),
    ],
)
def test_a_field_in_the_wrong_place_is_told_its_own(text, told):
    with pytest.raises(InputError, match=told):
        parse_plan(text)


def test_chords_that_were_changed_in_a_free_plan_are_firm():
    """Composer's own chords carry a mark; with others in their place it does not fit."""
    bars = tuple(
        PlanBar(Meter(4, 4), key=Key(0), chord=Chord(root), second_chord=second)
        for root, second in ((0, None), (5, Chord(7, "7")), (0, None))
    )
    plan = Plan(bars, harmony="free")
    text = plan_text(plan)
    assert parse_plan(text) == plan
    for other in ("C | F G | C", "C | F G7 | Am", "C/E | F G7 | C", "C | F G7 | ?"):
        changed = parse_plan(text.replace("C | F G7 | C", other))
        assert changed.harmony == "firm"
        assert changed.bars != bars
    without_mark = "\n".join(line for line in text.splitlines() if "chosen" not in line)
    assert parse_plan(without_mark.replace("C | F G7 | C", "Am")).harmony == "free"

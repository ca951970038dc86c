"""Scores, bars, keys, instruments and the tempo map, against facts worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.score import (
    INSTRUMENT_RANGES,
    PROGRAM_NAMES,
    Key,
    Meter,
    MeterChange,
    Mode,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
    find_instrument,
    key_from_fifths,
    middle_ticks,
    parse_key,
    seconds_at,
    ticks_at,
    ticks_per_bar,
)

PART = Part(0, (Note(0, 60, 480 * 10, 80),))


def test_seconds_follow_every_tempo_change():
    score = Score((PART,), tempos=(Tempo(0, 120.0), Tempo(960, 60.0), Tempo(1920, 240.0)))
    assert seconds_at(score, 960) == pytest.approx(1.0)
    assert seconds_at(score, 1920) == pytest.approx(3.0)
    assert seconds_at(score, 2880) == pytest.approx(3.5)


def test_of_two_tempi_on_one_tick_the_last_holds():
    score = Score((PART,), tempos=(Tempo(0, 240.0), Tempo(0, 60.0)))
    assert seconds_at(score, 480) == pytest.approx(1.0)


tempo_maps = st.lists(
    st.builds(Tempo, st.integers(0, 5000), st.floats(20, 400)), min_size=1, max_size=5
)


@given(tempo_maps, st.integers(0, 20000))
def test_ticks_and_seconds_are_inverse(tempos, ticks):
    score = Score((PART,), tempos=tuple(tempos))
    assert ticks_at(score, seconds_at(score, ticks)) == pytest.approx(ticks, abs=1e-6)


def test_a_meter_change_inside_a_bar_cuts_it_short():
    score = Score((PART,), meters=(MeterChange(0, Meter(4, 4)), MeterChange(2400, Meter(3, 4))))
    assert [(bar.onset_ticks, bar.length_ticks) for bar in bars_of(score)] == [
        (0, 1920), (1920, 480), (2400, 1440), (3840, 1440),
    ]  # fmt: skip


def test_an_empty_score_has_one_bar():
    assert [bar.length_ticks for bar in bars_of(Score(()))] == [1920]


@pytest.mark.parametrize(
    ("meter", "eighths"),
    [("4/4", 4), ("3/4", 4), ("6/8", 3), ("2/4", 2), ("5/4", 6), ("9/8", 6), ("7/8", 4),
     ("12/8", 6), ("1/4", 2), ("2/2", 4), ("3/8", 2)],
)  # fmt: skip
def test_the_middle_of_a_bar(meter, eighths):
    assert middle_ticks(Meter.parse(meter)) == eighths * 240


@given(st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16]))
def test_a_bar_is_as_long_as_its_fraction_of_a_whole_note(top, bottom):
    assert ticks_per_bar(Meter(top, bottom)) * bottom == 1920 * top
    assert 0 < middle_ticks(Meter(top, bottom)) <= ticks_per_bar(Meter(top, bottom))


def test_signatures_of_keys():
    assert [Key(tonic).fifths for tonic in (0, 7, 2, 5, 10, 6)] == [0, 1, 2, -1, -2, -6]
    assert Key(9, Mode.MINOR).fifths == 0
    for fifths in range(-6, 6):
        for mode in Mode:
            assert key_from_fifths(fifths, mode).fifths == fifths


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("C", Key(0)), ("c", Key(0, Mode.MINOR)), ("D minor", Key(2, Mode.MINOR)),
        ("Bb major", Key(10)), ("F#m", Key(6, Mode.MINOR)), ("A♭", Key(8)),
        ("e moll", Key(4, Mode.MINOR)),
    ],
)  # fmt: skip
def test_keys_are_read_in_every_usual_spelling(text, key):
    assert parse_key(text) == key
    assert parse_key(str(key)) == key


@pytest.mark.parametrize("text", ["", "H", "C lydian", "12", "minor"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="a key looks like"):
        parse_key(text)


def test_instruments_are_found_by_name_number_and_family():
    assert find_instrument("Violin") == (40, False)
    assert find_instrument("41") == (40, False)
    assert find_instrument("brass") == (61, False)
    assert find_instrument("drums") == (0, True)
    official = {
        "Tango Accordion": 23, "Acoustic Guitar (nylon)": 24, "Electric Guitar (muted)": 28,
        "Electric Bass (finger)": 33, "Orchestral Harp": 46, "String Ensemble 1": 48,
        "String Ensemble 2": 49, "Lead 1 (square)": 80, "Lead 2 (sawtooth)": 81,
        "Lead 8 (bass + lead)": 87, "Pad 2 (warm)": 89, "FX 1 (rain)": 96, "FX 8 (sci-fi)": 103,
    }  # fmt: skip
    assert {name: find_instrument(name)[0] for name in official} == official
    with pytest.raises(ValueError, match="did you mean violin"):
        find_instrument("violln")
    with pytest.raises(ValueError, match="unknown instrument"):
        find_instrument("violin (flute)")
    assert [find_instrument(name) for name in PROGRAM_NAMES] == [
        (program, False) for program in range(128)
    ]


def test_ranges_are_ranges():
    assert all(0 <= low < high <= 127 for low, high in INSTRUMENT_RANGES)
    assert INSTRUMENT_RANGES[40][0] == 55  # a violin's open G string


@pytest.mark.parametrize(
    "values", [(0, 128, 1, 64), (0, 60, 0, 64), (-1, 60, 1, 64), (0, 60, 1, 0)]
)
def test_impossible_notes_are_refused(values):
    with pytest.raises(ValueError, match=r"note needs|pitch is"):
        Note(*values)

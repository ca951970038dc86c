"""Chords as people write them, in symbols and numerals, and laid into bars."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.plan import CHORD_QUALITIES, NO_CHORD, Chord
from composer.request import build_plan, read_request
from composer.request.chord_symbols import read_symbol
from composer.request.chords import read_word
from composer.request.progressions import PROGRESSIONS
from composer.score import Key, Mode, parse_key

NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
LINES = Path(__file__).with_name("chord_spellings.txt").read_text("utf-8").splitlines()
SPELLINGS = [line.partition("|")[::2] for line in LINES if not line.startswith("# ")]


def pitch_class(name):
    return (NOTES[name[0]] + name.count("#") - name[1:].count("b")) % 12


def test_the_list_is_long_enough():
    assert len({spelling for spelling, _ in SPELLINGS}) >= 200


@pytest.mark.parametrize(
    ("spelling", "tones"), SPELLINGS, ids=[s.strip() for s, _ in SPELLINGS]
)
def test_spellings_mean_their_tones(spelling, tones):
    names = tones.split()
    known = read_symbol(spelling.strip()).reading()
    assert known.pitch_classes == {pitch_class(name) for name in names}
    if not names:
        assert known.chord == NO_CHORD
        return
    assert known.chord.root == pitch_class(names[0])
    # whatever the plan's qualities lack, a third and a seventh that were written stay
    third = {(known.chord.root + step) % 12 for step in (3, 4)} & {pitch_class(names[1])}
    assert third <= known.chord.pitch_classes


@given(
    st.integers(0, 11),
    st.sampled_from([q for q, s in CHORD_QUALITIES.items() if s]),
    st.integers(0, 11),
    st.none() | st.builds(Key, st.integers(0, 11), st.sampled_from(Mode)),
)
def test_what_the_plan_can_say_is_read_back_exactly(root, quality, bass, key):
    chord = Chord(root, quality, bass)
    known = read_symbol(chord.symbol(key)).reading()
    assert known.chord == chord
    assert known.is_exact


@pytest.mark.parametrize(
    ("key", "numerals", "symbols"),
    [
        ("C", "bVII bIII bVI iv bII6 #iv°7 #i°7 V/ii", "Bb Eb Ab Fm Db/F F#dim7 C#dim7 A"),
        ("E", "bVII bVI bIII V/V V/vi vii°7/vi", "D C G F# G# B#dim7"),
        ("D", "bVII bVI bIII bII V7/V iiø7 V6/ii", "C Bb F Eb E7 Em7b5 B/D#"),
        ("Gb", "IV ii bVII V6", "Cb Abm Fb Db/F"),
        ("A minor", "bII VII V vii°7 V6 #iv°7 III+", "Bb G E G#dim7 E/G# D#dim7 Caug"),
        ("F", "V/vi V6/vi V42 bVII #iv°", "A A/C# C7/Bb Eb Bdim"),
        ("C# minor", "V vii°7 VI bII", "G# B#dim7 A D"),
    ],
)
def test_chords_are_spelt_as_their_key_spells_them(key, numerals, symbols):
    key = parse_key(key)
    told = [read_word(word).reading(key).chord.symbol(key) for word in numerals.split()]
    assert " ".join(told) == symbols


def in_key(text, key):
    return [str(read_word(word).reading(key).chord) for word in text.split()]


MINOR = Key(9, Mode.MINOR)


@pytest.mark.parametrize(
    ("text", "key", "chords"),
    [
        ("I ii iii IV V vi vii°", Key(0), "C Dm Em F G Am Bdim"),
        ("i VI III VII", MINOR, "Am F C G"),
        ("i bVI bIII bVII", MINOR, "Am F C G"),
        ("i iv V7 vii°7 iiø7", MINOR, "Am Dm E7 G#dim7 Bm7b5"),
        ("V7/V viio7/V V/ii V7/vi", Key(0), "D7 F#dim7 A E7"),
        ("V65 V43 V42 I6 I64 ii65 V7", Key(0), "G7/B G7/D G7/F C/E C/G Dm7/F G7"),
        ("bVII bII6 N6 #iv°", Key(0), "A# C#/F C#/F F#dim"),
        ("Imaj7 IV7 Vsus4 ii9 I/3 IVadd9", Key(2), "Dmaj7 G7 Asus4 Em9 D/F# Gadd9"),
        ("1 5 6- 4", Key(0), "C G Am F"),
        ("1 4/6 2-7 b7 5sus 1maj7 6m", Key(7), "G C/E Am7 F Dsus4 Gmaj7 Em"),
        ("1- 6 3 7", MINOR, "Am F C G"),
        ("Am VII 4-", MINOR, "Am G Dm"),
    ],
)
def test_numerals_count_from_the_key(text, key, chords):
    assert in_key(text, key) == chords.split()


def laid(text, **wishes):
    plan = build_plan(**{"key": "C", "bars": 4, "chords": text} | wishes)
    pairs = [(str(bar.chord), bar.second_chord and str(bar.second_chord)) for bar in plan.bars]
    return ["+".join(filter(None, pair)) for pair in pairs]


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("Am F", "Am F Am F"),
        ("C, G, Am, F", "C G Am F"),
        ("C - G -> Am → F", "C G Am F"),
        ("| C | G Am | F |", "C G+Am F C"),
        ("C . G . | % | F / / / | N.C.", "C+G C+G F N.C."),
        ("C C | F", "C F C F"),
        ("G7(b9,#11)", "G7b9 G7b9 G7b9 G7b9"),
    ],
)
def test_lines_are_laid_into_bars(text, bars):
    assert laid(text) == bars.split()


def test_a_second_chord_begins_where_the_meter_has_its_middle():
    assert laid("C G Am | F", meter="3/4", bars=2) == ["C+Am", "F"]
    assert laid("C G Am | F", meter="4/4", bars=2) == ["C+G", "F"]


def test_what_the_plan_cannot_hold_is_said():
    remarks = read_request(chords="C7#9 | C G Am F", key="C", bars=2).remarks
    assert remarks == (
        "C7#9 is played as C7",
        "G is left out: a bar holds two chords",
        "F is left out: a bar holds two chords",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Am | F Xm | G", "unknown chord 'Xm'"),
        ("Am | F Xm | G", "(bar 2 of the chords)"),
        ("am F", "did you mean Am?"),
        ("Cmaaj7", "did you mean Cmaj7?"),
        ("|", "no chord is named"),
        ("%", "unknown chord '%'"),
        ("Am Foo | C", "unknown chord 'Foo': did you mean F? (bar 1"),
        ("Cmm", "unknown chord 'Cmm'"),
        ("Hm7", "unknown chord 'Hm7': did you mean Bm7?"),
        ("!", "unknown chord '!': try Am, F7, Cmaj7, vi or 6-"),
        ("Q: Am F", "no section 'Q'"),
    ],
)
def test_unknown_chords_name_their_place_and_the_nearest(text, told):
    with pytest.raises(RequestError) as caught:
        build_plan(chords=text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("C G Am F", Key(0)),
        ("Am F C G", MINOR),
        ("Dm7 G7 Cmaj7", Key(0)),
        ("Em D C B7", Key(4, Mode.MINOR)),
        ("Bb Eb F7 Bb", Key(10)),
        ("ii V I", Key(0)),
        ("i iv V", MINOR),
    ],
)
def test_chords_tell_their_key_where_nobody_does(chords, key):
    request = read_request(chords=chords)
    assert {bar.key for bar in request.plan.bars} == {key}
    assert str(key) in request.remarks[0]


@pytest.mark.parametrize("name", PROGRESSIONS)
def test_every_progression_fills_its_bars(name):
    mode = "minor" if PROGRESSIONS[name].is_minor else "major"
    plan = build_plan(progression=name, key=f"D {mode}", bars=16)
    assert all(bar.chord is not None for bar in plan.bars)


@pytest.mark.parametrize(
    ("name", "key", "chords"),
    [
        ("pachelbel", "D", "D A Bm F#m G D G A"),
        ("Andalusian", "A minor", "Am G F E"),
        ("blues", "C", "C7 C7 C7 C7 F7 F7 C7 C7 G7 F7 C7 G7"),
        ("ii-V-I", "F", "Gm7 C7 Fmaj7 Fmaj7"),
        ("doo wop", "C", "C Am F G"),
    ],
)
def test_known_progressions(name, key, chords):
    wanted = chords.split()
    plan = build_plan(progression=name, key=key, bars=len(wanted))
    assert [str(bar.chord) for bar in plan.bars] == wanted


def test_contradictions_of_progressions():
    with pytest.raises(RequestError, match="in minor: ask for C minor"):
        build_plan(progression="andalusian", key="C")
    with pytest.raises(RequestError, match="contradict"):
        build_plan(progression="axis", chords="C")
    with pytest.raises(RequestError, match="did you mean pachelbel"):
        build_plan(progression="pachelbell")

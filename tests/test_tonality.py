"""Chords that lean to their key: seen in what an engine without any taste then draws."""

from collections import Counter

import numpy as np
import pytest
from test_compose import NoisyEngine

from composer.compose import complete_plan
from composer.compose.character import Character, drawn_character
from composer.compose.tonality import habits_of, plan_leans
from composer.lab.tonal import measure
from composer.language import vocabulary as v
from composer.language.stream import Stream
from composer.plan import NO_CHORD, Chord, Plan, PlanBar
from composer.score import Key, Meter, Mode

DIATONIC = {
    Mode.MAJOR: {0: "", 2: "m", 4: "m", 5: "", 7: "", 9: "m", 11: "dim"},
    Mode.MINOR: {0: "m", 2: "dim", 3: "", 5: "m", 8: "", 10: ""},
}
OPPOSITE = {"": "m", "m": "", "dim": "aug"}


@pytest.mark.parametrize("mode", [Mode.MAJOR, Mode.MINOR])
def test_triads_of_the_key_are_commoner_than_those_with_another_third(mode):
    bars = (PlanBar(Meter(4, 4), key=Key(3, mode)),) * 32
    plans = [complete_plan(Plan(bars), NoisyEngine(), seed=seed) for seed in range(12)]
    chords = Counter(
        ((chord.root - 3) % 12, chord.quality)
        for plan in plans
        for bar in plan.bars
        for chord in (bar.chord, bar.second_chord)
        if chord not in (None, NO_CHORD)
    )
    own = sum(chords[step, quality] for step, quality in DIATONIC[mode].items())
    others = sum(chords[step, OPPOSITE[quality]] for step, quality in DIATONIC[mode].items())
    assert own > 1.5 * others


def leans_of(usual_chords):
    """The leans of a plan whose chords keep so closely to those common in their key."""
    return plan_leans(Character(usual_chords, 0.5, 0.5))


def leans(key, root, column="root", attribute="quality"):
    """What each quality on a root gets, by name."""
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]], row[v.COLUMN[column]] = key, root
    legal = np.arange(1, len(v.QUALITIES) + 1)
    lean = leans_of(1.0)[attribute][-2]
    return dict(
        zip(v.QUALITIES, lean(Stream(first=0, bars=1, total=1), row, legal), strict=True)
    )


A_MINOR = v.key_value(Key(9, Mode.MINOR))


def test_a_minor_key_leans_to_its_own_chords_and_to_the_dominant_in_major():
    on_a, on_e, on_f = (leans(A_MINOR, tone + 1) for tone in (9, 4, 5))
    assert on_a["m"] > 0 > on_a[""]
    assert on_e["7"] > 0.5
    assert on_f["maj7"] > on_f[""] > 0.5 > -2 > on_f["m"]
    assert leans(A_MINOR, 5 + 1, "root2", "quality2") == on_f


def test_leans_move_with_the_key_and_grow_with_their_strength():
    assert leans(v.key_value(Key(0, Mode.MINOR)), 8 + 1) == leans(A_MINOR, 5 + 1)
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]], row[v.COLUMN["root"]] = A_MINOR, 5 + 1
    legal = np.arange(1, len(v.QUALITIES) + 1)
    weak, strong = (leans_of(place)["quality"][-2] for place in (0.0, 0.5))
    stream = Stream(first=0, bars=1, total=1)
    doubled = [2 * lean for lean in weak(stream, row, legal)]
    assert doubled == pytest.approx(strong(stream, row, legal))


def test_without_a_key_or_a_root_nothing_leans():
    assert not any(leans(0, 4 + 1).values())
    assert not any(leans(A_MINOR, v.NO_ROOT).values())


def test_pieces_differ_in_how_closely_they_keep_to_their_key():
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]], row[v.COLUMN["root"]] = A_MINOR, 5 + 1
    stream, legal = Stream(first=0, bars=1, total=1), np.array([1, 2])
    found = [
        plan_leans(drawn_character(np.random.default_rng(seed)))["quality"][-2](
            stream, row, legal
        )
        for seed in range(20)
    ]
    assert len({tuple(one) for one in found}) == 20
    assert all(one[0] > 0 > one[1] for one in found)


def test_pieces_tend_to_begin_on_their_tonic_triad():
    bars = (PlanBar(Meter(4, 4), key=Key(3, Mode.MINOR)),) * 3
    plans = [complete_plan(Plan(bars), NoisyEngine(), seed=seed) for seed in range(60)]
    first, second = ([plan.bars[bar].chord for plan in plans] for bar in (0, 1))
    tonic = [chord for chord in first if chord.root == 3]
    triads = sum(chord.quality == "m" for chord in tonic)
    assert 0.3 < len(tonic) / 60 < 0.95  # of thirteen roots, where all are alike
    assert 0.2 < triads / len(tonic) < 0.95
    assert sum(chord.root == 3 for chord in second) / 60 < 0.2


def test_a_longer_piece_begins_once():
    opening, *_ = leans_of(0.5)["root"]
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]] = A_MINOR
    legal = np.arange(1, v.NO_ROOT)
    assert sum(map(bool, opening(Stream(first=0, bars=1, total=9), row, legal))) == 1
    assert not any(opening(Stream(first=4, bars=1, total=9), row, legal))


# Chords of one scale alone


def strictness(straying, chord, key=A_MINOR):
    """What a piece that strays so much gives a chord's root and quality, by strictness."""
    leans = plan_leans(Character(0.5, 0.5, straying))
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]], row[v.COLUMN["root"]] = key, chord.root + 1
    stream = Stream(first=0, bars=1, total=1)
    quality = 1 + v.QUALITIES.index(chord.quality)
    (on_root,) = leans["root"][-1](stream, row, np.array([chord.root + 1]))
    (on_quality,) = leans["quality"][-1](stream, row, np.array([quality]))
    return on_root, on_quality


@pytest.mark.parametrize(
    ("chord", "root_is_foreign", "foreign_tones"),
    [
        (Chord(9, "m"), 0, 0),
        (Chord(4, "7"), 0, 0),  # its third is the leading tone
        (Chord(2, ""), 0, 1),  # F sharp
        (Chord(6, "m"), 1, 1),  # F sharp, C sharp
        (Chord(10, ""), 1, 0),
    ],
)
def test_a_piece_that_strays_little_keeps_its_chords_to_the_key(
    chord, root_is_foreign, foreign_tones
):
    assert strictness(0.0, chord) == (-2.0 * root_is_foreign, -2.0 * foreign_tones)
    assert strictness(0.25, chord) == (-1.0 * root_is_foreign, -1.0 * foreign_tones)
    assert strictness(0.5, chord) == strictness(1.0, chord) == (0.0, 0.0)


def test_without_a_key_no_chord_is_foreign():
    assert strictness(0.0, Chord(6, "m"), key=0) == (0.0, 0.0)


# The table of real music's habits


def song(mode, *degrees):
    """A bar of each (degree, quality) in C."""
    bars = [PlanBar(key=Key(0, mode), chord=Chord(root, name)) for root, name in degrees]
    return Plan(tuple(bars))


def test_the_table_tells_what_is_commoner_on_a_degree():
    plans = [song(Mode.MINOR, (0, "m"), (8, ""), (0, "m"), (8, "maj7"))] * 20
    found = measure(plans)
    assert found["minor"]["m"][0] > 0.5 > -1.5 > found["minor"]["m"][8]
    assert found["minor"]["maj7"][8] > 0.5
    assert not any(found["minor"]["m"][5:8])  # degrees that nobody has
    assert not any(any(row) for row in found["major"].values())


def test_one_song_among_many_counts_little():
    usual = [song(Mode.MAJOR, (0, ""), (5, "m"))] * 20
    long = song(Mode.MAJOR, *[(0, "m")] * 400)
    (one, other) = (measure([*usual, *more])["major"]["m"][0] for more in ([], [long]))
    assert one < -1.5
    assert other < -1.0


def test_the_shipped_table_has_every_quality():
    for mode in Mode:
        assert len(habits_of(mode)) == 12
        assert all(len(row) == len(v.QUALITIES) for row in habits_of(mode))
        assert any(habits_of(mode)[8])

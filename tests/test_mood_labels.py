"""The mood labeller: the known directions of its cues, unknown features, stretches."""

from itertools import pairwise
from math import isnan, nan, tanh

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.mood import TABLE, explain_mood, mood_of
from composer.analysis.mood_features import FEATURES, LOUD_AND_FAST, mood_features
from composer.analysis.mood_notes import to_seconds
from composer.analysis.mood_shapes import Additive, Shape, load_axes
from composer.score import Note, Part, Score, Tempo, seconds_at

MAJOR = (0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)
MINOR = (0, 3, 7), (8, 12, 15), (5, 8, 12), (0, 3, 7)


def piece(chords, *, qpm=100.0, step=240, length=200, velocity=80, drums=False, program=0):
    """Broken chords over a bass, 8 bars; velocities vary a little so that they count."""
    notes, bass, kit = [], [], []
    for bar in range(8):
        chord = chords[bar % 4]
        bass.append(Note(bar * 1920, 36 + chord[0], 1800, velocity))
        for index, onset in enumerate(range(0, 1920, step)):
            pitch = 60 + chord[index % 3]
            notes.append(Note(bar * 1920 + onset, pitch, length, velocity + index % 3))
            kit.append(Note(bar * 1920 + onset, 36 + 2 * (index % 2), 60, velocity))
    parts = [Part(program, tuple(notes)), Part(32, tuple(bass))]
    if drums:
        parts.append(Part(0, tuple(kit), is_drums=True))
    return Score(tuple(parts), (Tempo(0, qpm),))


@pytest.mark.parametrize("drums", [False, True])
def test_major_is_more_pleasant_than_minor_in_piano_and_in_a_band(drums):
    major, minor = (mood_of(piece(chords, drums=drums)) for chords in (MAJOR, MINOR))
    assert major.valence > 0 > minor.valence
    assert major.arousal == pytest.approx(minor.arousal, abs=0.05)


def test_fast_dense_short_and_loud_is_more_excited():
    calm = piece(MAJOR, qpm=60, step=960, length=900, velocity=45)
    wild = piece(MAJOR, qpm=170, step=120, length=60, velocity=115)
    assert mood_of(calm).arousal < 0 < mood_of(wild).arousal


@pytest.mark.parametrize("change", [{"velocity": 120}, {"qpm": 50.0}])
def test_valence_does_not_follow_loudness_or_speed(change):
    before, after = mood_of(piece(MINOR)), mood_of(piece(MINOR, **change))
    assert after.valence == pytest.approx(before.valence, abs=0.25)
    assert abs(after.arousal - before.arousal) > 0.1


def test_the_tempo_mark_alone_says_nothing():
    # the same seconds written at half the tempo in half the ticks: one mood
    written = piece(MINOR, qpm=120)
    halved = Score(
        tuple(
            Part(
                p.program,
                tuple(
                    Note(n.onset_ticks // 2, n.pitch, n.duration_ticks // 2, n.velocity)
                    for n in p.notes
                ),
            )
            for p in written.parts
        ),
        (Tempo(0, 60.0),),
    )
    assert mood_of(halved) == mood_of(written)


def test_transposition_keeps_mode_features():
    up = Score(
        tuple(
            Part(
                p.program,
                tuple(
                    Note(n.onset_ticks, n.pitch + 5, n.duration_ticks, n.velocity)
                    for n in p.notes
                ),
            )
            for p in piece(MINOR).parts
        ),
    )
    here, there = mood_features(Score(piece(MINOR).parts)), mood_features(up)
    for name in ("mode", "chord_mode", "window_mode", "dissonance", "key_clarity"):
        assert there[name] == pytest.approx(here[name])
    assert there["register"] == pytest.approx(here["register"] + 5)


def test_features_against_facts_counted_by_hand():
    notes = tuple(
        Note(480 * i, pitch, 480, 64 + i) for i, pitch in enumerate((60, 62, 64, 65, 67, 67))
    )
    values = mood_features(Score((Part(0, notes),), (Tempo(0, 120.0),)))
    assert values["register"] == pytest.approx(385 / 6)
    assert values["note_rate"] == pytest.approx(1.0)  # 6 notes in 3 seconds are 2 a second
    assert values["loudness"] == pytest.approx(66.5)
    assert values["leap"] == pytest.approx(7 / 5)
    assert values["repeat_share"] == pytest.approx(1 / 5)
    assert values["chromatic_share"] == 0
    assert isnan(values["dissonance"])  # nothing sounds together


def test_a_tritone_is_rougher_than_a_third():
    def dyad(*pitches):
        return Score((Part(0, tuple(Note(0, pitch, 1920, 80) for pitch in pitches)),))

    third, tritone, second = (
        mood_features(dyad(60, other))["dissonance"] for other in (64, 66, 61)
    )
    assert third < tritone < second


def test_what_the_music_cannot_show_is_unknown():
    flat = piece(MAJOR).parts[1:]  # the bass alone: one velocity
    assert isnan(mood_features(Score(flat))["loudness"])
    drums_only = Score(
        (Part(0, tuple(Note(i * 240, 36, 60, 90) for i in range(40)), is_drums=True),)
    )
    mood = mood_of(drums_only)
    assert mood.valence is None
    assert mood.arousal is not None
    assert mood_of(Score(())).arousal is None


def test_a_stretch_is_the_mood_of_its_notes_alone():
    first, second = piece(MAJOR), piece(MINOR, step=960, length=900)
    joined = Score(
        tuple(
            Part(
                a.program,
                a.notes
                + tuple(
                    Note(n.onset_ticks + 15360, n.pitch, n.duration_ticks, n.velocity)
                    for n in b.notes
                ),
            )
            for a, b in zip(first.parts, second.parts, strict=True)
        ),
        (Tempo(0, 100.0),),
    )
    assert mood_of(joined, 0, 15360) == mood_of(first)
    assert mood_of(joined, 15360) == mood_of(second)


def test_explanations_add_up_to_the_mood():
    score = piece(MINOR, drums=True)
    cues, mood = explain_mood(score), mood_of(score)
    valence, arousal = load_axes(TABLE)
    odds = valence.bias + sum(cue.valence for cue in cues)
    assert tanh(valence.gain * odds / 2) == pytest.approx(mood.valence, abs=1e-3)
    odds = arousal.bias + sum(cue.arousal for cue in cues)
    assert tanh(arousal.gain * odds / 2) == pytest.approx(mood.arousal, abs=1e-3)
    sizes = [max(abs(cue.valence), abs(cue.arousal)) for cue in cues]
    assert all(a >= b for a, b in pairwise(sizes))


def test_a_shape_is_straight_between_knots_level_beyond_and_silent_on_the_unknown():
    shape = Shape((0.0, 1.0, 3.0), (-1.0, 0.0, 4.0))
    values = [shape.at(x) for x in (-5, 0, 0.5, 2, 3, 99)]
    assert values == [-1, -1, -0.5, 2, 4, 4]
    assert shape.at(nan) == 0
    axis = Additive(0.5, 2.0, {"a": shape, "b": shape})
    assert axis.log_odds({"a": 3.0, "b": nan}) == 4.5
    assert axis.place({"a": 3.0, "b": nan}) == pytest.approx(tanh(4.5), abs=5e-4)
    assert axis.place({"a": nan, "b": nan}) is None


def test_the_shipped_shapes_lean_the_way_music_psychology_says():
    valence, arousal = load_axes(TABLE)

    def climb(axis, name):
        return axis.shapes[name].values[-1] - axis.shapes[name].values[0]

    assert climb(valence, "major_chords") > 0
    assert climb(valence, "dissonance") < 0
    assert climb(arousal, "note_rate") > 0
    assert climb(arousal, "loudness") > 0
    assert not LOUD_AND_FAST & set(valence.shapes)
    assert {*valence.shapes, *arousal.shapes} <= set(FEATURES)


def test_a_short_stretch_shows_no_key_and_less_than_that_no_melody():
    bar = mood_features(piece(MAJOR), 0, 960)  # 1.2 seconds
    assert isnan(bar["minor_key_share"])
    assert isnan(bar["opening_bass"])
    assert isnan(bar["leap"])
    assert not isnan(bar["register"])
    four_bars = mood_features(piece(MAJOR), 0, 4 * 1920)
    assert not isnan(four_bars["minor_key_share"])
    assert mood_of(piece(MAJOR), 0, 4 * 1920).valence is not None


def test_degrees_and_bass_thirds_tell_minor_from_major():
    turn = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))
    minor = ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))
    up, down = (mood_features(piece(chords)) for chords in (turn, minor))
    assert up["third_degree"] == 1.0
    assert down["third_degree"] == -1.0
    assert up["minor_key_share"] == 0
    assert down["minor_key_share"] == 1
    assert up["bass_third"] > 0.9
    assert down["bass_third"] < 0.5
    assert up["scale_I_major"] > 0.3 > up["scale_vi_minor"]


tempos = st.lists(
    st.tuples(st.integers(1, 9000), st.floats(20, 400)), max_size=4, unique_by=lambda t: t[0]
)


@given(tempos, st.lists(st.integers(0, 12000), min_size=1, max_size=8))
def test_seconds_agree_with_the_tempo_map(changes, ticks):
    score = Score((), (Tempo(0, 90.0), *(Tempo(t, qpm) for t, qpm in changes)))
    expected = [seconds_at(score, tick) for tick in ticks]
    assert to_seconds(score, np.array(ticks)) == pytest.approx(expected)


notes = st.builds(
    Note, st.integers(0, 20000), st.integers(0, 127), st.integers(1, 5000), st.integers(1, 127)
)
parts = st.builds(
    Part,
    st.integers(0, 127),
    st.lists(notes, max_size=20).map(tuple),
    is_drums=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(parts, max_size=4), st.integers(0, 9000), st.integers(1, 9000))
def test_any_score_has_a_mood_in_range(some, start, length):
    score = Score(tuple(some))
    for mood in (mood_of(score), mood_of(score, start, start + length)):
        for value in (mood.valence, mood.arousal):
            assert value is None or -1 <= value <= 1
    assert set(mood_features(score)) == set(FEATURES)

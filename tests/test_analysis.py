"""Keys and chords of small scores whose answers are known because the test made them."""

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest
from analysis_scores import AM, TURN, C, F, G, band, transposed
from hypothesis import given
from hypothesis import strategies as st

from composer.analysis import chords_of, keys_of
from composer.analysis.harmony import heard_harmony
from composer.analysis.music import Music, lowest_profile, pitch_class_profile
from composer.analysis.path import best_path, best_steady_path
from composer.plan import NO_CHORD, Chord, PlanBar
from composer.score import Key, KeyChange, Mode, Note, Part, Score

# --- arrays and paths --------------------------------------------------------------------

notes = st.builds(
    Note,
    st.integers(0, 6000),
    st.integers(0, 127),
    st.integers(1, 3000),
    st.integers(1, 127),
)


@given(st.lists(notes, min_size=1, max_size=30))
def test_pitch_class_profile_is_the_sum_of_overlaps(some):
    music = Music(Score((Part(0, tuple(some)),)))
    profile = pitch_class_profile(music.notes, music.bar_edges)
    expected = np.zeros_like(profile)
    for note in some:
        for i, bar in enumerate(music.bars):
            shared = min(note.end_ticks, bar.end_ticks) - max(note.onset_ticks, bar.onset_ticks)
            expected[i, note.pitch % 12] += max(shared, 0) / 480
    assert np.allclose(profile, expected)


def test_lowest_profile_hears_only_the_bass():
    score = band([C, G])
    profile = lowest_profile(Music(score).pitched, Music(score).bar_edges)
    assert profile.tolist() == [[4.0] + [0.0] * 11, [0.0] * 7 + [4.0] + [0.0] * 4]


@given(st.integers(0, 2**32 - 1))
def test_steady_path_equals_the_general_one(seed):
    draw = np.random.default_rng(seed)
    gains, costs = draw.normal(size=(12, 5)), draw.uniform(0, 2, 12)
    moves = -(1.0 - np.eye(5))
    general = best_path(gains, moves, weights=costs)
    steady = best_steady_path(gains, costs)
    assert worth(gains, steady, costs) == pytest.approx(worth(gains, general, costs))


def test_best_path_beats_every_other_path():
    draw = np.random.default_rng(3)
    gains, moves = draw.normal(size=(5, 3)), draw.normal(size=(3, 3))

    def total(path):
        steps = sum(gains[i, state] for i, state in enumerate(path))
        return steps + sum(moves[here, there] for here, there in pairwise(path))

    every = np.stack(np.meshgrid(*[range(3)] * 5), -1).reshape(-1, 5).tolist()
    assert best_path(gains, moves).tolist() == max(every, key=total)


def worth(gains, path, costs):
    changed = np.concatenate([[False], path[1:] != path[:-1]])
    return gains[np.arange(len(path)), path].sum() - costs[changed].sum()


# --- keys --------------------------------------------------------------------------------


@pytest.mark.parametrize("tonic", range(12))
def test_major_and_minor_keys_are_found_in_every_transposition(tonic):
    major = transposed(band(TURN * 3 + [C]), tonic)
    assert set(keys_of(major)) == {Key(tonic, Mode.MAJOR)}
    i, iv, v = Chord(0, "m"), Chord(5, "m"), Chord(7)
    minor = transposed(band([i, iv, v, i] * 3), tonic)
    assert set(keys_of(minor)) == {Key(tonic, Mode.MINOR)}


def test_a_modulation_is_found_where_it_happens_and_nothing_flickers():
    there = [Chord((c.root + 6) % 12, c.quality) for c in TURN]
    runs = [(str(k), len(list(g))) for k, g in groupby(keys_of(band(TURN * 4 + there * 4)))]
    assert [name for name, _ in runs] == ["C major", "Gb major"]
    assert abs(runs[0][1] - 16) <= 1


def test_stretches_between_breaks_are_heard_alone():
    there = [Chord((c.root + 2) % 12, c.quality) for c in TURN]
    score = band(TURN + there)  # four bars of each: too few to pay for a change
    assert len(set(keys_of(score))) == 1
    assert keys_of(score, breaks=(4,)) == (Key(0),) * 4 + (Key(2),) * 4
    assert keys_of(score, breaks=(0, 8, 99)) == keys_of(score)


def test_a_wrong_signature_does_not_outweigh_the_notes():
    signed = band(TURN * 4, keys=(KeyChange(0, Key(6)),))
    assert set(keys_of(signed)) == {Key(0)}


def test_a_signature_settles_what_the_notes_leave_open():
    open_fifths = Score((Part(0, tuple(Note(i * 960, 62, 960, 80) for i in range(16))),))
    signed = replace(open_fifths, keys=(KeyChange(0, Key(2, Mode.MINOR)),))
    assert {k.fifths for k in keys_of(signed)} == {-1}


# --- chords ------------------------------------------------------------------------------


@pytest.mark.parametrize("quality", ["", "m", "dim", "aug", "7", "maj7", "m7", "dim7", "sus4"])
@pytest.mark.parametrize("root", [0, 5, 10])
def test_plain_chords_are_named(quality, root):
    chord = Chord(root, quality)
    assert chords_of(band([chord, chord])) == ((chord, None), (chord, None))


def test_half_bars_and_holds():
    told = chords_of(band([C, C, F, G, AM, AM], per_bar=2))
    assert told == ((C, None), (F, G), (AM, None))


def test_slash_chords_and_inversions():
    told = chords_of(band([C, Chord(0, "", 4), Chord(7, "", 11), C]))
    assert [str(first) for first, _ in told] == ["C", "C/E", "G/B", "C"]


def test_silence_and_drums_have_no_chord():
    score = band([C, C])
    drums = Part(0, tuple(Note(i * 480, 38, 60, 90) for i in range(16)), is_drums=True)
    told = chords_of(replace(score, parts=(*score.parts, drums)))
    assert [first for first, _ in told] == [C, C, NO_CHORD, NO_CHORD]


def test_passing_notes_do_not_change_the_chord():
    scale = tuple(
        Note(i * 240, 72 + s, 240, 80) for i, s in enumerate((0, 2, 4, 5, 7, 5, 4, 2))
    )
    score = band([C])
    assert chords_of(replace(score, parts=(*score.parts, Part(73, scale)))) == ((C, None),)


def test_bars_are_defined_by_the_tones_that_sound_within_each_chord():
    """Half bars, a bar that asks nothing, and a chord that is played only outside its bar."""
    score = band([C, AM, F, F, G, G, C, C], per_bar=2)
    asked = [
        PlanBar(chord=C, second_chord=AM),
        PlanBar(chord=None),
        PlanBar(chord=AM),
        PlanBar(chord=C, second_chord=G),
    ]
    assert heard_harmony(score, asked[:3], [None, None]).defined == 1 / 2
    assert heard_harmony(score, asked, [None, None]).defined == 1 / 3
    assert heard_harmony(score, asked[1:2], [None, None]).defined is None

"""The mood table: Russell's angles, traceable places, helpful refusals."""

from math import cos, hypot, isclose, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.plan import Mood
from composer.plan.moods import _SYNONYMS, MOODS, find_mood, nearest_tag


def test_the_table_is_large_and_within_the_square():
    assert len(MOODS) >= 28
    for name, tag in MOODS.items():
        assert tag.name == name
        assert hypot(tag.valence, tag.arousal) <= 1.001
        assert tag.source


@pytest.mark.parametrize(
    ("word", "angle"), [("happy", 7.8), ("tense", 92.8), ("sad", 207.5), ("serene", 328.6)]
)
def test_russells_words_lie_at_his_angles(word, angle):
    tag = MOODS[word]
    assert isclose(tag.valence, cos(radians(angle)), abs_tol=6e-4)
    assert isclose(tag.arousal, sin(radians(angle)), abs_tol=6e-4)
    assert "Russell (1980)" in tag.source


def test_a_placed_word_lies_in_the_mean_direction_of_its_neighbours():
    tag = MOODS["upbeat"]
    assert tag.neighbours == ("delighted", "excited")
    assert isclose(
        tag.arousal / tag.valence, sin(radians(36.75)) / cos(radians(36.75)), rel_tol=1e-2
    )
    assert isclose(hypot(tag.valence, tag.arousal), 0.8, abs_tol=1e-3)
    assert all(MOODS[word].radius == 1.0 for t in MOODS.values() for word in t.neighbours)


@pytest.mark.parametrize(
    ("word", "valence", "arousal"),
    [("epic", 1, 1), ("scary", -1, 1), ("lonely", -1, -1), ("peaceful", 1, -1)],
)
def test_soundtrack_words_fall_in_the_expected_quadrant(word, valence, arousal):
    mood = find_mood(word)
    assert mood.valence * valence > 0
    assert mood.arousal * arousal > 0


def test_synonyms_point_at_tags_and_hide_none():
    assert set(_SYNONYMS.values()) <= set(MOODS)
    assert not set(_SYNONYMS) & set(MOODS)
    assert find_mood("Joyous") == MOODS["joyful"].mood
    assert find_mood(" at-ease ") == find_mood("at_ease") == MOODS["at ease"].mood


def test_several_words_are_averaged():
    mood = find_mood("sad, slow")
    sad, calm = MOODS["sad"], MOODS["calm"]
    assert mood.valence == pytest.approx((sad.valence + calm.valence) / 2, abs=1e-3)
    assert mood.arousal == pytest.approx((sad.arousal + calm.arousal) / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("word", "near"),
    [("hapy", "happy"), ("meloncholic", "melancholic"), ("mysterius", "mysterious")],
)
def test_an_unknown_word_is_answered_with_its_neighbours(word, near):
    with pytest.raises(RequestError, match=near) as caught:
        find_mood(word)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", " , ", "zzzz", "happy, qqqq"])
def test_words_that_say_nothing_are_refused_in_one_line(text):
    with pytest.raises(RequestError) as caught:
        find_mood(text)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_gives_a_mood_or_a_request_error(text):
    try:
        mood = find_mood(text)
    except RequestError:
        return
    assert -1 <= mood.valence <= 1
    assert -1 <= mood.arousal <= 1


@given(st.sampled_from(sorted(MOODS)))
def test_the_nearest_tag_of_a_tag_is_at_its_place(name):
    tag = nearest_tag(MOODS[name].mood)
    assert hypot(tag.valence - MOODS[name].valence, tag.arousal - MOODS[name].arousal) < 1e-9


def test_an_open_dimension_is_not_compared():
    assert nearest_tag(Mood(None, 1.0)).arousal > 0.9
    assert nearest_tag(Mood(1.0, None)).valence > 0.9

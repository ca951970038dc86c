"""Fitting and measuring judges of mood, the second judge, scene names."""

import json
from pathlib import Path

import numpy as np
import pytest

from composer.analysis import mood, second_judge
from composer.analysis.mood_features import FEATURES, LOUD_AND_FAST
from composer.lab.judge_fit import CUES, fit_judge
from composer.lab.mood_fit import boost, cross_validate, fit_axis, folds_of
from composer.lab.mood_measures import accuracies, calibration_error, intervals, reliability
from composer.lab.mood_sets import SETS, Labelled
from composer.lab.mood_table import write_table
from composer.lab.mood_tables import Answers, by_drums, quadrant_counts, valence_within_arousal
from composer.lab.prepare import READING_MODULES
from composer.lab.scene_moods import SCENES, met_halfway, scene_mood, scene_word
from composer.plan import Mood
from composer.plan.moods import MOODS
from composer.score import Note, Part, Score, Tempo


@pytest.fixture(scope="module")
def judged():
    """300 songs of two clips: pleasant where 'mode' is middling, excited where it is loud."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(600, len(FEATURES)))
    features[rng.random(features.shape) < 0.05] = np.nan
    mode, loudness = (
        np.nan_to_num(features[:, FEATURES.index(n)]) for n in ("mode", "loudness")
    )
    targets = np.stack([np.where(np.abs(mode) < 0.7, 0.64, -0.64), np.sign(loudness + 1e-9)], 1)
    rows = np.arange(600)
    return Labelled(features, targets, rows % len(SETS), rows // 2, rows, np.zeros(600))


def test_boosting_finds_a_hump_that_no_weight_could_tell(judged):
    upper = judged.targets[:, 0] > 0
    _, curves = boost(judged.features, upper, np.ones(600), ("mode", "register"), 100)
    mode = next(curve for curve in curves if curve.feature == "mode")
    middle, *outer = (mode.at(np.array([x]))[0] for x in (0.0, -2.0, 2.0))
    assert middle > 0.5 > -0.5 > max(outer)
    assert mode.at(np.array([np.nan]))[0] == 0
    known = judged.features[np.isfinite(judged.features[:, 0]), FEATURES.index("mode")]
    assert np.nanmean(mode.at(known)) == pytest.approx(0, abs=0.05)


def test_a_song_never_helps_to_judge_itself(judged):
    fold = folds_of(judged.songs)
    assert (fold[::2] == fold[1::2]).all()
    odds = cross_validate(judged, SETS, 0, ("mode", "rise"))
    assert np.mean((odds > 0) == (judged.targets[:, 0] > 0)) > 0.9
    noise = cross_validate(judged, SETS, 0, ("rise", "leap"))
    assert abs(np.mean((noise > 0) == (judged.targets[:, 0] > 0)) - 0.5) < 0.1


def test_places_are_as_wide_as_judgements(judged):
    fit = fit_axis(judged, 1, ("loudness", "mode"))
    places = np.tanh(fit.gain * fit.log_odds(judged.features) / 2)
    assert np.sqrt(np.mean(places**2)) == pytest.approx(0.64, abs=0.01)


def test_a_written_table_answers_as_the_fit(judged, tmp_path):
    fit = fit_axis(judged, 1, ("loudness", "mode"))
    write_table(tmp_path / "table.json", fit, fit)
    table = json.loads((tmp_path / "table.json").read_text())
    row = judged.features[:1]
    total = table["arousal"]["bias"]
    for name, shape in table["arousal"]["shapes"].items():
        value = row[0, FEATURES.index(name)]
        total += 0 if np.isnan(value) else np.interp(value, shape["knots"], shape["values"])
    assert total == pytest.approx(fit.log_odds(row)[0], abs=1e-3)


def test_accuracy_counted_by_hand():
    targets = np.array([[1, 1], [1, 1], [1, -1], [-1, -1]])
    answers = np.array([[1, 1], [1, -1], [-1, -1], [-1, -1]])
    found = accuracies(targets, answers)
    assert found == pytest.approx(
        [3 / 4, (2 / 3 + 1) / 2, 3 / 4, 3 / 4, 1 / 2, (1 / 2 + 0 + 1) / 3]
    )
    low, high = intervals(np.tile(targets, (9, 1)), np.tile(answers, (9, 1)), np.arange(36))
    assert (low <= found).all()
    assert (found <= high).all()


def test_a_judge_that_says_three_in_four_and_is_right_so_often_is_calibrated():
    odds = np.full(400, np.log(3.0))
    upper = np.arange(400) % 4 > 0
    assert calibration_error(odds, upper) == pytest.approx(0, abs=1e-9)
    assert calibration_error(odds, ~upper) == pytest.approx(0.5)
    (only,) = reliability(odds, upper)
    assert (only.rows, only.said, only.was) == (400, pytest.approx(0.75), pytest.approx(0.75))


def test_tables_count_clips_where_they_belong(judged):
    pleasant, excited = (judged.targets > 0).T
    own = judged.sets == SETS.index("vgmidi")
    happy, calm = (own & pleasant & excited).sum(), (own & pleasant & ~excited).sum()
    (row,) = (line for line in quadrant_counts(judged).split("\n") if "vgmidi" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:4] == ["vgmidi", "200", "200", str(happy)]
    assert cells[-1] == str(calm)
    drums = by_drums(judged)
    assert sum(int(rows.sum()) for rows in drums.values()) == 200
    with_drums = judged.features[drums["ym2413, with drums"], FEATURES.index("drum_share")]
    assert with_drums.min() > 0


def test_valence_within_arousal_shows_a_judge_that_hears_arousal_alone(judged):
    right, loud = judged.targets, np.repeat(judged.targets[:, 1:], 2, axis=1)
    table = valence_within_arousal(judged, Answers(right, *[loud] * 7))
    rows = [line.split("|")[2:-1] for line in table.split("\n")[2:]]
    assert len(rows) == 2 * len(SETS)
    assert {cells[1].split()[0] for cells in rows} == {"1.000"}
    assert {cells[3].split()[0] for cells in rows} == {"0.500"}


def test_the_judge_puts_zero_midway_between_the_halves(judged):
    rows = judged.where(np.arange(600) < 400)
    rule = fit_judge(rows, 1)
    places, upper = rule.places(rows.features), rows.targets[:, 1] > 0
    assert places[upper].mean() == pytest.approx(-places[~upper].mean())


def chords(*shape, bars=8):
    """A chord of eight bars in whole notes."""
    notes = (Note(bar * 1920, 60 + step, 1900, 80) for bar in range(bars) for step in shape)
    return Score((Part(0, tuple(notes)),), (Tempo(0, 100.0),))


def test_the_second_judge_hears_mode_and_not_loudness():
    assert (
        second_judge.judge(chords(0, 4, 7)).valence
        > second_judge.judge(chords(0, 3, 7)).valence
    )
    assert not {"loudness", "loudness_spread"} & {*CUES[0], *CUES[1]}
    assert not LOUD_AND_FAST & set(CUES[0])
    assert second_judge.judge(Score(())) == Mood(None, None)


def test_labeller_and_judge_ship_different_tables():
    folder = Path(mood.__file__).parent
    judge = json.loads((folder / second_judge.TABLE).read_text())
    assert tuple(judge["valence"]["cues"]) == CUES[0]
    assert tuple(judge["arousal"]["cues"]) == CUES[1]


def test_neither_labels_nor_ranking_know_the_second_judge():
    package = Path(mood.__file__).parents[1]
    readers = [package / "lab" / f"{name}.py" for name in READING_MODULES]
    rooms = ("analysis", "language", "model", "compose", "request", "api")
    others = [path for room in rooms for path in (package / room).rglob("*.py")]
    users = {path.name for path in readers + others if "second_judge" in path.read_text()}
    assert users == {"second_judge.py"}


@pytest.mark.parametrize(
    ("title", "tags", "word"),
    [
        ("2003Sorrow", "", "sorrow"),
        ("JFanfare 4", "", "fanfare"),
        ("Boss Battle", "", "boss"),
        ("JEnd of Battle 1", "", "end of battle"),
        ("Fate", "soundtrack game rock; scene: battle", "battle"),
        ("Winning", "", None),
    ],
)
def test_scene_words(title, tags, word):
    assert scene_word(title, tags) == word
    expected = Mood() if word is None else MOODS[SCENES[word]].mood
    assert scene_mood(title, tags) == expected


def test_scenes_are_tags_and_meet_the_labeller_half_way():
    assert set(SCENES.values()) <= set(MOODS)
    assert met_halfway(Mood(0.5, None), Mood(-0.1, 0.3)) == Mood(0.2, 0.3)
    assert met_halfway(Mood(0.5, -0.2), Mood()) == Mood(0.5, -0.2)

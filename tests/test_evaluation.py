import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from evaluation_scores import (
    BAR,
    one_bar_looped,
    one_note,
    parts_transposed,
    piece,
    random_notes,
    shuffled_bars,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.evaluation import (
    METRICS,
    Excerpt,
    evaluate,
    evaluate_values,
    measure_all,
    shared_bars,
)
from composer.evaluation.distance import Sides
from composer.evaluation.form import longest_run, repetition_8
from composer.evaluation.harmony import bass_on_root, ends_on_tonic
from composer.evaluation.interval import Interval, share_of
from composer.evaluation.moods import agreement, asked_mood
from composer.evaluation.pitch import bar_entropy, harmonic_intervals, scale_consistency
from composer.evaluation.rhythm import (
    drum_density,
    empty_bars,
    empty_beats,
    groove_consistency,
    note_density,
    polyphony,
    tempo,
)
from composer.plan import Mood
from composer.score import Note, Part, Score, Tempo

SET, REFERENCE = 16, 40


def one_part(*notes, **fields):
    return Excerpt(Score((Part(0, tuple(notes)),), **fields))


def quarter(place, pitch, length=480):
    return Note(place * 480, pitch, length, 80)


@pytest.fixture(scope="module")
def reference():
    return measure_all(piece(seed) for seed in range(REFERENCE))


def ratios(scores, reference):
    report = evaluate_values(measure_all(scores), reference, set_size=SET)
    return {f.metric.name: f.ratio.value for f in report.findings if f.ratio}, report


@pytest.fixture(scope="module")
def real(reference):
    return ratios([piece(seed) for seed in range(1000, 1000 + SET)], reference)


def test_unseen_pieces_of_the_same_kind_score_about_one(real):
    found, report = real
    assert 0.75 < report.median.value < 1.25
    assert report.median.low <= report.median.value <= report.median.high
    assert max(found.values()) < 2.5


@pytest.mark.parametrize(
    ("spoil", "noticed"),
    [
        (
            random_notes,
            {"scale", "groove", "repeat 8", "chord tones", "bass on root", "places"},
        ),
        (one_note, {"bar entropy", "range", "melody steps", "repeat 1", "degrees"}),
        (shuffled_bars, {"repeat 8", "period", "end on tonic"}),
        (parts_transposed, {"scale", "intervals", "chord tones", "strong tones"}),
        (one_bar_looped, {"longest run", "repeat 1", "new bars", "chord changes"}),
    ],
)
def test_bad_music_is_noticed(spoil, noticed, real, reference):
    bad = [spoil(piece(seed), seed) for seed in range(1000, 1000 + SET)]
    found, _ = ratios(bad, reference)
    for name in noticed:
        assert found[name] > max(2.0, 1.6 * real[0][name]), (name, found[name], real[0][name])


def test_human_timing_is_not_measured():
    score = piece(3)
    late = [
        replace(
            part, notes=tuple(replace(n, onset_ticks=n.onset_ticks + 12) for n in part.notes)
        )
        for part in score.parts
    ]
    before, after = (measure_all([s]) for s in (score, replace(score, parts=tuple(late))))
    assert all(np.array_equal(before[m.name], after[m.name], equal_nan=True) for m in METRICS)


def test_transposing_everything_changes_only_the_pitch():
    score = piece(5)
    up = [
        p
        if p.is_drums
        else replace(p, notes=tuple(replace(n, pitch=n.pitch + 3) for n in p.notes))
        for p in score.parts
    ]
    before, after = (measure_all([s]) for s in (score, replace(score, parts=tuple(up))))
    unlike = {
        m.name
        for m in METRICS
        if not np.allclose(before[m.name], after[m.name], equal_nan=True)
    }
    assert unlike == {"mean pitch"}


def test_facts_of_small_scores():
    scale = one_part(*(quarter(i, p) for i, p in enumerate((60, 62, 64, 65, 67, 69, 71, 66))))
    assert scale_consistency(scale) == pytest.approx(7 / 8)
    assert (
        bar_entropy(one_part(*(quarter(i, p) for i, p in enumerate((60, 62, 64, 65))))) == 2.0
    )
    chord = one_part(quarter(0, 60, BAR), quarter(0, 64, BAR), quarter(0, 67, BAR))
    assert polyphony(chord) == 3.0
    assert harmonic_intervals(chord).tolist() == pytest.approx([0, 0, 1 / 3, 1 / 3, 1 / 3, 0])
    assert note_density(chord) == 0.75
    assert bass_on_root(chord) == 1.0
    assert ends_on_tonic(chord) == 1.0
    gap = one_part(quarter(0, 60), quarter(8, 60), end_ticks=3 * BAR)
    assert empty_beats(gap) == pytest.approx(10 / 12)
    assert empty_bars(gap) == pytest.approx(1 / 3)
    assert drum_density(gap) is None
    fast = one_part(quarter(0, 60, BAR), tempos=(Tempo(0, 60.0), Tempo(960, 120.0)))
    assert tempo(fast) == pytest.approx(80.0)


def test_groove_is_the_mean_over_all_pairs_of_bars():
    # bars with 1, 1 and 2 onsets of 32 places: differences 0, 1, 1
    notes = [quarter(0, 60), quarter(4, 60), quarter(8, 60), quarter(9, 60)]
    assert groove_consistency(one_part(*notes)) == pytest.approx(1 - 2 / 3 / 32)


def test_form_of_small_scores():
    notes = [quarter(4 * bar + beat, 60 + bar % 8) for bar in range(16) for beat in range(4)]
    form = one_part(*notes)
    assert repetition_8(form) == 1.0
    assert longest_run(form) == 1.0
    assert longest_run(one_part(*(quarter(i, 60) for i in range(16)))) == 4.0
    assert repetition_8(one_part(quarter(0, 60))) is None


def test_only_the_first_bars_count():
    long = piece(1)
    far = Part(0, (Note(64 * BAR, 10, 480, 80),))
    more = replace(long, parts=(*long.parts, far))
    span = METRICS.index(next(m for m in METRICS if m.name == "range"))
    measured = METRICS[span].measure
    assert measured(Excerpt(more)) == measured(Excerpt(long))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=12, max_size=30), st.floats(0.1, 50), st.floats(-9, 9)
)
def test_ratios_do_not_depend_on_the_unit(values, scale, shift):
    rows = np.array(values)[:, None]
    if np.ptp(rows) < 0.01:
        return

    def ratio(rows):
        sides = Sides(rows + np.arange(len(rows))[:, None] * 0.0, rows)
        every = np.arange(len(rows))
        return sides.compare(every, every, 6, 30, np.random.default_rng(1)).ratio

    assert ratio(rows * scale + shift) == pytest.approx(ratio(rows), rel=1e-6)


@pytest.mark.parametrize("bins", [1, 4])
def test_ratio_is_one_for_equal_music_whatever_the_sizes(bins):
    rng = np.random.default_rng(4)
    for count, other, size in ((12, 200, 50), (200, 24, 50), (60, 60, 10)):
        found = []
        for _ in range(40):
            a, b = (rng.dirichlet(np.ones(bins + 1), n)[:, :bins] for n in (count, other))
            sides = Sides(a, b)
            told = sides.compare(np.arange(count), np.arange(other), size, 40, rng)
            found.append(told.ratio)
        assert np.mean(found) == pytest.approx(1.0, abs=0.12)


def test_a_constant_reference_is_left_by_one_odd_piece():
    constant, every = np.ones((20, 1)), np.arange(20)
    odd = np.ones((20, 1))
    odd[:4] = 0.0
    rng = np.random.default_rng(0)
    assert Sides(constant, constant).compare(every, every, 10, 50, rng).ratio == 1.0
    # 4 of 20 is on average 2 of 10: twice what one odd piece makes
    found = Sides(odd, constant).compare(every, every, 10, 2000, rng)
    assert found.ratio == pytest.approx(2.0, abs=0.1)


def test_the_same_scores_give_the_same_report(reference):
    ours = {name: rows[:8] for name, rows in reference.items()}
    first, second = (json.dumps(evaluate_values(ours, reference).as_json()) for _ in range(2))
    assert first == second


def test_too_small_sets_are_refused():
    few = [piece(seed) for seed in range(3)]
    with pytest.raises(RequestError, match="at least 5 pieces"):
        evaluate(few, few)


def test_mood_agreement_counts_sides():
    happy, sad = Mood(0.5, 0.5), Mood(-0.5, -0.5)
    found = agreement(
        [(happy, happy), (happy, Mood(0.2, -0.1)), (sad, sad), (sad, Mood(None, 0.1))]
    )
    assert (found.pieces, found.valence) == (3, Interval(1.0, 1.0, 1.0))
    assert found.arousal == found.quadrants
    assert found.arousal.value == pytest.approx(2 / 3)
    assert agreement([]) is None


def test_the_interval_of_a_share_is_that_of_drawing_pieces():
    hits = [True] * 80 + [False] * 20
    found = share_of(hits)
    # a share's standard error is the root of p (1 - p) / n
    assert (found.low, found.high) == pytest.approx(
        (0.8 - 1.96 * 0.04, 0.8 + 1.96 * 0.04), abs=0.02
    )
    assert share_of(hits) == found
    with pytest.raises(ValueError, match="no pieces"):
        share_of([])


def test_asked_moods_come_from_sidecars_and_names(tmp_path):
    assert asked_mood(tmp_path / "sad-03.mid").valence < 0
    assert asked_mood(tmp_path / "track-03.mid") is None
    (tmp_path / "sad-03.json").write_text('{"mood": {"valence": 0.7, "arousal": -0.2}}')
    assert asked_mood(tmp_path / "sad-03.mid") == Mood(0.7, -0.2)


def test_the_page_lists_every_metric():
    page = (Path(__file__).parent.parent / "docs" / "evaluation.md").read_text()
    rows = [f"| {m.name} | {m.unit} | {m.meaning} | {m.source} |" for m in METRICS]
    assert "\n".join(rows) in page


def test_lengths_do_not_decide():
    short, long = piece(1), one_part(*(quarter(i, 60) for i in range(4 * 100))).music.score
    assert shared_bars([short], [long]) == shared_bars([long], [short]) == 24
    assert shared_bars([long], [long]) == 64
    cut = measure_all([long], 24)
    assert np.array_equal(cut["longest run"], [[24.0]])

"""Beats of performances made by the test, and the grids put under them."""

from itertools import pairwise

import numpy as np
import pytest
from analysis_scores import TURN, C, band, block

from composer.analysis import (
    estimate_beats,
    first_downbeat,
    has_usable_grid,
    regrid,
    regrid_constant,
)
from composer.errors import InputError
from composer.score import Meter, MeterChange, Note, Part, Score, Tempo, bars_of, seconds_at

# --- beats and grids ---------------------------------------------------------------------


def performed(beats, pattern=(0.0, 0.5), seed=0):
    """A score on a meaningless grid whose notes fall on ``beats`` (seconds), 4 a bar."""
    draw = np.random.default_rng(seed)
    notes = []
    for i, (here, after) in enumerate(pairwise(beats)):
        chord = TURN[i // 4 % 4]
        for place in pattern:
            seconds = here + place * (after - here) + draw.normal(0, 0.004)
            onset = max(round(seconds * 960), 0)
            notes.append(Note(onset, 67 + chord.root, 200, 75))
        if i % 4 == 0:
            notes.append(Note(round(here * 960), 36 + chord.root, 1500, 90))
            notes += block(chord, round(here * 960), 1500)
    return Score((Part(0, tuple(notes)),))  # 120 quarters a minute: 960 ticks a second


def drifting_beats():
    return 0.731 + np.cumsum(0.55 + 0.04 * np.sin(np.arange(120) / 9))


def test_beats_of_a_drifting_performance_are_found():
    beats = drifting_beats()
    score = performed(beats)
    found = estimate_beats(score)
    apart = np.abs(np.array(found.seconds)[:, None] - beats[None, :])
    assert (apart.min(axis=0) < 0.07).mean() > 0.95
    assert len(found.seconds) == pytest.approx(len(beats), abs=3)
    assert found.meter == Meter(4, 4)
    first_beats = np.array(found.seconds)[list(found.downbeats)]
    near = np.abs(first_beats[:, None] - beats[None, ::4]).min(axis=1)
    assert (near < 0.07).mean() > 0.9
    assert found.confidence > 0.7


def test_a_waltz_is_heard_in_three():
    notes = []
    for i in range(90):
        onset, chord = round((1 + i * 0.5) * 960), TURN[i // 3 % 4]
        if i % 3 == 0:
            notes.append(Note(onset, 36 + chord.root, 400, 90))
        else:
            notes += block(chord, onset, 300)
    assert estimate_beats(Score((Part(0, tuple(notes)),))).meter == Meter(3, 4)


def test_regrid_puts_beats_on_quarters_and_keeps_the_seconds():
    beats = drifting_beats()
    score = performed(beats)
    gridded = regrid(score, beats.tolist(), range(0, len(beats), 4))
    assert not has_usable_grid(score)
    assert has_usable_grid(gridded)
    old, new = (s.parts[0].notes for s in (score, gridded))
    shifts = [
        seconds_at(score, a.onset_ticks) - seconds_at(gridded, b.onset_ticks)
        for a, b in zip(old, new, strict=True)
    ]
    assert max(shifts) - min(shifts) < 0.002
    lengths = [
        seconds_at(score, a.end_ticks) - seconds_at(gridded, b.end_ticks) - shifts[0]
        for a, b in zip(old, new, strict=True)
    ]
    assert max(map(abs, lengths)) < 0.003
    assert {b.meter for b in bars_of(gridded)} == {Meter(4, 4)}
    low = [n.onset_ticks for n in new if n.pitch < 50]
    assert all(min(t % 1920, -t % 1920) <= 12 for t in low)


def test_regrid_starts_before_a_pickup_and_follows_the_downbeats():
    score = Score((Part(0, tuple(Note(i * 480, 60, 240, 80) for i in range(12))),))
    beats = [0.5 * i for i in range(1, 12)]  # the first note is a beat early
    gridded = regrid(score, beats, [0, 3, 6, 10])
    meters = [(m.onset_ticks, str(m.meter)) for m in gridded.meters]
    assert meters == [(0, "3/4"), (1440 + 6 * 480, "4/4"), (1440 + 10 * 480, "3/4")]
    assert gridded.parts[0].notes[0].onset_ticks == 1440 - 480


def test_regrid_with_dotted_beats():
    score = Score((Part(0, tuple(Note(i * 480, 60, 240, 80) for i in range(8))),))
    gridded = regrid(score, [0.5 * i for i in range(8)], [0, 2, 4, 6], beat_quarters=1.5)
    assert {str(b.meter) for b in bars_of(gridded)} == {"6/8"}
    assert gridded.tempos == (Tempo(0, 180.0),)


@pytest.mark.parametrize(
    ("beats", "downbeats"),
    [
        ([], [0]),
        ([1.0], [0]),
        ([1.0, 1.0], [0]),
        ([2.0, 1.0], [0]),
        ([0.0, 1.0], []),
        ([0.0, 1.0], [2]),
        ([0.0, float("nan")], [0]),
    ],
)
def test_impossible_beats_are_refused(beats, downbeats):
    with pytest.raises(InputError):
        regrid(band([C]), beats, downbeats)


@pytest.mark.parametrize("sixteenth", range(16))
def test_a_tempo_hint_finds_the_bar_line(sixteenth):
    beats = 0.9 + 0.6 * np.arange(80)
    score = performed(beats)
    downbeat = first_downbeat(score, 100.0, 0.9 + sixteenth * 0.15)
    assert (downbeat - 0.9) / 2.4 == pytest.approx(round((downbeat - 0.9) / 2.4), abs=0.02)
    gridded = regrid_constant(score, 100.0, downbeat)
    assert has_usable_grid(gridded)
    assert [t.qpm for t in gridded.tempos] == [pytest.approx(100.0)]
    low = [n.onset_ticks for n in gridded.parts[0].notes if n.pitch < 50]
    assert all(min(t % 1920, -t % 1920) <= 12 for t in low)


def test_an_impossible_tempo_is_refused():
    with pytest.raises(InputError, match="between 10 and 1000"):
        regrid_constant(band([C]), 0.0, 0.0)


@pytest.mark.parametrize("meter", ["7/8", "5/4", "1/8", "6/8", "2/2"])
def test_a_fixed_meter_has_its_bar_line_on_the_downbeat(meter):
    score = Score((Part(0, (Note(0, 60, 480, 80), Note(1920, 64, 480, 80))),))
    gridded = regrid_constant(score, 120.0, 2.0, Meter.parse(meter))
    assert gridded.meters == (MeterChange(0, Meter.parse(meter)),)
    assert gridded.parts[0].notes[1].onset_ticks in {b.onset_ticks for b in bars_of(gridded)}


def test_an_empty_score_gets_an_empty_grid():
    assert regrid(Score(()), [0.0, 0.5, 1.0], [0]).note_count == 0
    assert first_downbeat(Score(()), 120.0, 0.25) == 0.25

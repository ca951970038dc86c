"""Fit to picture: bar lines meet hits and durations, measured in the written MIDI file."""

import io
import random
import re
from bisect import bisect_right
from functools import cache
from itertools import pairwise

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.language import Sheet, plan_values, score_of
from composer.language.vocabulary import METERS
from composer.midi import midi_bytes
from composer.plan import Plan, PlanBar, PlanPart
from composer.request.cues_timecode import read_time
from composer.request.picture import Fit, fit
from composer.request.picture_bars import fillings, quarters_of
from composer.request.picture_curve import tempo_curve
from composer.request.picture_hits import Hit, check_hits, clock, nearest_possible
from composer.score import Meter

FRAME_SECONDS = 1 / 60


def file_of(fitted: Fit) -> bytes:
    """The fitted bars as a MIDI file, on the way every composed piece goes."""
    bars = tuple(PlanBar(meter=bar.meter, tempo_qpm=bar.tempo_qpm) for bar in fitted.bars)
    plan = Plan(bars, (PlanPart(0),), markers=fitted.markers)
    sheet = Sheet(*plan_values(plan), np.zeros((0, 6), np.int16))
    return midi_bytes(score_of(sheet, plan))


def bar_line_seconds(data: bytes) -> list[float]:
    """Every bar line of a MIDI file in seconds, by the file's own events alone."""
    file = mido.MidiFile(file=io.BytesIO(data))
    tempi, meters, now = [], [], 0
    for message in file.tracks[0]:
        now += message.time
        if message.type == "set_tempo":
            tempi.append((now, message.tempo))
        elif message.type == "time_signature":
            length = file.ticks_per_beat * 4 * message.numerator // message.denominator
            meters.append((now, length))
    lines = [0]
    while lines[-1] < now:
        place = bisect_right([at for at, _ in meters], lines[-1]) - 1
        lines.append(lines[-1] + meters[place][1])
    assert lines[-1] == now
    seconds = []
    for line in lines:
        ends = [at for at, _ in tempi[1:]] + [max(line, tempi[-1][0])]
        spans = [
            max(0, min(line, end) - at) * tempo
            for (at, tempo), end in zip(tempi, ends, strict=True)
        ]
        seconds.append(sum(spans) / 1e6 / file.ticks_per_beat)
    return seconds


def markers_of(data: bytes) -> dict[str, int]:
    """Ticks of every marker of a MIDI file by its text."""
    ticks, found = 0, {}
    for message in mido.MidiFile(file=io.BytesIO(data)).tracks[0]:
        ticks += message.time
        if message.type == "marker":
            found[message.text] = ticks
    return found


def random_sheet(seed):
    """Duration, hits at least a beat apart, meter and tempo, as a spotting session gives."""
    rng = random.Random(seed)
    tempo_qpm = rng.uniform(60, 170)
    meter = rng.choice([None, None, *(Meter.parse(m) for m in ("4/4", "3/4", "6/8", "5/4"))])
    duration = rng.uniform(15, 300)
    hits: list[float] = []
    for _ in range(rng.randint(0, int(min(20, duration / 4)))):
        time = round(rng.uniform(0, duration), 3)
        if all(abs(time - other) >= 60 / tempo_qpm for other in (*hits, 0, duration)):
            hits.append(time)
    named = [Hit(time, f"cue {n}") for n, time in enumerate(sorted(hits), 1)]
    return named, duration, meter, tempo_qpm


@cache
def fit_of_sheet(seed):
    hits, duration, meter, tempo_qpm = random_sheet(seed)
    return fit(hits, duration, meter=meter, tempo_qpm=tempo_qpm)


@pytest.mark.parametrize("score", range(10))
def test_hits_and_end_of_200_random_sheets_are_met_to_the_frame(score):
    for seed in range(score * 20, score * 20 + 20):
        hits, duration, *_ = random_sheet(seed)
        fitted = fit_of_sheet(seed)
        lines = bar_line_seconds(file_of(fitted))
        assert len(lines) == len(fitted.bars) + 1
        assert abs(lines[-1] - duration) < FRAME_SECONDS
        for hit, place, error in zip(hits, fitted.places, fitted.errors_seconds, strict=True):
            assert abs(lines[place] - hit.seconds) < FRAME_SECONDS
            assert error == pytest.approx(lines[place] - hit.seconds, abs=1e-6)


def test_steps_keep_within_four_percent_where_hits_leave_room_and_are_told_elsewhere():
    for seed in range(200):
        hits, duration, _, tempo_qpm = random_sheet(seed)
        fitted = fit_of_sheet(seed)
        tempi = [bar.tempo_qpm for bar in fitted.bars]
        over = [
            number
            for number, (a, b) in enumerate(pairwise(tempi), 2)
            if not 1 / 1.0401 <= b / a <= 1.0401
        ]
        assert over == [bar for bar, _ in fitted.large_steps]
        gaps = np.diff([0, *(hit.seconds for hit in hits), duration])
        if min(gaps) > 4 * 60 / tempo_qpm:
            assert not over


def test_a_duration_alone_needs_one_tempo_and_full_bars():
    fitted = fit([], 83.5, meter=Meter(4, 4), tempo_qpm=120)
    assert len({bar.tempo_qpm for bar in fitted.bars}) == 1
    assert {bar.meter for bar in fitted.bars} == {Meter(4, 4)}
    assert len(fitted.bars) == 42  # 83.5 s are 167 beats, 41.75 bars
    assert fitted.bar_lines[-1] == pytest.approx(83.5, abs=1e-3)


def test_an_odd_bar_serves_a_hit_that_two_beats_miss():
    fitted = fit([Hit(9.0)], 25.0, meter=Meter(4, 4), tempo_qpm=120)
    assert [str(bar.meter) for bar in fitted.bars] == ["4/4"] * 4 + ["2/4"] + ["4/4"] * 8
    assert all(bar.tempo_qpm == 120 for bar in fitted.bars)
    assert fitted.places == (5,)


def test_hits_on_the_first_and_the_last_bar_line_are_met():
    fitted = fit([Hit(0.0), Hit(20.0)], 20.0)
    assert fitted.places == (0, len(fitted.bars))
    assert fitted.errors_seconds == pytest.approx((0.0, 0.0), abs=1e-4)


def test_markers_name_the_hits_in_the_file():
    fitted = fit([Hit(8.0, "door"), Hit(16.0), Hit(20.0, "end")], 20.0, meter=Meter(4, 4))
    assert markers_of(file_of(fitted)) == {"door": 7680, "Hit 2": 15360, "end": 19200}


def test_sections_change_on_hits_four_bars_apart():
    fitted = fit([Hit(4.0), Hit(10.0), Hit(14.0), Hit(34.0)], 40.0, meter=Meter(4, 4))
    assert "".join(fitted.sections) == "A" * 5 + "B" * 15


def test_without_a_duration_four_bars_follow_the_last_hit():
    fitted = fit([Hit(10.0)], None)
    assert len(fitted.bars) - fitted.places[0] == 4


def test_an_open_meter_may_become_a_waltz():
    hits = [Hit(seconds) for seconds in (1.5, 3.0, 4.5, 6.0, 7.5)]
    fitted = fit(hits, 9.0, tempo_qpm=120)
    assert {bar.meter for bar in fitted.bars} == {Meter(3, 4)}


@pytest.mark.parametrize(
    ("times", "duration", "told"),
    [
        ([47.0, 12.4], 60, ["hit 2 (0:12.4) comes before hit 1", "0:12.4, 0:47"]),
        ([12.4, 12.5], 60, ["hit 2 (0:12.5) comes 0.1 s after hit 1, less than a beat"]),
        ([0.2], 60, ["hit 1 (0:00.2) lies 0.2 s after the start", "possible: 0:00"]),
        ([90.0], 83.5, ["hit 1 (1:30) lies beyond the end (1:23.5)", "possible: 1:23.5"]),
        ([83.4], 83.5, ["lies 0.1 s before the end"]),
        ([-3.0], 83.5, ["hit 1 (-0:03) lies before the start"]),
        ([1.0, 1.1, 1.2, 1.3], 1.5, ["4 hits a beat apart need a duration of 0:02.5 or more"]),
        ([float("nan")], 60, ["a hit needs a time"]),
        ([], None, ["nothing to fit"]),
        ([], 7200, ["1 s to 1 hour, not 7200"]),
        ([], 0.1, ["1 s to 1 hour, not 0.1"]),
        ([float(n) for n in range(600)], 3000, ["at most 500 hits"]),
        ([5000.0], None, ["within the first hour"]),
    ],
)
def test_what_can_not_be_met_is_told_with_what_could(times, duration, told):
    with pytest.raises(RequestError) as caught:
        fit([Hit(time) for time in times], duration, tempo_qpm=120)
    assert all(part in str(caught.value) for part in told), str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_problems_are_told_at_once():
    hits = [Hit(0.1, "slate"), Hit(50), Hit(20), Hit(20.2), Hit(99)]
    with pytest.raises(RequestError) as caught:
        check_hits(hits, 60.0, beat_seconds=0.5)
    assert len(str(caught.value).split("; ")) == 5
    assert "hit 1 'slate' (0:00.1)" in str(caught.value)


times_lists = st.lists(st.floats(-10, 130), min_size=1, max_size=12)


@given(times_lists, st.floats(2, 120), st.floats(0.3, 2))
def test_the_nearest_possible_is_possible_as_told(times, duration, beat):
    nearest = nearest_possible(times, duration, beat)
    if nearest is None:
        assert duration < beat * (len(times) + 1) + 1e-6
        return
    told = [Hit(read_time(clock(time))) for time in nearest]
    check_hits(told, duration, beat_seconds=beat)


@given(
    st.lists(st.floats(2, 20), min_size=2, max_size=6),
    st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_nothing_possible_is_nearer_than_the_nearest(times, shares):
    duration, beat = 22.0, 1.5
    nearest = nearest_possible(times, duration, beat)
    spare = duration - beat * (len(times) + 1)
    cuts = np.sort(np.array(shares[: len(times)])) * spare
    other = cuts + beat * np.arange(1, len(times) + 1)

    def distance(candidate):
        return float(np.square(np.sort(times) - candidate).sum())

    assert distance(nearest) <= distance(other) + 1e-9


@given(st.floats(0, 3599.99))
def test_a_clock_is_read_back_to_the_millisecond(seconds):
    assert read_time(clock(seconds)) == pytest.approx(seconds, abs=5.1e-4)
    assert re.fullmatch(r"\d+:\d\d(\.\d+)?", clock(seconds))


@given(st.sampled_from([m for m in METERS if quarters_of(m) > 1]), st.floats(1, 60))
def test_there_is_a_filling_near_every_length(meter, quarters):
    found = list(fillings(meter, quarters * 0.79, quarters * 1.27))
    assert found
    assert all(quarters * 0.79 <= one.quarters <= quarters * 1.27 for one in found)
    assert all({*one.meters} <= set(METERS) for one in found)
    assert all(bar == meter for one in found for bar in one.meters[:-1])
    assert len({one.meters for one in found}) == len(found)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(2, 9), st.floats(0.9, 1.1)), min_size=1, max_size=5))
def test_the_curve_meets_its_times_and_no_wiggle_makes_it_smoother(stretches):
    quarters = [[4.0] * bars for bars, _ in stretches]
    seconds = [2.0 * bars * stretch for bars, stretch in stretches]
    curve = tempo_curve(quarters, seconds, largest_step=np.inf)
    lengths = 240 / curve
    parts = np.split(lengths, np.cumsum([bars for bars, _ in stretches])[:-1])
    assert [part.sum() for part in parts] == pytest.approx(seconds, abs=1e-6)
    energy = np.square(np.diff(np.log(curve))).sum()
    rng = np.random.default_rng(1)
    for part in range(len(parts)):
        wiggled = [bars.copy() for bars in parts]
        wiggle = rng.normal(0, 1e-3, len(parts[part]))
        wiggled[part] += wiggle - wiggle.mean()  # the times stay met
        other = 240 / np.concatenate(wiggled)
        assert np.square(np.diff(np.log(other))).sum() >= energy - 1e-12


def test_large_steps_are_spread_where_the_smoothest_curve_has_them():
    quarters, seconds = [[4.0] * 8, [4.0] * 8, [4.0] * 8], [16.0, 13.3, 16.0]
    smooth, spread = (tempo_curve(quarters, seconds, most) for most in (np.inf, 0.04))
    steps = [np.abs(np.diff(np.log(curve))).max() for curve in (smooth, spread)]
    assert steps[1] < steps[0]


def test_bar_lengths_in_quarters():
    assert [quarters_of(Meter.parse(m)) for m in ("4/4", "6/8", "2/2")] == [4.0, 3.0, 4.0]

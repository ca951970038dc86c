"""A picture asked for by flags: read together, told together, kept in the composed file."""

import io

import mido
import pretty_midi
import pytest

from composer.api import Composer
from composer.errors import RequestError
from composer.midi import midi_bytes
from composer.plan import Marker
from composer.request import build_plan, read_request
from composer.score import Meter


def plan_seconds(plan):
    return sum(
        240 * bar.meter.numerator / bar.meter.denominator / bar.tempo_qpm for bar in plan.bars
    )


def test_a_duration_is_met_to_the_frame_at_the_tempo_asked_for():
    plan = build_plan(duration="1:23.5", tempo=120, meter="4/4")
    assert plan_seconds(plan) == pytest.approx(83.5, abs=1e-3)
    assert len({bar.tempo_qpm for bar in plan.bars}) == 1
    assert all(bar.section is None for bar in plan.bars)
    assert plan.markers == ()


def test_hits_and_a_cue_sheet_stand_together(tmp_path):
    sheet = tmp_path / "cues.csv"
    sheet.write_text("time,label\n00:00:08:00,Door\n00:00:32:00,Kiss\n")
    plan = build_plan(
        duration="0:00:40:00", hits=["0:20 turn"], cues=sheet, fps=24, tempo=120, meter="4/4"
    )
    assert plan.markers == (Marker(4, "Door"), Marker(10, "turn"), Marker(16, "Kiss"))
    assert "".join(bar.section for bar in plan.bars) == "AAAABBBBBBCCCCCCDDDD"
    assert {bar.meter for bar in plan.bars} == {Meter(4, 4)}


def test_what_the_times_force_is_remarked():
    told = read_request(duration=10, hits="0:03.3", tempo=60, meter="4/4").remarks
    assert any("to meet the times the tempo lies between" in remark for remark in told)
    assert read_request(duration=16, hits="0:08", tempo=120).remarks == ()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"duration": "soon"}, ["duration: a time looks like"]),
        ({"hits": ["x", "0:00:10:04"]}, ["hit: a time looks like", "hit: 0:00:10:04 counts"]),
        ({"cues": "absent.csv"}, ["cannot read absent.csv"]),
        ({"fps": 24}, ["fps tells nothing"]),
        ({"duration": 60, "fps": 48}, ["a frame rate is one of"]),
        ({"duration": 60, "bars": 8}, ["bars and a picture's times"]),
        ({"duration": 60, "meter": "3/4 4/4@bar9"}, ["ask for one"]),
        ({"duration": 60, "tempo": "90 120@bar9"}, ["ask for one"]),
        ({"duration": 60, "hits": ["0:50", "0:20"], "tempo": 100}, ["comes before", "nearest"]),
        ({"duration": 7200}, ["1 s to 1 hour"]),
        ({"duration": 60, "mood": "xyz", "key": "Q"}, ["xyz", "a key looks like"]),
    ],
)
def test_everything_wrong_is_told_in_one_line(asked, told):
    with pytest.raises(RequestError) as caught:
        build_plan(**asked)
    assert all(part in str(caught.value) for part in told), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_composed_piece_keeps_hits_end_and_names(tiny_checkpoint):
    piece = Composer.load(tiny_checkpoint).generate(
        seed=3, instruments="piano", duration=21.3, hits=["0:05.2 door", "0:13"], tempo=110
    )
    data = midi_bytes(piece.score)
    read = pretty_midi.PrettyMIDI(io.BytesIO(data))
    ticks, found = 0, {}
    for message in mido.MidiFile(file=io.BytesIO(data)).tracks[0]:
        ticks += message.time
        if message.type == "marker":
            found[message.text] = read.tick_to_time(ticks)
    assert found["door"] == pytest.approx(5.2, abs=1 / 60)
    assert found["Hit 2"] == pytest.approx(13, abs=1 / 60)
    assert read.tick_to_time(ticks) == pytest.approx(21.3, abs=1 / 60)
    downbeats = read.get_downbeats()
    assert min(abs(downbeats - 5.2)) < 1 / 60
    assert min(abs(downbeats - 13)) < 1 / 60

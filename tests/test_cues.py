"""Cue sheets and timecode: facts of SMPTE timecode, tables, edit decision lists, bad input."""

from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import InputError
from composer.request.cues import MOST_BYTES, read_cue_sheet, read_hit
from composer.request.cues_timecode import FRAME_RATES, find_rate, read_time
from composer.request.picture_hits import Hit


@pytest.mark.parametrize(
    ("rate", "timecode", "frames"),
    [
        ("23.976", "01:00:00:00", 86_400),
        ("24", "00:00:01:12", 36),
        ("25", "00:01:00:00", 1_500),
        ("29.97", "00:01:00:00", 1_800),
        ("29.97df", "00:00:59;29", 1_799),
        ("29.97df", "00:01:00;02", 1_800),
        ("29.97df", "00:10:00;00", 17_982),
        ("29.97df", "01:00:00;00", 107_892),
        ("30", "00:00:01:00", 30),
        ("50", "00:00:01:49", 99),
        ("59.94df", "00:01:00;04", 3_600),
        ("59.94df", "01:00:00;00", 215_784),
        ("59.94", "00:00:01:00", 60),
        ("60", "01:00:00:00", 216_000),
    ],
)
def test_timecode_counts_the_frames_that_the_standard_says(rate, timecode, frames):
    exact = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001)}
    exact |= {"59.94": Fraction(60000, 1001)}
    name = rate.removesuffix("df")
    second = exact.get(name) or Fraction(name)
    assert read_time(timecode, FRAME_RATES[rate]) == pytest.approx(float(frames / second))


def test_drop_frame_timecode_keeps_step_with_the_clock():
    hour = read_time("01:00:00;00", FRAME_RATES["29.97df"])
    assert abs(hour - 3600) < 0.004
    assert read_time("01:00:00:00", FRAME_RATES["29.97"]) == pytest.approx(3603.6)


@pytest.mark.parametrize("name", ["29.97df", "59.94df"])
def test_every_frame_of_eleven_minutes_has_one_timecode(name):
    rate, times = FRAME_RATES[name], []
    for minutes, seconds, frames in product(range(11), range(60), range(rate.nominal)):
        if seconds or minutes % 10 == 0 or frames >= rate.dropped:
            times.append(rate.seconds(0, minutes, seconds, frames))
        else:
            with pytest.raises(ValueError, match="has no frame"):
                rate.seconds(0, minutes, seconds, frames)
    assert {after - before for before, after in pairwise(times)} == {1 / rate.exact}


@given(st.sampled_from(sorted(FRAME_RATES)), st.integers(0, 23), st.integers(0, 59))
def test_later_timecode_is_later(name, hours, minutes):
    rate = FRAME_RATES[name]
    first = rate.seconds(hours, minutes, 1, 0)
    assert first < rate.seconds(hours, minutes, 1, rate.nominal - 1)
    assert rate.seconds(hours, minutes, 2, 0) - first == rate.nominal / rate.exact


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83.5", 83.5),
        ("1:23.5", 83.5),
        ("0:01:23.5", 83.5),
        ("1:00:00", 3600),
        ("1:23,5", 83.5),
    ],
)
def test_times_are_read_as_people_write_them(text, seconds):
    assert read_time(text) == seconds


@pytest.mark.parametrize(
    ("text", "rate", "told"),
    [
        ("noon", None, "a time looks like"),
        ("", None, "a time looks like"),
        ("-3", None, "a time looks like"),
        ("1e9", None, "a time looks like"),
        ("1:75", None, "go to 59"),
        ("0:00:12:04", None, "--fps"),
        ("0:00:12:24", "24", "frames go from 0 to 23"),
        ("0:61:12:00", "24", "go to 59"),
        ("0:00:12;04", "25", "drop-frame"),
        ("00:01:00;00", "29.97df", "no frame 0 at 1:00"),
    ],
)
def test_a_wrong_time_is_told(text, rate, told):
    with pytest.raises(ValueError, match=r"^.+$") as caught:
        read_time(text, rate and FRAME_RATES[rate])
    assert told in str(caught.value)


def test_frame_rates_have_other_names():
    names = ("24", "24 fps", "23.98", "29.97 DF", "59.94 drop")
    assert [find_rate(name).name for name in names] == [
        "24",
        "24",
        "23.976",
        "29.97df",
        "59.94df",
    ]
    with pytest.raises(ValueError, match=r"one of 23\.976, 24, 25"):
        find_rate("48")


def test_a_hit_may_have_a_name():
    assert read_hit("0:12.4") == Hit(12.4)
    assert read_hit("0:12.4 the door slams") == Hit(12.4, "the door slams")
    assert read_hit("00:00:12:12 door", FRAME_RATES["24"]) == Hit(12.5, "door")


@pytest.mark.parametrize(
    "table",
    [
        "time,label\n0:12.4,Door\n47,Kiss\n",
        "0:12.4,Door\n47,Kiss",
        "\ufeffTime;Label\r\n0:12,4;Door\r\n0:47;Kiss\r\n",
        "0:12,4;Door\n0:47;Kiss",
        "#,Name,Time\n1,Door,0:12.4\n\n2,Kiss,47\n",
        "time\tlabel\n0:12.4\tDoor\n# a comment\n47\t Kiss \n",
        'time,label\n"0:12.4","Door"\n"47","Kiss"\n',
    ],
)
def test_tables_of_many_programs_are_read(tmp_path, table):
    path = tmp_path / "cues.csv"
    path.write_text(table, encoding="utf-8")
    assert read_cue_sheet(path) == (Hit(12.4, "Door"), Hit(47, "Kiss"))


def test_timecode_counts_from_the_full_hour(tmp_path):
    path = tmp_path / "cues.csv"
    path.write_text("01:00:12;04,Door\n01:01:00;02,Kiss\n", encoding="utf-8")
    hits = read_cue_sheet(path, FRAME_RATES["29.97df"])
    assert [hit.label for hit in hits] == ["Door", "Kiss"]
    times = [hit.seconds for hit in hits]
    assert times == pytest.approx([364 * 1001 / 30000, 1800 * 1001 / 30000], abs=1e-6)


EDL = """TITLE: REEL 1
FCM: {fcm}

001  AX       V     C        00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00
* FROM CLIP NAME: WIDE.MOV
001  AX       A     C        00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00
* LOC: 01:00:02:12 RED     Door slams
002  BX       V     D    024 00:00:09:00 00:00:12:00 01:00:05:00 01:00:08:00
* FROM CLIP NAME: CLOSE.MOV
* LOC: 01:00:06:00 The kiss
003  AX       V     C        00:00:30:00 00:00:40:00 01:00:08:00 01:00:18:00
"""


def test_an_edit_decision_list_gives_cuts_and_locators_in_order(tmp_path):
    path = tmp_path / "reel.edl"
    path.write_text(EDL.format(fcm="NON-DROP FRAME"), encoding="utf-8")
    assert read_cue_sheet(path, FRAME_RATES["24"]) == (
        Hit(0, "WIDE.MOV"),
        Hit(2.5, "Door slams"),
        Hit(5, "CLOSE.MOV"),
        Hit(6, "The kiss"),
        Hit(8),
    )
    with pytest.raises(InputError, match="--fps"):
        read_cue_sheet(path)


def test_an_edit_decision_list_may_say_that_it_drops_frames(tmp_path):
    path = tmp_path / "reel.EDL"
    path.write_text(EDL.format(fcm="DROP FRAME"), encoding="utf-8")
    assert read_cue_sheet(path)[2].seconds == pytest.approx(150 * 1001 / 30000, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "holds no rows"),
        ("a.edl", b"0:12.4,Door", "holds no events"),
        ("a.csv", b"0:01\n0:00:05:12,x\n0:00:06:12", "counts frames (line 2: 0:00:05:12)"),
        ("a.csv", b"x" * (MOST_BYTES + 1), "larger than 1 MB"),
        ("a.csv", b"1,a\n2\0,b", "not plain text"),
        ("a.csv", b"1,\xff\xfe\nlater,b\nnever,c", "line 2: a time looks like"),
        ("a.csv", b'1,"' + b"x" * 200_000, "no row of a table"),
        ("a.csv", b"1,a\n" * 501, "501 times"),
        ("a.csv", b"x,a\n" * 30, "and 20 more lines"),
    ],
)
def test_what_is_no_cue_sheet_is_told_in_one_line(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_cue_sheet(path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="cannot read"):
        read_cue_sheet(tmp_path / "absent.csv")


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.edl"]))
def test_any_bytes_give_hits_or_one_line(tmp_path_factory, content, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    try:
        hits = read_cue_sheet(path, FRAME_RATES["25"])
    except InputError as error:
        hits, told = (), str(error)
        assert "\n" not in told
    assert all(hit.seconds >= 0 for hit in hits)

"""Words for what changes on the way, and for hits, ask for what the flags ask for."""

# ruff: noqa: RUF001 - the marks of Chinese are what is read here

import shlex
from itertools import groupby, pairwise

import pytest

from composer.request import build_plan
from composer.request.text import remarks_of, told_of, understand, with_flags


def flags_of(command_line):
    """The wishes of a command line; hits are gathered."""
    words = shlex.split(command_line)
    said = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name == "--hit":
            said["hits"] = (*said.get("hits", ()), value)
        else:
            kind = {"--bars": int, "--seconds": float, "--swing": float}.get(name, str)
            said[name.removeprefix("--")] = kind(value)
    return said


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("from 80 to 120 bpm, 16 bars", "--bars 16 --tempo '80 accel120@2'"),
        ("speeding up from 80 to 120", "--tempo '80 accel120@2'"),
        ("slowing from 120 to 90 at the end", "--tempo '120 rit90@-4'"),
        ("90 bpm, speeding up to 140, 24 bars", "--bars 24 --tempo '90 accel140@13'"),
        ("starts at 80 bpm and ends at 120 bpm", "--tempo '80 accel120@2'"),
        ("60 bpm to 132 bpm over 24 bars", "--bars 24 --tempo '60 accel132@2'"),
        ("100→120 bpm", "--tempo '100 accel120@2'"),
        ("from eighty to one hundred and twenty bpm", "--tempo '80 accel120@2'"),
        ("120 bpm, switching to 140 bpm halfway", "--tempo '120 140@17'"),
        ("120 bpm dropping to 90 in the last third, 24 bars", "--bars 24 --tempo '120 90@17'"),
        ("60 bpm, ritardando in the last two bars", "--tempo '60 rit@-2'"),
        (
            "accelerando from 60 to 120, then ritardando at the end",
            "--tempo '60 accel120@2 rit@-4'",
        ),
        ("slow then fast", "--tempo '67 150@17'"),
        ("fast for the first 8 bars then slow", "--tempo '150 67@9'"),
        ("tempo 100 to 140", "--tempo 120"),
        ("速度从140加快到180", "--tempo '140 accel180@2'"),
        ("速度80，结尾渐慢到60", "--tempo '80 rit60@-4'"),
        ("somewhere from 110 to 120 bpm", "--tempo 115"),
        ("110 to 115 bpm", "--tempo 112.5"),
        ("tempo set to 120", "--tempo 120"),
        (
            "verse chorus verse, 90 bpm, slowing to 60 in the chorus",
            "--form 'verse chorus verse' --tempo '90 rit60@chorus'",
        ),
    ],
)
def test_a_change_of_tempo_is_a_tempo_curve(text, flags):
    assert build_plan(**understand(text).wishes) == build_plan(**flags_of(flags))


def test_a_tempo_goes_all_the_way_from_the_one_to_the_other():
    tempi = [
        bar.tempo_qpm for bar in build_plan(**understand("from 80 to 120 bpm").wishes).bars
    ]
    assert (tempi[0], tempi[-1]) == (80, 120)
    assert all(late > early for early, late in pairwise(tempi))


def test_the_half_of_a_piece_of_seconds_is_that_of_its_own_bars():
    wishes = understand("60 bpm, speeding up to 240, two minutes").wishes
    tempi = [bar.tempo_qpm for bar in build_plan(**wishes).bars]
    assert abs(tempi.count(60) - len(tempi) // 2) <= 1


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("from C major to A minor", "--key 'C major, A minor@bar17'"),
        ("starts in C and ends in A minor", "--key 'C major, A minor@bar25'"),
        ("in C, modulating to G in the middle, 24 bars", "--bars 24 --key 'C, G@bar13'"),
        ("D minor (modulating to F major at bar 9)", "--key 'D minor, F major@bar9'"),
        ("the key goes from C to G", "--key 'C, G@bar17'"),
        ("E minor, then C major, then back to E minor", "--key 'Em, C@bar13, Em@bar21'"),
        ("in D with a key change at the end", "--key 'D, E@bar29'"),
        ("C major, up a half step for the last third", "--key 'C, Db@bar21'"),
        ("C minor, ends in major", "--key 'C minor, C major@bar25'"),
        ("drop the key by a semitone halfway, E major", "--key 'E, Eb@bar17'"),
        ("C major until bar 9, then G major", "--key 'C, G@bar9'"),
        (
            "verse chorus verse chorus in C, up a semitone in the last chorus",
            "--form 'verse chorus verse chorus' --key 'C, Db@bar25'",
        ),
        (
            "verse chorus verse chorus in C, modulate to D in the last chorus",
            "--form 'verse chorus verse chorus' --key 'C, D@bar25'",
        ),
        ("从C大调转到D大调", "--key 'C, D@bar17'"),
        ("16小节，开始是A小调，中间转到C大调", "--bars 16 --key 'A minor, C@bar9'"),
        ("C major, D minor", "--key C"),
        ("a waltz in B", "--key B --meter 3/4 --tempo 140"),
        ("ternary form in A", "--form ABA --key A"),
    ],
)
def test_a_change_of_key_is_a_later_key(text, flags):
    assert build_plan(**understand(text).wishes) == build_plan(**flags_of(flags))


def test_a_key_without_a_place_changes_where_a_section_begins():
    wishes = understand(
        "4 bar intro, 10 bar verse, 8 bar chorus, from C major to A minor"
    ).wishes
    bars = build_plan(**wishes).bars
    starts = [at for at, (a, b) in enumerate(pairwise(bars), 1) if a.section != b.section]
    changes = [at for at, (a, b) in enumerate(pairwise(bars), 1) if a.key != b.key]
    assert (starts, changes) == ([4, 14], [14])


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("AABA, louder in B", {"intensity": "8@B"}),
        ("AABA in A minor with a key change to C in B", {"key": "A minor, C major@B"}),
        ("AABA, calm in A and epic in B", {"arc": "calm@1 epic@17 calm@25"}),
        ("AB form, gentle in A, unfathomable in B", {}),
        ("sad AABA, hopeful in section B", {"arc": "sad@1 hopeful@17 sad@25"}),
        ("AABA, section A in F, section B in D minor", {"key": "F major@A, D minor@B"}),
        ("AABA, slow in A, fast in B, 90 bpm", {"tempo": "90 67@A 150@B"}),
    ],
)
def test_a_letter_is_a_section_where_something_is_said_of_one(text, wishes):
    found = understand(text).wishes
    coursed = {
        name: found[name] for name in ("key", "intensity", "arc", "tempo") if name in found
    }
    assert coursed == wishes


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("a hit at 12.4 seconds", [12.4]),
        ("hits at 0:12 and 0:47", [12, 47]),
        ("accent at 1:03", [63]),
        ("hits at 12.4, 30 and 45 seconds, 60 seconds long", [12.4, 30, 45]),
        ("accents at 3.2s, 7.8s and 15s. Total length 22 seconds", [3.2, 7.8, 15]),
        ("hits at 0:47 and 0:12", [12, 47]),
        ("at 0:12 there is a big hit, 0:47 accent", [12, 47]),
        ("a hit at 1 minute 5 seconds", [65]),
        ("scene cuts at 0:08 0:15 0:22", [8, 15, 22]),
        ("0:10和0:22要有重音", [10, 22]),
        ("在12.4秒有一个强音，共30秒", [12.4]),
        ("1分03秒处高潮", [63]),
    ],
)
def test_hits_are_downbeats_at_their_times(text, hits):
    plan = build_plan(**understand(text).wishes)
    lengths = [
        240 * bar.meter.numerator / bar.meter.denominator / bar.tempo_qpm for bar in plan.bars
    ]
    starts = [sum(lengths[: marker.bar]) for marker in plan.markers]
    assert starts == pytest.approx(hits, abs=1 / 60)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("tense, a hit at 0:12.4, 30 seconds", "--mood tense --hit 0:12.4 --duration 30"),
        ("hits at 0:12 and 0:47, 90 bpm", "--tempo 90 --hit 0:12 --hit 0:47"),
        ("explosion at 0:31", "--hit '0:31 explosion'"),
        ("卡点0:05、0:10", "--hit 0:05 --hit 0:10"),
        (
            "25 fps, hits at 00:00:05:12 and 00:00:10:00",
            "--fps 25 --hit 00:00:05:12 --hit 00:00:10:00",
        ),
        (
            "C major to A minor, hit at 0:20, 40 s",
            "--hit 0:20 --duration 40 --key 'C, A minor@bar11'",
        ),
    ],
)
def test_hits_in_words_are_hits_by_flags(text, flags):
    found = understand(text)
    assert build_plan(**found.wishes) == build_plan(**flags_of(flags))
    assert build_plan(**flags_of(found.command_line)) == build_plan(**found.wishes)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("7/8, then 4/4 in the second half, 16 bars", "--bars 16 --meter '7/8 4/4@9'"),
        ("a waltz, 100 bpm, 4/4 in the last 4 bars", "--tempo 100 --meter '3/4 4/4@29'"),
        (
            "verse chorus verse in 4/4, 3/4 in the chorus",
            "--form 'verse chorus verse' --meter '4/4 3/4@chorus'",
        ),
        ("3/4 and 6/8", "--meter 3/4"),
    ],
)
def test_a_change_of_meter_is_a_later_meter(text, flags):
    assert build_plan(**understand(text).wishes) == build_plan(**flags_of(flags))


@pytest.mark.parametrize(
    "text", ["no hits at 0:12", "hit song", "accents on beats 2 and 4", "a hit at bar 9"]
)
def test_what_is_no_hit_at_a_time_is_none(text):
    assert "hits" not in understand(text).wishes


def test_what_hits_leave_no_room_for_is_told():
    found = understand("16 bars, 90 bpm, rit. at the end, hit at 0:12")
    assert "bars" not in found.wishes
    assert found.beaten == ("16 bars", "rit")
    assert any("as other words settle it: '16 bars', 'rit'" in one for one in remarks_of(found))
    assert told_of("16 bars, hit at 0:12", {})["understood"]["hits"] == {
        "value": ("0:12",),
        "words": ["hit at 0:12"],
    }


def test_flags_and_words_agree_on_one_picture():
    found = understand("tense, hits at 0:12 and 0:20, 30 seconds")
    wishes, told = with_flags(found, {"bars": 8})
    assert ("hits" in wishes, "duration" in wishes, wishes["bars"]) == (False, False, 8)
    assert "--bars 8 overrules the words' hits 0:12, 0:20" in told
    wishes, _ = with_flags(understand("tense, 30 seconds"), {"hits": ["0:12"]})
    assert build_plan(**wishes) == build_plan(mood="tense", hits=["0:12"], duration=30)


@pytest.mark.parametrize(
    ("text", "moods"),
    [
        ("sad until 0:30 then hopeful, 60 seconds", "sad@1 hopeful@0:30"),
        ("calm, at 0:30 it becomes tense, 60 seconds", "calm@1 tense@0:30"),
        ("sad, hopeful in the last third, 24 bars", "sad@1 hopeful@17"),
        ("sad, hopeful in the last 15 seconds, 60 seconds", "sad@1 hopeful@0:45"),
        ("calm for the first 10 seconds then tense, 40 s", "calm@1 tense@0:10"),
    ],
)
def test_a_mood_begins_at_its_place(text, moods):
    found = understand(text)
    assert (found.wishes["arc"], found.leftover) == (moods, ())
    plan = build_plan(**found.wishes)
    assert len(list(groupby(bar.mood for bar in plan.bars))) == 2


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("loud in the middle, 16 bars", "3@1 9@9 2@16"),
        ("quiet, swells in the middle, 16 bars", "3@1 9@9 2@16"),
        ("quiet, loud in the second half, 16 bars", "3@1 9@16"),
        ("fading, 16 bars", "8@1 2@16"),
    ],
)
def test_what_is_loud_in_the_middle_is_an_arch(text, levels):
    found = understand(text)
    assert (found.wishes["intensity"], found.leftover) == (levels, ())


@pytest.mark.parametrize(
    ("text", "leftover"),
    [
        ("drums in the middle", ("in the middle",)),
        ("a key change in the middle", ("key change", "in the middle")),
        ("walk from A to B", ("walk", "from A", "to B")),
        ("piano, from 100 to 130", ("from 100 to 130",)),
        ("drums come in at 0:12", ("come", "at 0:12")),
        ("808s and piano", ()),
        ("drums for the first 10 seconds, then piano", ("for the first 10 seconds",)),
        ("piano at 24 fps", ("24 fps",)),
        ("builds slowly", ()),
    ],
)
def test_places_and_numbers_that_nothing_changes_at_are_told(text, leftover):
    found = understand(text)
    assert found.leftover == leftover
    assert not {"tempo", "key", "seconds"} & found.wishes.keys()


@pytest.mark.parametrize(
    "text", ["no longer than 45 seconds", "not more than 45 seconds", "最多45秒", "不超过45秒"]
)
def test_the_most_that_a_length_may_be_is_the_length(text):
    assert understand(text).wishes == {"seconds": 45.0}

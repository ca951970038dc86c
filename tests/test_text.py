"""Free text: what sentences ask for is understood, and reads as flags do."""

# ruff: noqa: RUF001 - the marks of Chinese are what is read here

import json
import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.lab.confusions import findings_of, share_right, table_of
from composer.request import build_plan
from composer.request.text import remarks_of, told_of, understand, with_flags
from composer.request.text.spelling import nearest_words, slips

DATA = Path(__file__).parent / "data"
KNOWN = ("piano", "guitar", "cello", "choir", "strings", "accordion", "triumphant", "peaceful")


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("requests.jsonl", 0.97),
        ("requests_held_out.jsonl", 0.94),
        ("briefs.jsonl", 0.97),
        ("briefs_held_out.jsonl", 0.95),
        ("strangers.jsonl", 0.96),
        ("strangers_held_out.jsonl", 0.93),
        ("makers.jsonl", 0.97),
        ("makers_held_out.jsonl", 0.93),
    ],
)
def test_most_attributes_are_right(name, floor):
    findings = list(findings_of(DATA / name))
    assert share_right(findings) >= floor, [one for one in findings if one.outcome != "right"]


def test_the_confusions_tell_right_missed_wrong_and_invented(tmp_path):
    rows = [
        {
            "text": "sad piano in D minor",
            "expect": {"mood": "sad", "key": "D minor"},
            "may": [],
        },
        {"text": "happy", "expect": {"key": "C major", "mood": "sad"}, "may": []},
        {"text": "8 bars in 3/4, quiet", "expect": {"meter": "3/4"}, "may": ["intensity"]},
        {"text": "a waltz", "expect": {}, "may": ["meter"]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    found = [(one.attribute, one.outcome) for one in findings_of(path)]
    assert found == [
        ("mood", "right"),
        ("key", "right"),
        ("key", "missed"),
        ("mood", "wrong"),
        ("meter", "right"),
        ("bars", "invented"),
    ]
    table = table_of({"rows": list(findings_of(path))})
    assert table[-2:] == ["| all | 3/1/1/1 |", "| right | 50.0% |"]


def test_a_course_is_right_as_a_whole(tmp_path):
    rows = [
        {"text": "C major", "expect": {"keys": ["C major"]}, "may": []},
        {"text": "C major", "expect": {"keys": ["C major", "D major"]}, "may": []},
        {"text": "90 bpm, rit. at the end", "expect": {"tempi": [90, 63]}, "may": []},
        {"text": "90 bpm", "expect": {"tempi": [90, 120], "accelerando": True}, "may": []},
        {"text": "piano", "expect": {"hits": [12.0]}, "may": []},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    assert [(one.attribute, one.outcome) for one in findings_of(path)] == [
        ("keys", "right"),
        ("keys", "wrong"),
        ("tempi", "right"),
        ("tempi", "wrong"),
        ("accelerando", "missed"),
        ("hits", "missed"),
    ]


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("一段钢琴，四分之三拍，速度100", {"meter": "3/4", "tempo": 100.0}),
        ("两分半钟，八六拍，钢琴", {"meter": "6/8", "seconds": 150.0}),
        ("三把大提琴和一架钢琴", {"instruments": "cello,cello,cello,piano"}),
        ("short film score for piano", {"instruments": "piano"}),
        ("short notes, piano", {"instruments": "piano"}),
        ("a short sad piece", {"seconds": 20.0, "mood": "sad"}),
        ("form AABA, harp", {"form": "AABA", "instruments": "harp"}),
        ("AAA game, a song like ABBA", {"style": "game"}),
        ("intro, verse, chorus and outro", {"form": "intro verse chorus outro"}),
        ("80s synthpop, music of the 70s, 1990s rock", {"style": "electronic"}),
        ("4 bar intro, an eight-bar verse, harp", {"form": "intro:4 verse:8"}),
        ("intro (4 bars), verse: 8 bars, harp", {"form": "intro:4 verse:8"}),
        ("one hour of calm harp, 两小时", {"seconds": 3600.0, "mood": "calm"}),
        ("nylon guitar, D major 126", {"key": "D major", "tempo": 126.0}),
        (
            "starts soft, builds, ends soft, harp, 8 bars",
            {"intensity": "3@1 9@5 2@8", "bars": 8},
        ),
        ("harp, 8 bars, ends quietly", {"intensity": "8@1 2@8", "bars": 8}),
        ("summer vibes, piano and vibes", {"instruments": "piano,vibraphone"}),
        ("chill night vibes, 8 bars", {"mood": "relaxed", "bars": 8}),
        (
            "tense harp, a hit at 0:12, 0:30 long",
            {"duration": 30.0, "hits": ("0:12",), "mood": "tense"},
        ),
        ("60s loop for piano", {"seconds": 60.0, "instruments": "piano"}),
        ("低音吉他和次中音萨克斯", {"instruments": "finger bass,tenor sax"}),
        ("glass harmonica and a 12 string", {"instruments": "celesta,steel guitar"}),
        ("先平静后紧张，16小节", {"arc": "calm@1 tense@9", "bars": 16}),
        ("going up with grateful, melodic stops, harp", {"instruments": "harp"}),
        ("harp, 90 bpm, ritardando at the end", {"tempo": "90 rit@-4", "instruments": "harp"}),
        ("16 bars, 80 bpm, getting faster", {"tempo": "80 accel@9", "bars": 16}),
        ("starts sad and ends happy, 16 bars", {"arc": "sad@1 happy@9", "bars": 16}),
        ("opens loud and ends softly, 8 bars", {"intensity": "8@1 2@8", "bars": 8}),
        ("violin over piano chords", {"instruments": "violin:melody,piano:harmony"}),
        ("jazz trio: piano, double bass, drums", {"instruments": "piano,contrabass,drums"}),
    ],
)
def test_what_is_said_is_wished_and_no_more(text, wishes):
    found = understand(text).wishes
    assert found | wishes == found
    sure = {"key", "meter", "bars", "seconds", "form", "chords", "arc", "intensity"}
    sure |= {"hits", "duration"}
    assert (found.keys() & sure) == (wishes.keys() & sure)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("pinao", ("piano",)),
        ("guittar", ("guitar",)),
        ("accordian", ("accordion",)),
        ("triumfant", ("triumphant",)),
        ("peacefull", ("peaceful",)),
        ("hello", ()),
        ("chair", ()),
        ("strong", ()),
        ("springs", ()),
        ("according", ()),
        ("pian", ()),
    ],
)
def test_misspelt_words_are_corrected_and_other_words_are_not(word, meant):
    assert nearest_words(word, KNOWN) == meant


@given(st.sampled_from(KNOWN), st.integers(0, 20), st.sampled_from("aeiou"), st.integers(0, 3))
def test_one_slip_is_one_slip(word, place, letter, kind):
    place %= len(word) - 1
    before, after = word[:place], word[place:]
    made = (
        before + letter + after,
        before + after[1:],
        before + letter + after[1:],
        before + after[1] + after[0] + after[2:],
    )[kind]
    assert slips(word, made) == slips(made, word) == (made != word)


def examples_of_the_page():
    """Each example of the table in docs/text.md."""
    page = (Path(__file__).parent.parent / "docs" / "text.md").read_text(encoding="utf-8")
    table = page.partition("| mood |")[2].partition("\n\n")[0]
    for line in f"| mood |{table}".splitlines():
        for cell in line.split("|")[2:4]:
            plain = re.sub(r"\([^)]*\)", "", cell)
            yield from filter(None, (one.strip() for one in re.split("[;，]|, ", plain)))


@pytest.mark.parametrize("text", list(examples_of_the_page()))
def test_every_example_of_the_page_is_understood_to_its_last_word(text):
    found = understand(text)
    assert found.phrases
    assert not found.leftover


def test_people_and_programs_are_told_what_was_understood():
    text = "sad piano in D minor, no drums, nostalgic, xylofrobnicate"
    found = understand(text)
    assert "understood 'piano': instrument piano" in remarks_of(found)
    told = told_of(text, {})
    assert told["understood"]["key"] == {"value": "D minor", "words": ["D minor"]}
    assert told["understood"]["mood"] == {
        "value": "sad,nostalgic",
        "words": ["sad", "nostalgic"],
    }
    assert told["understood"]["instruments"]["words"] == ["piano", "drums"]
    assert told["ignored"] == ["xylofrobnicate"]
    assert told["understood"].keys() == found.wishes.keys()
    assert told_of(text, {"key": "F major"})["understood"].keys() == told[
        "understood"
    ].keys() - {"key"}


def test_what_changes_on_the_way_follows_the_bars_of_the_flags():
    found = understand("starts sad, becomes happy, getting louder, rit. at the end, 90 bpm")
    wishes, _ = with_flags(found, {"bars": 8})
    assert (wishes["arc"], wishes["tempo"]) == ("sad@1 happy@5", "90 rit@-2")
    assert wishes["intensity"] == "3@1 9@8"
    wishes, told = with_flags(found, {"mood": "calm", "tempo": "70"})
    assert ("arc" in wishes, wishes["tempo"], len(told)) == (False, "70", 2)


def test_flags_overrule_words_and_say_so():
    found = understand("slow piano in D minor, 40 seconds, building, xylofrobnicate")
    wishes, told = with_flags(found, {"key": "F major", "bars": 10})
    assert (wishes["key"], wishes["bars"], "seconds" in wishes) == ("F major", 10, False)
    assert wishes["intensity"] == "3@1 9@10"
    assert len(told) == 2
    assert "xylofrobnicate" in found.leftover


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        (
            "verse chorus outro in C major, louder in the chorus, rit. in the outro, 90 bpm",
            {"key": "C major", "intensity": "8@chorus", "tempo": "90 rit@outro"},
        ),
        (
            "AABA form in D minor, key change in section B, quiet and 80 bpm in the B section",
            {"key": "D minor, E minor@B", "intensity": "3@B", "tempo": "120 80@B"},
        ),
        (
            "intro verse chorus outro, soft intro, loud chorus and fade out in the outro",
            {"intensity": "3@intro 9@chorus 8-2@outro"},
        ),
        (
            "verse chorus bridge in G major, the bridge in E minor",
            {"key": "G major, E minor@bridge"},
        ),
    ],
)
def test_what_is_said_of_a_section_holds_there(text, wishes):
    found = understand(text)
    assert {name: found.wishes[name] for name in wishes} == wishes
    assert found.leftover == ()
    build_plan(**found.wishes)


@pytest.mark.parametrize(
    "text",
    [
        "a sad song, loud in the chorus",
        "verse chorus verse, drums in the chorus",
        "verse chorus verse, loud in the bridge",
    ],
)
def test_a_section_that_nothing_is_said_of_is_not_understood(text):
    assert understand(text).leftover in [("in the chorus",), ("in the bridge",)]


def test_what_is_said_twice_and_otherwise_is_told():
    text = "waltz in 3/4 and 6/8, C major, D minor, C major, 30 seconds, 16 bars, 90 bpm, harp"
    found = understand(text)
    assert found.beaten == ("6/8", "D minor", "30 seconds")
    wanted = {"meter": "3/4", "key": "C major", "bars": 16, "tempo": 90.0}
    assert {name: found.wishes[name] for name in wanted} == wanted
    assert any("'6/8', 'D minor', '30 seconds'" in line for line in remarks_of(found))
    assert told_of(text, {})["ignored"] == list(found.beaten)
    assert understand("sad, D minor, 90 bpm, sad, D minor").beaten == ()


def test_flags_overrule_what_is_said_of_sections():
    found = understand("verse chorus verse in C major, loud and 140 bpm in the chorus")
    wishes, _ = with_flags(found, {"tempo": "80", "bars": 24})
    assert (wishes["tempo"], wishes["intensity"]) == ("80", "9@chorus")


def test_what_is_asked_for_and_ruled_out_is_told():
    found = understand("no piano, only piano, slow")
    with pytest.raises(RequestError, match="ask for piano and rule the same out"):
        with_flags(found, {})
    assert with_flags(found, {"instruments": "flute"})[0]["instruments"] == "flute"


@pytest.mark.parametrize(
    ("text", "players"),
    [
        ("acoustic guitar, no electric guitar", "steel guitar"),
        ("a choir, no vocals", "choir aahs"),
        ("string quartet, no violins", "viola,cello"),
        ("a rock band without guitars", "bass,drums"),
    ],
)
def test_what_is_named_stays_beside_what_is_ruled_out(text, players):
    assert with_flags(understand(text), {})[0]["instruments"] == players


def test_the_equal_command_line_asks_for_the_same():
    found = understand("a hopeful slow waltz for piano and strings in D minor, no drums")
    flags = shlex.split(found.command_line)
    pairs = zip(flags[::2], flags[1::2], strict=True)
    said = {name.removeprefix("--"): value for name, value in pairs}
    assert build_plan(**said) == build_plan(**found.wishes)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_always_the_same(text):
    assert understand(text) == understand(text)

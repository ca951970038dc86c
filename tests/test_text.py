"""Free text: what sentences ask for is understood, and reads as flags do."""

import json
import shlex
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.plan.moods import find_mood
from composer.request import build_plan
from composer.request.text import understand, with_flags
from composer.score import find_instrument, parse_key

DATA = Path(__file__).parent / "data"
LOOSE = {"guitar": 3, "bass": 4, "organ": 2, "brass": 7, "brass section": 7}


def matches(wanted, part):
    name, _, roles = wanted.partition(":")
    if roles and part.role not in roles.split("|"):
        return False
    for one in name.split("|"):
        program, is_drums = find_instrument(one)
        if is_drums or part.is_drums:
            if is_drums and part.is_drums:
                return True
        elif part.program == program or LOOSE.get(one) == part.program // 8:
            return True
    return False


def right(name, wanted, found, plan):  # noqa: C901, PLR0911, PLR0912 - one rule a field
    wishes = found.wishes
    bar, parts = plan.bars[0], list(plan.parts or ())
    if name == "mood":
        aim, got = find_mood(wanted), plan.mood
        return (
            got.valence is not None
            and got.arousal is not None
            and (hypot(aim.valence - got.valence, aim.arousal - got.arousal) < 0.45)
        )
    if name == "not_mood":
        return plan.mood.valence is not None and plan.mood.valence > 0
    if name == "key":
        return bar.key == parse_key(wanted)
    if name == "mode":
        return bar.key is not None and bar.key.mode == wanted
    if name == "tempo":
        return "tempo" in wishes and wanted[0] <= wishes["tempo"] <= wanted[1]
    if name == "meter":
        return str(bar.meter) in wanted.split("|")
    if name == "seconds":
        low, high = wanted if isinstance(wanted, list) else (wanted * 0.98, wanted * 1.02)
        return low <= wishes.get("seconds", 0) <= high
    if name == "bars":
        return wishes.get("bars") == wanted
    if name == "intensity":
        return found.intensity in wanted.split("|")
    if name == "style":
        return plan.style in wanted.split("|")
    if name == "swing":
        return plan.swing is not None and plan.swing > 1.2
    if name == "without":
        return bool(parts) and not any(matches(one, part) for one in wanted for part in parts)
    if name == "instruments":
        for one in wanted:
            if one != "...":
                place = next((i for i, part in enumerate(parts) if matches(one, part)), None)
                if place is None:
                    return False
                del parts[place]
        return "..." in wanted or not parts
    return wishes.get(name) == wanted


def score(path):
    """(right, all, what was wrong) over the sentences of a file."""
    good, total, wrong = 0, 0, []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = understand(row["text"])
        plan = build_plan(**found.wishes)
        expected = row["expect"]
        spurious = {"key", "meter", "bars", "seconds"} & found.wishes.keys() - expected.keys()
        spurious -= {"key"} if "mode" in expected else set()
        for name, wanted in expected.items():
            total += 1
            if right(name, wanted, found, plan):
                good += 1
            else:
                wrong.append((row["text"], name, wanted, found.wishes, found.intensity))
        for name in spurious:
            total += 1
            wrong.append((row["text"], name, None, found.wishes, found.intensity))
    return good, total, wrong


@pytest.mark.parametrize(
    ("name", "floor"), [("requests.jsonl", 0.97), ("requests_held_out.jsonl", 0.9)]
)
def test_most_attributes_are_right(name, floor):
    good, total, wrong = score(DATA / name)
    assert good / total >= floor, wrong


def test_flags_overrule_words_and_say_so():
    found = understand("slow piano in D minor, 40 seconds, building, xylofrobnicate")
    wishes, told = with_flags(found, {"key": "F major", "bars": 10})
    assert (wishes["key"], wishes["bars"], "seconds" in wishes) == ("F major", 10, False)
    assert wishes["intensity"] == "3@1 9@10"
    assert len(told) == 2
    assert "xylofrobnicate" in found.leftover


def test_the_equal_command_line_asks_for_the_same():
    found = understand("a hopeful slow waltz for piano and strings in D minor, no drums")
    flags = shlex.split(found.command_line)
    pairs = zip(flags[::2], flags[1::2], strict=True)
    said = {name.removeprefix("--"): value for name, value in pairs}
    assert build_plan(**said) == build_plan(**found.wishes)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_always_the_same(text):
    assert understand(text) == understand(text)

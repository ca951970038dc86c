"""The plans in the examples: they load, stay as they are once complete, and are obeyed."""

from pathlib import Path

import pytest
from test_compose import NoisyEngine

from composer.check import check
from composer.compose import complete_plan, compose
from composer.midi import midi_bytes, read_midi
from composer.planfile import parse_plan, plan_text, read_plan_file
from composer.score import seconds_at

FOLDER = Path(__file__).parent.parent / "examples" / "plans"
PLANS = sorted(FOLDER.glob("*.yaml"))
BUILT = {"bars", "meter", "tempo", "key as written", "chords", "instruments", "range", "return"}
"""Controls that are kept whatever the model likes."""


def test_every_plan_is_described():
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(PLANS) == 3
    assert all(f"[{path.name}]" in told for path in PLANS)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_an_example_plan_is_a_fixed_point_and_obeyed(path):
    asked = read_plan_file(path)
    engine = NoisyEngine(is_lavish=True)
    whole = complete_plan(asked, engine, seed=asked.seed)
    again = parse_plan(plan_text(whole))
    assert again == whole
    assert complete_plan(again, engine, seed=asked.seed) == whole
    made = [midi_bytes(compose(plan, engine, seed=asked.seed).score) for plan in (asked, again)]
    assert made[0] == made[1]
    report = check(asked, read_midi(made[0]).score)
    names = {control.name for control in report.controls}
    assert {"bars", "meter", "tempo", "key as written", "instruments"} <= names
    assert [one for one in report.missed if one.name in BUILT] == []


def test_the_door_opens_on_the_bar_line_that_its_comments_say():
    asked = read_plan_file(FOLDER / "the_door.yaml")
    score = compose(asked, NoisyEngine(), seed=asked.seed).score
    hits = {
        marker.text: seconds_at(score, marker.onset_ticks)
        for marker in score.markers
        if marker.text in {"the door", "she knows him", "out"}
    }
    assert hits == pytest.approx(
        {"the door": 9.0, "she knows him": 25.0, "out": 43.0}, abs=1e-3
    )

"""The history of a checkpoint's training: runs add up, and a run is not counted twice."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from composer.errors import CheckpointError
from composer.lab.blend import blend
from composer.lab.learning import HISTORY, draw, entry_of, totals, with_run
from composer.model.checkpoint import Checkpoint, load_checkpoint
from composer.model.engine import folder_of


def log(steps, nats):
    """A run of ``steps`` steps of 100 events and half a second, validated every second step."""
    lines = [{"event": "start", "recipe": {}}]
    for step in range(1, steps + 1):
        lines.append({"event": "step", "step": step, "events": 100 * step, "seconds": step / 2})
        if step % 2 == 0:
            found = {"per note": nats - step / 10, "plan per note": 0.5}
            lines.append({"event": "validation", "step": step, "nats": {"all": found}})
    return lines


def test_a_run_comes_to_its_last_step_and_its_validations():
    entry = entry_of(log(5, 3.0))
    assert (entry["steps"], entry["events"], entry["seconds"]) == (5, 500, 2)
    assert entry["curve"] == [[200, 2.8, 0.5], [400, 2.6, 0.5]]


def test_runs_add_up_and_a_longer_log_replaces_a_shorter():
    history = with_run([], entry_of(log(4, 3.0)))
    history = with_run(history, entry_of(log(8, 2.0)))
    assert totals(history)["events"] == 1200
    history = with_run(history, entry_of(log(10, 2.0)))
    assert totals(history) == {"steps": 14, "events": 1400, "hours": pytest.approx(7 / 3600)}
    history = with_run(history, entry_of(log(1, 9.0)))
    assert len(history) == 3


def test_the_curve_of_three_runs_tells_what_was_kept_and_what_was_not_validated(tmp_path):
    picture = tmp_path / "curve.svg"
    runs = [entry_of(log(1, 9.0)), entry_of(log(8, 3.0), 0.85), entry_of(log(6, 2.0))]
    draw(runs, picture)
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own text
    said = re.findall(r"<!-- (run .*) -->", picture.read_text("utf-8"))
    assert said == ["run 1, never validated", "run 2, 85% of its change kept", "run 3"]


def test_a_blend_lies_on_the_line_between_two_checkpoints(tiny_checkpoint):
    before = load_checkpoint(tiny_checkpoint)
    moved = {name: array + 1 for name, array in before.weights.items()}
    after = Checkpoint(before.config, moved)
    for share in (0.0, 0.25, 1.0):
        found = blend(before, after, share).weights
        for name, array in before.weights.items():
            assert np.allclose(found[name] - array, share, atol=1e-5)
    with pytest.raises(CheckpointError, match="same sizes"):
        blend(before, Checkpoint(replace(before.config, layers=1), moved), 0.5)


def test_the_shipped_checkpoints_history_is_that_of_its_card():
    runs = json.loads((folder_of() / HISTORY).read_text("utf-8"))["runs"]
    found = totals(runs)
    card = (folder_of() / "card.md").read_text("utf-8")
    assert f"{found['events']:,} events" in card
    assert f"{found['steps']:,} steps" in card

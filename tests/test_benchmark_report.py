"""The benchmarks' report: ratios, goals and what a page holds, from made-up measurements."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import figures  # noqa: E402 - benchmarks are programs beside the package
import goals  # noqa: E402
import report  # noqa: E402
import timing  # noqa: E402

LLAMA, GPT2 = figures.STREAMS


def part(samples, **told):
    """A part with three rounds, an idle machine, and what is told."""
    machine = {
        "processor": "abacus",
        "cores": 1,
        "load": 0.0,
        "load_after": 0.0,
        "memory_gb": 1.0,
        "system": "none",
        "python": "3",
        "packages": {"beads": "1.0"},
    }
    common = {"when": "noon", "machine": machine, "rounds": 3, "is_quick": False}
    times = {"real_seconds": 10.0, "processor_seconds": 10.0}
    return {**common, **times, **told, "samples": samples}


def decoded():
    """Composer writes 40 and returns 60 notes in 0.1 s; peers take 1, 2, 4 and 2 s for 256."""
    own = {"written": 40, "all": 60, "events": 256, "pieces": 1, "bars": 8}
    seconds = {LLAMA: 1.0, GPT2: 2.0, figures.BY_HAND: 4.0, figures.SIX_FIELDS: 2.0}
    return part(
        {
            figures.COMPOSER: {"256": [0.1, 0.1, 0.2]},
            figures.DEFAULT: {"256": [1.0, 1.0, 1.0]},
            **{name: {"256": [each, each, 2 * each]} for name, each in seconds.items()},
        },
        batch=1,
        contexts=[256],
        default={"guidance": 1.0, "tries": 3},
        parameters={"composer": 7},
        tokens_per_note=4.0,
        token_files={"count": 2, "is_given": True},
        amounts={
            figures.COMPOSER: {"256": own},
            figures.DEFAULT: {"256": own},
            **{name: {"256": {"steps": 256}} for name in seconds},
        },
    )


def test_notes_a_second_are_tokens_over_tokens_a_note_and_events_one_each():
    speeds = {
        name: figures.notes_per_second(decoded(), name, "256", "written")[0]
        for name in (figures.COMPOSER, LLAMA, figures.SIX_FIELDS)
    }
    assert speeds == {figures.COMPOSER: 400, LLAMA: 64, figures.SIX_FIELDS: 128}
    assert figures.notes_per_second(decoded(), figures.COMPOSER, "256", "all")[0] == 600


def test_a_ratio_is_the_median_of_the_rounds_own():
    assert figures.ratio([10, 30, 20], [10, 10, 1]) == 3
    with pytest.raises(ValueError, match="zip"):
        figures.ratio([1, 2], [1])


def test_composer_is_measured_against_the_faster_stream():
    assert figures.faster_stream(decoded(), "256") == LLAMA
    told = {
        goal: (measured, is_met)
        for goal, measured, is_met in goals.goals({"decode": decoded()})
    }
    stream = "8 times the notes/s of the faster Hugging Face stream, only notes the model wrote"
    assert told[f"{stream} (composer plain; context)"] == ("6.2 (256)", False)
    assert not told[f"{stream} (composer as by default; context)"][1]


@pytest.mark.parametrize(("late", "is_met"), [(1.4, True), (1.6, False)])
def test_late_notes_may_cost_half_as_much_again(late, is_met):
    amounts = {"all": 10, "written": 10, "events": 10}
    long = part(
        {"one section": {"early": [1.0] * 3, "late": [late] * 3}},
        early=10,
        late=200,
        amounts={"one section": {"early": amounts, "late": amounts}},
    )
    assert [met for *_, met in goals.goals({"length": long})] == [is_met]


def test_a_page_names_what_was_measured_on_a_busy_machine_and_keeps_its_tables_whole():
    busy = decoded() | {"real_seconds": 30.0}
    text = report.page({"decode": busy})
    assert "| decode | noon | 3 | 0.0 to 0.0 | 3.0 **busy** |" in text
    assert "abacus, 1 cores, 1 GB, none, Python 3; beads 1.0" in text
    assert "busy** |" not in report.page({"decode": decoded()})
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_contenders_take_turns_and_each_round_begins_with_another():
    order = []
    runs = {name: lambda name=name: order.append(name) or {"s": 1.0} for name in "abc"}
    found = timing.take_turns(runs, 3)
    assert order == list("abcbcacab")
    assert found == {name: {"s": [1.0] * 3} for name in "abc"}


def test_a_child_is_timed_and_weighed_and_its_failure_is_told(tmp_path):
    code = "x = bytearray(300 * 2**20); import time; time.sleep(0.2)"
    used = timing.run_child([sys.executable, "-c", code], tmp_path)
    assert used["real"] >= 0.2
    assert used["peak"] > 300
    with pytest.raises(SystemExit, match="no such thing"):
        timing.run_child([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


def test_a_part_tells_json_on_stdout_alone(tmp_path):
    program = tmp_path / "some_part.py"
    program.write_text(
        f"import sys\nsys.path.insert(0, {str(BENCHMARKS)!r})\nimport timing\n"
        "timing.tell(lambda task: {'samples': {}, 'limit': task.rounds})\n"
    )
    ran = subprocess.run(
        [sys.executable, program, "--rounds", "7"], capture_output=True, text=True, check=True
    )
    told = json.loads(ran.stdout)
    assert told["rounds"] == told["limit"] == 7
    assert told["real_seconds"] >= 0

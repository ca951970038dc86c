"""Commands in pipes: standard input and output in place of files, and what they can't take."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import composer
from composer.cli import main
from composer.midi import midi_bytes
from composer.score import Note, Part, Score

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-m", "composer"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
SCALE = Score(
    (Part(0, tuple(Note(480 * at, 60 + at, 480, 80) for at in range(8))),), title="门"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, given=b"", **more):
    """The command in a process of its own."""
    return subprocess.run(
        [*RUN, *map(str, arguments)], input=given, env=ENVIRONMENT | more.pop("env", {}),
        capture_output="stdout" not in more, check=False, **more,
    )  # fmt: skip


def test_a_piece_goes_from_plan_to_check_without_files(tiny_checkpoint):
    model = ("--checkpoint", tiny_checkpoint, "--tries", 1)
    plan = run("plan", "--bars", 2, "--instruments", "piano", "--seed", 3, *model, "-o", "-")
    midi = run("generate", "--plan", "-", *model, "-o", "-", given=plan.stdout)
    assert midi.stdout[:4] == b"MThd"
    assert b"2 bars" in midi.stderr
    assert b"2 bars" in run("inspect", "-", given=midi.stdout).stdout
    recovered = run("plan", "from", "-", given=midi.stdout)
    assert b"Acoustic Grand Piano" in recovered.stdout
    Path("p.yaml").write_bytes(plan.stdout)
    told = run("check", "-", "--against", "p.yaml", given=midi.stdout)
    assert told.returncode == 0
    assert b"instruments" in told.stdout
    assert sorted(path.name for path in Path().iterdir()) == ["p.yaml"]


@pytest.mark.parametrize("more", [("--count", "2"), ("--sidecar",), ("--json",)])
def test_standard_output_takes_one_midi_file_and_nothing_else(more, capsys):
    assert main(["generate", "--bars", "1", "-o", "-", *more]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "-o - gives one MIDI file" in told.err


def test_a_batch_has_no_place_in_standard_output(capsys):
    assert main(["generate", "--jobs", "2", "--count", "2", "-o", "-"]) == 2
    assert "a batch needs a folder" in capsys.readouterr().err


def test_empty_input_is_told():
    done = run("inspect", "-")
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert b"empty" in done.stderr
    done = run("generate", "--plan", "-")
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert run("render", "-", given=midi_bytes(SCALE)).returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [("moods",), ("plan", "schema")])
def test_a_full_disk_behind_standard_output_is_one_line(command):
    with Path("/dev/full").open("wb") as full:
        done = run(*command, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1
    assert b"cannot write to standard output" in done.stderr


def test_names_that_the_terminal_can_not_show_are_escaped():
    composer.write_midi(SCALE, "门.mid")
    done = run("inspect", "门.mid", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert rb"\u95e8" in done.stdout

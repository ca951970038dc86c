"""Every example runs as its first lines say and leaves what it promises."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from composer import read_midi
from composer.score import Key, Mode

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))


def run(name, *arguments):
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / f"{name}.py", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_composing_a_mood(tiny_checkpoint, tmp_path):
    told = run("compose_a_mood", tmp_path, tiny_checkpoint)
    score = read_midi(tmp_path / "sad.mid").score
    assert [part.program for part in score.parts] == [42, 0, 43]
    assert score.keys[0].key == Key(2, Mode.MINOR)
    assert (tmp_path / "sad.ogg").read_bytes()[:4] == b"OggS"
    assert "8 bars" in told


def test_looking_into_a_file(tiny_checkpoint, tmp_path):
    run("compose_a_mood", tmp_path, tiny_checkpoint)
    told = run("look_into_a_file", tmp_path / "sad.mid")
    assert "Cello: " in told
    assert "Nearest mood: " in told


def test_changing_a_plan(tiny_checkpoint, tmp_path):
    told = run("change_a_plan", tmp_path, tiny_checkpoint)
    score = read_midi(tmp_path / "lifted.mid").score
    before, after = (change.key for change in score.keys)
    assert (before.tonic + 2) % 12 == after.tonic
    assert told == f"{before}, then {after}\n"
    assert score.tempos[-1].qpm == pytest.approx(score.tempos[0].qpm * 1.1, rel=1e-4)
    assert {score.tempos[-1].onset_ticks, score.keys[-1].onset_ticks} == {4 * 1920}


def test_the_mood_page(tiny_checkpoint, tmp_path):
    run("mood_page", tmp_path, tiny_checkpoint)
    page = (tmp_path / "moods.html").read_text(encoding="utf-8")
    assert page.count("<svg") == page.count("<audio") == page.count("<h2>") == 4


def test_hand_over(tiny_checkpoint):
    lines = run("hand_over", tiny_checkpoint).splitlines()
    assert [line.split(":")[0] for line in lines] == ["Seed 100", "Seed 101", "Seed 102"]


def test_no_example_is_left_out():
    tested = Path(__file__).read_text(encoding="utf-8")
    assert EXAMPLES
    assert all(f'run("{name}"' in tested for name in EXAMPLES)

"""The lab's commands: what they say and return where they can't do their work."""

import runpy
import sys

import pytest

from composer.errors import CheckpointError, InputError
from composer.lab.command import exit_code

MISSING = InputError.exit_code
COMMANDS = [
    ("blend a b 0.5 c", CheckpointError.exit_code),
    ("build_index a b", MISSING),
    ("calibrate_mood", MISSING),
    ("card a b", MISSING),
    ("evaluate_earlier a b c", MISSING),
    ("learning a b c", MISSING),
    ("measure a b", MISSING),
    ("measure_defaults a", MISSING),
    ("measure_originality a b", MISSING),
    ("tonal a", MISSING),
    ("typical a", MISSING),
]


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize(("command", "code"), COMMANDS)
def test_what_is_missing_is_told_in_one_line(command, code, tmp_path, monkeypatch, capsys):
    name, *_ = words = command.split()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPOSER_DATA", raising=False)
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        runpy.run_module(f"composer.lab.{name}", run_name="__main__")
    told = capsys.readouterr()
    assert (end.value.code, told.out) == (code, "")
    assert told.err.startswith(f"{name}: ")
    assert told.err.count("\n") == 1
    assert not [*tmp_path.iterdir()]


def test_ctrl_c_ends_a_command_with_130(capsys):
    def work():
        raise KeyboardInterrupt

    assert exit_code("work", work) == 130
    assert capsys.readouterr().err == "work: stopped\n"


def test_an_error_of_the_code_itself_keeps_its_traceback():
    def work():
        raise ValueError("a mistake")

    with pytest.raises(ValueError, match="a mistake"):
        exit_code("work", work)

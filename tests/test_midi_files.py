"""Whole-or-not-at-all files, and the one line for every bad file. Budget: 10 s."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from composer.errors import InputError, OutputError
from composer.files import whole_file, write_whole
from composer.midi import midi_bytes, read_midi, write_midi
from composer.score import Note, Part, Score

SCORE = Score(parts=(Part(0, (Note(0, 60, 480, 80),)),))


def test_writes_what_was_given(tmp_path):
    write_midi(SCORE, tmp_path / "a.mid")
    assert (tmp_path / "a.mid").read_bytes() == midi_bytes(SCORE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mid"]


def test_keeps_an_existing_file_unless_told(tmp_path):
    target = tmp_path / "a.mid"
    target.write_bytes(b"mine")
    with pytest.raises(OutputError, match="--force"):
        write_midi(SCORE, target)
    assert target.read_bytes() == b"mine"
    write_midi(SCORE, target, overwrite=True)
    assert target.read_bytes() == midi_bytes(SCORE)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".", "is a folder"),
        ("missing/a.mid", "does not exist"),
        ("file/a.mid", "is a file"),
        ("x" * 300, "cannot write"),
        ("nul\0.mid", "cannot write"),
    ],
)
def test_bad_outputs_get_one_line(tmp_path, name, words):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=words) as caught:
        write_midi(SCORE, tmp_path / name)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder none may write")
def test_unwritable_folder_and_device():
    with pytest.raises(OutputError, match=r"cannot write|no permission"):
        write_midi(SCORE, "/proc/composer.mid")
    with pytest.raises(OutputError, match="device"):
        write_midi(SCORE, "/dev/null", overwrite=True)


def test_an_error_inside_leaves_nothing_and_keeps_the_old(tmp_path):
    target = tmp_path / "a.wav"
    target.write_bytes(b"old")
    with pytest.raises(KeyError), whole_file(target, overwrite=True) as draft:  # noqa: PT012
        draft.write_bytes(b"half")
        assert (draft.name[0], draft.suffix, draft.parent) == (".", ".wav", tmp_path)
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert target.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_kill_in_the_middle_leaves_no_half_file(tmp_path):
    target = tmp_path / "song.mid"
    code = (
        "import sys, time\n"
        "from composer.files import whole_file\n"
        "with whole_file(sys.argv[1]) as draft, draft.open('wb') as file:\n"
        "    file.write(b'MThd'); file.flush()\n"
        "    print('half', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    assert all(path.name.startswith(".") for path in tmp_path.iterdir())
    write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Dear diary, today I composed nothing.\n" * 9, "is a text file"),
        (bytes(range(128, 256)) * 4, "is some other data"),
        (b"MThd\0\0\0\6\0", "inside its MIDI header"),
        (b"see MThd in the standard, section two", "no tracks"),
    ],
)
def test_bad_inputs_get_one_line(tmp_path, content, words):
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    for source in (path, content):
        with pytest.raises(InputError, match=words) as caught:
            read_midi(source)
        assert "\n" not in str(caught.value)


def test_missing_folder_large_and_device_inputs(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_midi(tmp_path / "none.mid")
    with pytest.raises(InputError, match="is a folder"):
        read_midi(tmp_path)
    with pytest.raises(InputError, match="cannot read"):
        read_midi("nul\0.mid")
    large = tmp_path / "large.mid"
    with large.open("wb") as file:
        file.truncate(200 * 2**20)
    start = time.monotonic()
    with pytest.raises(InputError, match=r"200\.0 MB.*up to 32 MB"):
        read_midi(large)
    assert time.monotonic() - start < 1
    with pytest.raises(InputError, match="MB"):
        read_midi(midi_bytes(SCORE), max_bytes=20)

"""The command line end to end: what it writes, what it says, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import soundfile

import composer
from composer import read_midi
from composer.cli import main
from composer.lab.recipe import Recipe
from composer.lab.session import Session
from composer.model.config import ModelConfig
from composer.request import build_plan
from composer.score import Key, Mode, Note, Part, Score, bars_of, seconds_at

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-m", "composer"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in an empty folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(capsys):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return call


@pytest.fixture
def generate(run, tiny_checkpoint):
    return lambda *options: run("generate", "--checkpoint", tiny_checkpoint, *options)


def files():
    return sorted(str(path) for path in Path().rglob("*") if path.is_file())


def write_scale(path):
    notes = tuple(Note(480 * at, 60 + at, 480, 80) for at in range(8))
    composer.write_midi(Score((Part(0, notes),), title="Scale"), path)


def test_generate_writes_what_was_asked_for(generate):
    code, out, told = generate(
        "--mood", "sad", "--bars", 3, "--meter", "3/4", "--key", "D minor", "--tempo", 77.5,
        "--instruments", "violin,drums", "--seed", 5, "-o", "sad.mid", "--audio", "sad.wav",
    )  # fmt: skip
    assert (code, out) == (0, "sad.mid\n")
    assert "--seed 5" in told
    score = read_midi("sad.mid").score
    assert [str(bar.meter) for bar in bars_of(score)] == ["3/4"] * 3
    assert score.tempos[0].qpm == pytest.approx(77.5, abs=0.01)
    assert score.keys[0].key == Key(2, Mode.MINOR)
    assert [(part.program, part.is_drums) for part in score.parts] == [(40, False), (0, True)]
    assert Path("sad.wav").read_bytes()[:4] == b"RIFF"
    assert files() == ["sad.mid", "sad.wav"]


def test_a_picture_is_met_by_file_and_sound(generate):
    Path("cues.csv").write_text("0:02,Door\n0:04,Kiss\n")
    code, _, told = generate(
        "--duration", "0:06.5", "--cues", "cues.csv", "--tail", "fade",
        "--instruments", "piano", "-o", "x.mid", "--audio", "x.wav",
    )  # fmt: skip
    assert code == 0, told
    assert soundfile.info("x.wav").frames == round(6.5 * 44100)
    score = read_midi("x.mid").score
    hits = {label.text: seconds_at(score, label.onset_ticks) for label in score.markers}
    assert hits["Door"] == pytest.approx(2, abs=1 / 60)
    assert hits["Kiss"] == pytest.approx(4, abs=1 / 60)


def test_names_are_made_up_and_never_overwrite(generate):
    names = [generate("--mood", "Sad, calm", "--bars", 1, "--seed", 12)[1] for _ in range(2)]
    assert names == ["sad-calm-12.mid\n", "sad-calm-12-2.mid\n"]
    one, two = (Path(name.strip()).read_bytes() for name in names)
    assert one == two


def test_count_numbers_the_files_and_each_can_be_had_again(generate):
    code, out, _ = generate("--bars", 2, "--count", 3, "--seed", 40, "-o", "x.mid")
    assert (code, out.split()) == (0, ["x-1.mid", "x-2.mid", "x-3.mid"])
    generate("--bars", 2, "--seed", 42, "-o", "again.mid")
    assert Path("again.mid").read_bytes() == Path("x-3.mid").read_bytes()
    assert Path("x-1.mid").read_bytes() != Path("x-3.mid").read_bytes()


def test_json_is_all_that_stdout_holds(generate):
    _, out, _ = generate("--bars", 2, "--count", 2, "--json", "--quiet", "-o", "x.mid")
    pieces = json.loads(out)
    assert [piece["midi"] for piece in pieces] == ["x-1.mid", "x-2.mid"]
    assert [piece["bars"] for piece in pieces] == [2, 2]
    assert pieces[1]["seed"] == pieces[0]["seed"] + 1
    assert pieces[0]["notes"] == read_midi("x-1.mid").score.note_count


def test_quiet_says_nothing(generate):
    assert generate("--bars", 1, "--quiet", "-o", "x.mid") == (0, "x.mid\n", "")


@pytest.mark.parametrize(
    "options",
    [
        ("--temperature", "0"),
        ("--top-k", "1"),
        ("--top-p", "0.1"),
        ("--min-p", "0.9"),
        ("--guidance", "3"),
        ("--no-humanise",),
        ("--valence", "0.9"),
        ("--arousal", "-0.9"),
        ("--style", "choral"),
    ],
)
def test_every_option_reaches_the_music(generate, options):
    generate("--mood", "sad", "--bars", 2, "--seed", 1, "-o", "plain.mid")
    code, _, told = generate("--mood", "sad", "--bars", 2, "--seed", 1, "-o", "x.mid", *options)
    assert code == 0, told
    assert Path("x.mid").read_bytes() != Path("plain.mid").read_bytes()


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--mood", "saddd"), 2, "did you mean sad"),
        (("--bars", "0"), 2, "1 to 2,000 bars"),
        (("--bars", "100000"), 2, "1 to 2,000 bars"),
        (("--bars", "many"), 2, "--bars"),
        (("--meter", "13/8"), 2, "13/8"),
        (("--tempo", "900"), 2, "20 and 400"),
        (("--valence", "2"), 2, "-1 and 1"),
        (("--key", "H dur"), 2, "key"),
        (("--instruments", "theremin3"), 2, "unknown instrument"),
        (("--style", "polka"), 2, "unknown style"),
        (("--temperature", "-1"), 2, "temperature"),
        (("--top-p", "1.5"), 2, "top-p"),
        (("--count", "0"), 2, "at least 1"),
        (("--duration", "soon"), 2, "a time looks like"),
        (("--hit", "0:20", "--hit", "0:10"), 2, "the nearest possible: 0:10, 0:20"),
        (("--cues", "absent.csv"), 2, "cannot read absent.csv"),
        (("--duration", "9", "--fps", "48"), 2, "a frame rate is one of"),
        (("--tail", "cut"), 2, "one of ring, fade"),
        (("--seed", "-4"), 2, "seed"),
        (("--nonsense",), 2, "--nonsense"),
        (("-o", "x.wav"), 2, "--audio"),
        (("--audio", "x.aac"), 2, ".flac"),
        (("-o", "."), 4, "folder"),
        (("--audio", "."), 4, "folder"),
        (("-o", "absent/x.mid"), 4, "absent"),
        (("-o", "there.mid"), 4, "--force"),
        (("--checkpoint", "absent"), 5, "absent"),
        (("--checkpoint", "."), 5, "config.json"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(generate, options, code, told):
    Path("there.mid").write_bytes(b"kept")
    found, out, line = generate(*options)
    assert (found, out) == (code, "")
    assert line.startswith("composer: ")
    assert line.count("\n") == 1
    assert told in line
    assert files() == ["there.mid"]
    assert Path("there.mid").read_bytes() == b"kept"


def test_force_replaces(generate):
    Path("there.mid").write_bytes(b"old")
    assert generate("--bars", 1, "-o", "there.mid", "--force")[0] == 0
    assert read_midi("there.mid").score.note_count > 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder(generate, folder):
    folder.chmod(0o500)
    code, _, line = generate("-o", "x.mid")
    folder.chmod(0o700)
    assert code == 4
    assert "permission" in line


def test_a_device_is_no_output(generate):
    code, _, line = generate("-o", "/proc/x.mid")
    assert code == 4
    assert line.count("\n") == 1


@pytest.mark.parametrize("command", ["inspect", "render"])
def test_files_that_are_no_midi(run, command):
    Path("text.mid").write_text("do re mi fa")
    Path("empty.mid").write_bytes(b"")
    with Path("large.mid").open("wb") as file:
        file.truncate(200 * 2**20)
    for name, told in (
        ("text.mid", "MIDI"),
        ("empty.mid", "empty"),
        ("large.mid", "200"),
        ("absent.mid", "exist"),
        (".", "folder"),
    ):
        start = time.monotonic()
        code, out, line = run(command, name)
        assert (code, out) == (3, ""), name
        assert told in line
        assert line.count("\n") == 1
        assert time.monotonic() - start < 5
    assert files() == ["empty.mid", "large.mid", "text.mid"]


def test_render_plays_a_file(run):
    write_scale("scale.mid")
    assert run("render", "scale.mid", "--quiet") == (0, "scale.wav\n", "")
    assert Path("scale.wav").stat().st_size > 4 * 44100 * 4
    code, _, line = run("render", "scale.mid")
    assert code == 4
    assert "--force" in line
    assert run("render", "scale.mid", "--force", "--engine", "rustysynth")[0] == 0
    assert run("render", "scale.mid", "-o", "scale.xyz")[0] == 2
    assert run("render", "scale.mid", "-o", "a.wav", "--soundfont", "scale.mid")[0] == 3
    assert files() == ["scale.mid", "scale.wav"]


def test_inspect_tells_people_and_programs(run):
    write_scale("scale.mid")
    code, out, _ = run("inspect", "scale.mid")
    assert code == 0
    for word in ("Scale", "2 bars", "8 notes", "4/4", "120", "Acoustic Grand Piano", "60"):
        assert word in out
    told = json.loads(run("inspect", "scale.mid", "--json")[1])
    assert (told["file"], told["notes"], told["bars"]) == ("scale.mid", 8, 2)


def test_inspect_draws_a_piano_roll(run):
    write_scale("scale.mid")
    assert run("inspect", "scale.mid", "--roll", "scale.svg")[0] == 0
    root = ET.parse("scale.svg").getroot()  # noqa: S314 - our own text
    assert root.tag.endswith("svg")
    assert "Acoustic Grand Piano" in "".join(root.itertext())
    code, out, line = run("inspect", "scale.mid", "--roll", "scale.svg")
    assert (code, out) == (4, "")
    assert "--force" in line
    assert run("inspect", "scale.mid", "--roll", "scale.svg", "--force")[0] == 0
    code, _, line = run("inspect", "scale.mid", "--roll", "scale.bmp")
    assert code == 2
    assert ".svg or .png" in line
    assert files() == ["scale.mid", "scale.svg"]


def test_inspecting_silence(run):
    composer.write_midi(Score(()), "silence.mid")
    code, out, _ = run("inspect", "silence.mid")
    assert code == 0
    assert "0 notes" in out
    assert json.loads(run("inspect", "silence.mid", "--json")[1])["mood"]["nearest"] == ""


def test_moods_lists_them_all(run):
    _, out, _ = run("moods")
    tags = json.loads(run("moods", "--json")[1])
    assert len(tags) >= 24
    lines = out.splitlines()[1:]
    assert [line.split("  ")[0] for line in lines] == [tag["name"] for tag in tags]
    sad = next(tag for tag in tags if tag["name"] == "sad")
    assert sad["valence"] < 0 > sad["arousal"]


def test_progressions_lists_what_can_be_asked_for(run):
    named = json.loads(run("progressions", "--json")[1])
    lines = run("progressions")[1].splitlines()[1:]
    assert [line.split("  ")[0] for line in lines] == [one["name"] for one in named]
    for one in named:
        plan = build_plan(progression=one["name"], key=f"A {one['mode']}", bars=16)
        same = build_plan(chords=one["chords"], key=f"A {one['mode']}", bars=16)
        assert [bar.chord for bar in plan.bars] == [bar.chord for bar in same.bars]


def test_doctor_names_what_works_and_what_fails(run, monkeypatch, tiny_checkpoint):
    monkeypatch.setattr("composer.model.engine.find_asset", lambda *_parts: tiny_checkpoint)
    code, out, _ = run("doctor")
    assert code == 0
    assert composer.__version__ in out
    found = {finding["subject"]: finding for finding in json.loads(run("doctor", "--json")[1])}
    assert found["model"]["is_ok"]
    assert found["model"]["text"].endswith("runs on onnx")
    assert not found["torch"]["is_fatal"]
    assert found["sound"]["is_ok"]
    monkeypatch.setattr("composer.model.engine.find_asset", lambda *_parts: Path("absent"))
    code, out, _ = run("doctor")
    assert code == 1
    assert "FAILS  model" in out


def test_prepare_and_train_say_what_they_miss(run):
    code, _, line = run("prepare", "absent", "shards")
    assert (code, line.count("\n")) == (3, 1)
    code, _, line = run("train", "absent", "out", "--total-minutes", "0.01")
    assert (code, line.count("\n")) == (3, 1)
    for options in ((), ("out", "--width", "wide"), ("out", "--depth", "4")):
        code, out, line = run("train", "absent", *options)
        assert (code, out, line.count("\n")) == (2, "", 1)
    assert files() == []


def test_version_and_help(run):
    assert run("--version")[:2] == (0, f"composer {composer.__version__}\n")
    code, out, _ = run("--help")
    assert code == 0
    for command in ("generate", "render", "inspect", "moods", "doctor", "prepare", "train"):
        assert command in out
    assert "composer plan [OPTIONS]" in run("plan", "--help")[1]
    code, out, line = run()
    assert code == 2
    assert "generate" in out + line


def test_help_loads_nothing_heavy():
    commands = (
        "", "generate", "render", "check", "inspect", "evaluate", "moods", "progressions",
        "doctor", "prepare", "plan", "plan from", "plan schema",
    )  # fmt: skip
    program = (
        "import sys; from composer.cli import main; "
        f"[main([*command.split(), '--help']) for command in {commands}]; "
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, check=True
    )
    loaded = done.stdout.decode().splitlines()[-1]
    for package in ("torch", "numpy", "mido", "scipy", "onnxruntime", "librosa", "music21"):
        assert f"'{package}'" not in loaded
    assert "'typer'" in loaded


def test_completion_is_offered():
    # Without a shell above it (a service, a container) Typer can't tell which one is used.
    named = ENVIRONMENT | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(
        [*RUN, "--show-completion", "bash"], env=named, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"complete" in done.stdout


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None  # any import of it fails
from composer.cli import main
sys.exit(main())
"""


def without_torch(*arguments):
    """Run the command where torch is missing."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *map(str, arguments)],
        env=ENVIRONMENT, capture_output=True, check=False, text=True,
    )  # fmt: skip


def test_composing_needs_no_torch(tiny_checkpoint):
    options = ("generate", "--checkpoint", tiny_checkpoint, "--bars", 3, "--seed", 2, "-q")
    done = without_torch(*options, "-o", "a.mid")
    assert (done.returncode, done.stderr) == (0, "")
    subprocess.run(
        [*RUN, *map(str, options), "--engine", "onnx", "-o", "b.mid"],
        env=ENVIRONMENT, check=True, capture_output=True,
    )  # fmt: skip
    assert Path("a.mid").read_bytes() == Path("b.mid").read_bytes()


def test_composing_never_imports_torch(tiny_checkpoint):
    program = (
        "import sys; from composer.cli import main; code = main(sys.argv[1:]); "
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'torch')); "
        "sys.exit(code)"
    )
    arguments = ["generate", "--checkpoint", str(tiny_checkpoint), "--bars", "2", "-o", "a.mid"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=ENVIRONMENT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["a.mid", "[]"]


def test_a_missing_torch_is_told_in_one_line(tiny_checkpoint):
    for arguments in (
        ("generate", "--checkpoint", tiny_checkpoint, "--engine", "torch"),
        ("train", "shards", "out"),
    ):
        done = without_torch(*arguments)
        assert done.returncode == 6
        assert done.stderr.count("\n") == 1
        assert "composer-music[train]" in done.stderr
    assert without_torch("prepare", "absent", "shards").returncode == 3
    assert files() == []


def test_the_trainers_help_needs_no_torch():
    done = without_torch("train", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    told = " ".join(done.stdout.split())
    for group in (ModelConfig, Recipe, Session):
        for field in fields(group):
            name = field.name.replace("_", "-")
            kind = type(field.default).__name__.upper()
            assert f"--{name} {kind} default: {field.default!r}" in told


def test_the_engine_is_chosen(generate):
    assert generate("--engine", "torch", "--bars", 1, "-o", "a.mid")[0] == 0
    code, _, told = generate("--engine", "best", "--bars", 1, "-o", "b.mid")
    assert (code, told.count("\n")) == (2, 1)
    assert "numpy or torch" in told


def wait_until_at_work(process, seconds=1.5):
    """Wait until a process has computed for some seconds, however busy the machine is."""
    clock = Path(f"/proc/{process.pid}/stat")
    if not clock.exists():
        time.sleep(2 * seconds)
        return
    ticks = seconds * os.sysconf("SC_CLK_TCK")
    while sum(map(int, clock.read_text().rpartition(")")[2].split()[11:13])) < ticks:
        assert process.poll() is None, "it ended before it could be stopped"
        time.sleep(0.05)


def test_ctrl_c_ends_with_130_and_leaves_nothing(tiny_checkpoint):
    command = [
        *RUN,
        "generate",
        "--checkpoint",
        tiny_checkpoint,
        "--bars",
        "2000",
        "--instruments",
        "violin,viola,cello,flute,oboe,clarinet,trumpet,piano,harp,drums",
        "-o",
        "x.mid",
    ]
    with subprocess.Popen(
        command,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        # Tests started in the background inherit a SIGINT that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        wait_until_at_work(process)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.decode() == "composer: stopped\n"
    assert files() == []


STOPPED_AT_ONCE = """
import runpy, sys
class Stopped:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stopped())
runpy.run_module("composer", run_name="__main__")
"""


def test_ctrl_c_while_the_command_loads_is_one_line():
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_AT_ONCE],
        env=ENVIRONMENT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "composer: stopped\n")


class Stopped:
    """Ctrl-C while a compiled module is loaded, which makes an ImportError of it."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, name, *_):
        if name == self.name:
            raise ImportError("initialization failed") from KeyboardInterrupt()


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("matplotlib.figure", "inspect scale.mid --roll x.png"),
        ("soundfile", "render scale.mid"),
    ],
)
def test_ctrl_c_while_a_library_loads_is_no_other_error(module, command, run, monkeypatch):
    write_scale("scale.mid")
    monkeypatch.setattr(sys, "meta_path", [Stopped(module), *sys.meta_path])
    monkeypatch.delitem(sys.modules, module, raising=False)
    assert run(*command.split()) == (130, "", "composer: stopped\n")
    assert files() == ["scale.mid"]


def test_a_reader_that_leaves_early_is_no_error():
    with subprocess.Popen(
        [*RUN, "moods"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        told = process.stderr.read()
    assert told == b""
    assert process.returncode == 1


def test_threads_change_nothing(tiny_checkpoint):
    for threads in ("1", "4"):
        subprocess.run(
            [*RUN, "generate", "--checkpoint", tiny_checkpoint, "--bars", "3", "--seed", "9",
             "--quiet", "-o", f"{threads}.mid"],
            env=ENVIRONMENT | dict.fromkeys(
                ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads
            ),
            check=True, capture_output=True,
        )  # fmt: skip
    assert Path("1.mid").read_bytes() == Path("4.mid").read_bytes()

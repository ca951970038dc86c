"""Many pieces: the same bytes whoever composes, and nothing lost or done twice."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import HAS_PROC, computing, members, wait_until

from composer import read_midi
from composer.batch import Order, Way, compose_batch, running
from composer.batch.making import Means, make
from composer.cli import main
from composer.errors import CheckpointError
from composer.plan import Plan, PlanBar

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-m", "composer"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
needs_proc = pytest.mark.skipif(not HAS_PROC, reason="looks for processes in /proc")
SMALL = ("--bars", 1, "--instruments", "piano", "--tries", 1)
LONG = ("--bars", 2000, "--instruments", "violin,viola,cello,flute,oboe,piano,drums")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Each test works in an empty folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)


@pytest.fixture
def generate(capsys, tiny_checkpoint):
    """Run the command in this process: (exit code, stdout, stderr)."""

    def call(*options):
        arguments = ["generate", "--checkpoint", tiny_checkpoint, *options]
        return (main([str(one) for one in arguments]), *capsys.readouterr())

    return call


@pytest.fixture
def plans():
    """Three plan files, the second with a fault that is told."""
    Path("plans").mkdir()
    for name, bars in (("door", 1), ("end", 2)):
        text = f"seed: 7\nparts: [{{instrument: piano}}]\nsections:\n  - bars: {bars}\n"
        Path("plans", f"{name}.yaml").write_text(text)
    Path("plans", "east.yml").write_text("sections:\n  - {bars: 0, tempo: fast}\n")
    Path("plans", "notes.txt").write_text("no plan")
    return Path("plans")


def held(folder="out"):
    """The files of a folder and their bytes, but for the record."""
    paths = sorted(Path(folder).iterdir())
    return {path.name: path.read_bytes() for path in paths if path.name != "batch.jsonl"}


def times(folder="out"):
    return {path.name: path.stat().st_mtime_ns for path in Path(folder).iterdir()}


# -- what is made ------------------------------------------------------------------------


def test_any_number_of_jobs_makes_the_pieces_that_single_commands_make(generate):
    asked = ("--mood", "Sad, calm", *SMALL)
    assert generate(*asked, "--count", 3, "--seed", 8, "-o", "one")[0] == 0
    code, out, told = generate(*asked, "--count", 3, "--seed", 8, "-o", "two", "--jobs", 2)
    assert (code, told) == (0, "two: 3 composed\n")
    assert set(out.split()) == {f"two/sad-calm-{seed}.mid" for seed in (8, 9, 10)}
    assert held("one") == held("two")
    for seed in (8, 9, 10):
        generate(*asked, "--seed", seed, "-o", f"{seed}.mid")
        assert Path(f"{seed}.mid").read_bytes() == held("one")[f"sad-calm-{seed}.mid"]


def test_without_a_seed_a_batch_counts_from_one(generate):
    generate(*SMALL, "--count", 2, "-o", "out")
    assert list(held()) == ["piece-1.mid", "piece-2.mid"]


def test_sound_sidecar_and_json_come_with_each_piece(generate):
    extras = ("--tail", "fade", "--sidecar", "--no-humanise")
    code, out, _ = generate(
        *SMALL, "--count", 2, "-o", "out", "--audio", "flac", "--json", *extras
    )
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["midi"] for line in lines] == ["out/piece-1.mid", "out/piece-2.mid"]
    assert [line["audio"] for line in lines] == ["out/piece-1.flac", "out/piece-2.flac"]
    assert lines[1]["notes"] == read_midi("out/piece-2.mid").score.note_count
    generate(*SMALL, "--seed", 2, "-o", "x.mid", "--audio", "x.flac", *extras)
    for suffix in ("mid", "flac", "json"):
        assert Path(f"x.{suffix}").read_bytes() == held()[f"piece-2.{suffix}"], suffix


def test_a_progress_bar_on_a_terminal_takes_nothing_from_stdout(tiny_checkpoint):
    terminal, other_end = os.openpty()
    command = [
        *RUN,
        "generate",
        "--checkpoint",
        tiny_checkpoint,
        *SMALL,
        "--count",
        2,
        "-o",
        "out",
    ]
    done = subprocess.run(
        [str(one) for one in command],
        env=ENVIRONMENT | {"TERM": "xterm"}, check=True,
        stdout=subprocess.PIPE, stderr=other_end,
    )  # fmt: skip
    os.close(other_end)
    shown = os.read(terminal, 1 << 16)
    os.close(terminal)
    assert done.stdout == b"out/piece-1.mid\nout/piece-2.mid\n"
    assert b"Composing" in shown
    assert b"pieces" in shown


def test_a_folder_of_plans_and_one_bad_among_them(generate, plans):
    code, out, told = generate("--plan", plans, "-o", "out", "--count", 2, "--tries", 1)
    assert code == 8
    assert sorted(out.split()) == [
        f"out/{name}.mid" for name in ("door-7", "door-8", "end-7", "end-8")
    ]
    bad, _, last = told.splitlines()
    assert bad.startswith("composer: plans/east.yml has 2 problems: line 2, section 1, bars:")
    assert last == "composer: 1 of 5 pieces failed, as said above"
    assert len(read_midi("out/end-7.mid").score.meters) >= 1
    generate("--plan", plans / "end.yaml", "--seed", 8, "--tries", 1, "-o", "x.mid")
    assert Path("x.mid").read_bytes() == held()["end-8.mid"]


def test_a_fault_in_one_piece_leaves_the_others(generate, monkeypatch):
    from composer.api import Composer  # noqa: PLC0415 - the class that workers use

    whole = Composer.compose

    def compose(self, plan, *, seed, **options):
        if seed == 2:
            raise ValueError("odd\nplan")
        return whole(self, plan, seed=seed, **options)

    monkeypatch.setattr(Composer, "compose", compose)
    code, _, told = generate(*SMALL, "--count", 3, "-o", "out")
    assert code == 8
    assert list(held()) == ["piece-1.mid", "piece-3.mid"]
    assert "composer: out/piece-2.mid: fault in composer: ValueError: odd plan\n" in told


def test_strict_judges_pieces_of_earlier_runs_too(generate):
    asked = ("--bars", 4, "--arc", "sad happy@3", "--tries", 1, "--count", 4, "-o", "out")
    generate(*asked)
    before = held()
    first = generate(*asked, "--strict")
    again = generate(*asked, "--strict")
    assert first[0] == again[0] == (7 if "not kept" in first[2] else 0)
    assert first[0] == 7, "choose another request: random weights kept this one"
    assert first[2].count("not kept") == again[2].count("not kept")
    assert held() == before


# -- what is not made again --------------------------------------------------------------


@pytest.fixture
def made(monkeypatch):
    """The stems of the pieces that are made in this process from now on."""
    stems = []

    def noted(order, **how):
        stems.append(order.stem)
        return make(order, **how)

    monkeypatch.setattr(running, "make", noted)
    return stems


def test_a_second_run_makes_nothing(generate, made):
    asked = (*SMALL, "--count", 3, "-o", "out")
    first = generate(*asked, "--json")
    before = times()
    made.clear()
    second = generate(*asked, "--json")
    assert (second[0], made, times()) == (0, [], before)
    assert second[1] == first[1]
    assert second[2] == "out: 0 composed, 3 were there already\n"
    assert generate(*asked, "--force")[0] == 0
    assert (made, times()) == ([], before)
    generate(*SMALL, "--count", 4, "-o", "out")
    assert made == ["piece-4"]


@pytest.mark.parametrize(
    "change",
    [("--valence", 0.9), ("--temperature", 0.5), ("--no-humanise",), ("--engine", "numpy")],
)
def test_a_changed_request_is_not_taken_for_done(generate, made, change):
    asked = ("--style", "game", *SMALL, "--count", 2, "-o", "out")
    generate(*asked)
    before = held()
    made.clear()
    code, out, told = generate(*asked, *change)
    assert (code, out, made, held()) == (4, "", [], before)
    assert told == (
        "composer: out/game-1.mid exists already, and 1 more, made otherwise or changed since: "
        "choose another folder or add --force\n"
    )
    for remade in (["game-1", "game-2"], []):
        made.clear()
        assert generate(*asked, *change, "--force")[0] == 0
        assert made == remade


def test_another_checkpoint_is_another_request(generate, tiny_checkpoint, tmp_path, made):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in tiny_checkpoint.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    asked = (*SMALL, "--count", 2, "-o", "out")
    generate(*asked)
    made.clear()
    assert generate(*asked, "--checkpoint", copy)[0] == 0
    assert made == []
    with (copy / "config.json").open("a") as file:
        file.write("\n")
    assert generate(*asked, "--checkpoint", copy)[0] == 4


def test_one_edited_plan_is_the_only_one_made_again(generate, plans, made):
    (plans / "east.yml").unlink()
    asked = ("--plan", plans, "-o", "out", "--tries", 1)
    generate(*asked)
    made.clear()
    with (plans / "end.yaml").open("a") as file:
        file.write("# a remark changes nothing\n")
    assert (generate(*asked)[0], made) == (0, [])
    (plans / "end.yaml").write_text("sections:\n  - {bars: 1, tempo: 90}\nseed: 7\n")
    assert (generate(*asked)[0], made) == (4, [])
    assert (generate(*asked, "--force")[0], made) == (0, ["end-7"])


def test_a_file_that_someone_changed_is_kept(generate):
    asked = (*SMALL, "--count", 2, "-o", "out")
    generate(*asked)
    Path("out/piece-1.mid").write_bytes(b"my own work")
    code, _, told = generate(*asked)
    assert (code, told.count("\n")) == (4, 1)
    assert held()["piece-1.mid"] == b"my own work"
    Path("out/piece-1.mid").unlink()
    assert generate(*asked)[0] == 0
    assert read_midi("out/piece-1.mid").score.note_count > 0


def test_what_is_asked_besides_later_is_added(generate, made):
    asked = (*SMALL, "--count", 2, "-o", "out")
    generate(*asked)
    notes = held()
    before = times()
    assert generate(*asked, "--audio", "wav")[0] == 0
    assert generate(*asked, "--sidecar")[0] == 0
    assert {name: one for name, one in times().items() if name in notes} == {
        name: one for name, one in before.items() if name in notes
    }
    assert len(held()) == 6
    made.clear()
    assert generate(*asked, "--audio", "wav", "--sidecar")[0] == 0
    assert made == []
    assert generate(*asked, "--audio", "wav", "--tail", "fade")[0] == 4


# -- what is cut short -------------------------------------------------------------------


@pytest.mark.parametrize("deadly", ["before the record", "after the record", "after the file"])
def test_a_death_at_any_step_is_no_hindrance(generate, monkeypatch, deadly):
    asked = (*SMALL, "--count", 3)
    generate(*asked, "-o", "whole")
    with monkeypatch.context() as patch:
        add, write = running.Record.add, running.write_whole

        def dying_add(self, entry):
            if deadly == "before the record" and entry.stem == "piece-2":
                raise SystemExit(9)
            add(self, entry)

        def dying_write(path, data, **how):
            if path.name == "piece-2.mid":
                if deadly == "after the file":
                    write(path, data, **how)
                raise SystemExit(9)
            write(path, data, **how)

        patch.setattr(running.Record, "add", dying_add)
        patch.setattr(running, "write_whole", dying_write)
        with pytest.raises(SystemExit):
            generate(*asked, "-o", "out")
    assert held().keys() <= held("whole").keys()
    assert generate(*asked, "-o", "out")[0] == 0
    assert held() == held("whole")


def test_a_record_cut_anywhere_is_no_hindrance(generate, made):
    asked = (*SMALL, "--count", 2, "-o", "out")
    generate(*asked)
    record = Path("out/batch.jsonl")
    whole, music = record.read_bytes(), held()
    first = whole.index(b"\n") + 1
    for end in (first, first + 1, len(whole) - 20, len(whole) - 2):
        made.clear()
        record.write_bytes(whole[:end])
        Path("out/piece-2.mid").unlink()
        assert generate(*asked)[0] == 0
        assert made == ["piece-2"]
        assert held() == music
        made.clear()
        assert generate(*asked)[0] == 0
        assert made == []


def test_a_record_of_nonsense_is_no_record(generate):
    Path("out").mkdir()
    wrong = b'{"stem": "piece-1", "music": "", "sound": "", "files": [], "piece": {}}'
    lines = [b"", b"null", b"[]", b'{"stem": 1}', b"\xff\xfe", b"[" * 100_000, wrong]
    Path("out/batch.jsonl").write_bytes(b"\n".join(lines))
    assert generate(*SMALL, "--jobs", 1, "-o", "out")[0] == 0
    assert list(held()) == ["piece-1.mid"]


def started(*options, checkpoint):
    """The command as a process of its own, in a group of its own, as in a terminal."""
    arguments = [*RUN, "generate", "--checkpoint", checkpoint, *options]
    return subprocess.Popen(
        [str(one) for one in arguments],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
        # Tests started in the background inherit a SIGINT that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip


@needs_proc
def test_a_killed_run_goes_on_where_it_was(generate, tiny_checkpoint):
    asked = ("--bars", 8, "--instruments", "piano,bass", "--tries", 1, "--count", 6)
    generate(*asked, "-o", "whole")
    with started(*asked, "-o", "out", "--jobs", 2, checkpoint=tiny_checkpoint) as process:
        assert process.stdout.readline().startswith("out/piece-")
        process.kill()
        wait_until(lambda: not members(process.pid))
    finished = held()
    assert finished
    assert finished.items() <= held("whole").items()
    old = len(finished)
    code, _, told = generate(*asked, "-o", "out", "--jobs", 2)
    assert (code, told) == (0, f"out: {6 - old} composed, {old} were there already\n")
    assert held() == held("whole")


@needs_proc
def test_ctrl_c_stops_all(tiny_checkpoint):
    with started(*LONG, "-o", "out", "--jobs", 2, "--count", 2,
                 checkpoint=tiny_checkpoint) as process:  # fmt: skip
        wait_until(lambda: computing(process.pid) >= 2)
        os.killpg(process.pid, signal.SIGINT)
        out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert told == "out: 0 composed; the same command goes on\ncomposer: stopped\n"
    wait_until(lambda: not members(process.pid))  # a helper of multiprocessing goes a bit later
    assert not Path("out").exists()


# -- what can't be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--jobs", 2), 2, "-o FOLDER"),
        (("--jobs", 2, "-o", "x.mid"), 2, "x.mid names a file"),
        (("--jobs", 0, "-o", "out"), 2, "at least 1 job"),
        (("--jobs", 2, "--ray", "auto", "-o", "out"), 2, "give one"),
        (("--count", 0, "--jobs", 1, "-o", "out"), 2, "at least 1 piece"),
        (("--count", 2, "-o", "out", "--audio", "x.mp3"), 2, "--audio mp3"),
        (("--count", 2, "-o", "out", "--audio", "aac"), 2, ".flac"),
        (("--count", 2, "-o", "out", "--tail", "cut"), 2, "one of ring, fade"),
        (("--count", 2, "-o", "out", "--instruments", "kazoo"), 2, "unknown instrument"),
        (("--count", 2, "-o", "out", "--engine", "best"), 2, "numpy or torch"),
        (("--plan", "none"), 3, "cannot read none"),
        (("--plan", "empty", "-o", "out"), 3, "no plan files"),
        (("--plan", "twins", "-o", "out"), 2, "rename one"),
        (("--plan", "twins", "-o", "out", "--mood", "sad"), 2, "leave out mood"),
        (("--count", 2, "-o", "file/out"), 4, "cannot make the folder file/out"),
        (("--count", 2, "-o", "/proc/out"), 4, "cannot make the folder /proc/out"),
        (("--jobs", 2, "-o", "out", "--checkpoint", "absent"), 5, "absent"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(generate, options, code, told):
    for path in ("empty/note.txt", "twins/a.yaml", "twins/a.yml", "file"):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text("")
    found, out, line = generate(*options)
    assert (found, out, line.count("\n")) == (code, "", 1)
    assert line.startswith("composer: ")
    assert told in line
    assert not Path("out").exists()


def test_a_missing_ray_is_told_in_one_line(generate, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    code, _, line = generate(*SMALL, "--ray", "auto", "-o", "out")
    assert (code, line.count("\n")) == (6, 1)
    assert "composer-music[ray]" in line
    assert not Path("out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_told_before_anything_is_made(generate, made):
    Path("out").mkdir(mode=0o500)
    code, _, line = generate(*SMALL, "--count", 2, "-o", "out")
    assert (code, line.count("\n"), made) == (4, 1, [])
    assert "permission" in line


def test_a_full_disk_ends_the_batch_in_one_line(generate, monkeypatch):
    asked = (*SMALL, "--count", 3, "-o", "out")
    with monkeypatch.context() as patch:

        def write(path, data):
            path.open("wb").write(data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        patch.setattr(Path, "write_bytes", write)
        code, out, line = generate(*asked)
    assert (code, out, held()) == (4, "", {})
    assert line == "composer: cannot write out/piece-1.mid: No space left on device\n"
    assert generate(*asked)[0] == 0
    assert len(held()) == 3


def test_a_machine_with_another_checkpoint_is_refused(tiny_checkpoint):
    way = Way(checkpoint=tiny_checkpoint)
    order = Order("x", Plan((PlanBar(),)), 1)
    other = Means("0.0.1 onnx 1234", "")
    with pytest.raises(CheckpointError, match="install the same everywhere"):
        make(order, way=way, means=other)


def test_a_batch_from_python(tiny_checkpoint, tmp_path):
    orders = [Order(f"x-{seed}", Plan((PlanBar(),)), seed) for seed in (1, 2)]
    way = Way({"tries": 1}, checkpoint=tiny_checkpoint)
    outcomes = list(compose_batch(orders, tmp_path / "deep" / "out", way))
    assert [outcome.midi.name for outcome in outcomes] == ["x-1.mid", "x-2.mid"]
    assert all(outcome.is_new and not outcome.failure for outcome in outcomes)
    assert [outcome.piece["seed"] for outcome in outcomes] == [1, 2]

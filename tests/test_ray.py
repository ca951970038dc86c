"""Batches and preparation on a Ray cluster of two workers, one of which is killed."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from processes import HAS_PROC, descendants, wait_until
from test_workers import mortal_square

from composer.cli import main
from composer.errors import ComposerError
from composer.workers import Lost, Workers, map_unordered

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """The address of a cluster with two workers, which lives with this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        context = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield context.address_info["gcs_address"]
    ray.shutdown()


def at_work():
    """The processes that do a task of the cluster at this moment, by the name Ray gives."""
    found = []
    for process in descendants(os.getpid()):
        try:
            name = Path(f"/proc/{process}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found += [process] if name.startswith(b"ray::_done") else []
    return found


def test_a_death_costs_no_item_but_the_one_that_kills(cluster, tmp_path):
    work = partial(mortal_square, folder=tmp_path)
    found = dict(map_unordered(work, range(8), Workers(ray=cluster)))
    assert isinstance(found.pop(5), Lost)
    assert found == {number: number * number for number in range(8) if number != 5}


@pytest.mark.skipif(not HAS_PROC, reason="looks for processes in /proc")
def test_a_batch_outlives_one_of_its_workers(cluster, tiny_checkpoint, tmp_path):
    asked = [
        "generate", "--checkpoint", tiny_checkpoint, "--bars", 8, "--instruments", "piano",
        "--tries", 1, "--count", 8, "--quiet",
    ]  # fmt: skip
    command = [sys.executable, "-m", "composer", *asked, "--ray", cluster, "-o", tmp_path / "a"]
    victims = []
    with subprocess.Popen(
        [str(one) for one in command],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        first = process.stdout.readline()
        wait_until(lambda: victims.extend(at_work()) or victims)
        os.kill(victims[0], signal.SIGKILL)
        rest, told = process.communicate(timeout=300)
    assert (process.returncode, told) == (0, "")
    names = {f"{tmp_path}/a/piece-{seed}.mid" for seed in range(1, 9)}
    assert set((first + rest).splitlines()) == names
    assert main([str(one) for one in (*asked, "-o", tmp_path / "b")]) == 0
    for name in sorted(path.name for path in (tmp_path / "b").glob("*.mid")):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_preparation_makes_the_same_shards(cluster, tmp_path):
    from test_prepare import row, write_zip  # noqa: PLC0415 - only here

    from composer.lab.prepare import prepare  # noqa: PLC0415 - only here

    write_zip(tmp_path / "freedink.zip", [row(number) for number in range(6)])
    here = prepare(tmp_path, tmp_path / "a").shards
    there = prepare(tmp_path, tmp_path / "b", workers=Workers(ray=cluster)).shards
    for name, path in here.items():
        assert path.read_bytes() == there[name].read_bytes()


def test_workers_without_composer_are_told(cluster, monkeypatch):
    module = ModuleType("absent_there")
    exec("def work(item): return item", vars(module))  # noqa: S102 - a module made here
    monkeypatch.setitem(sys.modules, "absent_there", module)
    with pytest.raises(ComposerError, match=r"No module named 'absent_there'.*every machine"):
        list(map_unordered(module.work, [1], Workers(ray=cluster)))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere"])
def test_a_cluster_that_does_not_answer_is_told_in_one_line(tmp_path, address):
    command = ["generate", "--ray", address, "--bars", "1", "-o", tmp_path / "out"]
    done = subprocess.run(
        [sys.executable, "-m", "composer", *map(str, command)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"no Ray cluster answers at '{address}'" in done.stderr
    assert not (tmp_path / "out").exists()

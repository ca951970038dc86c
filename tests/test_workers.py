"""One map over items: the same results in one process and in several, whatever dies."""

import itertools
import os
import pickle
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest
from processes import HAS_PROC, is_there, wait_until

from composer import errors
from composer.errors import ComposerError, MissingExtraError, RequestError
from composer.workers import HERE, Lost, Workers, map_unordered

ROOT = Path(__file__).parent.parent
TWO = Workers(jobs=2)
needs_proc = pytest.mark.skipif(not HAS_PROC, reason="looks for processes in /proc")


def square(number):
    return number * number


def mortal_square(number, *, folder):
    """Dies over 3 the first time, over 5 each time."""
    mark = folder / "was here"
    if number == 5 or (number == 3 and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def fail(number):
    raise MissingExtraError("everything", f"number {number}", "all")


def sleep(seconds):
    time.sleep(seconds)
    return os.getpid()


def sleeping_place(folder):
    """Leaves its process id in a file, and stays."""
    (folder / str(os.getpid())).touch()
    time.sleep(600)


@pytest.mark.parametrize("workers", [HERE, TWO])
def test_results_come_with_their_places(workers):
    found = dict(map_unordered(square, [5, 7, 9, 11, 13], workers))
    assert found == {0: 25, 1: 49, 2: 81, 3: 121, 4: 169}
    assert list(map_unordered(square, [], workers)) == []
    assert active_children() == []


def test_a_death_costs_no_item_but_the_one_that_kills(tmp_path):
    found = dict(map_unordered(partial(mortal_square, folder=tmp_path), range(8), TWO))
    lost = found.pop(5)
    assert found == {number: number * number for number in range(8) if number != 5}
    assert lost == Lost("the process at work on it died of signal 9, 3 times")


@pytest.mark.parametrize("workers", [HERE, TWO])
def test_an_exception_of_the_work_ends_the_map(workers):
    with pytest.raises(MissingExtraError, match=r"everything needs number 0.*\[all\]"):
        list(map_unordered(fail, [0], workers))
    assert active_children() == []


def test_processes_that_never_start_are_told():
    with pytest.raises(ComposerError, match="don't start"):
        list(map_unordered(Unloadable(), [1, 2], TWO))
    assert active_children() == []


class Unloadable:
    """Travels by pickle, but falls apart on arrival."""

    def __call__(self, number):
        return number

    def __reduce__(self):
        return (os._exit, (1,))


def test_items_are_taken_only_as_they_are_needed():
    taken = []
    items = (taken.append(number) or number for number in itertools.count())
    results = map_unordered(square, items, TWO)
    for _ in range(5):
        next(results)
    results.close()
    assert len(taken) <= 5 + 2 * TWO.jobs


@needs_proc
def test_no_worker_outlives_the_iterator():
    results = map_unordered(sleep, [0, 600, 600], TWO)
    next(results)
    workers = [child.pid for child in active_children()]
    results.close()
    assert len(workers) == 2
    assert not any(map(is_there, workers))


@needs_proc
def test_no_worker_outlives_a_parent_that_was_killed(tmp_path):
    program = (
        "import sys; from pathlib import Path; from test_workers import *\n"
        "if __name__ == '__main__':\n"
        "    list(map_unordered(sleeping_place, [Path(sys.argv[1])] * 2, TWO))\n"
    )
    script = tmp_path / "program.py"
    script.write_text(program)
    marks = tmp_path / "marks"
    marks.mkdir()
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with subprocess.Popen(
        [sys.executable, script, marks], env=os.environ | {"PYTHONPATH": path}
    ) as parent:
        wait_until(lambda: len(list(marks.iterdir())) == 2)
        workers = [int(mark.name) for mark in marks.iterdir()]
        assert all(map(is_there, workers))
        parent.kill()
    wait_until(lambda: not any(map(is_there, workers)))


def test_what_cannot_be_is_refused():
    with pytest.raises(RequestError, match="at least 1 job"):
        Workers(jobs=0)
    with pytest.raises(RequestError, match="give one"):
        Workers(jobs=2, ray="auto")


def test_every_error_travels_between_processes():
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ComposerError)
    ]
    assert len(kinds) >= 8
    for kind in kinds:
        said = ("a", "b", "c") if kind is MissingExtraError else ("a",)
        arrived = pickle.loads(pickle.dumps(kind(*said)))  # noqa: S301 - made here
        assert type(arrived) is kind
        assert str(arrived) == str(kind(*said))

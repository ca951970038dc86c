"""A map in several processes of this machine.

Each worker has a pipe of its own and one item at a time, so that a death costs one item and
is known at once, whoever killed it (``multiprocessing.Pool`` would wait for ever).
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from composer.errors import ComposerError
from composer.workers.lost import RETRIES, Lost

Item = TypeVar("Item")
Result = TypeVar("Result")

_SPAWN = get_context("spawn")  # a fresh interpreter: the parent may hold threads
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PATIENCE_SECONDS = 1.0
"""How long a worker that was told to end may take to clean up."""


def map_in_processes(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Generator[tuple[int, Result | Lost], None, None]:
    """Do ``work`` in ``jobs`` processes; see ``map_unordered``."""
    crew = _Crew(work, items)
    try:
        yield from crew.results(jobs)
    finally:
        crew.dismiss()


@dataclass(slots=True)
class _Task:
    """An item, its place, and how many workers died over it."""

    place: int
    item: Any
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class _Raised:
    """An exception that the work raised."""

    error: Exception


class _Crew:
    """The workers, and the tasks that none has taken yet."""

    def __init__(self, work: Callable[[Any], Any], items: Iterable[Any]) -> None:
        self._work = work
        self._rest = (_Task(place, item) for place, item in enumerate(items))
        self._first: list[_Task] = []
        self._workers: dict[Any, _Worker] = {}
        self._stillborn = 0

    def results(self, jobs: int) -> Iterator[tuple[int, Any]]:
        """Start at most ``jobs`` workers and yield what they give."""
        self._first = list(islice(self._rest, jobs))[::-1]
        for _ in range(len(self._first)):
            self._hire()
        while self._workers:
            for connection in wait(list(self._workers)):
                yield from self._hear(self._workers[connection])

    def dismiss(self) -> None:
        """End all workers, at work or not."""
        for worker in self._workers.values():
            worker.dismiss()
        for worker in self._workers.values():
            worker.end()

    def _hire(self) -> None:
        worker = _Worker(self._work)
        self._workers[worker.connection] = worker

    def _hear(self, worker: "_Worker") -> Iterator[tuple[int, Any]]:
        """Take what a worker says, and give it the next task; its first word is no answer."""
        task = worker.task
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            yield from self._replace(worker)
            return
        self._employ(worker)
        if isinstance(answer, _Raised):
            raise answer.error
        if task is not None:
            yield task.place, answer

    def _employ(self, worker: "_Worker") -> None:
        """Give a worker its next task, or leave where there is none."""
        task = self._first.pop() if self._first else next(self._rest, None)
        if task is not None:
            worker.take(task)
            return
        del self._workers[worker.connection]
        worker.end()

    def _replace(self, worker: "_Worker") -> Iterator[tuple[int, Any]]:
        """Start another worker for a dead one; its task is tried again, or lost."""
        del self._workers[worker.connection]
        reason = f"the process at work on it died {worker.end()}"
        task = worker.task
        if task is None:
            self._stillborn += 1
            if self._stillborn > RETRIES:
                raise ComposerError("the worker processes don't start")
        else:
            task.deaths += 1
            if task.deaths > RETRIES:
                yield task.place, Lost(f"{reason}, {task.deaths} times")
            else:
                self._first.append(task)
        self._hire()


class _Worker:
    """A process, this end of its pipe, and the task it is at; None while it starts."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.connection, other_end = _SPAWN.Pipe()
        self.task: _Task | None = None
        self._process = _SPAWN.Process(target=_serve, args=(other_end, work), daemon=True)
        with _apart():
            self._process.start()
        other_end.close()

    def take(self, task: _Task) -> None:
        """Send a task; a worker that has just died is heard of by its pipe."""
        self.task = task
        with contextlib.suppress(OSError):
            self.connection.send(task.item)

    def dismiss(self) -> None:
        """Tell the process to end."""
        self.connection.close()
        self._process.terminate()

    def end(self) -> str:
        """See the process end; returns how it did."""
        self.connection.close()
        self._process.join(_PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        code = self._process.exitcode or 0
        return f"of signal {-code}" if code < 0 else f"with exit code {code}"


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Start a process here: Ctrl-C will not reach it, its libraries take one thread."""
    kept = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ |= _ONE_THREAD
    try:
        with _no_interrupts():
            yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def _no_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back; a process that is started meanwhile holds it back for good."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415 - not on Windows

    resource_tracker.ensure_running()  # its own start would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, work: Callable[[Any], Any]) -> None:
    """What a worker does: say that it is there, then answer until the pipe is closed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer: Any = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(answer)
            answer = _answer(work, connection.recv())


def _answer(work: Callable[[Any], Any], item: Any) -> Any:
    try:
        return work(item)
    except Exception as error:  # noqa: BLE001 - the parent raises it
        return _Raised(error)


def _end_with_parent() -> None:
    """Wait for the parent's end, whatever ends it, and end this process."""
    parent = parent_process()
    assert parent is not None  # noqa: S101 - this process was started by one
    parent.join()
    signal.raise_signal(signal.SIGTERM)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(1)

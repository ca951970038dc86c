"""What tests ask of the processes of this machine, through /proc."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HAS_PROC = Path("/proc/self/stat").exists()


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Yield (id, fields from the state on) of every process that is no zombie."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            yield int(path.parent.name), fields


def is_there(process: int) -> bool:
    """Whether a process is there and no zombie."""
    return any(one == process for one, _ in _stats())


def members(group: int) -> list[int]:
    """The processes of a process group."""
    return [one for one, fields in _stats() if int(fields[2]) == group]


def descendants(ancestor: int) -> set[int]:
    """The processes that a process started, and those that they did."""
    parents = {one: int(fields[1]) for one, fields in _stats()}
    found = {ancestor}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def computing(parent: int) -> int:
    """How many children of a process have computed for a second."""
    second = os.sysconf("SC_CLK_TCK")
    return sum(
        int(fields[1]) == parent and int(fields[11]) + int(fields[12]) >= second
        for _, fields in _stats()
    )


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait, however busy the machine is; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)

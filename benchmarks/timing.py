"""Turns, the clock, child processes and the machine: what all parts of the report share.

A part is a program of this folder that prints its measurements as JSON (``tell``), so that
``run.py`` can give each a process of its own. Nothing here imports more than the standard
library: a child's peak memory counts its parent's.
"""

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

clock = time.process_time
"""Seconds of processor time. On one thread it is real time, without others' turns."""

Samples = dict[str, dict[str, list[float]]]
"""Contender, measure, one value a round."""
Contender = Callable[[], Mapping[str, float]]
"""Runs once and returns its measures, most often seconds."""

PACKAGES = (
    "composer-music",
    "numpy",
    "onnxruntime",
    "torch",
    "ctranslate2",
    "transformers",
    "x-transformers",
    "miditok",
    "symusic",
    "mido",
    "pretty_midi",
)


@dataclass(frozen=True, slots=True)
class Task:
    """How a part is to be measured."""

    rounds: int
    is_quick: bool
    midi: Path | None
    rest: argparse.Namespace


def take_turns(contenders: Mapping[str, Contender], rounds: int) -> Samples:
    """Run all contenders once a round, each round beginning with another one."""
    names = list(contenders)
    samples: Samples = {name: {} for name in names}
    for turn in range(rounds):
        first = turn % max(len(names), 1)
        for name in names[first:] + names[:first]:
            for measure, value in contenders[name]().items():
                samples[name].setdefault(measure, []).append(value)
    return samples


def warm_up(contenders: Mapping[str, Contender]) -> None:
    """Run each once, so that no round has to load or fill anything first."""
    for run in contenders.values():
        run()


def laps(*works: tuple[str, Callable[[], Any]]) -> dict[str, float]:
    """Processor seconds of each named work, one after the other."""
    marks = [clock()]
    for _, work in works:
        work()
        marks.append(clock())
    return {name: b - a for (name, _), (a, b) in zip(works, pairwise(marks), strict=True)}


def run_child(command: list[str], folder: Path) -> dict[str, float]:
    """Run a command to its end: real and processor seconds, and peak memory in MB.

    Raises SystemExit where it fails.
    """
    started = time.perf_counter()
    with (folder / "messages").open("w") as messages:
        child = subprocess.Popen(command, stdout=messages, stderr=messages, cwd=folder)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {(folder / 'messages').read_text()}")
    return {
        "real": time.perf_counter() - started,
        "processor": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }


def machine() -> dict[str, Any]:
    """The processor, how busy it is, and what is installed."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": versions,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def tell(
    measure: Callable[[Task], dict[str, Any]], parser: argparse.ArgumentParser | None = None
) -> None:
    """Read a part's options, measure, and print the JSON object that the report reads."""
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="small, to see that it works")
    parser.add_argument("--midi", type=Path, help="a folder of MIDI files to read")
    options = parser.parse_args()
    task = Task(options.rounds, options.quick, options.midi, options)
    marks = time.perf_counter(), clock()
    described = machine()
    found = measure(task)
    told = {
        "when": time.strftime("%Y-%m-%d %H:%M"),
        "machine": described | {"load_after": os.getloadavg()[0]},
        "rounds": task.rounds,
        "is_quick": task.is_quick,
        "real_seconds": time.perf_counter() - marks[0],
        "processor_seconds": clock() - marks[1],
        **found,
    }
    print(json.dumps(told))

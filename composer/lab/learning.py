"""The history of a checkpoint's training, and its learning curve.

    python -m composer.lab.learning CHECKPOINT RUN docs/learning.svg [--share 0.85]

adds what the run's log says (``RUN/log.jsonl``) to ``CHECKPOINT/training.json``, where each
run that started from the weights of the one before has its entry, and draws the curve. A run
that is there already, known by its first validation, is replaced by its longer log. The share
is how much of what the run changed was kept (``composer.lab.blend``).
"""

import argparse
import json
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from composer.files import whole_file, write_whole
from composer.lab.command import exit_code
from composer.lab.progress import LOG

HISTORY = "training.json"
_SIZE_INCHES = (7.5, 4.0)
Run = dict[str, Any]


def entry_of(log: list[dict[str, Any]], share: float = 1.0) -> Run:
    """What a run's log lines come to.

    ``steps``, ``events`` (repeats counted), ``seconds`` of work, the ``share`` of it that was
    kept, and ``curve``: [events, held-out nats per note, nats per note that the plan says] at
    each validation.
    """
    steps = [line for line in log if line["event"] == "step"]
    last = steps[-1]
    events_at = {line["step"]: line["events"] for line in steps}
    curve = []
    for line in log:
        if line["event"] == "validation":
            nats = line["nats"]["all"]
            events = events_at.get(
                line["step"], round(last["events"] * line["step"] / last["step"])
            )
            curve.append([events, round(nats["per note"], 4), round(nats["plan per note"], 4)])
    return {
        "steps": last["step"],
        "events": last["events"],
        "seconds": round(last["seconds"]),
        "share": share,
        "curve": curve,
    }


def with_run(history: list[Run], entry: Run) -> list[Run]:
    """The history with one more run, or with a run's later state in place of its earlier."""
    known = [
        run for run in history if not (run["curve"] and run["curve"][:1] == entry["curve"][:1])
    ]
    return [*known, entry]


def totals(history: list[Run]) -> dict[str, float]:
    """Steps, events and hours of all runs together."""
    return {
        "steps": sum(run["steps"] for run in history),
        "events": sum(run["events"] for run in history),
        "hours": sum(run["seconds"] for run in history) / 3600,
    }


def draw(history: list[Run], path: Path) -> None:
    """Held-out loss against events, one line a run, each going on where the last ended.

    A run that was never validated is a grey band.
    """
    starts = list(accumulate((run["events"] / 1e6 for run in history), initial=0))
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.add_subplot()
    for number, run in enumerate(history, 1):
        start, end = starts[number - 1 : number + 1]
        axes.axvline(start, color="0.7", linewidth=0.8)
        if run["curve"]:
            points = [(start + events / 1e6, nats) for events, nats, _ in run["curve"]]
            axes.plot(*zip(*points, strict=True), marker=".", label=_label(number, run))
        else:
            axes.axvspan(start, end, color="0.93", label=f"run {number}, never validated")
    axes.set_xlim(0, starts[-1])
    axes.set_xlabel("million events seen, repeats counted")
    axes.set_ylabel("held-out nats per note")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    with whole_file(path, overwrite=True) as draft:
        figure.savefig(draft)


def _label(number: int, run: Run) -> str:
    """The run and, where the next one began elsewhere than at its end, why."""
    kept = "" if run["share"] == 1.0 else f", {run['share']:.0%} of its change kept"
    return f"run {number}{kept}"


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Take a run into a checkpoint's history.")
    for name in ("checkpoint", "run", "picture"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--share", type=float, default=1.0)
    given = parser.parse_args()
    return exit_code("learning", lambda: take_in(**vars(given)))


def take_in(checkpoint: Path, run: Path, picture: Path, share: float) -> None:
    """Add a run to a checkpoint's history, and draw the whole."""
    place = checkpoint / HISTORY
    history = json.loads(place.read_text("utf-8"))["runs"] if place.exists() else []
    lines = (run / LOG).read_text("utf-8").splitlines()
    history = with_run(history, entry_of([json.loads(line) for line in lines], share))
    write_whole(
        place, (json.dumps({"runs": history}, indent=1) + "\n").encode(), overwrite=True
    )
    draw(history, picture)


if __name__ == "__main__":
    sys.exit(main())

"""Evaluates a checkpoint: pieces over the four mood quadrants against real music.

    python -m composer.lab.evaluate_checkpoint CHECKPOINT PREPARED OUT --pieces 200

composes at default settings into the folder OUT (again started, it goes on where it stopped)
and writes ``evaluation.json`` and ``evaluation.md`` there. ``--page docs/evaluation.md``
replaces the figures of that page; ``--before OLD/evaluation.json`` puts an earlier run's
beside them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from composer.errors import InputError
from composer.evaluation import (
    Report,
    agreement,
    evaluate_values,
    measure_all,
    shared_bars,
)
from composer.files import write_whole
from composer.lab.command import exit_code, say
from composer.lab.evaluation_page import real_accuracies, section, with_section
from composer.lab.references import matched, reference_pieces
from composer.lab.samples import JUDGES, QUADRANTS, Sample, Sampler, compose_samples
from composer.lab.shards import Shard, read_shard
from composer.model import DEFAULT_ENGINE

_SEED = 1000
_FORMAT = "composer evaluation 2"
_MOODS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "moods.md"


def harmony(samples: Sequence[Sample]) -> dict[str, float | None]:
    """How often planned keys and chords are heard, means over the pieces that can tell."""
    rows = [sample.told["harmony"] for sample in samples]
    names = ("key", "defined", "agreed", "melody")
    known = {name: [row[name] for row in rows if row[name] is not None] for name in names}
    return {name: fmean(values) if values else None for name, values in known.items()}


def moods(samples: Sequence[Sample]) -> dict[str, Any]:
    """Each judge's agreement with what was asked, over all pieces and each quadrant."""
    found: dict[str, Any] = {}
    for who in JUDGES:
        groups = {"all": list(samples)} | {
            name: [sample for sample in samples if sample.quadrant == name]
            for name in QUADRANTS
        }
        told = {
            name: agreement(sample.moods(who) for sample in group)
            for name, group in groups.items()
        }
        found[who] = {name: asdict(one) for name, one in told.items() if one is not None}
    return found


def reports(samples: Sequence[Sample], shards: Sequence[Shard]) -> dict[str, Report]:
    """The pieces against as many real pieces of each mood (``matched``), and against all."""
    real = [pair for pair in reference_pieces(shards) if pair[0].note_count]
    scores = [sample.score for sample in samples]
    bars = shared_bars(scores, [score for score, _ in real])
    values = measure_all(scores, bars)
    references = measure_all((score for score, _ in real), bars)
    places = np.array(matched([mood for _, mood in real]), dtype=int)
    return {
        "matched": evaluate_values(
            values, {name: rows[places] for name, rows in references.items()}
        ),
        "all": evaluate_values(values, references),
    }


def judged(samples: Sequence[Sample], shards: Sequence[Shard]) -> dict[str, Any]:
    """What the pieces alone tell, as plain values: moods heard, and distances."""
    return {
        "format": _FORMAT,
        "pieces": [sample.name for sample in samples],
        "moods": moods(samples),
        "evaluation": {
            name: report.as_json() for name, report in reports(samples, shards).items()
        },
    }


def figures(samples: Sequence[Sample], shards: Sequence[Shard]) -> dict[str, Any]:
    """Everything that was measured: ``judged``, and what composing told."""
    notes = sum(sample.told["notes"] for sample in samples)
    return {
        **judged(samples, shards),
        "harmony": harmony(samples),
        "notes": notes,
        "notes_per_second": notes / sum(sample.told["seconds"] for sample in samples),
    }


def read_references(prepared: Path) -> list[Shard]:
    """The shards whose pieces are compared with."""
    return [read_shard(prepared / f"{name}.npz") for name in ("held_out", "train")]


def write_figures(path: Path, found: dict[str, Any]) -> None:
    """Write figures as JSON, in place of others."""
    write_whole(path, (json.dumps(found, indent=1) + "\n").encode(), overwrite=True)


def read_figures(path: Path) -> dict[str, Any]:
    """The figures of an earlier run; raises InputError where the file holds none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise InputError(f"{path} is no evaluation.json of this version ({_FORMAT!r})")
    return found


def run(given: argparse.Namespace) -> None:
    """Compose, measure, write."""
    before = None if given.before is None else read_figures(given.before)
    page = None if given.page is None else given.page.read_text("utf-8")
    shards = read_references(given.prepared)
    sampler = Sampler(given.checkpoint, given.engine, given.out, given.seed, given.bars)
    samples = compose_samples(sampler, given.pieces, jobs=given.jobs, tell=say)
    found = figures(samples, shards)
    write_figures(given.out / "evaluation.json", found)
    text = section(found, real_accuracies(_MOODS_PAGE), before)
    write_whole(given.out / "evaluation.md", text.encode(), overwrite=True)
    if page is not None:
        write_whole(given.page, with_section(page, text).encode(), overwrite=True)
    sys.stdout.write(text)


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Evaluate a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--bars", type=int, help="length of every piece; else the request's")
    parser.add_argument("--seed", type=int, default=_SEED, help="of the first piece")
    parser.add_argument("--jobs", type=int, default=1, help="processes that compose")
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    parser.add_argument("--before", type=Path, help="evaluation.json of an earlier run")
    parser.add_argument("--page", type=Path, help="page whose figures are replaced")
    given = parser.parse_args()
    return exit_code("evaluate_checkpoint", lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())

"""Evaluates a checkpoint: pieces over the four mood quadrants against real music.

    python -m composer.lab.evaluate_checkpoint CHECKPOINT PREPARED OUT --pieces 200

composes at default settings, and writes into the folder OUT ``evaluation.json``,
``evaluation.txt`` (the table) and every piece as MIDI. The reference are pieces of the
styles that requests without a style lead to (band, game, orchestra), one a song: the
held-out ones, and those of the training shards too, because held out there are too few of
them for sets of 50. A model that copied would be near to them; originality is measured
elsewhere.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from composer.analysis import keys_of, mood_of
from composer.analysis.harmony import heard_harmony
from composer.analysis.second_judge import judge
from composer.api import Composer, Piece
from composer.errors import ComposerError
from composer.evaluation import HEADER, Report, agreement, evaluate
from composer.files import write_whole
from composer.lab.shards import Shard, read_shard
from composer.language import score_of
from composer.model import DEFAULT_ENGINE
from composer.plan import Mood
from composer.score import Score

STYLES = frozenset({"band", "game", "orchestra"})
QUADRANTS = {
    "happy": Mood(0.6, 0.6),
    "tense": Mood(-0.6, 0.6),
    "sad": Mood(-0.6, -0.6),
    "calm": Mood(0.6, -0.6),
}
"""What is asked in turn; the names only tell files apart."""
_FIRST_SEED = 1000
Judge = Callable[[Score], Mood]


@dataclass(frozen=True, slots=True)
class Sample:
    """A composed piece, the mood that was asked, and the seconds it took."""

    name: str
    asked: Mood
    piece: Piece
    seconds: float


def reference_scores(shards: Sequence[Shard]) -> Iterator[Score]:
    """The first piece of every song of ``STYLES``."""
    seen: set[str] = set()
    for shard in shards:
        for index in range(len(shard)):
            piece = shard.piece(index)
            if piece.style in STYLES and piece.song not in seen:
                seen.add(piece.song)
                yield score_of(piece.sheet)


def compose_samples(composer: Composer, count: int, first_seed: int) -> Iterator[Sample]:
    """Pieces of the quadrants in turn, each with the next seed."""
    names = list(QUADRANTS)
    for number in range(count):
        name, seed = names[number % len(names)], first_seed + number
        asked = QUADRANTS[name]
        start = time.perf_counter()
        piece = composer.generate(seed=seed, valence=asked.valence, arousal=asked.arousal)
        yield Sample(f"{name}-{seed}", asked, piece, time.perf_counter() - start)


def harmony(samples: Sequence[Sample]) -> dict[str, float | None]:
    """How often planned keys and chords are heard, means over pieces."""
    heard = []
    for sample in samples:
        bars, score = sample.piece.plan.bars, sample.piece.score
        roles = [part.role for part in sample.piece.plan.parts or ()]
        keys = [
            asked.key == key
            for asked, key in zip(bars, keys_of(score), strict=False)
            if asked.key is not None
        ]
        told: dict[str, float | None] = asdict(heard_harmony(score, bars, roles))
        heard.append(told | {"key": fmean(keys) if keys else None})
    names = ("key", "defined", "agreed", "melody")
    known = {
        name: [value for row in heard if (value := row[name]) is not None] for name in names
    }
    return {name: fmean(values) if values else None for name, values in known.items()}


def moods(samples: Sequence[Sample], judges: dict[str, Judge]) -> dict[str, Any]:
    """Agreement with the asked quadrants by each judge."""
    found = {
        name: agreement((sample.asked, judge(sample.piece.score)) for sample in samples)
        for name, judge in judges.items()
    }
    return {name: asdict(told) for name, told in found.items() if told is not None}


def figures(samples: Sequence[Sample], report: Report) -> dict[str, Any]:
    """Everything that was measured."""
    notes = sum(sample.piece.score.note_count for sample in samples)
    return {
        "seeds": [sample.piece.seed for sample in samples],
        "evaluation": report.as_json(),
        "moods": moods(samples, {"labeller": mood_of, "second judge": judge}),
        "harmony": harmony(samples),
        "notes": notes,
        "notes_per_second": notes / sum(sample.seconds for sample in samples),
    }


def table(report: Report) -> str:
    """The report for people, as aligned text."""
    rows = [HEADER, *report.rows()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", f"median ratio {report.median}", ""])


def run(given: argparse.Namespace) -> None:
    """Compose, measure, write."""
    out: Path = given.out
    out.mkdir(parents=True, exist_ok=True)
    shards = [read_shard(given.prepared / f"{name}.npz") for name in ("held_out", "train")]
    composer = Composer.load(given.checkpoint, engine=given.engine)
    samples = []
    for sample in compose_samples(composer, given.pieces, given.first_seed):
        samples.append(sample)
        sample.piece.save(out / f"{sample.name}.mid", overwrite=True)
        notes = sample.piece.score.note_count
        sys.stderr.write(f"{sample.name}: {notes} notes in {sample.seconds:.0f} s\n")
    report = evaluate(
        [sample.piece.score for sample in samples], list(reference_scores(shards))
    )
    found = {"checkpoint": str(given.checkpoint)} | figures(samples, report)
    text = json.dumps(found, indent=1) + "\n"
    write_whole(out / "evaluation.json", text.encode(), overwrite=True)
    write_whole(out / "evaluation.txt", table(report).encode(), overwrite=True)
    sys.stdout.write(table(report))


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Evaluate a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=_FIRST_SEED)
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    given = parser.parse_args()
    try:
        run(given)
    except ComposerError as error:
        sys.stderr.write(f"evaluate_checkpoint: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())

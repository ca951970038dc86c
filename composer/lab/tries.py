"""Measures what trying several times gains: the table of ``docs/ranking.md``.

    python -m composer.lab.tries PREPARED OUT [--checkpoint FOLDER] [--pieces 48] [--tries 1 2]

composes the same requests with each number of tries into folders in OUT (again started, it
goes on where it stopped) and prints the table. The pieces are compared with as many real ones
of each mood quadrant as the rarest has (``composer.lab.references``).
"""

import argparse
import sys
from collections.abc import Sequence
from math import hypot
from pathlib import Path
from statistics import fmean, median

from composer.compose.measures import MUSIC_ASPECTS
from composer.evaluation import Report, agreement, evaluate
from composer.lab.command import exit_code, say
from composer.lab.evaluate_checkpoint import read_references
from composer.lab.references import matched, reference_pieces
from composer.lab.samples import JUDGES, Sample, Sampler, compose_samples
from composer.model import DEFAULT_ENGINE
from composer.model.engine import folder_of
from composer.score import Score

_SEED = 1000
_HEADS = (
    "tries",
    *(f"{who}: {what}" for who in JUDGES for what in ("agreement", "distance")),
    "ratio",
    "not in the score",
    "seconds",
)
_IN_SCORE = frozenset(name for names in MUSIC_ASPECTS.values() for name in names)


def _mood_cells(samples: Sequence[Sample], who: str) -> tuple[str, str]:
    """Share of pieces in the asked quadrant, and distance of the asked and heard moods."""
    pairs = [sample.moods(who) for sample in samples]
    found = agreement(pairs)
    apart = [
        hypot((a.valence or 0) - (b.valence or 0), (a.arousal or 0) - (b.arousal or 0))
        for a, b in pairs
    ]
    return "-" if found is None else f"{found.quadrants.value:.3f}", f"{fmean(apart):.3f}"


def _left_out(report: Report) -> float:
    """Median ratio of the metrics that ranking does not look at."""
    return median(
        found.ratio.value
        for found in report.findings
        if found.ratio is not None and found.metric.name not in _IN_SCORE
    )


def row(tries: int, samples: Sequence[Sample], references: Sequence[Score]) -> tuple[str, ...]:
    """One line of the table."""
    report = evaluate([sample.score for sample in samples], references)
    moods = [cell for who in JUDGES for cell in _mood_cells(samples, who)]
    seconds = fmean(sample.told["processor_seconds"] for sample in samples)
    ratios = (f"{report.median.value:.2f}", f"{_left_out(report):.2f}")
    return (str(tries), *moods, *ratios, f"{seconds:.1f}")


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows under their heads, as Markdown."""
    lines = (_HEADS, ["---"] * len(_HEADS), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def run(given: argparse.Namespace) -> None:
    """Compose, measure, print."""
    folder = folder_of(given.checkpoint)
    real = [
        one for one in reference_pieces(read_references(given.prepared)) if one[0].note_count
    ]
    references = [real[place][0] for place in matched([mood for _, mood in real])]
    rows = []
    for tries in given.tries:
        out = given.out / f"tries-{tries}"
        sampler = Sampler(folder, given.engine, out, _SEED, given.bars, tries)
        samples = compose_samples(sampler, given.pieces, jobs=1, tell=say)
        rows.append(row(tries, samples, references))
    sys.stdout.write(table(rows) + "\n")


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure what several tries gain.")
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--checkpoint", type=Path, default=None)
    parser.add_argument("--pieces", type=int, default=48)
    parser.add_argument("--bars", type=int, help="length of every piece; else the request's")
    parser.add_argument("--tries", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    given = parser.parse_args()
    return exit_code("tries", lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())

"""Do composed pieces keep what was asked? Random requests, each file measured as written.

    python -m composer.lab.obey --pieces 500 --results obey.jsonl --page docs/control.md

Composes each request with the piece's own seed through the public API, writes the MIDI file's
bytes, reads them back and measures them with ``composer.check``. Pieces whose line stands in
the results file are not composed again. ``--page`` puts the table between its two marks.
"""

import argparse
import json
import random
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import correlation, fmean, quantiles
from typing import Any

from composer.analysis.harmony import heard_harmony
from composer.api import Composer, Piece
from composer.check import Control, check
from composer.errors import ComposerError
from composer.lab.asking import random_wishes
from composer.midi import midi_bytes, read_midi
from composer.plan import Plan
from composer.request import Wishes, build_plan
from composer.score import Score, bars_of, seconds_at

BEGIN, END = "<!-- adherence: written by composer.lab.obey -->", "<!-- end of adherence -->"
_EXACT_SECONDS = 0.02
_CHANGE = " from bar "
_EXACT = (
    "bars", "seconds", "meter", "tempo", "key as written", "instruments", "parts that sound",
    "range", "return",
)  # fmt: skip
"""Controls that are kept by construction; the others are heard."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request and what became of it; ``fault`` where it was refused."""

    seed: int
    command: str
    controls: tuple[Control, ...] = ()
    heard_root: float | None = None
    fault: str = ""


def outcome_of(composer: Composer, seed: int) -> Outcome:
    """Compose the request that belongs to a seed and measure its file."""
    wishes = random_wishes(random.Random(seed))  # noqa: S311 - music, no secret
    command = command_of(wishes, seed)
    try:
        asked = build_plan(**wishes)
        piece = composer.generate(seed=seed, **wishes)
    except ComposerError as error:
        return Outcome(seed, command, fault=str(error))
    score = read_midi(midi_bytes(piece.score)).score
    rows = (*_length(wishes, score), *check(asked, score).controls)
    return Outcome(seed, command, (*rows, *_sounding(asked, rows)), _heard_root(piece, score))


def command_of(wishes: Wishes, seed: int) -> str:
    """The command line that composes the same piece."""
    flags = " ".join(f"--{name} {shlex.quote(str(value))}" for name, value in wishes.items())
    return f"composer generate {flags} --seed {seed}"


def _length(wishes: Wishes, score: Score) -> Iterator[Control]:
    """Whether a length in seconds is met: exactly, or to half a bar of a fixed tempo."""
    wanted = wishes.get("seconds")
    if wanted is None:
        return
    got = seconds_at(score, score.end_ticks)
    last = bars_of(score)[-1]
    bar = seconds_at(score, last.end_ticks) - seconds_at(score, last.onset_ticks)
    most = bar / 2 if "tempo" in wishes else 0.0
    is_kept = abs(got - wanted) <= most + _EXACT_SECONDS
    yield Control("seconds", "", f"{wanted:g}", f"{got:.2f}", is_kept)


def _sounding(asked: Plan, rows: Sequence[Control]) -> Iterator[Control]:
    """One row for each planned part: whether it plays a note."""
    share = next((one.share for one in rows if one.name == "instruments"), None)
    count = len(asked.parts or ())
    there = round((share or 0.0) * count)
    for number in range(count):
        is_there = number < there
        yield Control("parts that sound", "", "a part", "" if is_there else "silent", is_there)


def _heard_root(piece: Piece, score: Score) -> float | None:
    """Share of the time for which the estimator hears the planned chords' roots."""
    return heard_harmony(score, piece.plan.bars, [None] * len(score.parts)).agreed


def table_of(outcomes: Sequence[Outcome]) -> list[str]:
    """The controls counted, as a table in Markdown; those kept by construction first."""
    rows = [row for one in outcomes for row in one.controls]
    names = list(dict.fromkeys(row.name for row in rows))
    order = [n for n in _EXACT if n in names] + sorted(n for n in names if n not in _EXACT)
    lines = ["| control | asked | kept | share |", "|---|---:|---:|---:|"]
    for name in order:
        own = [row.is_kept for row in rows if row.name == name]
        kept = sum(own)
        lines.append(f"| {name} | {len(own)} | {kept} | {kept / len(own):.1%} |")
    return [*lines, *_heard_lines(outcomes, rows)]


def _heard_lines(outcomes: Sequence[Outcome], rows: Sequence[Control]) -> Iterator[str]:
    """For what estimators hear, the mean share of bars or time instead of kept pieces."""
    keys = [row for row in rows if row.name == "key as heard" and row.share is not None]
    groups = {
        "pieces in one key: bars in which it is heard": [
            row.share for row in keys if _CHANGE not in row.asked
        ],
        "pieces that change key: the same": [row.share for row in keys if _CHANGE in row.asked],
        "chords: bars in which their defining tones sound": [
            row.share for row in rows if row.name == "chords"
        ],
        "chords: time for which their roots are heard": [one.heard_root for one in outcomes],
    }
    for told, values in groups.items():
        known = [value for value in values if value is not None]
        if known:
            yield f"| {told} | {len(known)} | | {sum(known) / len(known):.1%} |"


def level_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Densities and intensities by what was asked, as a table, and how they go together."""
    yield "| asked | times | heard (median) | middle half | mean error |"
    yield "|---|---:|---:|---:|---:|"
    told: list[str] = []
    for name, step in (("density", None), ("intensity", 0.2)):
        pairs = [
            (float(row.asked.split()[0]), float(row.measured.split()[0]))
            for one in outcomes
            for row in one.controls
            if row.name == name
        ]
        yield from _levels(name, pairs, step)
        if len({want for want, _ in pairs}) > 1 and len({got for _, got in pairs}) > 1:
            told.append(f"{correlation(*zip(*pairs, strict=True)):.2f} ({name})")
    if told:
        yield from ("", f"Correlation of asked and heard: {', '.join(told)}.")


def _levels(
    name: str, pairs: Sequence[tuple[float, float]], step: float | None
) -> Iterator[str]:
    """One row for each asked number, or for each range of ``step`` from 0."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for want, got in sorted(pairs):
        low = 0.0 if step is None else step * int(want / step + 1e-9)
        label = f"{want:g}" if step is None else f"{low:.1f}-{low + step:.1f}"
        groups.setdefault(label, []).append((want, got))
    for label, own in groups.items():
        heard = [got for _, got in own]
        first, middle, third = quantiles(heard, method="inclusive") if own[1:] else heard * 3
        error = fmean(abs(want - got) for want, got in own)
        yield (
            f"| {name} {label} | {len(own)} | {middle:.2f} | {first:.2f}-{third:.2f} "
            f"| {error:.2f} |"
        )


def missed_lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """What was not kept, with the command that shows it."""
    for one in outcomes:
        if one.fault:
            yield f"refused: {one.fault}: {one.command}"
        for row in one.controls:
            if not row.is_kept:
                told = f"{row.name} {row.place}: asked {row.asked}, measured {row.measured}"
                yield f"{told}: {one.command}"


def read_results(path: Path) -> list[Outcome]:
    """The outcomes in a results file, none where there is no file."""
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_outcome(row) for row in rows]


def _outcome(row: dict[str, Any]) -> Outcome:
    controls = tuple(Control(**one) for one in row.pop("controls"))
    return Outcome(controls=controls, **row)


def write_page(path: Path, lines: Sequence[str]) -> None:
    """Put lines between the marks of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = "\n".join((BEGIN, "", *lines, "", END))
    path.write_text(f"{before}{text}{after}", encoding="utf-8")


def run(given: argparse.Namespace) -> list[Outcome]:
    """Compose what is missing in the results, and return the wanted outcomes."""
    wanted = range(given.seed, given.seed + given.pieces)
    known = {one.seed: one for one in read_results(given.results)}
    composer = Composer.load(given.checkpoint)
    with given.results.open("a", encoding="utf-8") as file:
        for seed in wanted:
            if seed not in known:
                known[seed] = outcome_of(composer, seed)
                print(json.dumps(asdict(known[seed])), file=file, flush=True)
    return [known[seed] for seed in wanted]


def main() -> None:
    """Compose, measure, print what was not kept and the table."""
    parser = argparse.ArgumentParser("obey", description=__doc__)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--seed", type=int, default=11, help="of the first request")
    parser.add_argument("--checkpoint", type=Path, help="a model's folder")
    parser.add_argument("--results", type=Path, default=Path("obey.jsonl"))
    parser.add_argument("--page", type=Path, help="the page that shows the table")
    given = parser.parse_args()
    outcomes = run(given)
    head = f"{given.pieces} requests, seeds from {given.seed}:"
    lines = [head, "", *table_of(outcomes), "", *level_lines(outcomes)]
    print("\n".join([*missed_lines(outcomes), "", *lines]))  # noqa: T201
    if given.page is not None:
        write_page(given.page, lines)


if __name__ == "__main__":
    main()

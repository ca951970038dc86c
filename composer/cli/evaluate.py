"""``composer evaluate``: a folder of MIDI against a folder of real music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from composer.cli.console import progress, put, put_json, put_table, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composer.evaluation import Folder, MoodAgreement, Report
    from composer.evaluation.report import Values
    from composer.score import Score


def evaluate(
    generated: Annotated[Path, Argument(help="A folder of MIDI files.", show_default=False)],
    reference: Annotated[Path, Argument(help="A folder of real music.", show_default=False)],
    *,
    set_size: Annotated[int, Option(help="Pieces in a compared set, at most.", min=5)] = 50,
    plot: Annotated[
        Path | None, Option(help="Draw the distributions: PNG, SVG or PDF.", show_default=False)
    ] = None,
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
    force: Annotated[bool, Option("--force", help="Replace an existing picture.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Measure how far pieces are from real music: 1.0 is real music against itself."""
    from composer.evaluation import (  # noqa: PLC0415 - --help stays light
        check_picture,
        check_sizes,
        draw,
        evaluate_values,
        shared_bars,
    )

    if plot is not None:
        check_picture(plot, overwrite=force)
    ours, theirs = (_read(folder, quiet=quiet) for folder in (generated, reference))
    check_sizes(len(ours.scores), len(theirs.scores), set_size)
    bars = shared_bars(*([score for _, score in side.scores] for side in (ours, theirs)))
    values, references = (_measure(side, bars, quiet=quiet) for side in (ours, theirs))
    with progress("Comparing", "resamplings", quiet=quiet) as tell:
        report = evaluate_values(
            values, references, set_size=set_size, tell=tell, moods=_agreement(ours)
        )
    if plot is not None:
        draw(report, plot, overwrite=force)
    if as_json:
        unread = {
            "unread": [str(file.path) for file in ours.unread],
            "reference_unread": [str(file.path) for file in theirs.unread],
        }
        put_json(report.as_json() | unread)
    else:
        _show(report)


def _read(folder: Path, *, quiet: bool) -> "Folder":
    """Read a folder and name what could not be read."""
    from composer.evaluation import read_folder  # noqa: PLC0415 - --help stays light

    with progress(f"Reading {folder}", "files", quiet=quiet) as tell:
        read = read_folder(folder, tell)
    for file in read.unread:
        say(f"left out: {file.reason}", quiet=quiet)
    if read.unread:
        count = len(read.unread) + len(read.scores)
        say(f"{folder}: {len(read.unread)} of {count} files left out", quiet=quiet)
    return read


def _measure(folder: "Folder", bars: int, *, quiet: bool) -> "Values":
    """Measure the first ``bars`` of all pieces of a folder."""
    from composer.evaluation import measure_all  # noqa: PLC0415 - --help stays light

    def told() -> "Iterator[Score]":
        for index, (_, score) in enumerate(folder.scores, 1):
            yield score
            tell(index, len(folder.scores))

    with progress("Measuring", "pieces", quiet=quiet) as tell:
        return measure_all(told(), bars)


def _agreement(folder: "Folder") -> "MoodAgreement | None":
    """Whether the moods are those that sidecars or file names tell."""
    from composer.analysis import mood_of  # noqa: PLC0415 - --help stays light
    from composer.evaluation import agreement, asked_mood  # noqa: PLC0415

    asked = [(asked_mood(path), score) for path, score in folder.scores]
    return agreement((mood, mood_of(score)) for mood, score in asked if mood is not None)


def _show(report: "Report") -> None:
    """Print a report for people."""
    from composer.evaluation import HEADER  # noqa: PLC0415 - --help stays light

    put_table(HEADER, report.rows())
    put(
        f"{report.pieces} pieces against {report.reference_pieces}, in sets of "
        f"{report.set_size}: median ratio {report.median}"
    )
    if report.moods is not None:
        moods = report.moods
        put(
            f"Mood as asked in {moods.pieces} pieces: valence {moods.valence}, "
            f"arousal {moods.arousal}, both {moods.quadrants}"
        )

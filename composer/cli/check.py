"""``composer check``: what a plan asked, what a MIDI file has, what was kept."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from composer.cli.console import put_json, put_table


def check(
    file: Annotated[Path, Argument(help="A MIDI file.", show_default=False)],
    *,
    against: Annotated[Path, Option(help="A plan file.", show_default=False)],
    strict: Annotated[
        bool, Option("--strict", help="End with 7 where something was not kept.")
    ] = False,
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a MIDI file against a plan file."""
    from composer.api import check_file  # noqa: PLC0415 - for a light --help

    report = check_file(file, against)
    if as_json:
        put_json({"kept": not report.missed, "controls": report.as_json()})
    else:
        rows = [
            (
                "kept" if one.is_kept else "MISSED",
                one.name,
                one.place,
                one.asked,
                one.measured,
                "" if one.share is None else f"{one.share:.0%}",
            )
            for one in report.controls
        ]
        put_table(("", "Control", "Where", "Asked", "Measured", "Share"), rows)
    if strict:
        report.require()

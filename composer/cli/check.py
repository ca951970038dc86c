"""``composer check``: was a plan kept, and does a piece come near the training music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from composer.cli.console import put, put_json, put_table
from composer.cli.streams import MidiIn, given

if TYPE_CHECKING:
    from composer.check import Control


def check(
    file: MidiIn,
    *,
    against: Annotated[Path | None, Option(help="A plan file.", show_default=False)] = None,
    originality: Annotated[
        bool, Option("--originality", help="Name the nearest passage of the training music.")
    ] = False,
    checkpoint: Annotated[
        Path | None, Option(help="The model whose music is meant.", show_default=False)
    ] = None,
    strict: Annotated[
        bool, Option("--strict", help="End with 7 where something was not kept.")
    ] = False,
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a MIDI file against a plan file, or against the training music."""
    from composer.api import check_file, check_originality  # noqa: PLC0415 - a light --help
    from composer.errors import RequestError  # noqa: PLC0415

    if against is None and not originality:
        raise RequestError("say what to check: --against PLAN, --originality or both")
    told: dict[str, Any] = {}
    midi = given(file)
    report = None if against is None else check_file(midi, against)
    near = check_originality(midi, checkpoint) if originality else None
    if report is not None:
        told |= {"kept": not report.missed, "controls": report.as_json()}
    if near is not None:
        told |= {"originality": near.as_json()}
    if as_json:
        put_json(told)
    elif report is not None:
        put_table(_HEADER, [_row(one) for one in report.controls])
    if near is not None and not as_json:
        for line in near.lines():
            put(line)
    if strict and report is not None:
        report.require()


_WIDEST = 44
_HEADER = ("", "Control", "Where", "Asked", "Measured", "Share")


def _short(text: str) -> str:
    """As much as a column shows; ``--json`` has all."""
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 4]} ..."


def _row(one: "Control") -> tuple[str, ...]:
    """One control as a line of the table."""
    return (
        "kept" if one.is_kept else "MISSED",
        one.name,
        one.place,
        _short(one.asked),
        _short(one.measured),
        "" if one.share is None else f"{one.share:.0%}",
    )

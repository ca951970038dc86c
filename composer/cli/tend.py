"""``composer prepare`` and ``composer train``: make a model from music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Option

from composer.cli.console import put_json, put_table

if TYPE_CHECKING:
    from composer.lab.account import Account

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Settings of a command whose arguments another program reads."""


def prepare(
    music: Annotated[Path, Argument(help="The folder of the source zips.")],
    shards: Annotated[Path, Argument(help="The folder for the training shards.")],
    *,
    extra: Annotated[list[str] | None, Option(help="Also pop909 or labelled.")] = None,
    jobs: Annotated[int, Option(help="Processes that read files.", min=1)] = 1,
    ray: Annotated[
        str | None, Option(help="Read files on a Ray cluster: auto, or its address.")
    ] = None,
    as_json: Annotated[bool, Option("--json", help="Print the account as JSON.")] = False,
) -> None:
    """Turn the zips of training music into shards, and tell what went in and what not."""
    from composer.lab.account import total  # noqa: PLC0415 - for a light --help
    from composer.lab.prepare import prepare as run  # noqa: PLC0415
    from composer.workers import Workers  # noqa: PLC0415

    workers = Workers(jobs, ray)
    accounts = run(music, shards, extra=extra or (), workers=workers).accounts
    if as_json:
        put_json([account.to_json() for account in accounts])
        return
    rows = [_row(account) for account in (*accounts, total(accounts))]
    put_table(("Source", "Files", "Pieces", "Notes", "Of", "Lost ms", "Dropped files"), rows)


def _row(account: "Account") -> tuple[str, ...]:
    """A line of the table."""
    drops = ", ".join(f"{number} {why}" for why, number in account.drops.most_common())
    numbers = (account.files, account.pieces, account.notes_kept, account.notes_in)
    texts = (f"{number:,}" for number in numbers)
    return (account.source, *texts, f"{account.timing_error_ms:.1f}", drops)


def train(context: Context) -> None:
    """Train a model on shards, with the extra train (composer train --help tells more)."""
    from composer.lab.train_command import main  # noqa: PLC0415 - for a light --help

    main(context.args)

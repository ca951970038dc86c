"""What the command says: data on stdout, everything for people on stderr."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from composer.errors import OutputError

Report = Callable[[float, float], None]
"""Told how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What to tell of pieces, and how; ``words`` is how a text was read, where there is one."""

    as_json: bool
    quiet: bool
    sidecar: bool
    strict: bool
    words: dict[str, Any] | None = None


def say(message: str, *, quiet: bool = False) -> None:
    """Tell a person something, unless ``quiet``."""
    if not quiet:
        sys.stderr.write(f"{message}\n")


def put(line: str) -> None:
    """Write one line of data."""
    with _whole_output():
        sys.stdout.write(f"{line}\n")


def put_bytes(data: bytes) -> None:
    """Write data that is no text."""
    with _whole_output():
        sys.stdout.buffer.write(data)


def finish() -> None:
    """See to it that everything written has left; raises OutputError where it can't."""
    with _whole_output():
        sys.stdout.flush()


def silence() -> None:
    """Drop what is still to be written: nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _whole_output() -> Iterator[None]:
    """Turn what the system answers (a full disk) into one line."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        raise OutputError(f"cannot write to standard output: {error.strerror}") from error


def counted(number: int, noun: str) -> str:
    """``1 bar``, ``2 bars``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def put_json(value: Any) -> None:
    """Write data as JSON."""
    put(json.dumps(value, indent=2, ensure_ascii=False))


def put_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Write a table with aligned columns, no colours and no frame, so that it can be cut."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        put("  ".join(cells).rstrip())


@contextmanager
def progress(label: str, unit: str, *, quiet: bool = False) -> Iterator[Report]:
    """Show a bar while something runs; nothing where stderr is no terminal."""
    from rich import progress as bar  # noqa: PLC0415 - for a light --help
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (
        bar.TextColumn("{task.description}"),
        bar.BarColumn(),
        bar.MofNCompleteColumn(),
        bar.TextColumn(unit),
        bar.TimeElapsedColumn(),
    )
    hidden = quiet or not console.is_terminal
    shares = sys.stdout.isatty()  # else data would go where the bar is
    with bar.Progress(
        *columns, console=console, transient=True, disable=hidden, redirect_stdout=shares
    ) as bars:
        task = bars.add_task(label, total=None)

        def report(done: float, total: float) -> None:
            bars.update(task, completed=int(done), total=int(total))

        yield report

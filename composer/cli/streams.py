"""``-`` in place of a file's name: standard input or output, so that commands can be piped."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from typer import Argument

from composer.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sized

STREAM = Path("-")
MidiIn = Annotated[
    Path, Argument(help="A MIDI file, or - for what comes in.", show_default=False)
]


def given(path: Path) -> Path | bytes:
    """The path of a MIDI file, or for ``-`` the bytes that come in."""
    return sys.stdin.buffer.read() if path == STREAM else path


def given_text(path: Path) -> Path | BinaryIO:
    """The path of a text, or for ``-`` what can be read from."""
    return sys.stdin.buffer if path == STREAM else path


def check_stream(output: Path | None, *more: bool, seeds: "Sized") -> None:
    """Raise RequestError where ``-`` would get anything beside one MIDI file."""
    if output == STREAM and (any(more) or len(seeds) > 1):
        raise RequestError("-o - gives one MIDI file: leave out --count, --sidecar and --json")

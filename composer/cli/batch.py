"""Many pieces of one command: into a folder, in several processes or on a cluster."""

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli.console import Messages, progress, put, say
from composer.cli.outputs import MIDI_SUFFIXES, Outputs, tail_of
from composer.cli.streams import STREAM
from composer.errors import BatchError, ControlError, RequestError

if TYPE_CHECKING:
    from composer.batch import Order, Outcome, Way
    from composer.workers import Workers


def batch_folder(
    output: Path | None, plan: Path | None, *, count: int, jobs: int | None, ray: str | None
) -> Path | None:
    """The folder of a batch; None where the pieces are to have a file's name.

    Raises RequestError where many pieces are asked for and no folder.
    """
    is_stream = output == STREAM
    has_folder = output is not None and (output.is_dir() or not output.suffix) and not is_stream
    has_plans = plan is not None and plan.is_dir()
    if jobs is None and ray is None and not has_plans and not (count > 1 and has_folder):
        return None
    if output is None:
        raise RequestError("a batch needs a folder for its pieces: -o FOLDER")
    if is_stream or (not output.is_dir() and output.suffix.lower() in MIDI_SUFFIXES):
        raise RequestError(f"{output} names a file: a batch needs a folder, -o FOLDER")
    return output


def workers_of(jobs: int | None, ray: str | None) -> "Workers":
    """Who composes; raises RequestError for what can't be."""
    from composer.workers import Workers  # noqa: PLC0415 - for a light --help

    return Workers(1 if jobs is None else jobs, ray)


def way_of(
    options: dict[str, Any],
    model: dict[str, Any],
    audio: Path | None,
    tail: str | None,
    messages: Messages,
) -> "Way":
    """How the pieces are made: ``options`` of composing, ``model`` what composes."""
    from composer.batch import Way  # noqa: PLC0415 - for a light --help

    return Way(
        options,
        audio=_audio_format(audio),
        tail=tail_of(tail),
        has_sidecar=messages.sidecar,
        is_checked=messages.strict,
        words=messages.words,
        **model,
    )


def _audio_format(audio: Path | None) -> str | None:
    """The suffix of a batch's sound files, of ``mp3`` or ``.mp3``; refuses a file's name."""
    if audio is None:
        return None
    from composer.render import check_audio_path  # noqa: PLC0415 - heavy

    name = str(audio).lower().removeprefix(".")
    if not name.isalnum():
        raise RequestError(f"a batch names its own files: --audio mp3, not {audio}")
    return check_audio_path(f"piece.{name}").suffix


def compose_many(
    orders: "list[Order]",
    faults: list[str],
    folder: Path,
    way: "Way",
    workers: "Workers",
    *,
    messages: Messages,
    force: bool,
) -> None:
    """Compose all orders, tell each piece, and end with an error where some are missing.

    ``faults`` are the lines of what could not even be ordered.
    """
    from composer.batch import compose_batch  # noqa: PLC0415 - for a light --help

    told, quiet = _Told(folder, way, messages), messages.quiet
    for line in faults:
        told.fail(line)
    pieces = compose_batch(orders, folder, way, workers, overwrite=force)
    with contextlib.closing(pieces), progress("Composing", "pieces", quiet=quiet) as report:
        report(0, len(orders))
        try:
            for done, outcome in enumerate(pieces, 1):
                told.tell(outcome)
                report(done, len(orders))
        except KeyboardInterrupt:
            say(f"{told.summary}; the same command goes on", quiet=quiet)
            raise
    say(told.summary, quiet=quiet)
    told.judge(len(orders) + len(faults))


class _Told:
    """Tells what became of each piece, and counts."""

    def __init__(self, folder: Path, way: "Way", messages: Messages) -> None:
        self._folder, self._way, self._messages = folder, way, messages
        self._new = self._old = self._failed = self._missed = 0

    @property
    def summary(self) -> str:
        """How many pieces there are."""
        there = f", {self._old} were there already" if self._old else ""
        return f"{self._folder}: {self._new} composed{there}"

    def fail(self, line: str) -> None:
        """Tell why a piece is missing."""
        self._failed += 1
        say(f"composer: {line}")

    def tell(self, outcome: "Outcome") -> None:
        """Tell a piece: its file or JSON on stdout, what is wrong with it on stderr."""
        if outcome.failure:
            self.fail(f"{outcome.midi}: {outcome.failure}")
            return
        self._new += outcome.is_new
        self._old += not outcome.is_new
        put(
            self._line(outcome.midi, outcome.piece)
            if self._messages.as_json
            else str(outcome.midi)
        )
        sys.stdout.flush()  # a program that reads along is told at once
        missed = outcome.piece.get("not_kept") if self._messages.strict else None
        if missed:
            self._missed += 1
            say(f"composer: {outcome.midi}: not kept: {', '.join(missed)}")

    def judge(self, total: int) -> None:
        """Raise BatchError where a piece failed, ControlError where one was not kept."""
        if self._failed:
            raise BatchError(f"{self._failed} of {total} pieces failed, as said above")
        if self._missed:
            raise ControlError(f"{self._missed} of {total} pieces miss a wish, as said above")

    def _line(self, midi: Path, piece: dict[str, Any]) -> str:
        audio = midi.with_name(f"{midi.stem}{self._way.audio}") if self._way.audio else None
        told = piece | (self._way.words or {}) | Outputs(midi, audio).as_json()
        return json.dumps(told, ensure_ascii=False)

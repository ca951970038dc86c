"""``composer plan``: what will be composed, as a file to edit.

composer plan [the flags of generate] -o p.yaml
composer plan from song.mid -o p.yaml
composer plan schema
"""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option, Typer
from typer.core import TyperCommand, TyperGroup

from composer.cli.console import counted, put, put_json, say
from composer.cli.generate import generate
from composer.cli.streams import STREAM, MidiIn, given

if TYPE_CHECKING:
    from composer.plan import Plan

_MAKE = "make"
_NOT_OF_A_PLAN = frozenset(
    {"count", "jobs", "ray", "no_humanise", "audio", "tail", "as_json", "output"}
    | {"sidecar", "strict"}
)
_SAMPLING = ("temperature", "top_k", "top_p", "min_p", "guidance")
_Output = Annotated[
    Path | None, Option("-o", "--output", help="The plan file. [default: stdout]")
]
_Force = Annotated[bool, Option("--force", help="Replace the file.")]


class _Group(TyperGroup):
    """Takes what names no other command as flags of ``make``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``make`` before the arguments where no command is named."""
        is_named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if is_named else [_MAKE, *args])


class _Make(TyperCommand):
    """``make``, which nobody has to name: its help and errors speak of ``composer plan``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Stand in the place of the group."""
        if parent is not None:
            info_name, parent = parent.info_name, parent.parent
        return super().make_context(info_name, args, parent, **extra)


app = Typer(cls=_Group, help="Write what will be composed as a file to edit.")


def _make(
    *, seed: int | None, checkpoint: Path | None, engine: str | None, quiet: bool, **flags: Any
) -> None:
    """Write the plan that the same flags of generate would compose, complete, as YAML.

    Also: composer plan from song.mid recovers the plan of a MIDI file, and
    composer plan schema prints the JSON schema for editors.
    """
    from composer.api import Composer, Sampling, seeds_of  # noqa: PLC0415 - light --help
    from composer.cli.asking import request_of  # noqa: PLC0415

    output, force = flags.pop("output"), flags.pop("force")
    freedom = {name: flags.pop(name) for name in _SAMPLING}
    tried = {} if (tries := flags.pop("tries")) is None else {"tries": tries}
    plan = request_of(quiet=quiet, **flags)
    _check_output(output, force=force)
    (seed,) = seeds_of(plan.seed if seed is None else seed)
    model: dict[str, Any] = {"checkpoint": checkpoint, "engine": engine}
    composer = Composer.load(**{name: value for name, value in model.items() if value})
    said = {name: value for name, value in freedom.items() if value is not None}
    whole = composer.complete(plan, seed=seed, sampling=Sampling(**said), **tried)
    _write(whole, output, force=force)
    if output is not None:
        say(f"{output}: {counted(len(plan.bars), 'bar')} (--seed {seed})", quiet=quiet)


def _signed() -> Any:
    """``_make`` with the parameters of ``generate`` that speak of a plan, and its own."""
    own = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
        )
        for name, default, kind in (("output", None, _Output), ("force", False, _Force))
    ]
    shared = [
        parameter
        for parameter in inspect.signature(generate).parameters.values()
        if parameter.name not in _NOT_OF_A_PLAN | {"force"}
    ]
    _make.__signature__ = inspect.Signature([*shared, *own])  # type: ignore[attr-defined]
    _make.__annotations__ = {one.name: one.annotation for one in (*shared, *own)}
    return _make


app.command(_MAKE, cls=_Make, hidden=True)(_signed())


@app.command("from")
def recover(
    file: MidiIn,
    *,
    output: _Output = None,
    force: _Force = False,
) -> None:
    """Recover the plan of any MIDI file: compose in its form."""
    from composer.api import inspect_file  # noqa: PLC0415 - for a light --help

    _check_output(output, force=force)
    found = inspect_file(given(file))
    plan = found.recovered
    for remark in (*found.repairs, *plan.remarks):
        say(f"{file}: {remark}")
    _write(plan, output, force=force)


@app.command()
def schema() -> None:
    """Print the JSON schema of plan files, for editors."""
    from composer.planfile import plan_schema  # noqa: PLC0415 - for a light --help

    put_json(plan_schema())


def _check_output(output: Path | None, *, force: bool) -> None:
    """Tell early where the file can't be written."""
    from composer.files import check_output  # noqa: PLC0415

    if output not in (None, STREAM):
        check_output(output, overwrite=force)


def _write(plan: "Plan", output: Path | None, *, force: bool) -> None:
    """Write the plan to its file and tell the name, or to stdout."""
    from composer.planfile import plan_text, write_plan_file  # noqa: PLC0415

    if output in (None, STREAM):
        put(plan_text(plan).rstrip("\n"))
        return
    write_plan_file(plan, output, overwrite=force)
    put(str(output))

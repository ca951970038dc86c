"""The command ``composer``: its parts put together, and how errors end it.

Nothing heavy is imported here: each command imports what it needs when it runs.
"""

import io
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

import composer
from composer.cli import check, evaluate, generate, look, plan, sound, tend
from composer.cli.console import finish, put, say, silence
from composer.errors import INTERRUPTED, ComposerError, was_stopped

_UsageError: Any = typer.BadParameter.__base__
"""Click's base of wrong usage, of whichever click Typer carries (it does not export it)."""

app = typer.Typer(
    help="Compose music with a mood you choose, look into MIDI files, and hear them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    """Print the version and end."""
    if is_wanted:
        put(f"composer {composer.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show version."),
    ] = False,
) -> None:
    """Compose music with a mood you choose, look into MIDI files, and hear them."""


for command in (
    generate.generate,
    sound.render,
    check.check,
    look.inspect,
    evaluate.evaluate,
    look.moods,
    look.progressions,
    look.doctor,
    tend.prepare,
):
    app.command()(command)
app.add_typer(plan.app, name="plan")
app.command(context_settings=tend.PASS_ON, add_help_option=False)(tend.train)


def _say_usage(message: str) -> None:
    """Tell what is wrong with the arguments; the help has been shown where they lack."""
    if message:
        say(f"composer: {' '.join(message.split())} (composer --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that its encoding lacks is escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(args=arguments, prog_name="composer", standalone_mode=False)
        finish()
    except (ComposerError, ImportError) as error:
        if was_stopped(error):
            code = INTERRUPTED
        elif isinstance(error, ComposerError):
            say(f"composer: {error}")
            return error.exit_code
        else:
            raise
    except _UsageError as error:
        _say_usage(error.format_message())
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:  # the reader of stdout has left, as `composer moods | head` does
        silence()
        return 1
    if code == INTERRUPTED:  # newer Typers turn Ctrl-C into this code themselves
        say("composer: stopped")
    return code if isinstance(code, int) else 0

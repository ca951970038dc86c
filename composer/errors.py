"""Every error that composer raises on purpose, with the exit code the command returns.

    ComposerError
    ├── RequestError      2  what was asked can't be (unknown mood, 0 bars, tempo 900)
    ├── InputError        3  a file that was given can't be read as what it should be
    ├── OutputError       4  a file can't be written where it was asked for
    ├── CheckpointError   5  the model's files are missing, damaged or foreign
    ├── MissingExtraError 6  the feature needs an extra that isn't installed
    ├── ControlError      7  the music does not have what was asked (--strict)
    └── BatchError        8  some pieces of many could not be made; the others were

The message is one line for a person: what is wrong, where, and what would be right.
Ctrl-C ends a command with ``INTERRUPTED``.
"""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class ComposerError(Exception):
    """Base of all errors with a message meant for the user."""

    exit_code = 1


class RequestError(ComposerError):
    """What was asked for is impossible or unknown."""

    exit_code = 2


class InputError(ComposerError):
    """A given file is missing, unreadable, too large or not what it claims to be."""

    exit_code = 3


class OutputError(ComposerError):
    """A file can't be written where it was asked for."""

    exit_code = 4


class CheckpointError(ComposerError):
    """The model's files are missing, damaged or belong to another vocabulary."""

    exit_code = 5


class MissingExtraError(ComposerError):
    """A feature needs an optional dependency."""

    exit_code = 6

    def __init__(self, feature: str, package: str, extra: str) -> None:
        """Name the ``feature``, the ``package`` it wants and the ``extra`` that has it."""
        super().__init__(feature, package, extra)  # all, so that processes can hand it on

    def __str__(self) -> str:
        """The message."""
        feature, package, extra = self.args
        return (
            f"{feature} needs {package}, which is not installed: "
            f"pip install 'composer-music[{extra}]'"
        )


class ControlError(ComposerError):
    """The music does not keep what was asked of it."""

    exit_code = 7


class BatchError(ComposerError):
    """Some pieces of many could not be made; why was said of each."""

    exit_code = 8


def was_stopped(error: BaseException | None) -> bool:
    """Whether Ctrl-C stands behind an error: compiled modules make ImportErrors of it."""
    if error is None or isinstance(error, KeyboardInterrupt):
        return error is not None
    cause, context = error.__cause__, error.__context__
    return was_stopped(cause) or (context is not cause and was_stopped(context))

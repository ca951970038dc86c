"""What the lab's commands have in common: messages on stderr, and errors in one line."""

import sys
from collections.abc import Callable

from composer.errors import INTERRUPTED, ComposerError, InputError


def say(line: str) -> None:
    """Tell progress on stderr."""
    sys.stderr.write(f"{line}\n")


def exit_code(command: str, run: Callable[[], object]) -> int:
    """Run a command; an error is one line on stderr, and its exit code is returned."""
    try:
        run()
    except ComposerError as error:
        say(f"{command}: {error}")
        return error.exit_code
    except FileNotFoundError as error:
        say(f"{command}: cannot find {error.filename}")
        return InputError.exit_code
    except KeyboardInterrupt:
        say(f"{command}: stopped")
        return INTERRUPTED
    return 0

"""The command ``composer``, also as ``python -m composer``."""

import sys

from composer.errors import INTERRUPTED


def main() -> int:
    """Run the command line and return its exit code, after Ctrl-C while it loads too."""
    try:
        from composer.cli import main as run  # noqa: PLC0415 - the rest of what takes time

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("composer: stopped\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

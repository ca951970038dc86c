"""The command line: thin Typer commands over ``composer.api``."""

from composer.cli.app import app, main

__all__ = ["app", "main"]

"""The trainer's command line: ``composer train``, and under torchrun."""

import inspect
import re
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

from composer.errors import RequestError
from composer.lab.command import exit_code
from composer.lab.recipe import Recipe
from composer.lab.session import Session
from composer.model import needs_torch
from composer.model.config import ModelConfig

_GROUPS: tuple[Any, ...] = (ModelConfig, Recipe, Session)


class _Parser(ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise RequestError."""
        raise RequestError(f"{message} ({self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, one for each field of config, recipe and session, and train.

    Raises RequestError for options that can't be, MissingExtraError without torch.
    """
    values = vars(_parser().parse_args(arguments))
    with needs_torch("training"):
        from composer.lab.train import train  # noqa: PLC0415 - torch may be missing
    config, recipe, session = (
        group(**{field.name: values[field.name] for field in fields(group)})
        for group in _GROUPS
    )
    train(values["prepared"], values["out"], config, recipe, session)


def _parser() -> ArgumentParser:
    """Options named after the fields, with the docstrings of their classes as help."""
    parser = _Parser("composer train", description="Train a model on shards, or go on.")
    parser.add_argument("prepared", type=Path, help="folder with train.npz and held_out.npz")
    parser.add_argument("out", type=Path, help="folder of the run")
    for group in _GROUPS:
        title, _, rest = (inspect.getdoc(group) or group.__name__).partition("\n")
        about = re.sub(r"``(\w+)``", lambda name: _option(name[1]), rest)
        titled = parser.add_argument_group(title.rstrip("."), about)
        for field in fields(group):
            titled.add_argument(
                _option(field.name),
                type=type(field.default),
                default=field.default,
                metavar=type(field.default).__name__.upper(),
                help="default: %(default)r",
            )
    return parser


def _option(field: str) -> str:
    """``--save-minutes`` for ``save_minutes``."""
    return f"--{field.replace('_', '-')}"


if __name__ == "__main__":
    sys.exit(exit_code("train", main))

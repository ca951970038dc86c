"""The trainer's plain command line, for torchrun and machines without the full install."""

import sys
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from dataclasses import fields
from pathlib import Path
from typing import Any

from composer.errors import ComposerError
from composer.lab.recipe import Recipe
from composer.model import needs_torch
from composer.model.config import ModelConfig


def main(arguments: list[str] | None = None) -> None:
    """Read the options, one for each field of config, recipe and session, and train.

    Raises MissingExtraError without torch.
    """
    with needs_torch("training"):
        from composer.lab.session import Session  # noqa: PLC0415 - torch may be missing
        from composer.lab.train import train  # noqa: PLC0415
    groups: tuple[Any, ...] = (ModelConfig, Recipe, Session)
    parser = ArgumentParser("train", formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("prepared", type=Path, help="folder with train.npz and held_out.npz")
    parser.add_argument("out", type=Path, help="folder of the run")
    for group in groups:
        titled = parser.add_argument_group(group.__name__)
        for field in fields(group):
            option = f"--{field.name.replace('_', '-')}"
            titled.add_argument(option, type=type(field.default), default=field.default)
    values = vars(parser.parse_args(arguments))
    config, recipe, session = (
        group(**{field.name: values[field.name] for field in fields(group)}) for group in groups
    )
    train(values["prepared"], values["out"], config, recipe, session)


if __name__ == "__main__":
    try:
        main()
    except ComposerError as error:
        print(f"train: {error}", file=sys.stderr)  # noqa: T201 - a command's message
        sys.exit(error.exit_code)

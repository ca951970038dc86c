"""The trainer's plain command line, for torchrun and machines without the full install."""

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from dataclasses import fields
from pathlib import Path
from typing import Any

from composer.lab.recipe import Recipe
from composer.lab.session import Session
from composer.lab.train import train
from composer.model.config import ModelConfig

_GROUPS: tuple[Any, ...] = (ModelConfig, Recipe, Session)


def main(arguments: list[str] | None = None) -> None:
    """Read the options, one for each field of config, recipe and session, and train."""
    parser = ArgumentParser("train", formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("prepared", type=Path, help="folder with train.npz and held_out.npz")
    parser.add_argument("out", type=Path, help="folder of the run")
    for group in _GROUPS:
        titled = parser.add_argument_group(group.__name__)
        for field in fields(group):
            option = f"--{field.name.replace('_', '-')}"
            titled.add_argument(option, type=type(field.default), default=field.default)
    values = vars(parser.parse_args(arguments))
    config, recipe, session = (
        group(**{field.name: values[field.name] for field in fields(group)})
        for group in _GROUPS
    )
    train(values["prepared"], values["out"], config, recipe, session)


if __name__ == "__main__":
    main()

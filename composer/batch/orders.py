"""What a batch composes: one order a piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.api import seeds_of
from composer.compose.planning import check_plan
from composer.errors import ComposerError, InputError, RequestError
from composer.plan import Plan
from composer.planfile import read_plan_file

FIRST_SEED = 1
"""The seed that a batch counts from where none is given: the same command, the same pieces."""
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Order:
    """One piece to compose: the stem of its files' names, its plan and its seed."""

    stem: str
    plan: Plan
    seed: int


def orders_of(name: str, plan: Plan, seed: int | None, count: int = 1) -> list[Order]:
    """``count`` pieces of one plan, from ``seed`` on, named by ``name`` and their seeds.

    None takes the plan's own seed, or 1. Raises RequestError for a plan or seeds that can't be.
    """
    check_plan(plan)
    first = next((one for one in (seed, plan.seed) if one is not None), FIRST_SEED)
    return [Order(f"{name}-{one}", plan, one) for one in seeds_of(first, count)]


def orders_of_folder(
    folder: Path, seed: int | None, count: int = 1
) -> tuple[list[Order], list[str]]:
    """``count`` pieces of each plan file in ``folder``, and a line for each that is none.

    Names are the files' stems with the seeds. Raises InputError for a folder without plan
    files, RequestError where two plans would have one name or the seeds can't be.
    """
    seeds_of(seed, count)
    files = _plan_files(folder)
    orders: list[Order] = []
    faults = []
    for path in files:
        try:
            orders += orders_of(path.stem, _plan(path), seed, count)
        except ComposerError as error:
            faults.append(one_line(error))
    return orders, faults


def _plan_files(folder: Path) -> Sequence[Path]:
    """The plan files of a folder by name; refuses two that differ only in their suffix."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}") from error
    found = [one for one in paths if one.suffix in _SUFFIXES and not one.name.startswith(".")]
    if not found:
        raise InputError(f"{folder} has no plan files, which end in {' or '.join(_SUFFIXES)}")
    by_stem: dict[str, Path] = {}
    for path in found:
        other = by_stem.setdefault(path.stem, path)
        if other != path:
            raise RequestError(f"{other} and {path} would make files of one name: rename one")
    return found


def _plan(path: Path) -> Plan:
    """The plan of a file that the music language can say; every error names the file."""
    plan = read_plan_file(path)
    try:
        check_plan(plan)
    except RequestError as error:
        raise InputError(f"{path}: {error}") from error
    return plan


def one_line(error: object) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())

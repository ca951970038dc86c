"""What flags, words and plan files ask for, with what is told of it."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from composer.cli.console import say
from composer.cli.streams import given_text
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.plan import Plan
    from composer.request import Wishes


def said(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def request_of(
    text: str | None = None,
    *,
    quiet: bool,
    plan: Path | None = None,
    hit: list[str] | None = None,
    **flags: Any,
) -> "Plan":
    """The plan that words and flags ask for, or that of a plan file; tells remarks.

    Raises RequestError where both speak: what a file says is changed in the file.
    """
    from composer.planfile import read_plan_file  # noqa: PLC0415 - for a light --help
    from composer.request import read_request  # noqa: PLC0415

    if plan is not None:
        check_alone(plan, **flags, hit=hit, text=text)
        return read_plan_file(given_text(plan))
    wishes, told = _worded(text, cast("Wishes", {**flags, "hits": hit}), quiet=quiet)
    asked = read_request(**wishes).plan
    for remark in asked.remarks:
        say(f"composer: {remark}", quiet=quiet)
    return replace(asked, remarks=(*told, *asked.remarks))


def check_alone(plan: Path, **flags: Any) -> None:
    """Raise RequestError where flags speak beside a plan file."""
    if wrong := sorted(said(**flags)):
        names = ", ".join("the words" if name == "text" else name for name in wrong)
        raise RequestError(f"--plan says all of it: leave out {names}, or change {plan}")


def _worded(
    text: str | None, flags: "Wishes", *, quiet: bool
) -> "tuple[Wishes, tuple[str, ...]]":
    """The wishes of the words and the flags, and the lines that tell how words were read."""
    from composer.request.text import remarks_of, understand, with_flags  # noqa: PLC0415

    if text is None:
        return flags, ()
    if os.path.isfile(text):  # noqa: PTH113 - a Path of long words raises
        raise RequestError(f"{text} is a file, not words: did you mean --plan {text}?")
    understood = understand(text)
    wishes, overruled = with_flags(understood, flags)
    lines = (*remarks_of(understood), *overruled)
    for line in lines:
        say(line, quiet=quiet)
    return wishes, lines


def words_of(
    text: str | None, *, plan: Path | None = None, hit: list[str] | None = None, **flags: Any
) -> dict[str, Any] | None:
    """How the words were read beside the flags, as JSON values; None without words."""
    from composer.request.text import told_of  # noqa: PLC0415 - for a light --help

    if text is None or plan is not None:
        return None
    return told_of(text, cast("Wishes", {**flags, "hits": hit}))

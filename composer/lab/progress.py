"""How far a training run has come, and a bar that shows it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from composer.lab.recipe import Recipe

LOG = "log.jsonl"
"""The file of a run's folder that tells, a JSON line at a time, how it went."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: steps done, events seen, seconds spent, precision chosen.

    ``seconds`` is real time and only steers a run whose length is given as time.
    """

    step: int = 0
    events: int = 0
    seconds: float = 0.0
    precision: str = ""


class Show:
    """Moves the progress bar."""

    def __init__(self, bar: Bar, recipe: Recipe) -> None:
        self._bar, self._recipe = bar, recipe
        self._task = bar.add_task("training", total=1.0)

    def __call__(self, progress: Progress) -> None:
        """Show how far the run has come."""
        done = self._recipe.fraction(progress.step, progress.seconds)
        text = f"step {progress.step}, {progress.events / 1e6:.2f} million events"
        self._bar.update(self._task, completed=done, description=text)


@contextlib.contextmanager
def progress_bar(recipe: Recipe, *, is_shown: bool) -> Iterator[Show]:
    """A bar on stderr that moves when called."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), disable=not is_shown) as bar:
        yield Show(bar, recipe)

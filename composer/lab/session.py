"""What surrounds a training run: how long it goes on, who stops it, who else takes part."""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

import torch
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from torch import distributed as dist

from composer.lab.recipe import Recipe
from composer.lab.training_state import Progress


@dataclass(frozen=True, slots=True)
class Session:
    """How one call of the trainer behaves; nothing here changes what is learnt.

    It ends after ``steps`` steps or ``minutes`` minutes (0: when the run is done), writes
    state and checkpoint every ``save_minutes``, validates every ``validate_steps`` steps
    on ``validate_pieces`` pieces a source (0: never), and logs every ``log_steps`` steps.
    ``threads`` is how many processor cores each process uses (0: as torch finds best).
    """

    steps: int = 0
    minutes: float = 0.0
    save_minutes: float = 5.0
    validate_steps: int = 250
    validate_pieces: int = 6
    log_steps: int = 10
    threads: int = 0


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


class Stop:
    """Whether someone asked the run to stop."""

    is_asked = False

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Note it; the step at work is finished first."""
        self.is_asked = True


@contextlib.contextmanager
def stop_signal() -> Iterator[Stop]:
    """Turn Ctrl-C and SIGTERM into a question that the run asks after each step."""
    stop = Stop()
    before = {
        number: signal.signal(number, stop.ask) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of a run, ``size`` of them, and this one's ``rank`` among them."""

    rank: int = 0
    size: int = 1

    @property
    def device(self) -> torch.device:
        """Where this process computes."""
        return torch.device("cuda", self.rank) if torch.cuda.is_available() else _CPU

    def shared(self, value: float) -> float:
        """The first process's value, on all."""
        if self.size == 1:
            return value
        tensor = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.broadcast(tensor, 0)
        return float(tensor)

    def agreed(self, answer: bool) -> bool:  # noqa: FBT001 - one question, one answer
        """The first process's answer, on all."""
        return bool(self.shared(float(answer)))

    def meet(self) -> None:
        """Wait until all are here."""
        if self.size > 1:
            dist.barrier()


@contextlib.contextmanager
def team() -> Iterator[Team]:
    """Join the other processes where torchrun started several."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Team()
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Team(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


_CPU = torch.device("cpu")

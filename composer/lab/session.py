"""How one call of the trainer behaves: how long it goes on, and who stops it."""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType


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

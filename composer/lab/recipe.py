"""What a training run is told: the recipe, and the learning rate that follows from it."""

from dataclasses import dataclass

from composer.errors import RequestError

COOL_DOWN = 0.35
"""Share of a run, at its end, in which the rate falls to zero."""
PRECISIONS = ("auto", "bf16", "fp32")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a run; its length is given in steps or, where that is 0, in minutes.

    ``events_per_step`` is the size of a step over all processes, ``events_per_batch`` how
    many padded events go through the network at once. ``warm_up`` is the share of the run in
    which the rate rises to its full value. ``precision`` auto measures which of bf16 and fp32
    is faster. ``start`` is the folder of a checkpoint whose weights the run begins with; empty
    begins with random ones.
    """

    total_steps: int = 0
    total_minutes: float = 0.0
    seed: int = 0
    events_per_step: int = 16384
    events_per_batch: int = 4096
    muon_rate: float = 0.02
    adam_rate: float = 3e-3
    decay: float = 0.1
    warm_up: float = 0.02
    dropout: float = 0.1
    average: float = 0.999
    clip: float = 1.0
    precision: str = "auto"
    start: str = ""

    def __post_init__(self) -> None:
        """Refuse a run without an end and precisions that do not exist."""
        if self.total_steps <= 0 and self.total_minutes <= 0:
            raise RequestError("say how long to train: total steps or total minutes")
        if self.precision not in PRECISIONS:
            raise RequestError(f"precision must be one of {', '.join(PRECISIONS)}")

    def fraction(self, step: int, seconds: float) -> float:
        """How much of the run is done after ``step`` steps and ``seconds`` of work."""
        if self.total_steps > 0:
            return step / self.total_steps
        return seconds / (60 * self.total_minutes)

    def rate(self, step: int, seconds: float) -> float:
        """Share of the full learning rate for the next step: up, constant, down to zero."""
        done = self.fraction(step, seconds)
        least = 1 / self.total_steps if self.total_steps > 0 else self.warm_up / 100
        rise = (done + least) / self.warm_up if self.warm_up > 0 else 1.0
        return max(0.0, min(1.0, rise, (1 - done) / COOL_DOWN))

"""The processes that train together."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import distributed as dist

_CPU = torch.device("cpu")


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

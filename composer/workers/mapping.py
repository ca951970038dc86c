"""One map over items, wherever the work is done."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

from composer.errors import RequestError
from composer.workers.lost import Lost

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Workers:
    """Where work is done: in ``jobs`` processes of this machine, or on a Ray cluster.

    ``ray`` is what ``ray.init`` takes as an address, such as ``auto``; it needs the extra
    ``ray``. Raises RequestError for less than one job, and for several beside a cluster.
    """

    jobs: int = 1
    ray: str | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be."""
        if self.jobs < 1:
            raise RequestError(f"at least 1 job can be done at once, not {self.jobs}")
        if self.ray is not None and self.jobs > 1:
            raise RequestError("--jobs counts processes here, --ray takes a cluster: give one")


HERE = Workers()
"""This process alone."""


def map_unordered(
    work: Callable[[Item], Result], items: Iterable[Item], workers: Workers = HERE
) -> Generator[tuple[int, Result | Lost], None, None]:
    """Do ``work`` on every item; yields (the item's place, result) as each is done.

    Elsewhere than here ``work``, items and results travel by pickle between processes of
    composer's own, and items are taken only a few ahead of the work. An item whose worker
    dies is given to another, and is ``Lost`` where that happens again and again; an exception
    that ``work`` raises ends the map and is raised here. No worker outlives the iterator, nor,
    by more than a moment, this process.
    """
    if workers.ray is not None:
        from composer.workers.cluster import map_on_ray  # noqa: PLC0415 - optional

        return map_on_ray(work, items, workers.ray)
    if workers.jobs > 1:
        from composer.workers.processes import map_in_processes  # noqa: PLC0415 - light start

        return map_in_processes(work, items, workers.jobs)
    return ((place, work(item)) for place, item in enumerate(items))

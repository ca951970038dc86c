"""A map on a Ray cluster.

Ray runs tasks on the machines of a cluster and runs them again where a worker or its machine
dies (Moritz, P., et al. (2018). Ray: a distributed framework for emerging AI applications).
Results come back to this process. composer must be installed on every machine.
"""

import contextlib
import logging
import os
import socket
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from composer.errors import ComposerError, MissingExtraError, RequestError
from composer.workers.lost import RETRIES, Lost

Item = TypeVar("Item")
Result = TypeVar("Result")

_PATIENCE_SECONDS = 10.0
_AHEAD = 4
"""Items handed over for each processor, so that none waits and memory stays small."""


def map_on_ray(
    work: Callable[[Item], Result], items: Iterable[Item], address: str
) -> Generator[tuple[int, Result | Lost], None, None]:
    """Do ``work`` on the cluster at ``address``; see ``map_unordered``.

    Raises MissingExtraError without Ray, RequestError where no cluster answers.
    """
    with _joined(address) as ray:
        task = ray.remote(num_cpus=1, max_retries=RETRIES)(_done)
        shared = ray.put(work)
        rest = enumerate(items)
        places: dict[Any, int] = {}
        ahead = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        try:
            for place, item in islice(rest, ahead):
                places[task.remote(shared, item)] = place
            while places:
                ((ready,), _) = ray.wait(list(places))
                for place, item in islice(rest, 1):
                    places[task.remote(shared, item)] = place
                yield places.pop(ready), _result(ray, ready)
        finally:
            for running in places:
                ray.cancel(running, force=True)


def _done(work: Callable[[Any], Any], item: Any) -> Any:
    return work(item)


def _result(ray: Any, ready: Any) -> Any:
    try:
        return ray.get(ready)
    except ray.exceptions.RayTaskError as error:
        if not isinstance(error.cause, ray.exceptions.RayError):
            raise error.cause from None
        raise ComposerError(
            f"a worker of the cluster could not begin: {_first_line(error.cause)} "
            "(composer must be installed on every machine)"
        ) from error
    except ray.exceptions.RayError as error:
        return Lost(f"the cluster gave it up: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


@contextlib.contextmanager
def _joined(address: str) -> Iterator[Any]:
    """Ray, connected to a cluster; a connection that was there already is taken and left."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine
    try:
        import ray  # noqa: PLC0415 - optional
    except ModuleNotFoundError as error:
        raise MissingExtraError("--ray", "ray", "ray") from error
    if ray.is_initialized():
        yield ray
        return
    # Ray prints what it says of dead workers to stdout, which is for data; no option stops it
    ray._private.worker._worker_logs_enabled = False  # noqa: SLF001
    try:
        _knock(address)
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False)
    except (OSError, RuntimeError, ValueError) as error:
        reason = _first_line(error)
        raise RequestError(f"no Ray cluster answers at {address!r}: {reason}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError where an address has a port and nothing listens: Ray waits for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), _PATIENCE_SECONDS).close()

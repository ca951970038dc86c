"""Hits: moments of a picture that music should meet, and whether it can."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from composer.errors import RequestError

MOST_HITS = 500
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 3600.0

SLACK_SECONDS = 0.002
"""Times are told to the millisecond; one that was told passes when it is given back."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment in seconds from the start, and what happens then."""

    seconds: float
    label: str = ""


def clock(seconds: float) -> str:
    """A time as people write it: ``1:23.5``, to the millisecond."""
    thousandths = round(abs(seconds) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    text = f"{rest // 1000:02}.{rest % 1000:03}".rstrip("0").rstrip(".")
    return f"{'-' if seconds < 0 else ''}{minutes}:{text}"


def check_hits(
    hits: Sequence[Hit], duration_seconds: float | None, *, beat_seconds: float
) -> None:
    """Raise RequestError, with all problems and the nearest possible, where hits can't be met.

    Hits lie in order of time, at least a beat apart, and at least a beat from the start and
    from the end or exactly on them.
    """
    problems = [*_absurd(hits, duration_seconds)]
    if not problems:
        problems = [*_misplaced(hits, duration_seconds, beat_seconds)]
        if problems:
            problems.append(_advice(hits, duration_seconds, beat_seconds))
    if problems:
        raise RequestError("; ".join(problems))


def _name(hits: Sequence[Hit], index: int) -> str:
    """``hit 3 'door' (0:12.4)``."""
    label = f" {hits[index].label[:40]!r}" if hits[index].label else ""
    return f"hit {index + 1}{label} ({clock(hits[index].seconds)})"


def _absurd(hits: Sequence[Hit], duration_seconds: float | None) -> list[str]:
    """What no moving of hits can mend."""
    problems = []
    if len(hits) > MOST_HITS:
        problems.append(f"at most {MOST_HITS} hits can be met, not {len(hits):,}")
    if not all(isfinite(hit.seconds) for hit in hits):
        problems.append("a hit needs a time in seconds, such as 12.4 or 0:12.4")
    elif any(hit.seconds > LONGEST_SECONDS for hit in hits):
        problems.append("a hit lies within the first hour")
    is_long = duration_seconds is not None and not (
        SHORTEST_SECONDS <= duration_seconds <= LONGEST_SECONDS
    )
    if is_long:
        problems.append(f"a piece lasts 1 s to 1 hour, not {duration_seconds:g} s")
    if duration_seconds is None and all(hit.seconds <= 0 for hit in hits):
        problems.append("nothing to fit: give a duration or a hit after the start")
    return problems


def _misplaced(
    hits: Sequence[Hit], duration_seconds: float | None, beat_seconds: float
) -> list[str]:
    """Hits before the start, beyond the end, out of order or too close."""
    problems = []
    least = beat_seconds - SLACK_SECONDS
    beat = f"less than a beat ({beat_seconds:.3g} s)"
    for index, hit in enumerate(hits):
        name, time = _name(hits, index), hit.seconds
        left = np.inf if duration_seconds is None else duration_seconds - time
        gap = time - hits[index - 1].seconds if index else np.inf
        if time < -SLACK_SECONDS:
            problems.append(f"{name} lies before the start")
        elif SLACK_SECONDS < time < least:
            problems.append(f"{name} lies {time:.3g} s after the start, {beat}")
        if left < -SLACK_SECONDS:
            problems.append(f"{name} lies beyond the end ({clock(duration_seconds or 0)})")
        elif SLACK_SECONDS < left < least:
            problems.append(f"{name} lies {left:.3g} s before the end, {beat}")
        if gap < 0:
            problems.append(f"{name} comes before hit {index}: list hits in order of time")
        elif gap < least:
            problems.append(f"{name} comes {gap:.3g} s after hit {index}, {beat}")
    return problems


def _advice(hits: Sequence[Hit], duration_seconds: float | None, beat_seconds: float) -> str:
    """What would be possible."""
    times = nearest_possible([hit.seconds for hit in hits], duration_seconds, beat_seconds)
    if times is None:
        needed = clock(beat_seconds * (len(hits) + 1))
        return f"{len(hits)} hits a beat apart need a duration of {needed} or more"
    return f"the nearest possible: {', '.join(clock(time) for time in times)}"


def nearest_possible(
    times: Sequence[float], duration_seconds: float | None, beat_seconds: float
) -> list[float] | None:
    """Times that can be met, in order, least squares away from those given.

    A time less than half a beat from the start or the end goes there. None where the duration
    is too short for them all. Isotonic regression of the times less a beat for each before
    them (Barlow et al., Statistical inference under order restrictions, 1972).
    """
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 - slow to import

    end = np.inf if duration_seconds is None else duration_seconds
    wanted = sorted(times)
    head = [0.0] if wanted and wanted[0] < beat_seconds / 2 else []
    tail = [end] if len(wanted) > len(head) and wanted[-1] > end - beat_seconds / 2 else []
    middle = np.array(wanted[len(head) : len(wanted) - len(tail)])
    room = beat_seconds * np.arange(len(middle))
    highest = end - beat_seconds * max(1, len(middle))
    if len(middle) and highest < beat_seconds - 1e-9:
        return None
    if not len(middle):
        return [*head, *tail]
    level = isotonic_regression(middle - room).x
    moved = np.clip(level, beat_seconds, highest) + room
    return [*head, *moved.tolist(), *tail]

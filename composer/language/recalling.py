"""Working something out of a stream's rows once, until the next row or bar comes."""

from collections.abc import Callable, Hashable
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar, TypeVarTuple

from composer.language.stream import Stream

_Given = TypeVarTuple("_Given")
_Found = TypeVar("_Found")


def once_a_row(
    work: Callable[[Stream, *_Given], _Found],
) -> Callable[[Stream, *_Given], _Found]:
    """Let a function of a stream, and of what else can be a key, remember what it found.

    What it returns is not to be changed.
    """
    return _remembering(work, attrgetter("known"))


def once_a_bar(
    work: Callable[[Stream, *_Given], _Found],
) -> Callable[[Stream, *_Given], _Found]:
    """The same for what follows from the bars before the current one."""
    return _remembering(work, attrgetter("known_of_bar"))


def _remembering(
    work: Callable[[Stream, *_Given], _Found],
    memory: Callable[[Stream], dict[Hashable, Any]],
) -> Callable[[Stream, *_Given], _Found]:
    """A function that looks into the stream's memory before it works."""

    @wraps(work)
    def recall(stream: Stream, *given: *_Given) -> _Found:
        known, place = memory(stream), (work, *given)
        if place not in known:
            known[place] = work(stream, *given)
        found: _Found = known[place]
        return found

    return recall

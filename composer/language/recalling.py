"""Working something out of a stream's rows once, until the next row comes."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from composer.language.stream import Stream

_Given = TypeVarTuple("_Given")
_Found = TypeVar("_Found")


def once_a_row(
    work: Callable[[Stream, *_Given], _Found],
) -> Callable[[Stream, *_Given], _Found]:
    """Let a function of a stream, and of what else can be a key, remember what it found.

    What it returns is not to be changed.
    """

    @wraps(work)
    def recall(stream: Stream, *given: *_Given) -> _Found:
        place = (work, *given)
        if place not in stream.known:
            stream.known[place] = work(stream, *given)
        found: _Found = stream.known[place]
        return found

    return recall

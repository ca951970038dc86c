"""Composer as a contender: whole pieces, from the request to the score."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from engines import MAKERS
from timing import clock

from composer.api import Composer, Sampling
from composer.compose.pen import Pen
from composer.language import Walker
from composer.language.vocabulary import NOTE
from composer.model import Engine
from composer.model.checkpoint import load_checkpoint
from composer.model.engine import DEFAULT_ENGINE, folder_of

REQUEST: dict[str, Any] = {"instruments": "violin:melody, piano, cello, bass"}
MOODS = ("sad", "joyful", "angry", "peaceful")
"""What pieces are asked for in turn: one of each quadrant, for guidance to press."""
PLAIN: dict[str, Any] = {"sampling": Sampling(guidance=1.0), "tries": 1}
SETTINGS: dict[str, dict[str, Any]] = {
    "as by default": {},
    "guidance 2": PLAIN | {"sampling": Sampling(guidance=2.0)},
    "plain": PLAIN,
}
"""As shipped; pressing the mood, with one try; neither."""


def engine_for(name: str, context: int) -> Engine:
    """An engine of the shipped checkpoint that sees ``context`` events.

    Positions are rotary, so the weights fit any context; they were trained with 1,024.
    """
    known = load_checkpoint(folder_of())
    return MAKERS[name](replace(known, config=replace(known.config, context=context)))


def request(seed: int, **more: Any) -> dict[str, Any]:
    """What piece number ``seed`` (from 1) is asked to be."""
    return REQUEST | {"mood": MOODS[(seed - 1) % len(MOODS)], **more}


def compose(engine: Engine, bars: int, seed: int, setting: str) -> int:
    """Compose a piece in one of ``SETTINGS``; returns how many notes it has."""
    asked = request(seed, bars=bars)
    return Composer(engine).generate(seed=seed, **asked, **SETTINGS[setting]).score.note_count


@dataclass(slots=True)
class Written:
    """Notes, and events of every kind, that the model wrote, by bar (from 0; plan is -1)."""

    notes: Counter[int] = field(default_factory=Counter)
    events: Counter[int] = field(default_factory=Counter)


@contextmanager
def counting() -> Iterator[Written]:
    """Counts what the model writes meanwhile."""
    plain, counts = Pen.write, Written()

    def write(pen: Pen, walker: Walker) -> None:
        plain(pen, walker)
        stream = walker.stream
        counts.notes[stream.bar] += stream.last_kind == NOTE
        counts.events[stream.bar] += 1

    Pen.write = write  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Pen.write = plain  # type: ignore[method-assign]


def bars_to_fill(context: int, seed: int) -> int:
    """Bars for which a plain piece has about as many events as the context holds."""
    engine, bars = engine_for(DEFAULT_ENGINE, context), max(4, context // 32)
    for _ in range(_GUESSES):
        with counting() as written:
            compose(engine, bars, seed, "plain")
        filled = written.events.total() / context
        if abs(filled - 1) < _NEAR:
            break
        bars = max(4, round(bars / filled))
    return bars


class Pieces:
    """Composes the same pieces each time: at each context one of every number of bars."""

    def __init__(self, engine: str, bars: dict[int, list[int]], setting: str) -> None:
        self._engines = {context: engine_for(engine, context) for context in bars}
        self._bars, self._setting = bars, setting
        self.amounts: dict[str, dict[str, int]] = {}
        for context, pieces in bars.items():
            with counting() as written:
                notes = self._compose(context)
            self.amounts[str(context)] = {
                "written": written.notes.total(),
                "all": notes,
                "events": written.events.total(),
                "pieces": len(pieces),
                "bars": sum(pieces),
            }

    def __call__(self) -> dict[str, float]:
        """Seconds that the pieces of each context take."""
        found = {}
        for context in self._bars:
            started = clock()
            self._compose(context)
            found[str(context)] = clock() - started
        return found

    def _compose(self, context: int) -> int:
        engine, pieces = self._engines[context], enumerate(self._bars[context], 1)
        return sum(compose(engine, bars, seed, self._setting) for seed, bars in pieces)


def in_settings(bars: dict[int, list[int]]) -> dict[str, Pieces]:
    """The default engine in all settings."""
    return {f"composer, {name}": Pieces(DEFAULT_ENGINE, bars, name) for name in SETTINGS}


def in_engines(bars: dict[int, list[int]]) -> dict[str, Pieces]:
    """All engines, plain."""
    return {f"composer, plain, {name}": Pieces(name, bars, "plain") for name in MAKERS}


_GUESSES, _NEAR = 5, 0.1

"""Composer as a contender: whole pieces, from the request to the score."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from engines import MAKERS
from timing import Contender, clock

from composer.api import Composer, Sampling
from composer.compose.pen import Pen
from composer.language import Walker
from composer.language.vocabulary import NOTE
from composer.model import Engine
from composer.model.checkpoint import load_checkpoint
from composer.model.engine import DEFAULT_ENGINE, folder_of

REQUEST: dict[str, Any] = {
    "mood": "sad",
    "instruments": "violin:melody, piano, cello, bass",
}
"""Four parts, and a mood for guidance to press."""
ROWS_PER_BAR = 32
"""About the events that a bar of these parts takes, so that a piece fills its context."""
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


def compose(engine: Engine, bars: int, seed: int, setting: str) -> int:
    """Compose a piece in one of ``SETTINGS``; returns how many notes it has."""
    options = SETTINGS[setting]
    piece = Composer(engine).generate(**REQUEST, bars=bars, seed=seed, **options)
    return piece.score.note_count


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


class Pieces:
    """Composes the same pieces each time: ``count`` of them at each context."""

    def __init__(self, engine: str, counts: dict[int, int], setting: str) -> None:
        self._engines = {context: engine_for(engine, context) for context in counts}
        self._counts, self._setting = counts, setting
        self.amounts: dict[str, dict[str, int]] = {}
        for context, pieces in counts.items():
            with counting() as written:
                notes = self._compose(context)
            self.amounts[str(context)] = {
                "written": written.notes.total(),
                "all": notes,
                "events": written.events.total(),
                "pieces": pieces,
            }

    def __call__(self) -> dict[str, float]:
        """Seconds that the pieces of each context take."""
        found = {}
        for context in self._counts:
            started = clock()
            self._compose(context)
            found[str(context)] = clock() - started
        return found

    def _compose(self, context: int) -> int:
        engine, bars = self._engines[context], max(4, context // ROWS_PER_BAR)
        seeds = range(1, 1 + self._counts[context])
        return sum(compose(engine, bars, seed, self._setting) for seed in seeds)


def contenders(counts: dict[int, int], *, only_default: bool) -> dict[str, Contender]:
    """The default engine in all settings, and the other engines in the plain one.

    ``only_default`` leaves out guidance 2 and the other engines.
    """
    settings = [name for name in SETTINGS if not only_default or name != "guidance 2"]
    others = [] if only_default else [name for name in MAKERS if name != DEFAULT_ENGINE]
    return {
        **{f"composer, {name}": Pieces(DEFAULT_ENGINE, counts, name) for name in settings},
        **{f"composer, plain, {name}": Pieces(name, counts, "plain") for name in others},
    }

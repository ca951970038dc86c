"""The pen: chooses events one value at a time, by the grammar and the model.

The only place that asks the engine. It keeps the engine's state in step with a stream's
rows and asks only where the grammar leaves a choice.
"""

from collections.abc import Callable, Sequence
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.compose.consonance import Consonance
from composer.compose.keeping import NO_LEANS, Leans
from composer.compose.sampling import Sampling, draw
from composer.language import Walker, without_mood
from composer.language.rows import Row
from composer.language.stream import Stream
from composer.language.vocabulary import ATTRIBUTES, COLUMN, KINDS, SIZES
from composer.model import Engine

Conditions = Callable[[int], NDArray[np.float32]]
"""For each bar of the piece the vectors (B, size) under which it is written; the same array
for bars under the same ones."""

_NUMBERS = np.arange(1 + max(SIZES.values()))


class Pen:
    """Writes events into streams.

    ``conditions`` gives a bar's condition vector and, where guidance is wanted, the one
    without the mood that it is compared with; under that one, rows say no mood either.
    ``leans`` are added to the model's logits; ``consonance`` takes away what a chord forbids.
    Where the vectors change all that came before is read anew under the new ones: one mood
    for all of a piece blurs its stretches.
    """

    def __init__(
        self,
        engine: Engine,
        conditions: Conditions,
        sampling: Sampling,
        rng: np.random.Generator,
        leans: Leans = NO_LEANS,
        *,
        consonance: Consonance | None = None,
    ) -> None:
        self._sampling, self._rng, self._leans = sampling, rng, leans
        self._consonance = consonance or Consonance()
        self._reader = _Reader(engine, conditions)

    def write(self, walker: Walker) -> None:
        """Choose the next event and push it."""
        stream = walker.stream
        kind = self._choose(walker, stream.draft(0), "kind", walker.next_kinds())
        row = stream.draft(kind)
        for attribute in ATTRIBUTES[KINDS[kind]]:
            stream.reveal(row, attribute)
            row[COLUMN[attribute]] = self._choose(
                walker, row, attribute, walker.values(row, attribute)
            )
        stream.push_row(row)

    def _choose(self, walker: Walker, row: Row, attribute: str, values: Sequence[int]) -> int:
        if len(values) == 1:
            return values[0]
        legal = self._consonance.kept(walker, row, attribute, _array(values))
        if len(legal) == 1:
            return int(legal[0])
        found = self._reader.logits(walker.stream, row, attribute)
        scores, *plain = found.take(legal, axis=1).tolist()
        for others in plain:
            scores = [
                other + self._sampling.guidance * (score - other)
                for score, other in zip(scores, others, strict=True)
            ]
        for lean in self._leans.get(attribute, ()):
            scores = list(map(add, scores, lean(walker.stream, row, legal)))
        return int(legal[draw(scores, self._sampling, self._rng)])


def _array(values: Sequence[int]) -> NDArray[np.intp]:
    """The values as an array; those of ranges are parts of one that is there already."""
    if isinstance(values, range):
        return _NUMBERS[values.start : values.stop]
    return np.array(values, np.intp)


class _Reader:
    """An engine's state that follows a stream, under one or two conditions of each bar."""

    def __init__(self, engine: Engine, conditions: Conditions) -> None:
        self._engine, self._conditions = engine, conditions
        self._under = conditions(0)
        self._stream: Stream | None = None
        self._read = 0
        self._state: Any = None
        self._hidden: Any = None

    def logits(self, stream: Stream, row: Row, attribute: str) -> NDArray[np.float32]:
        """Logits (B, size) of ``attribute`` in the drafted ``row`` after the stream's."""
        if stream is not self._stream or self._read < len(stream.rows):
            under = self._conditions(_bar_in_hand(stream))
            if stream is not self._stream or under is not self._under:
                self._stream, self._under, self._read = stream, under, 0
            self._catch_up(stream)
        return self._engine.logits(self._hidden, self._seen(row), attribute)

    def _seen(self, row: Row) -> list[Row]:
        """The row as it stands under each condition."""
        return [row] if len(self._under) == 1 else [row, without_mood(row)]

    def _catch_up(self, stream: Stream) -> None:
        """Let the engine read the rows that it has not seen."""
        if self._read == 0:
            rows = np.array([self._seen(row) for row in stream.rows], np.int32)
            self._state = self._engine.prefill(rows[:-1].swapaxes(0, 1), self._under)
            self._read = len(stream.rows) - 1
        for row in stream.rows[self._read :]:
            self._hidden = self._engine.step(self._state, self._seen(row))
        self._read = len(stream.rows)


def _bar_in_hand(stream: Stream) -> int:
    """Number of the bar that is planned or written, from 0 at the piece's start."""
    if len(stream.plan) < stream.bar_count:
        return stream.first + len(stream.plan)
    return max(stream.first, stream.bar)

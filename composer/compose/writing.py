"""Writing the notes of a complete plan, through a window that slides along the piece.

The model sees the parts, the plan of some bars, and the music written so far; when the
rows would outgrow its context, a later window is encoded anew from what has been
written, as training windows are. References still reach the bars before it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.compose.pen import Pen
from composer.compose.reach import range_of
from composer.compose.returning import returns_of
from composer.language import Sheet, Walker, plan_values, prefix
from composer.language.ranges import PitchRange
from composer.language.return_walker import ReturningWalker
from composer.language.returns import Returns
from composer.language.rows import Row
from composer.language.sheet import Cells, notes_array
from composer.language.stream import Stream
from composer.language.vocabulary import ATTRIBUTES, COLUMN, KINDS
from composer.plan import Plan

Progress = Callable[[int, int], None]
"""Called with the bars done and the bars in all."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


Table = NDArray[np.int16]
_MOST_NOTES = 128
"""Most notes of one part in one bar, where the context has room for them."""


def window_bars(context_rows: int) -> int:
    """How many bars of plan a window shows: at most 64, at most a quarter of the context."""
    return max(4, min(64, context_rows // 4))


def write_notes(
    pen: Pen,
    plan: Plan,
    context_rows: int,
    on_progress: Progress,
    rng: np.random.Generator,
) -> Sheet:
    """The notes of a complete ``plan``; ``context_rows`` is the most the engine can see.

    ``rng`` draws which cells of what returns are varied.
    """
    parts, bars = plan_values(plan)
    ranges = [range_of(part) for part in plan.parts or ()]
    page = _Page(parts, bars, ranges, returns_of(plan, bars, rng), context_rows)
    while not page.stream.is_done:
        done = page.write(pen)
        if done:
            on_progress(done, len(bars))
    return page.sheet()


class _Page:
    """The window in use, and what it takes to turn to a later one.

    A bar never outgrows the context: its cells are held to ``most_notes``.
    """

    def __init__(
        self,
        parts: Table,
        bars: Table,
        ranges: Sequence[PitchRange],
        returns: Returns | None,
        context_rows: int,
    ) -> None:
        self._parts, self._bars, self._context = parts, bars, context_rows
        self._ranges, self._returns = ranges, returns
        self._width = window_bars(context_rows)
        room = context_rows - self._width - 2 * len(parts) - 4
        self._most_notes = max(1, min(_MOST_NOTES, room // len(parts)))
        self._bar_rows: list[int] = []
        self._cells: Cells = {}
        self._open(first=0, until=0)

    def sheet(self) -> Sheet:
        """The whole piece so far."""
        return self._sheet(self._cells | self.stream.cells)

    def _sheet(self, cells: Cells) -> Sheet:
        return Sheet(self._parts, self._bars, notes_array(cells))

    def write(self, pen: Pen) -> int:
        """Let the pen write one event; the number of bars done where it ended one, else 0."""
        stream, bar = self.stream, self.stream.bar
        if len(stream.rows) >= self._context or self._is_plan_short():
            self._turn()
            stream = self.stream
        pen.write(self._walker)
        if stream.bar > bar:
            self._bar_rows.append(0)
        self._bar_rows[-1] += 1
        return stream.bar if stream.bar > bar else len(self._bars) * stream.is_done

    def _open(self, *, first: int, until: int) -> None:
        """Encode the window from bar ``first``, with its music before bar ``until``."""
        self.stream = prefix(
            self._sheet(self._cells), first=first, bars=self._width, until=until
        )
        limits: dict[str, Any] = {"most_notes": self._most_notes, "ranges": self._ranges}
        self._walker = (
            Walker(self.stream, **limits)
            if self._returns is None
            else ReturningWalker(self.stream, self._returns, self._cells, **limits)
        )

    def _is_plan_short(self) -> bool:
        """Whether fewer than a quarter of the window's bars lie ahead, and more could."""
        end = self.stream.first + self.stream.bar_count
        return end < len(self._bars) and end - self.stream.bar <= self._width // 4

    def _turn(self) -> None:
        """Move the window on; the rows of the unfinished bar are copied."""
        bar, rows = self.stream.bar, self.stream.rows[-self._bar_rows[-1] :]
        # the next stream will know only the cells that its references can reach
        self._cells |= self.stream.cells
        self._open(first=self._first_shown(bar), until=bar)
        for row in rows:
            _copy(row, self.stream)

    def _first_shown(self, bar: int) -> int:
        """First bar of a window that shows about half a context of music before ``bar``."""
        room = self._context // 2 - len(self._parts) - self._width - self._bar_rows[bar]
        first = bar
        while first > max(0, bar - self._width // 2) and room >= self._bar_rows[first - 1]:
            first -= 1
            room -= self._bar_rows[first]
        return first


def _copy(row: Row, stream: Stream) -> None:
    """Push a row's own attributes onto another stream."""
    own = {name: row[COLUMN[name]] for name in ATTRIBUTES[KINDS[row[0]]]}
    stream.push(row[0], own)

"""The account of a preparation: what went in, what was dropped and why, what is lost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.lab.pieces import Outcome
from composer.language import Loss, Sheet, encode
from composer.language import vocabulary as v


@dataclass(slots=True)
class Account:
    """One source's numbers; ``drops`` and ``repairs`` count files by reason.

    ``events``/``plain_events``: events with and without references over the
    ``sampled_notes`` of the sampled pieces. ``cells`` of them are ``repeats`` (exact),
    ``doubles`` (another part at an octave) or ``shifts`` (transposed repeats).
    """

    source: str
    files: int = 0
    pieces: int = 0
    notes_in: int = 0
    notes_kept: int = 0
    bars: int = 0
    dropped_notes: int = 0
    timed_notes: int = 0
    timing_error_ms: float = 0.0
    merged_parts: int = 0
    changed_bars: int = 0
    sampled_notes: int = 0
    events: int = 0
    plain_events: int = 0
    cells: int = 0
    repeats: int = 0
    doubles: int = 0
    shifts: int = 0
    drops: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count what became of one file."""
        self.files += 1
        self.notes_in += outcome.notes
        self.repairs.update(outcome.repairs)
        if not outcome.pieces:
            self.drops[outcome.drop or "fewer than 8 notes"] += 1
        for piece, loss in outcome.pieces:
            self._add_piece(piece.sheet, loss)

    def _add_piece(self, sheet: Sheet, loss: Loss) -> None:
        """Count one quantised piece; ``timing_error_ms`` stays the mean over notes."""
        kept = len(sheet.notes)
        self.pieces += 1
        self.notes_kept += kept
        self.bars += len(sheet.bars)
        self.dropped_notes += loss.dropped_notes
        self.merged_parts += loss.merged_parts
        self.changed_bars += loss.changed_bars
        self.timed_notes += kept
        share = kept / max(self.timed_notes, 1)
        self.timing_error_ms += (loss.timing_error_ms - self.timing_error_ms) * share

    def add_events(self, sheet: Sheet) -> None:
        """Count one piece's events, written with references and without."""
        rows = encode(sheet)
        cells = rows[rows[:, 0] == v.CELL]
        source, shift = cells[:, v.COLUMN["source"]], cells[:, v.COLUMN["shift"]]
        is_double = source >= v.FIRST_DOUBLE
        is_repeat = (source >= v.FIRST_LAG) & ~is_double
        is_shifted = is_repeat & (shift != v.SHIFTS.index(0) + 1)
        self.sampled_notes += len(sheet.notes)
        self.events += len(rows)
        self.plain_events += len(encode(sheet, references=False))
        self.cells += len(cells)
        self.repeats += int((is_repeat & ~is_shifted).sum())
        self.doubles += int(is_double.sum())
        self.shifts += int(is_shifted.sum())

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            name: dict(value) if isinstance(value := getattr(self, name), Counter) else value
            for name in self.__dataclass_fields__
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Account":
        """Inverse of ``to_json``."""
        counts = {name: Counter(values[name]) for name in ("drops", "repairs")}
        return cls(**{**values, **counts})


def total(accounts: Sequence[Account]) -> Account:
    """All sources together."""
    result = Account("all")
    for name in Account.__dataclass_fields__:
        if name in {"source", "timing_error_ms"}:
            continue
        values = [getattr(account, name) for account in accounts]
        setattr(result, name, sum(values[1:], values[0]))
    weights: NDArray[np.float64] = np.array([a.timed_notes for a in accounts], np.float64)
    errors = np.array([account.timing_error_ms for account in accounts])
    result.timing_error_ms = float((weights * errors).sum() / max(weights.sum(), 1.0))
    return result

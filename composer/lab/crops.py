"""Random windows of prepared pieces, as the trainer sees them.

Everything drawn depends on the generator alone, so the order of the data is a function of
(seed, step) and a resumed run sees what it would have seen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.lab.shards import Piece, Shard, is_known
from composer.language import CONDITION_SIZE, Sheet, condition, encode, transpose
from composer.language import vocabulary as v
from composer.plan import Mood

Write = Callable[..., NDArray[np.int32]]
"""Writes a window of a sheet as rows; takes what ``encode`` takes."""
LENGTHS_BARS = (8, 16, 24, 32, 48, 64)
TRANSPOSITIONS = (-5, 7)
_START_AT_ONE, _INFILL, _PLAIN = 0.4, 0.25, 0.05
THINNED, _KEPT = 0.4, 0.7
"""How often a window loses some of its parts, and how likely each then stays."""
_FAR_BARS = max(v.LAGS)
_DYNAMICS = (None, "flat", "expressive")

_CHORD = ("root", "quality", "bass", "root2", "quality2", "bass2")
_SAID_TOGETHER: tuple[tuple[str, ...], ...] = (
    ("tempo",),
    ("key",),
    _CHORD,
    ("section",),
    ("function",),
    ("intensity",),
    ("feel",),
    ("valence",),
    ("arousal",),
)
"""Plan columns that open together; the meter is always said, as the grammar needs it."""
_PART_COLUMNS = ("role", "register", "density")


@dataclass(frozen=True, slots=True)
class Crop:
    """A window: ``rows`` (T, columns) int32, ``condition`` (CONDITION_SIZE,) float32.

    ``notes`` counts the music's notes within the rows, those in references included;
    ``source`` is the piece's index into the shard's sources.
    """

    rows: NDArray[np.int32]
    condition: NDArray[np.float32]
    notes: int
    source: int


def draw(
    shard: Shard,
    rng: np.random.Generator,
    limit: int,
    *,
    write: Write = encode,
    transpositions: tuple[int, int] = TRANSPOSITIONS,
    thinned: float = THINNED,
) -> Crop:
    """A random window of a random piece, at most ``limit`` rows.

    It is moved by some number of semitones in the half-open range ``transpositions``, and
    with the chance ``thinned`` loses some of its parts.
    """
    chances = shard.arrays["weight"].astype(np.float64)
    while True:
        index = int(rng.choice(len(shard), p=chances / chances.sum()))
        piece = shard.piece(index)
        first, bars = _window(piece.sheet, rng, limit)
        sheet = _thinned(_sounding(piece.sheet, first, bars), rng, thinned)
        if len(sheet.parts):
            break
    sheet = transpose(sheet, int(rng.integers(*transpositions)))
    holes: set[tuple[int, int]] = set()
    if rng.random() < _INFILL:
        bars = _fitting(sheet, first, bars, limit // 2)
        holes = _holes(rng, first, bars, len(sheet.parts))
    is_plain = rng.random() < _PLAIN
    return _crop(
        _with_open_fields(sheet, rng, is_plain=is_plain),
        first=first,
        bars=bars,
        order=[int(part) for part in rng.permutation(len(sheet.parts))],
        holes=holes,
        limit=limit,
        given=np.zeros(CONDITION_SIZE, np.float32) if is_plain else _condition(piece, rng),
        source=int(shard.arrays["source"][index]),
        write=write,
    )


def whole(shard: Shard, index: int, limit: int, bars: int = 32, write: Write = encode) -> Crop:
    """The first ``bars`` bars of a piece with everything said, for validation."""
    piece = shard.piece(index)
    sheet = _sounding(piece.sheet, 0, bars)
    return _crop(
        sheet,
        first=0,
        bars=min(bars, piece.bars),
        order=list(range(len(sheet.parts))),
        holes=set(),
        limit=limit,
        given=_condition(piece, None),
        source=int(shard.arrays["source"][index]),
        write=write,
    )


def step_crops(
    shard: Shard,
    seed: int,
    step: int,
    events: int,
    limit: int,
    *,
    draw: Callable[[Shard, np.random.Generator, int], Crop] = draw,
) -> list[Crop]:
    """The windows of one training step: at least ``events`` rows."""
    rng = np.random.default_rng([seed, step])
    crops: list[Crop] = []
    while sum(len(crop.rows) for crop in crops) < events:
        crops.append(draw(shard, rng, limit))
    return crops


def _window(sheet: Sheet, rng: np.random.Generator, limit: int) -> tuple[int, int]:
    """First bar and number of bars of a window that mostly fits ``limit`` rows."""
    total = len(sheet.bars)
    bars = min(total, int(rng.choice(LENGTHS_BARS)))
    from_start = rng.random() < _START_AT_ONE
    first = 0 if from_start else int(rng.integers(0, total - bars + 1))
    return first, _fitting(sheet, first, bars, limit)


def _fitting(sheet: Sheet, first: int, bars: int, limit: int) -> int:
    """``bars``, halved until an estimate of their events is at most ``limit``."""
    while bars > 4:
        notes = _between(sheet, first, first + bars)
        cells = len(np.unique(notes[:, :2], axis=0))
        if len(sheet.parts) + 2 * bars + cells + 0.6 * len(notes) <= limit:
            break
        bars //= 2
    return bars


def _between(sheet: Sheet, first: int, last: int) -> NDArray[np.int16]:
    """Notes of the bars [first, last)."""
    low, high = np.searchsorted(sheet.notes[:, 0], [first, last])
    return sheet.notes[low:high]


def _sounding(sheet: Sheet, first: int, bars: int) -> Sheet:
    """Only the parts that sound in the window, and only notes that it can refer to."""
    heard = np.unique(_between(sheet, first, first + bars)[:, 1])
    notes = _between(sheet, first - _FAR_BARS, first + bars)
    return _only(Sheet(sheet.parts, sheet.bars, notes), heard)


def _thinned(sheet: Sheet, rng: np.random.Generator, chance: float) -> Sheet:
    """Now and then some of the parts, two at least: other music with the same harmony.

    The music of bands is scarce, and seen whole it is soon known by heart.
    """
    if len(sheet.parts) < 3 or rng.random() >= chance:
        return sheet
    stays = np.flatnonzero(rng.random(len(sheet.parts)) < _KEPT)
    return _only(sheet, stays) if len(stays) > 1 else sheet


def _only(sheet: Sheet, parts: NDArray[np.signedinteger]) -> Sheet:
    """The sheet with some of its parts, given by ascending index."""
    notes = sheet.notes[np.isin(sheet.notes[:, 1], parts)]
    notes[:, 1] = np.searchsorted(parts, notes[:, 1])
    return Sheet(sheet.parts[parts], sheet.bars, notes)


def _holes(rng: np.random.Generator, first: int, bars: int, parts: int) -> set[tuple[int, int]]:
    """Cells to leave out: scattered, a whole part, the last bars, or one bar."""
    window = range(first, first + bars)
    kind = rng.integers(4)
    if kind == 0:
        chosen = rng.random((bars, parts)) < rng.uniform(0.1, 0.5)
        return {(first + int(bar), int(part)) for bar, part in np.argwhere(chosen)}
    if kind == 1:
        part = int(rng.integers(parts))
        return {(bar, part) for bar in window}
    some = (
        window[-int(rng.integers(1, max(2, bars // 2 + 1))) :]
        if kind == 2
        else [int(rng.integers(first, first + bars))]
    )
    return {(bar, part) for bar in some for part in range(parts)}


def _with_open_fields(sheet: Sheet, rng: np.random.Generator, *, is_plain: bool) -> Sheet:
    """Leave some of what the plan says unsaid."""
    all_open = is_plain or rng.random() < 0.05
    opened = [names for names in _SAID_TOGETHER if (rng.random() < 0.1) or all_open]
    part_opened = [(name,) for name in _PART_COLUMNS if (rng.random() < 0.15) or is_plain]
    parts, bars = sheet.parts.copy(), sheet.bars.copy()
    _clear(bars, "plan", opened)
    _clear(parts, "part", part_opened)
    return Sheet(parts, bars, sheet.notes)


def _clear(table: NDArray[np.int16], kind: str, groups: Iterable[tuple[str, ...]]) -> None:
    for name in (name for names in groups for name in names):
        table[:, v.ATTRIBUTES[kind].index(name)] = 0


def _condition(piece: Piece, rng: np.random.Generator | None) -> NDArray[np.float32]:
    """The piece's condition; with ``rng``, each field is dropped now and then."""
    chances = np.ones(4) if rng is None else rng.random(4)
    says_mood, says_style, says_length, says_dynamics = (
        bool(chance > 0.15) for chance in chances
    )
    axes = [
        value if says_mood and is_known(value) else None
        for value in (piece.valence, piece.arousal)
    ]
    return condition(
        Mood(*axes),
        piece.style if says_style else None,
        piece.bars if says_length else None,
        _DYNAMICS[piece.dynamics] if says_dynamics else None,
    )


def _crop(
    sheet: Sheet,
    *,
    first: int,
    bars: int,
    order: list[int],
    holes: set[tuple[int, int]],
    limit: int,
    given: NDArray[np.float32],
    source: int,
    write: Write,
) -> Crop:
    rows = write(sheet, first=first, bars=bars, order=order, holes=holes, limit=limit)
    return Crop(rows, given, notes_within(rows, sheet, first, order, holes), source)


def notes_within(
    rows: NDArray[np.int32],
    sheet: Sheet,
    first: int,
    order: Sequence[int],
    holes: Iterable[tuple[int, int]] = (),
) -> int:
    """Number of notes that the rows say, those of copied cells included."""
    counts = np.zeros((len(sheet.bars), len(sheet.parts)), np.int64)
    np.add.at(counts, (sheet.notes[:, 0], sheet.notes[:, 1]), 1)
    kinds, sources = rows[:, 0], rows[:, v.COLUMN["source"]]
    marks = np.cumsum(kinds == v.BAR) - 1
    fill = np.flatnonzero(kinds == v.FILL)
    written = int(marks[fill[0]]) + 1 if len(fill) else len(sheet.bars) - first
    bar_of_mark = [*range(first, first + written), *sorted({bar for bar, _ in holes})]
    copies = np.flatnonzero((kinds == v.CELL) & (sources != v.NEW) & (sources != v.HOLE))
    parts = rows[copies, v.COLUMN["part"]] - 1
    copied = counts[np.array(bar_of_mark)[marks[copies]], np.array(order)[parts]]
    return int(copied.sum() + (kinds == v.NOTE).sum())

"""The piano roll: time to the right, pitch upwards, one colour a part.

Loud notes are dark, soft ones pale. Drums have rows of their own under the pitches.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from composer.errors import RequestError
from composer.files import write_whole
from composer.notate.captions import Captions, captions_of, part_names
from composer.notate.raster import write_png
from composer.notate.shapes import Box, Drawing, Text, svg_of
from composer.notate.systems import LEFT, RIGHT, Grid, System, lay_out
from composer.plan import Plan
from composer.score import Bar, Label, Part, Score, bars_of

DEFAULT_WIDTH = 1200.0
"""Pixels."""

_LEAST_WIDTH = 300
_COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#c48a00",
    "#4ba6da",
    "#7a5195",
    "#8c564b",
    "#5f6b00",
    "#d62745",
    "#17826b",
    "#7f7f7f",
)
"""Told apart by most colour-blind people where few are used (Okabe and Ito's come first)."""

_LINE, _BAR_LINE, _GROUND, _BLACK_KEY = "#d0d0d0", "#8a8a8a", "#fafafa", "#efefef"
_SECTION_COLOUR, _CHORD_COLOUR, _STRIP_COLOUR = "#222222", "#555555", "#b03a2e"
_BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
_MARGIN = 8.0
_TITLE_SIZE, _LEGEND_SIZE, _SECTION_SIZE, _CHORD_SIZE, _NUMBER_SIZE = 15.0, 11.0, 11.0, 9.5, 9.0
_LETTER_WIDTH = 0.6
"""Mean width of a letter as a share of the text's size."""

_LONGEST_TEXT = 40


def _shortened(text: str) -> str:
    """Cut a text that is too long for a picture."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _text_width(text: str, size: float) -> float:
    """About how many pixels a text takes."""
    return len(text) * size * _LETTER_WIDTH


def _heading(score: Score, width: float) -> tuple[list[Box], list[Text], float]:
    """Title and legend, and where they end."""
    texts, boxes = [], []
    y = _MARGIN
    if score.title.strip():
        y += _TITLE_SIZE
        texts.append(Text(LEFT, y, _shortened(score.title), _TITLE_SIZE, is_bold=True))
    x, y = LEFT, y + _LEGEND_SIZE + 6
    for index, name in enumerate(map(_shortened, part_names(score))):
        own = 14 + _text_width(name, _LEGEND_SIZE) + 14
        if x > LEFT and x + own > width - RIGHT:
            x, y = LEFT, y + _LEGEND_SIZE + 5
        boxes.append(Box(x, y - 9, 10, 9, _COLOURS[index % len(_COLOURS)]))
        texts.append(Text(x + 14, y, name, _LEGEND_SIZE))
        x += own
    return boxes, texts, y + 8


def _ground(grid: Grid, system: System) -> Iterator[Box]:
    """Yield the rows of black keys, the lines of each C, and the bar lines."""
    left = grid.x(system, system.onset_ticks)
    length = grid.x(system, system.end_ticks) - left
    top, height = system.top + grid.notes_top, grid.notes_height
    yield Box(left, top, length, height, _GROUND)
    for pitch in range(grid.lowest, grid.highest + 1):
        if pitch % 12 in _BLACK_KEYS:
            yield Box(left, grid.y(system, pitch), length, grid.row, _BLACK_KEY)
    for pitch in _octaves(grid):
        yield Box(left, grid.y(system, pitch) + grid.row - 0.5, length, 0.5, _LINE)
    for bar in system.bars:
        yield Box(grid.x(system, bar.onset_ticks) - 0.5, top, 1, height, _BAR_LINE, 0.6)
    yield Box(left + length - 0.5, top, 1, height, _BAR_LINE, 0.6)


def _octaves(grid: Grid) -> Iterator[int]:
    """Yield the Cs in sight."""
    yield from range(-(-grid.lowest // 12) * 12, grid.highest + 1, 12)


def _notes(grid: Grid, system: System, part: Part, colour: str) -> Iterator[Box]:
    """Yield the part's notes that sound within the system."""
    for note in part.notes:
        start = max(note.onset_ticks, system.onset_ticks)
        end = min(note.end_ticks, system.end_ticks)
        if start >= end:
            continue
        x = grid.x(system, start)
        opacity = round(0.35 + 0.65 * note.velocity / 127, 1)
        if part.is_drums:
            y, height = grid.drum_y(system, note.pitch), grid.drum_height() - 0.5
            yield Box(x, y, 3, height, colour, opacity)
        else:
            length = max(1.0, grid.x(system, end) - x - 0.5)
            y = grid.y(system, note.pitch)
            yield Box(x, y, length, max(1.5, grid.row - 0.5), colour, opacity)


def _labels(
    grid: Grid,
    system: System,
    labels: Sequence[Label],
    y: float,
    style: tuple[float, str, bool],
) -> Iterator[Text]:
    """Yield the labels of one system from left to right, leaving out those without room."""
    size, colour, is_bold = style
    free = 0.0
    for label in labels:
        if not system.onset_ticks <= label.onset_ticks < system.end_ticks:
            continue
        x, text = grid.x(system, label.onset_ticks) + 1, _shortened(label.text)
        if x >= free:
            yield Text(x, y, text, size, colour, is_bold=is_bold)
            free = x + _text_width(text, size) + 2


def _carried(labels: Sequence[Label], system: System) -> list[Label]:
    """Labels with the one that still holds at the system's start repeated there."""
    before = [label for label in labels if label.onset_ticks <= system.onset_ticks]
    return [*(Label(system.onset_ticks, label.text) for label in before[-1:]), *labels]


def _system_texts(grid: Grid, system: System, captions: Captions) -> Iterator[Text]:
    """Yield sections, chords, octave names and bar numbers."""
    section, chord, number = grid.baselines(system)
    bold, plain = (_SECTION_SIZE, _SECTION_COLOUR, True), (_CHORD_SIZE, _CHORD_COLOUR, False)
    yield from _labels(grid, system, captions.sections, section, bold)
    yield from _labels(grid, system, _carried(captions.chords, system), chord, plain)
    for pitch in _octaves(grid):
        y = grid.y(system, pitch) + grid.row
        yield Text(LEFT - 4, y, f"C{pitch // 12 - 1}", _NUMBER_SIZE, anchor="end")
    free = 0.0
    for place, bar in enumerate(system.bars, system.first + 1):
        x = grid.x(system, bar.onset_ticks)
        if x >= free:
            yield Text(x + 1, number, str(place), _NUMBER_SIZE, _CHORD_COLOUR)
            free = x + _text_width(str(place), _NUMBER_SIZE) + 4


def _strip(grid: Grid, system: System, captions: Captions) -> Iterator[Box]:
    """Yield the plan's intensity over each bar, the redder the higher."""
    y, height = grid.strip(system)
    values = captions.intensities[system.first : system.first + len(system.bars)]
    for bar, value in zip(system.bars, values, strict=True):
        if value is not None:
            x = grid.x(system, bar.onset_ticks)
            length = grid.x(system, bar.end_ticks) - x
            yield Box(x, y, length, height, _STRIP_COLOUR, round(0.08 + 0.8 * value, 2))


def _drawing(score: Score, plan: Plan | None, width: float) -> Drawing:
    """Lay out everything; raises RequestError for a width too small to read."""
    if width < _LEAST_WIDTH:
        raise RequestError(
            f"a piano roll is at least {_LEAST_WIDTH} pixels wide, not {width:g}"
        )
    bars: tuple[Bar, ...] = bars_of(score)
    boxes, texts, top = _heading(score, width)
    captions = captions_of(score, plan, bars)
    grid, systems = lay_out(score, bars, width, top, is_captioned=captions.are_any)
    for system in systems:
        boxes.extend(_ground(grid, system))
        boxes.extend(_strip(grid, system, captions))
        texts.extend(_system_texts(grid, system, captions))
    for index, part in enumerate(score.parts):
        for system in systems:
            boxes.extend(_notes(grid, system, part, _COLOURS[index % len(_COLOURS)]))
    height = top + len(systems) * grid.system_height
    title = f"Piano roll{f' of {score.title}' if score.title.strip() else ''}, {len(bars)} bars"
    return Drawing(width, height, title, tuple(boxes), tuple(texts))


def piano_roll_svg(
    score: Score, *, plan: Plan | None = None, width: float = DEFAULT_WIDTH
) -> str:
    """Draw ``score`` as an SVG document ``width`` pixels wide.

    Sections, chords and intensity come from ``plan`` where the score itself has none.
    Names from files are escaped. Raises RequestError for a width below 300.
    """
    return svg_of(_drawing(score, plan, width))


def piano_roll_png(
    score: Score,
    path: str | Path,
    *,
    plan: Plan | None = None,
    width: float = DEFAULT_WIDTH,
    overwrite: bool = False,
) -> Path:
    """Draw the same picture as ``piano_roll_svg`` into a PNG file, whole or not at all.

    Raises MissingExtraError without matplotlib, OutputError where ``path`` can't be
    written, RequestError for a width below 300.
    """
    return write_png(_drawing(score, plan, width), path, overwrite=overwrite)


def draw_piano_roll(
    score: Score, path: str | Path, *, plan: Plan | None = None, overwrite: bool = False
) -> Path:
    """Draw into ``path``, whose ending says how: ``.svg``, or ``.png`` (extra ``plot``).

    Raises RequestError for another ending, otherwise as ``piano_roll_png``.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending == ".png":
        return piano_roll_png(score, target, plan=plan, overwrite=overwrite)
    if ending != ".svg":
        raise RequestError(f"{target} is no name for a picture: end it in .svg or .png")
    write_whole(target, piano_roll_svg(score, plan=plan).encode(), overwrite=overwrite)
    return target

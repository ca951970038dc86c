"""A drawing as a list of shapes, and how it becomes SVG.

Lengths are pixels, x to the right and y down from the upper left corner. Colours are
``#rrggbb``.
"""

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; ``opacity`` lies in [0, 1]."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text whose baseline starts, is centred or ends at ``x``."""

    x: float
    y: float
    content: str
    size: float
    colour: str = "#333333"
    anchor: Anchor = "start"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes from back to front on a white ground, and a title for those who can't see it."""

    width: float
    height: float
    title: str
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


def _number(value: float) -> str:
    """Shortest text with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _box_group(colour: str, boxes: list[Box]) -> str:
    """Boxes of one colour."""
    parts = [f'<g fill="{colour}">']
    for box in boxes:
        opacity = "" if box.opacity == 1.0 else f' opacity="{_number(box.opacity)}"'
        parts.append(
            f'<rect x="{_number(box.x)}" y="{_number(box.y)}" '
            f'width="{_number(box.width)}" height="{_number(box.height)}"{opacity}/>'
        )
    return "".join([*parts, "</g>"])


def _clean(text: str) -> str:
    """Escape markup and drop the control characters that XML can't hold."""
    return escape("".join(c for c in text if c.isprintable()))


def _text(text: Text) -> str:
    """One line of text."""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="bold"' if text.is_bold else ""
    return (
        f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}" '
        f'fill="{text.colour}"{anchor}{weight}>{_clean(text.content)}</text>'
    )


def svg_of(drawing: Drawing) -> str:
    """The drawing as an SVG document, safe to put into a page as it is."""
    size = f"{_number(drawing.width)} {_number(drawing.height)}"
    groups = (
        _box_group(colour, list(boxes))
        for colour, boxes in groupby(drawing.boxes, key=lambda box: box.colour)
    )
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
                f'width="{_number(drawing.width)}" role="img" '
                'font-family="Helvetica, Arial, sans-serif">'
            ),
            f"<title>{_clean(drawing.title)}</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *groups,
            *(_text(text) for text in drawing.texts),
            "</svg>\n",
        ]
    )

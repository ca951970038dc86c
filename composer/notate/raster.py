"""Drawings as PNG files, through matplotlib (the extra ``plot``)."""

from pathlib import Path
from typing import Any

from composer.errors import MissingExtraError
from composer.files import whole_file
from composer.notate.shapes import Drawing

_DOTS_PER_INCH = 150
_PIXELS_PER_INCH = 96
_POINTS_PER_PIXEL = 72 / _PIXELS_PER_INCH
_ALIGNMENTS = {"start": "left", "middle": "center", "end": "right"}


def write_png(drawing: Drawing, path: str | Path, *, overwrite: bool = False) -> Path:
    """Paint ``drawing`` into ``path``; raises MissingExtraError without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("a PNG picture", "matplotlib", "plot") from error
    target = Path(path)
    with whole_file(target, overwrite=overwrite) as draft:
        size = (drawing.width / _PIXELS_PER_INCH, drawing.height / _PIXELS_PER_INCH)
        figure = Figure(figsize=size, dpi=_DOTS_PER_INCH)
        FigureCanvasAgg(figure)
        _paint(drawing, figure.add_axes((0, 0, 1, 1)))
        figure.savefig(draft, format="png")
    return target


def _paint(drawing: Drawing, axes: Any) -> None:
    """Put boxes and texts on matplotlib ``axes``, y downwards."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415
    from matplotlib.colors import to_rgba  # noqa: PLC0415

    axes.set_xlim(0, drawing.width)
    axes.set_ylim(drawing.height, 0)
    axes.axis("off")
    corners = [
        [
            (b.x, b.y),
            (b.x + b.width, b.y),
            (b.x + b.width, b.y + b.height),
            (b.x, b.y + b.height),
        ]
        for b in drawing.boxes
    ]
    colours = [to_rgba(box.colour, box.opacity) for box in drawing.boxes]
    axes.add_collection(PolyCollection(corners, facecolors=colours, linewidths=0))
    for text in drawing.texts:
        axes.text(
            text.x,
            text.y,
            text.content,
            fontsize=text.size * _POINTS_PER_PIXEL,
            color=text.colour,
            ha=_ALIGNMENTS[text.anchor],
            va="baseline",
            weight="bold" if text.is_bold else "normal",
            parse_math=False,
        )

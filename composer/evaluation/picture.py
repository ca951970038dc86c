"""A picture of a report: for each metric, how the set and the reference are distributed."""

from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import MissingExtraError, RequestError
from composer.evaluation.report import Finding, Report
from composer.files import check_output, whole_file

_FORMATS = (".png", ".svg", ".pdf")
_COLUMNS = 5
_PANEL_INCHES = (2.6, 1.9)
_REAL, _SET = "#8a8f98", "#c2410c"
_BINS = 16


def check_picture(path: Path, *, overwrite: bool = False) -> None:
    """Refuse early what ``draw`` could not write: format, place, or lack of matplotlib."""
    if path.suffix.lower() not in _FORMATS:
        raise RequestError(f"a picture is {', '.join(_FORMATS)}, not {path.name}")
    check_output(path, overwrite=overwrite)
    _figure()


def _figure() -> Any:
    """Matplotlib's Figure; raises MissingExtraError without it."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("a picture of distributions", "matplotlib", "plot") from error
    return Figure


def draw(report: Report, path: Path, *, overwrite: bool = False) -> None:
    """Write the picture as PNG, SVG or PDF, by the name's ending.

    Raises RequestError, OutputError or MissingExtraError as ``check_picture`` does.
    """
    check_picture(path, overwrite=overwrite)
    lines = -(-len(report.findings) // _COLUMNS)
    size = (_PANEL_INCHES[0] * _COLUMNS, _PANEL_INCHES[1] * lines + 0.5)
    figure = _figure()(figsize=size, layout="constrained")
    panels = figure.subplots(lines, _COLUMNS).ravel()
    for panel, found in zip(panels, report.findings, strict=False):
        _paint(panel, report, found)
    for panel in panels[len(report.findings) :]:
        panel.axis("off")
    figure.suptitle(
        f"{report.pieces} pieces (orange) against {report.reference_pieces} of the reference "
        f"(grey); median ratio {report.median}",
        fontsize=10,
    )
    with whole_file(path, overwrite=overwrite) as draft:
        figure.savefig(draft, format=path.suffix[1:].lower(), dpi=120)


def _paint(panel: Any, report: Report, found: Finding) -> None:
    """One metric: bars of the reference, a line of the set."""
    name = found.metric.name
    ratio = "-" if found.ratio is None else f"{found.ratio.value:.2f}"
    panel.set_title(f"{name}: {ratio}", fontsize=8)
    panel.tick_params(labelsize=6)
    panel.set_yticks([])
    sides = [
        rows[~np.isnan(rows[:, 0])]
        for rows in (report.reference_values[name], report.values[name])
    ]
    if not all(map(len, sides)):
        return
    if found.metric.bins:
        places = np.arange(found.metric.bins)
        real, ours = (rows.mean(axis=0) for rows in sides)
        edges = np.append(places - 0.5, places[-1] + 0.5)
    else:
        together = np.concatenate(sides)[:, 0]
        low, high = float(together.min()), float(together.max())
        room = 0.5 if high - low < 1e-6 else 0.0  # all may be equal
        edges = np.linspace(low - room, high + room, _BINS + 1)
        real, ours = (np.histogram(rows[:, 0], edges)[0] / len(rows) for rows in sides)
    panel.stairs(real, edges, fill=True, color=_REAL, alpha=0.6)
    panel.stairs(ours, edges, color=_SET, linewidth=1.4)

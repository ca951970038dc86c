"""``evaluate``: a set of scores against reference scores, metric by metric.

Intervals are bootstrap intervals over pieces (Efron & Tibshirani 1993, ch. 13): both sides
are drawn anew with replacement, whole pieces at a time. Drawing with replacement moves
every distance up a little; the drawn ratios are therefore scaled so that their median is
the measured ratio, and only their spread is used.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from composer.analysis.music import Floats
from composer.errors import RequestError
from composer.evaluation.distance import FEWEST_PIECES, Sides
from composer.evaluation.excerpt import MOST_BARS, Excerpt, shared_bars
from composer.evaluation.interval import Interval
from composer.evaluation.metrics import METRICS, Metric, measure
from composer.evaluation.moods import MoodAgreement
from composer.score import Score

SET_SIZE = 50
_DRAWS = 300
_BOOTSTRAPS = 100
_BOOTSTRAP_DRAWS = 20
_SEED = 10
_PERCENTS = (2.5, 97.5)

Values = dict[str, Floats]
"""Metric's name to its values, a row a piece: shape (pieces, 1) or (pieces, bins)."""
Tell = Callable[[float, float], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One metric: both sides' means (numbers only), distances, and their ratio.

    None where too few pieces have anything to measure.
    """

    metric: Metric
    mean: float | None
    reference_mean: float | None
    distance: float | None
    self_distance: float | None
    ratio: Interval | None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        told = {
            name: getattr(self.metric, name) for name in ("name", "unit", "meaning", "source")
        }
        return told | {
            "mean": self.mean,
            "reference_mean": self.reference_mean,
            "distance": self.distance,
            "self_distance": self.self_distance,
            "ratio": None if self.ratio is None else asdict(self.ratio),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All findings. ``values`` and ``reference_values`` are what pictures are made of."""

    pieces: int
    reference_pieces: int
    set_size: int
    median: Interval
    findings: tuple[Finding, ...]
    values: Values
    reference_values: Values
    moods: MoodAgreement | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, without the pieces' own."""
        return {
            "pieces": self.pieces,
            "reference_pieces": self.reference_pieces,
            "set_size": self.set_size,
            "median_ratio": asdict(self.median),
            "metrics": [finding.as_json() for finding in self.findings],
            "moods": None if self.moods is None else asdict(self.moods),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """Lines of a table under ``HEADER``, the farthest from the reference first."""
        known = [found for found in self.findings if found.ratio is not None]
        unknown = [found for found in self.findings if found.ratio is None]
        known.sort(key=lambda found: -(found.ratio.value if found.ratio else 0.0))
        return [_row(found) for found in known + unknown]


HEADER = ("Metric", "Ratio", "Interval", "Set", "Reference", "Unit", "Meaning")


def _row(found: Finding) -> tuple[str, ...]:
    ratio = found.ratio
    means = (
        "" if mean is None else f"{mean:.3g}" for mean in (found.mean, found.reference_mean)
    )
    return (
        found.metric.name,
        "-" if ratio is None else f"{ratio.value:.2f}",
        "too few pieces" if ratio is None else f"{ratio.low:.2f}-{ratio.high:.2f}",
        *means,
        found.metric.unit,
        found.metric.meaning,
    )


def evaluate(
    scores: Iterable[Score], references: Iterable[Score], *, set_size: int = SET_SIZE
) -> Report:
    """Compare a set of scores with reference scores.

    ``set_size`` is the most pieces in each compared set; it falls to the number of scores,
    and to half the number of references. The same scores give the same report.
    Raises RequestError where either side is too small.
    """
    scores, references = list(scores), list(references)
    check_sizes(len(scores), len(references), set_size)
    bars = shared_bars(scores, references)
    values, others = (measure_all(side, bars) for side in (scores, references))
    return evaluate_values(values, others, set_size=set_size)


def measure_all(scores: Iterable[Score], bars: int = MOST_BARS) -> Values:
    """Every metric of the first ``bars`` of every score.

    A score without notes counts as not there.
    """
    measured = [measure(Excerpt(score, bars)) for score in scores if score.note_count]
    return {
        metric.name: np.array([one[metric.name] for one in measured]).reshape(
            len(measured), metric.bins or 1
        )
        for metric in METRICS
    }


def evaluate_values(
    values: Values,
    references: Values,
    *,
    set_size: int = SET_SIZE,
    tell: Tell | None = None,
    moods: MoodAgreement | None = None,
) -> Report:
    """Compare what ``measure_all`` gave; ``tell`` hears the resamplings done and in all."""
    count, reference_count = _count(values), _count(references)
    size = check_sizes(count, reference_count, set_size)
    rng = np.random.default_rng(_SEED)
    sides = {
        metric.name: Sides(values[metric.name], references[metric.name]) for metric in METRICS
    }
    everything = np.arange(count), np.arange(reference_count)
    distances = {
        name: side.compare(*everything, size, _DRAWS, rng) for name, side in sides.items()
    }
    names = [name for name, found in distances.items() if found is not None]
    measured = np.array([found.ratio for found in distances.values() if found is not None])
    drawn = _bootstrap([sides[name] for name in names], size, rng, tell)
    intervals = {
        name: _interval(value, column)
        for name, value, column in zip(names, measured, drawn.T, strict=True)
    }
    return Report(
        pieces=count,
        reference_pieces=reference_count,
        set_size=size,
        median=_interval(float(np.median(measured)), np.nanmedian(drawn, axis=1)),
        findings=tuple(
            Finding(
                metric,
                _mean(metric, values),
                _mean(metric, references),
                found.to_reference if found else None,
                found.within_reference if found else None,
                intervals.get(metric.name),
            )
            for metric in METRICS
            for found in (distances[metric.name],)
        ),
        values=values,
        reference_values=references,
        moods=moods,
    )


def _count(values: Values) -> int:
    return len(values[METRICS[0].name])


def check_sizes(count: int, reference_count: int, set_size: int) -> int:
    """Pieces in a compared set; raises RequestError where a side has too few."""
    least = FEWEST_PIECES
    if set_size < least:
        raise RequestError(f"a set has at least {least} pieces, not {set_size}")
    if count < least:
        raise RequestError(f"at least {least} pieces with notes can be evaluated, not {count}")
    if reference_count < 2 * least:
        raise RequestError(
            f"a reference has at least {2 * least} pieces with notes, not {reference_count}"
        )
    return min(set_size, count, reference_count // 2)


def _bootstrap(
    sides: Sequence[Sides], size: int, rng: np.random.Generator, tell: Tell | None
) -> Floats:
    """Ratios of resampled pieces, shape (resamplings, metrics); NaN where too few."""
    table = np.full((_BOOTSTRAPS, len(sides)), np.nan)
    counts = (sides[0].count, sides[0].reference_count)
    for row in range(_BOOTSTRAPS):
        ours, theirs = (rng.integers(count, size=count) for count in counts)
        for column, side in enumerate(sides):
            found = side.compare(ours, theirs, size, _BOOTSTRAP_DRAWS, rng)
            table[row, column] = np.nan if found is None else found.ratio
        if tell is not None:
            tell(row + 1, _BOOTSTRAPS)
    return table


def _interval(value: float, drawn: Floats) -> Interval:
    """``value`` with the spread of the resampled figures around it."""
    known = drawn[~np.isnan(drawn)]
    middle = float(np.median(known)) if len(known) else 0.0
    if not middle:
        return Interval(value, value, value)
    low, high = (float(q) for q in np.percentile(known, _PERCENTS) * (value / middle))
    return Interval(value, min(low, value), max(high, value))


def _mean(metric: Metric, values: Values) -> float | None:
    """Mean of a number over the pieces that have it; None for histograms."""
    column = values[metric.name][:, 0]
    known = column[~np.isnan(column)]
    return None if metric.bins or not len(known) else float(known.mean())

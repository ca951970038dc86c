"""Fits the additive models of mood by component-wise boosting, and cross-validates them.

Boosting of a logistic model (Buhlmann and Hothorn 2007, Statistical Science 22(4)): in each
round every feature's curve is fitted to the residuals by penalised least squares, and a tenth
of the best one is added. A feature that never fits best adds nothing. The strongest features
are then boosted again alone, so that a model can be read.

Rows weigh so that a set counts by the square root of its size and a clip as much as all its
stretches. One bias serves all sets: nothing need be known about where a piece comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from composer.analysis.mood_features import FEATURES, LOUD_AND_FAST
from composer.lab.mood_sets import SETS, Bools, Floats, Ints, Labelled

FOLDS = 10
ROUNDS = 250
MOST_FEATURES = 32
_RATE = 0.1
_KNOTS = 6
_FREEDOM = 2.0  # degrees of freedom of a curve in one round
_FEWEST_KNOWN = 50
_STRETCH_SHARE = 0.5
_LEVEL = 0.64  # root mean square of the judgements' places on an axis

VALENCE_CUES = tuple(name for name in FEATURES if name not in LOUD_AND_FAST)
AROUSAL_CUES = FEATURES


@dataclass(frozen=True, slots=True)
class Curve:
    """A feature's curve: its ``values`` at ``knots``, 0 on average over the fitted rows."""

    feature: str
    knots: Floats
    values: Floats

    def at(self, column: Floats) -> Floats:
        """What each value of the feature adds; 0 where unknown."""
        added = np.interp(column, self.knots, self.values)
        return np.asarray(np.where(np.isnan(column), 0.0, added))


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted axis: log odds = bias + sum of curves; ``gain`` spreads places to judgements."""

    bias: float
    gain: float
    curves: tuple[Curve, ...]

    def log_odds(self, features: Floats) -> Floats:
        """Log odds of every row of the feature table, (rows,)."""
        odds = np.full(len(features), self.bias)
        for curve in self.curves:
            odds += curve.at(features[:, FEATURES.index(curve.feature)])
        return odds


@dataclass(frozen=True, slots=True)
class _Learner:
    """A feature's basis (rows, knots), centred, with its smoother (knots, rows)."""

    feature: str
    knots: Floats
    means: Floats
    basis: Floats
    smoother: Floats


def _hats(column: Floats, knots: Floats) -> Floats:
    """Share of the two knots around each value, (rows, knots); rows of 0 where unknown."""
    known = np.isfinite(column)
    value = np.clip(column[known], knots[0], knots[-1])
    left = np.clip(np.searchsorted(knots, value, side="right") - 1, 0, len(knots) - 2)
    share = (value - knots[left]) / (knots[left + 1] - knots[left])
    basis = np.zeros((len(column), len(knots)))
    rows = np.flatnonzero(known)
    basis[rows, left] = 1 - share
    basis[rows, left + 1] = share
    return basis


def _knots(column: Floats) -> Floats | None:
    """Quantiles for knots; None where the feature is too rarely known or hardly varies."""
    known = column[np.isfinite(column)]
    if len(known) < _FEWEST_KNOWN:
        return None
    places = np.unique(np.quantile(known, np.linspace(0.02, 0.98, _KNOTS)))
    apart = np.r_[True, np.diff(places) > 1e-6 * np.ptp(places)]
    return places[apart] if apart.sum() > 2 else None


def _smoother(basis: Floats, weights: Floats) -> Floats:
    """Penalised least squares as a matrix (knots, rows), with ``_FREEDOM`` degrees."""
    slopes = np.diff(np.eye(basis.shape[1]), axis=0)
    penalty = slopes.T @ slopes
    gram = (basis * weights[:, None]).T @ basis
    ridge = gram + 1e-8 * np.trace(gram) * np.eye(len(gram))
    low, high = 1e-4, 1e8
    for _ in range(40):
        strength = np.sqrt(low * high)
        freedom = np.trace(np.linalg.solve(ridge + strength * penalty, gram))
        low, high = (strength, high) if freedom > _FREEDOM else (low, strength)
    return np.asarray(np.linalg.solve(ridge + strength * penalty, (basis * weights[:, None]).T))


def _learners(features: Floats, weights: Floats, cues: Sequence[str]) -> list[_Learner]:
    """A base learner for every feature that can be fitted."""
    found = []
    for name in cues:
        column = features[:, FEATURES.index(name)]
        knots = _knots(column)
        if knots is None:
            continue
        basis, known = _hats(column, knots), np.isfinite(column)
        means = np.average(basis[known], axis=0, weights=weights[known])
        basis[known] -= means
        found.append(_Learner(name, knots, means, basis, _smoother(basis, weights)))
    return found


def boost(
    features: Floats, upper: Bools, weights: Floats, cues: Sequence[str], rounds: int = ROUNDS
) -> tuple[float, tuple[Curve, ...]]:
    """Bias and curves of a logistic additive model of ``upper`` (rows,)."""
    learners = _learners(features, weights, cues)
    edges = np.cumsum([0] + [len(one.knots) for one in learners])
    parts = [slice(a, b) for a, b in pairwise(edges.tolist())]
    smoothers = np.vstack([one.smoother for one in learners])
    moments = np.vstack([(one.basis * weights[:, None]).T for one in learners])
    grams = [moments[part] @ one.basis for part, one in zip(parts, learners, strict=True)]
    mean = float(np.average(upper, weights=weights))
    bias = float(np.log(mean / (1 - mean)))
    odds, total = np.full(len(upper), bias), np.zeros(int(edges[-1]))
    for _ in range(rounds):
        # the working residual of least squares in place of the logistic loss
        residual = 4 * (upper - 1 / (1 + np.exp(-odds)))
        step, slope = smoothers @ residual, moments @ residual
        gains = [
            2 * step[part] @ slope[part] - step[part] @ gram @ step[part]
            for part, gram in zip(parts, grams, strict=True)
        ]
        best = int(np.argmax(gains))
        total[parts[best]] += _RATE * step[parts[best]]
        odds += _RATE * learners[best].basis @ step[parts[best]]
    curves = [
        Curve(one.feature, one.knots, total[part] - one.means @ total[part])
        for part, one in zip(parts, learners, strict=True)
        if np.any(total[part])
    ]
    return bias, tuple(curves)


def row_weights(data: Labelled) -> Floats:
    """Weight of every row, 1 on average."""
    stretches = np.bincount(data.clips, weights=~data.whole)[data.clips]
    share = np.where(data.whole, 1 - _STRETCH_SHARE, _STRETCH_SHARE / np.maximum(stretches, 1))
    share = np.where(stretches == 0, 1.0, share)
    share = share / np.sqrt(np.bincount(data.sets, weights=share)[data.sets])
    return np.asarray(share / share.mean())


def _spread(odds: Floats) -> float:
    """The gain that gives places tanh(gain * odds / 2) the judgements' root mean square."""
    low, high = 0.1, 10.0
    for _ in range(40):
        gain = (low + high) / 2
        narrow = np.sqrt(np.mean(np.tanh(gain * odds / 2) ** 2)) < _LEVEL
        low, high = (gain, high) if narrow else (low, gain)
    return gain


def fit_axis(data: Labelled, axis: int, cues: Sequence[str] | None = None) -> Fit:
    """Fit valence (0) or arousal (1): boost all cues, then the strongest ones alone."""
    cues = (VALENCE_CUES, AROUSAL_CUES)[axis] if cues is None else cues
    upper, weights = data.targets[:, axis] > 0, row_weights(data)
    _, curves = boost(data.features, upper, weights, cues)
    strength = {
        curve.feature: float(np.std(curve.at(data.features[:, FEATURES.index(curve.feature)])))
        for curve in curves
    }
    strongest = sorted(strength, key=lambda name: -strength[name])[:MOST_FEATURES]
    bias, curves = boost(data.features, upper, weights, strongest)
    fit = Fit(bias, 1.0, curves)
    return Fit(bias, _spread(fit.log_odds(data.features[data.whole])), curves)


def folds_of(songs: Ints, seed: int = 0) -> Ints:
    """Fold of every row; all rows of a song share one."""
    order = np.random.default_rng(seed).permutation(int(songs.max()) + 1)
    return np.asarray(order[songs] % FOLDS)


def cross_validate(
    data: Labelled, names: Sequence[str], axis: int, cues: Sequence[str] | None = None
) -> Floats:
    """Log odds of every row by a model of the named sets that never heard its song, (rows,).

    Everything that is fitted, the choice of features too, is fitted anew in each fold.
    """
    fold, learnt = folds_of(data.songs), data.of(*names)
    odds = np.zeros(len(data.songs))
    for index in range(FOLDS):
        held = fold == index
        fit = fit_axis(data.where(~held & learnt), axis, cues)
        odds[held] = fit.log_odds(data.features[held])
    return odds


def cross_sets(data: Labelled, axis: int) -> Floats:
    """Log odds of every row by a model fitted to the other two sets, (rows,)."""
    odds = np.zeros(len(data.songs))
    for name in SETS:
        own = data.of(name)
        odds[own] = fit_axis(data.where(~own), axis).log_odds(data.features[own])
    return odds

"""Writes the page on moods: words, the labeller's and the judge's accuracy, the shapes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer.analysis.mood_shapes import Additive, load_axes
from composer.files import write_whole
from composer.lab.mood_measures import (
    MEASURES,
    accuracies,
    calibration_error,
    intervals,
    reliability,
)
from composer.lab.mood_sets import LABELLER_SETS, SETS, STRETCH_SECONDS, Floats, Labelled
from composer.plan.moods import MOODS
from composer.request.defaults import load_examples


@dataclass(frozen=True, slots=True)
class Answers:
    """Log odds or places of every row, each (rows, 2), by models that never heard its song.

    ``shipped`` the labeller's, ``harmony`` from nothing but harmony and top line, ``quiet``
    without loudness and speed, ``across`` fitted to the two other sets, ``judge`` the second
    judge's places.
    """

    shipped: Floats
    harmony: Floats
    quiet: Floats
    across: Floats
    judge: Floats


_HEAD = "| | clips | " + " | ".join(MEASURES) + " |\n|---|---:|" + "---:|" * len(MEASURES)


def _rows(data: Labelled, answers: Floats, seconds: float = 0.0) -> Iterator[str]:
    """Accuracy of each set with intervals."""
    for index, name in enumerate(SETS):
        own = data.where((data.sets == index) & (data.seconds == seconds))
        given = answers[(data.sets == index) & (data.seconds == seconds)]
        found = accuracies(own.targets, given)
        low, high = intervals(own.targets, given, own.songs)
        cells = (f"{x:.3f} ({a:.2f}-{b:.2f})" for x, a, b in zip(found, low, high, strict=True))
        yield f"| {name} | {len(given)} | " + " | ".join(cells) + " |"


def _table(data: Labelled, answers: Floats, seconds: float = 0.0) -> str:
    """An accuracy table with its head."""
    return "\n".join([_HEAD, *_rows(data, answers, seconds)])


def _calibration(data: Labelled, odds: Floats) -> str:
    """Expected calibration error of each set, and the reliability of the labeller's sets."""
    lines = ["| set | valence | arousal |", "|---|---:|---:|"]
    for name in SETS:
        own = data.of(name) & data.whole
        errors = [
            calibration_error(odds[own, axis], data.targets[own, axis] > 0) for axis in (0, 1)
        ]
        lines.append(f"| {name} | {errors[0]:.3f} | {errors[1]:.3f} |")
    lines += ["", "| axis | clips | chance said | share that was so |", "|---|---:|---:|---:|"]
    own = data.of(*LABELLER_SETS) & data.whole
    for axis, word in enumerate(("pleasant", "excited")):
        lines += [
            f"| {word} | {one.rows} | {one.said:.2f} | {one.was:.2f} |"
            for one in reliability(odds[own, axis], data.targets[own, axis] > 0)
        ]
    return "\n".join(lines)


def _shapes(axis: Additive) -> str:
    """Every shape, the widest first: what the feature adds at its knots."""
    lines = ["| feature | adds (log odds) at value |", "|---|---|"]
    wide = sorted(axis.shapes.items(), key=lambda item: -float(np.ptp(item[1].values)))
    for name, shape in wide:
        points = zip(shape.knots, shape.values, strict=True)
        lines.append(
            f"| {name} | " + ", ".join(f"{v:+.2f} at {k:.3g}" for k, v in points) + " |"
        )
    return "\n".join(lines)


def _words() -> str:
    """The mood table."""
    lines = ["| mood | valence | arousal | where from |", "|---|---:|---:|---|"]
    for tag in MOODS.values():
        place = f"{tag.valence:.2f} | {tag.arousal:.2f}"
        lines.append(f"| {tag.name} | {place} | {tag.source} |")
    return "\n".join(lines)


def _defaults() -> str:
    """Tempo quartiles and share of minor of the real pieces in each quadrant."""
    lines = [
        "| valence | arousal | pieces | tempo (quarters a minute): quartiles | minor |",
        "|---|---|---:|---|---:|",
    ]
    for valence, arousal in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        own = [
            x for x in load_examples() if x.valence * valence > 0 and x.arousal * arousal > 0
        ]
        tempi = [x.tempo_qpm for x in own if x.tempo_qpm is not None]
        quartiles = ", ".join(f"{q:.0f}" for q in np.quantile(tempi, (0.25, 0.5, 0.75)))
        minor = np.mean([x.is_minor for x in own])
        names = f"{'+' if valence > 0 else '-'} | {'+' if arousal > 0 else '-'}"
        lines.append(f"| {names} | {len(own)} | {quartiles} | {minor:.2f} |")
    return "\n".join(lines)


_PAGE = """# Moods

*Written by `python -m composer.lab.calibrate_mood`; change it there.*

A mood is a point: **valence** from unpleasant (-1) to pleasant (1), **arousal** from calm (-1)
to excited (1). Words are places on this plane; several words joined by commas are their mean.

{words}

## How a piece's mood is measured

Each axis is a sum of curves, one a feature (`composer/analysis/mood_shapes.py`);
`explain_mood` shows what each one adds to the log odds of pleasant and of excited. Times are
in seconds, and a feature that a piece can't show adds nothing. Valence never hears loudness or
speed, which don't tell happy from fierce in band music.

People judged emopia (piano clips, four quadrants), ym2413 (game music for a band of
synthesized instruments, four quadrants) and vgmidi (piano arrangements of game music, medians
of valence and arousal). The labeller is fitted to emopia and ym2413: ym2413 is the only band
music, so the labeller needs it. vgmidi is kept whole for the second judge; its rows below
measure the labeller on a set that it never learnt from.

Ten-fold cross-validation, all clips of a song in one fold, the choice of features inside the
fold; *balanced* is the mean over the classes; in brackets 95 % bootstrap intervals over songs:

{shipped}

The form and the features were chosen while looking at these tables, vgmidi's rows among them,
so the figures may flatter a little.

With loudness, speed, rhythm and drums taken from both axes (valence is as above):

{quiet}

With nothing but harmony and the top line in both axes:

{harmony}

Fitted to two sets, measured on the third:

{across}

### Calibration

Expected calibration error over ten bins of the chance said, songs never heard; then what was
said and what was so in emopia and ym2413 together. A mood's place is tanh(gain * log odds / 2)
with a gain that spreads the places as wide as the judgements, so it is not that chance.

{calibration}

### Stretches

**The moods of sections are unvalidated**: nobody judged sections. Against the judgement of
their whole clip, which a stretch need not share, stretches of {short:.0f} and of {long:.0f}
seconds reach:

{stretch_short}

{stretch_long}

### The second judge

An independent judge for evaluation only (`composer/analysis/second_judge.py`), used neither
for labels nor for ranking: a linear rule of few features, deaf to loudness, fitted to vgmidi
alone with both halves of each axis weighing the same. vgmidi cross-validated by song, the
other sets never heard:

{judge}

### Scene names

Some composers named their pieces after scenes (`composer/lab/scene_moods.py`). A scene's mood
meets the labeller's answer half-way in the labels of training music. On these pieces, most of
them for bands and none of them judged or fitted to, the signs of the labeller's answers agree
with the scene's tag so often:

{scenes}

### Shapes of valence

{valence}

### Shapes of arousal

{arousal}

## What a mood shapes

Where a request leaves tempo, key, instruments, style or intensity open, they are drawn as real
band, game and orchestral pieces have them, the nearer a piece's measured mood the more often
(`composer/request/defaults.json`, written by `python -m composer.lab.measure_defaults` from
the training shard). One piece gives the players: instruments, roles, heights, and how busy
each is in a second, whatever the tempo (calm moods seldom take one that is more intense than
calm pieces are). Another gives the tempo, from all but the end of real tempi that speaks
against the mood (for arousal -1 the fastest quarter is left out). The mode is the one that most
of seven such pieces have, so that a clear valence is said by it. By quadrant, the pieces have:

{defaults}

How intense a piece is follows its arousal (0.47 + 0.25 * arousal on the scale of 0 to 1; real
pieces of the training set lie along 0.41 + 0.31 * arousal, but asked that little calm pieces
stand still). The piece that gives the players adds half of how far it lies off that line, where
this does not speak against the mood: few players are less intense than many. How loud it is
played follows its intensity bar by bar (`composer/perform/dynamics.py`): the loudness of
sequenced music is a mixer's, the same for calm and excited pieces, while people
strike calm pieces far more softly.
"""


def write_page(
    path: Path, data: Labelled, answers: Answers, *, table: str, scenes: str
) -> None:
    """Write the page; ``table`` names the shipped table of shapes, ``scenes`` is a table."""
    valence, arousal = load_axes(table)
    short, long = STRETCH_SECONDS
    page = _PAGE.format(
        words=_words(),
        **{
            name: _table(data, getattr(answers, name))
            for name in ("shipped", "quiet", "harmony", "across", "judge")
        },
        calibration=_calibration(data, answers.shipped),
        short=short,
        long=long,
        stretch_short=_table(data, answers.shipped, short),
        stretch_long=_table(data, answers.shipped, long),
        scenes=scenes,
        valence=_shapes(valence),
        arousal=_shapes(arousal),
        defaults=_defaults(),
    )
    write_whole(path, page.encode(), overwrite=True)

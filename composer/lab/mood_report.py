"""Writes the page on moods: words, the labeller's and the judge's accuracy, the shapes."""

from pathlib import Path

import numpy as np

from composer.analysis.mood_shapes import Additive, load_axes
from composer.files import write_whole
from composer.lab.mood_sets import STRETCH_SECONDS, Labelled
from composer.lab.mood_tables import (
    Answers,
    accuracy_table,
    by_drums,
    by_set,
    calibration_tables,
    quadrant_counts,
    valence_within_arousal,
)
from composer.plan.moods import MOODS
from composer.request.defaults import load_examples


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

People gave so many clips to each quadrant; classes are uneven, above all in vgmidi and ym2413,
so the balanced figures count:

{counts}

### What each axis is read from

With loudness, speed, rhythm and drums taken from both axes (valence is as above):

{quiet}

With nothing but harmony and the top line in both axes:

{harmony}

With nothing but loudness, speed, rhythm and drums in both axes:

{loud}

Valence among clips that are all excited, and among clips that are all calm. A valence that was
arousal in disguise would be at a half here; that of loudness and speed is near it in both sets
of game music:

{within}

### Music unlike what it learnt from

Fitted to two sets, measured on the third:

{across}

Fitted to emopia alone, which is piano music (its own row by cross-validation):

{piano}

Fitted to ym2413 alone, which is band music (its own row by cross-validation):

{band}

Valence learnt from the one is heard in the other at a small loss; arousal is not: what calm
means in piano music says little of calm in a band. The labeller as it ships, on band music with
and without drums:

{drums}

So the surest answer on a band is valence. The least sure is calm, above all with drums: most
calm clips with drums are called excited. In both sets of game music a model of ym2413 alone
would hear arousal rather better than the labeller, which pays there for knowing emopia too, but
the intervals overlap. Letting calm and excited clips of a set weigh the same was tried:
balanced arousal rose to .687 in ym2413, but fell to .694 in vgmidi, the set never learnt from,
and what was said in ym2413 was 16 hundredths off what was so (calibration, below). Not taken.

Nobody judged orchestras, choirs, guitars or electronic music as such; for these there are only
the scene names below.

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
    whole = by_set(data)
    page = _PAGE.format(
        words=_words(),
        **{
            name: accuracy_table(data, getattr(answers, name), whole)
            for name in (
                "shipped",
                "quiet",
                "harmony",
                "loud",
                "across",
                "piano",
                "band",
                "judge",
            )
        },
        counts=quadrant_counts(data),
        within=valence_within_arousal(data, answers),
        drums=accuracy_table(data, answers.shipped, by_drums(data)),
        calibration=calibration_tables(data, answers.shipped),
        short=short,
        long=long,
        stretch_short=accuracy_table(data, answers.shipped, by_set(data, short)),
        stretch_long=accuracy_table(data, answers.shipped, by_set(data, long)),
        scenes=scenes,
        valence=_shapes(valence),
        arousal=_shapes(arousal),
        defaults=_defaults(),
    )
    write_whole(path, page.encode(), overwrite=True)

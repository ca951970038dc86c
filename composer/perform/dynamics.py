"""Dynamics: each bar as loud as its intensity says.

The velocities of sequenced music are a mixer's levels: among the band, game and orchestral
pieces of the training set calm ones are written as loud (median 88) as excited ones (89),
while people who play the piano (emopia) strike calm pieces at 54 and excited ones at 80.
What is composed from such music is therefore played in a second step.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from composer.score import Part, Score, bars_of

SOFTEST_VELOCITY, LOUDEST_VELOCITY = 41.0, 108.0
"""Mean velocity at intensity 0 and 1: the marks of the scale (composer.analysis.intensity)."""


def with_dynamics(score: Score, intensities: Sequence[float | None]) -> Score:
    """Scale the velocities of each bar to the loudness of its intensity (0-1).

    All notes of a bar are scaled alike, which moves every part by the same decibels and
    keeps what is loud beside what is soft: velocity * wanted / mean velocity of the piece.
    Bars of open intensity, and those beyond the last one told, stay as they are.
    """
    velocities = [note.velocity for part in score.parts for note in part.notes]
    if not velocities:
        return score
    mean = fmean(velocities)
    span = LOUDEST_VELOCITY - SOFTEST_VELOCITY
    scales = [
        1.0 if level is None else (SOFTEST_VELOCITY + span * level) / mean
        for level in intensities
    ]
    ends = [bar.end_ticks for bar in bars_of(score)]
    parts = (_scaled(part, ends, scales) for part in score.parts)
    return replace(score, parts=tuple(parts))


def _scaled(part: Part, ends: Sequence[int], scales: Sequence[float]) -> Part:
    """One part with the velocities of each bar scaled; ``ends`` are the bars' last ticks."""
    notes, bar = [], 0
    for note in part.notes:
        while bar < len(ends) - 1 and note.onset_ticks >= ends[bar]:
            bar += 1
        scale = scales[bar] if bar < len(scales) else 1.0
        velocity = min(127, max(1, round(note.velocity * scale)))
        notes.append(replace(note, velocity=velocity))
    return replace(part, notes=tuple(notes))

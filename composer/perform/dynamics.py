"""Dynamics: each bar as loud as it should be, parts in the balance that they have.

The velocities of sequenced music are a mixer's levels: among the band, game and orchestral
pieces of the training set calm ones are written as loud (median 88) as excited ones (89),
while people who play the piano (emopia) strike calm pieces at 54 and excited ones at 80.
What is composed from such music is therefore played in a second step.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from composer.score import Part, Score, bars_of


def with_dynamics(score: Score, loudness: Sequence[float | None]) -> Score:
    """Scale the velocities of each bar to its ``loudness``, a mean velocity (1-127).

    All notes of a bar are scaled alike, which moves every part by the same decibels and
    keeps what is loud beside what is soft: velocity * wanted / mean velocity of the piece.
    Bars of open loudness, and those beyond the last one told, stay as they are.
    """
    velocities = [note.velocity for part in score.parts for note in part.notes]
    if not velocities:
        return score
    mean = fmean(velocities)
    scales = [1.0 if wanted is None else wanted / mean for wanted in loudness]
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

"""Whether planned chords are heard: their defining tones, their roots, the melody on them.

Conventions: a *span* is a bar, or the half of a bar that has a chord of its own; spans
without a chord, or with ``N.C.``, are not judged. Pitches are those of every part that is
not a drum kit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.analysis.chords import chords_of
from composer.analysis.music import Ints, Music, pitch_class_profile
from composer.plan import CHORD_QUALITIES, Chord, PlanBar, Role
from composer.score import Key, Score, middle_ticks

_DEFINING_STEPS = (4, 3, 5, 2, 7)
"""What makes a chord besides its root: a third, else what is suspended for it, else the
fifth. Those that come first win."""
_AFTER_ALL = 1 << 40


@dataclass(frozen=True, slots=True)
class HeardHarmony:
    """Shares in [0, 1], None where there was nothing to judge.

    ``defined``: bars in which the defining tones of all its chords sound. ``agreed``: time
    in which the chord estimator hears the planned root. ``melody``: notes of the melody
    that start on a bar's first or middle beat and belong to the chord there.
    """

    defined: float | None
    agreed: float | None
    melody: float | None


def defining_tones(chord: Chord) -> frozenset[int]:
    """Pitch classes without which a chord isn't that chord: root and third (or the like)."""
    steps = CHORD_QUALITIES[chord.quality]
    if not steps:
        return frozenset()
    told = next(step for step in _DEFINING_STEPS if step in steps)
    return frozenset({chord.root, (chord.root + told) % 12})


def heard_harmony(
    score: Score, bars: Sequence[PlanBar], roles: Sequence[Role | None]
) -> HeardHarmony:
    """Compare ``score`` with the chords of the plan ``bars`` that it was written to.

    ``roles`` names what each part of the score does.
    """
    music = Music(score)
    spans = _spans(music, bars)
    return HeardHarmony(
        _mean(bars_defined(music, spans)),
        _agreed(music, bars),
        _mean(_melody_hits(music, spans, roles)),
    )


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one planned chord in bar ``bar``, in ticks."""

    bar: int
    onset_ticks: int
    end_ticks: int
    chord: Chord


def _spans(music: Music, bars: Sequence[PlanBar]) -> list[Span]:
    """Every stretch with a chord."""
    found = []
    for index, (bar, planned) in enumerate(zip(music.bars, bars, strict=False)):
        middle = bar.onset_ticks + middle_ticks(bar.meter)
        halves = [(bar.onset_ticks, bar.end_ticks, planned.chord)]
        if planned.second_chord is not None and middle < bar.end_ticks:
            halves = [
                (bar.onset_ticks, middle, planned.chord),
                (middle, bar.end_ticks, planned.second_chord),
            ]
        found += [
            Span(index, start, end, chord)
            for start, end, chord in halves
            if chord is not None and CHORD_QUALITIES[chord.quality]
        ]
    return found


def bars_defined(music: Music, spans: Sequence[Span]) -> list[bool]:
    """For each judged bar, whether the defining tones of its chords sound.

    ``spans`` do not overlap.
    """
    kept: dict[int, bool] = {}
    ticks = [tick for span in spans for tick in (span.onset_ticks, span.end_ticks)]
    edges: Ints = np.unique(np.array([0, *ticks, _AFTER_ALL], np.int64))
    sounding = (pitch_class_profile(music.pitched, edges) > 0).tolist()
    places = np.searchsorted(edges, ticks[::2]).tolist()
    for span, place in zip(spans, places, strict=True):
        is_told = all(sounding[place][tone] for tone in defining_tones(span.chord))
        kept[span.bar] = kept.get(span.bar, True) and is_told
    return list(kept.values())


def _agreed(music: Music, bars: Sequence[PlanBar]) -> float | None:
    """Share of the judged time in which the estimated root is the planned one."""
    planned = _keys(bars, len(music.bars))
    told = chords_of(music.score, planned, music)
    same = total = 0
    for bar, asked, heard in zip(music.bars, bars, told, strict=False):
        middle = min(middle_ticks(bar.meter), bar.length_ticks)
        for length, ask, hear in (
            (middle, asked.chord, heard[0]),
            (
                bar.length_ticks - middle,
                asked.second_chord or asked.chord,
                heard[1] or heard[0],
            ),
        ):
            if ask is not None and CHORD_QUALITIES[ask.quality]:
                total += length
                is_same = bool(CHORD_QUALITIES[hear.quality]) and hear.root == ask.root
                same += length * is_same
    return same / total if total else None


def _keys(bars: Sequence[PlanBar], count: int) -> list[Key] | None:
    """The planned keys, where every bar has one."""
    keys = [bar.key for bar in bars[:count]]
    known = [key for key in keys if key is not None]
    return known if len(known) == count else None


def _melody_hits(
    music: Music, spans: Sequence[Span], roles: Sequence[Role | None]
) -> list[bool]:
    """For each melody note on a strong beat, whether it is a tone of its chord."""
    hits = []
    for span in spans:
        bar = music.bars[span.bar]
        strong = {bar.onset_ticks, bar.onset_ticks + middle_ticks(bar.meter)}
        for part, role in zip(music.score.parts, roles, strict=True):
            if role is Role.MELODY and not part.is_drums:
                hits += [
                    note.pitch % 12 in span.chord.pitch_classes
                    for note in part.notes
                    if note.onset_ticks in strong
                    and span.onset_ticks <= note.onset_ticks < span.end_ticks
                ]
    return hits


def _mean(values: Sequence[bool]) -> float | None:
    """Share of True; None of nothing."""
    return sum(values) / len(values) if values else None

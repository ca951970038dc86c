"""Whether the music has the mood asked for, stretch by stretch, and moves as asked."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from composer.analysis import mood_of
from composer.check.report import Control
from composer.plan import Mood, Plan
from composer.plan.moods import nearest_tag
from composer.score import Score, bars_of

_TOLERANCE = 0.5
_STEP = 0.3  # least change of an axis from stretch to stretch that has to be heard


def mood_rows(plan: Plan, score: Score) -> Iterator[Control]:
    """A row for each stretch of one mood, and one for the way from stretch to stretch.

    A stretch is kept where each axis is heard within 0.5; the arc where every change of an
    axis by at least 0.3 goes in its direction.
    """
    moods = measured_moods(plan, score)
    for (first, end), asked, heard in moods:
        if asked == Mood():
            continue
        is_kept = all(
            want is None or (got is not None and abs(want - got) <= _TOLERANCE)
            for want, got in _axes(asked, heard)
        )
        yield Control("mood", f"bars {first + 1}-{end}", _told(asked), _told(heard), is_kept)
    steps = [
        (late[1] - early[1]) * (late[0] - early[0]) > 0
        for (_, one, heard), (_, other, then) in pairwise(moods)
        for early, late in zip(_axes(one, heard), _axes(other, then), strict=True)
        if early[0] is not None
        and late[0] is not None
        and early[1] is not None
        and late[1] is not None
        and abs(late[0] - early[0]) >= _STEP
    ]
    if steps:
        told = f"{sum(steps)} of {len(steps)} changes"
        share = round(sum(steps) / len(steps), 4)
        yield Control("mood arc", "", f"{len(steps)} changes", told, all(steps), share)


def measured_moods(plan: Plan, score: Score) -> list[tuple[tuple[int, int], Mood, Mood]]:
    """((first bar, end), asked, heard) of each stretch of one mood, bars from 0."""
    bars = bars_of(score)
    asked = [bar.mood if bar.mood != Mood() else plan.mood for bar in plan.bars]
    found, first = [], 0
    for mood, run in groupby(asked):
        end = first + len(list(run))
        if end <= len(bars):
            heard = mood_of(score, bars[first].onset_ticks, bars[end - 1].end_ticks)
            found.append(((first, end), mood, heard))
        first = end
    return found


def _axes(asked: Mood, heard: Mood) -> list[tuple[float | None, float | None]]:
    return [(asked.valence, heard.valence), (asked.arousal, heard.arousal)]


def _told(mood: Mood) -> str:
    """``sad (-0.89, -0.46)``."""
    if mood == Mood():
        return "unknown"
    numbers = ", ".join(
        "?" if axis is None else f"{axis:+.2f}" for axis in (mood.valence, mood.arousal)
    )
    return f"{nearest_tag(mood).name} ({numbers})"

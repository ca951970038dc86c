"""Mood arcs: ``sad@0:00 tense@0:30 hopeful@1:00``, ``calm epic@bar17``, ``sad tense@B``.

Each mood holds from its place to the next one's: a time, a bar, or the first bar of a
section. The first may leave its place out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from composer.errors import RequestError
from composer.plan import Mood, Plan, PlanBar
from composer.plan.moods import find_mood
from composer.request.defaults import (
    load_examples,
    nearness,
    of_valence,
    typical_intensity,
    typical_tempo,
)
from composer.request.length import quarters_of
from composer.request.places import bars_of_section
from composer.score import Key, Mode

_TIME = re.compile(r"^(\d{1,3}):(\d{2}(?:\.\d+)?)$")
_BAR = re.compile(r"^(?:bar\s*)?(\d{1,5})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArcPoint:
    """A mood and where it begins: ``seconds``, ``bar`` (from 1) or ``section``."""

    text: str
    mood: Mood
    seconds: float | None = None
    bar: int | None = None
    section: str | None = None


def read_arc(text: str) -> tuple[ArcPoint, ...]:
    """Read an arc; raises ValueError for the first point that is wrong."""
    items = [item for item in re.split(r"[\s,]+", text.strip()) if item]
    if not items:
        raise ValueError("an arc looks like 'sad@0:00 tense@0:30 hopeful@1:00'")
    points = tuple(_point(item, is_first=index == 0) for index, item in enumerate(items))
    for name in ("seconds", "bar"):
        places = [at for point in points if (at := getattr(point, name)) is not None]
        if any(late <= early for early, late in pairwise(places)):
            raise ValueError(f"the arc's places must go forward: {text.strip()[:60]!r}")
    return points


def _point(item: str, *, is_first: bool) -> ArcPoint:
    word, at, place = item.partition("@")
    try:
        mood = find_mood(word)
    except RequestError as error:
        raise ValueError(str(error)) from error
    if not at and is_first:
        return ArcPoint(item, mood, bar=1)
    time, bar = _TIME.match(place), _BAR.match(place)
    if time is not None and float(time.group(2)) < 60:
        return ArcPoint(item, mood, 60 * int(time.group(1)) + float(time.group(2)))
    if bar is not None and int(bar.group(1)) > 0:
        return ArcPoint(item, mood, bar=int(bar.group(1)))
    if not place or time is not None or bar is not None:
        raise ValueError(
            "a mood's place is a time, a bar or a section (@0:30, @bar9, @B), "
            f"not {item[:30]!r}"
        )
    return ArcPoint(item, mood, section=place)


def with_arc(plan: Plan, arc: Sequence[ArcPoint]) -> Plan:
    """The plan with the arc's moods, and the tempo and intensity that go with them where open.

    The whole piece's mood becomes the stretches' mean where it was open. Raises ValueError
    for a point outside the piece or out of order.
    """
    bars = list(plan.bars)
    has_tempo = any(bar.tempo_qpm is not None for bar in bars)
    place, seconds = 0, 0.0
    for index, point in enumerate(arc):
        after = arc[index + 1] if index + 1 < len(arc) else None
        tempo = typical_tempo(point.mood)
        begin = place
        while place < len(bars) and not _begins(after, bars, place, seconds):
            bar = bars[place]
            bar = bar if has_tempo else replace(bar, tempo_qpm=tempo)
            level = _level(point.mood) if bar.intensity is None else bar.intensity
            bars[place] = replace(bar, mood=_filled(bar.mood, point.mood), intensity=level)
            seconds += quarters_of([bar]) * 60.0 / (bar.tempo_qpm or tempo)
            place += 1
        if place == begin:
            raise ValueError(_misplaced(point, plan, seconds))
    return replace(plan, bars=tuple(bars), mood=_filled(plan.mood, _mean(bars)))


def _level(mood: Mood) -> float | None:
    """Intensity of a stretch; open where the arousal is."""
    return None if mood.arousal is None else round(typical_intensity(mood), 3)


def _begins(
    point: ArcPoint | None, bars: Sequence[PlanBar], place: int, seconds: float
) -> bool:
    """Whether a point's stretch begins with bar ``place`` (from 0), at ``seconds``."""
    if point is None:
        return False
    if point.seconds is not None:
        half = quarters_of([bars[place]]) * 30.0 / (bars[place].tempo_qpm or 120.0)
        return seconds >= point.seconds - half
    if point.bar is not None:
        return place + 1 >= point.bar
    found = bars_of_section(bars, point.section or "")
    return bool(found) and place in found and place > 0 and place - 1 not in found


def _misplaced(point: ArcPoint, plan: Plan, seconds: float) -> str:
    """Why a point has no bar of its own."""
    count = len(plan.bars)
    if point.section is not None:
        return f"{point.text!r}: no section {point.section!r} begins there"
    length = f"{int(seconds) // 60}:{int(seconds) % 60:02}, {count} bars"
    return f"{point.text!r} lies outside the piece ({length}): ask for more bars"


def _filled(own: Mood, other: Mood) -> Mood:
    return Mood(
        other.valence if own.valence is None else own.valence,
        other.arousal if own.arousal is None else own.arousal,
    )


def _mean(bars: Sequence[PlanBar]) -> Mood:
    """Mean mood of the bars."""
    valence = [bar.mood.valence for bar in bars if bar.mood.valence is not None]
    arousal = [bar.mood.arousal for bar in bars if bar.mood.arousal is not None]
    return Mood(
        round(sum(valence) / len(valence), 3) if valence else None,
        round(sum(arousal) / len(arousal), 3) if arousal else None,
    )


def mode_of(mood: Mood) -> Mode:
    """The mode that more real pieces of a mood have, nearer ones counting more."""
    total = minor = 0.0
    for example in load_examples():
        weight = nearness(example, of_valence(mood))
        total += weight
        minor += weight * example.is_minor
    return Mode.MINOR if minor > total / 2 else Mode.MAJOR


def keyed(key: Key, bars: Sequence[PlanBar]) -> list[Key]:
    """A key for each bar: ``key``, in the mode of the bar's mood where moods change.

    What returns keeps its key, moved where its transposition says so.
    """
    moods = {bar.mood for bar in bars}
    modes = {mood: mode_of(mood) if len(moods) > 1 else key.mode for mood in moods}
    keys: list[Key] = []
    for place, bar in enumerate(bars):
        lag = bar.returns
        if lag is not None and lag <= place:
            keys.append(keys[place - lag].transposed(bar.transposition or 0))
        else:
            keys.append(Key(key.tonic, modes[bar.mood]))
    return keys

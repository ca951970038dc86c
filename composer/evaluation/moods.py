"""Mood accuracy: whether the mood heard is on the side that was asked for.

What was asked is told by ``piece.json`` beside ``piece.mid`` (``{"mood": {"valence": -0.6,
"arousal": -0.4}}``, as ``composer generate --json`` writes it) or by the first word of the
file's name that is a mood (``sad-03.mid``). Other files have no part in it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from composer.errors import ComposerError
from composer.evaluation.interval import Interval, share_of
from composer.plan import Mood
from composer.plan.moods import find_mood


@dataclass(frozen=True, slots=True)
class MoodAgreement:
    """Shares of ``pieces`` on the asked side of valence, of arousal, and of both."""

    pieces: int
    valence: Interval
    arousal: Interval
    quadrants: Interval


def asked_mood(path: Path) -> Mood | None:
    """Mood that was asked of the piece at ``path``; None where nothing tells it."""
    told = _from_json(path.with_suffix(".json"))
    if told is not None:
        return told
    for word in re.findall(r"[a-z]+", path.stem.lower()):
        try:
            return find_mood(word)
        except (ValueError, ComposerError):
            continue
    return None


def _from_json(path: Path) -> Mood | None:
    """Mood of a JSON file beside a piece."""
    try:
        mood = json.loads(path.read_text("utf-8"))["mood"]
        return Mood(float(mood["valence"]), float(mood["arousal"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def agreement(pairs: Iterable[tuple[Mood, Mood]]) -> MoodAgreement | None:
    """Agreement of (asked, heard) moods; pairs with an open axis are left out."""
    sides = [
        (asked.valence * heard.valence > 0, asked.arousal * heard.arousal > 0)
        for asked, heard in pairs
        if asked.valence is not None
        and asked.arousal is not None
        and heard.valence is not None
        and heard.arousal is not None
    ]
    if not sides:
        return None
    return MoodAgreement(
        pieces=len(sides),
        valence=share_of([valence for valence, _ in sides]),
        arousal=share_of([arousal for _, arousal in sides]),
        quadrants=share_of([valence and arousal for valence, arousal in sides]),
    )

"""Mood words and where they lie: valence (unpleasant to pleasant), arousal (calm to excited).

Two kinds of words. **Russell's** have an angle measured by circular scaling of people's
sortings (Russell, J. A. (1980). A circumplex model of affect. Journal of Personality and
Social Psychology 39(6), 1161-1178): 0 degrees is pleasure, 90 is arousal, and they lie on
the unit circle. **Soundtrack** words are placed by us between one or two of Russell's words
(``neighbours``) at a ``radius`` below 1 where the word is milder than they are, so that
every place can be traced back: direction = mean direction of the neighbours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import atan2, cos, hypot, radians, sin
from types import MappingProxyType

from composer.errors import RequestError
from composer.plan.plan import Mood

RUSSELL_SOURCE = "Russell (1980), circular scaling"

_RUSSELL_DEGREES = {
    "happy": 7.8,
    "delighted": 24.9,
    "excited": 48.6,
    "astonished": 69.8,
    "aroused": 73.8,
    "tense": 92.8,
    "alarmed": 96.5,
    "angry": 99.0,
    "afraid": 116.0,
    "annoyed": 123.0,
    "distressed": 138.0,
    "frustrated": 141.0,
    "miserable": 188.7,
    "sad": 207.5,
    "gloomy": 209.0,
    "depressed": 210.0,
    "bored": 242.0,
    "droopy": 256.6,
    "tired": 267.7,
    "sleepy": 271.9,
    "calm": 316.2,
    "relaxed": 318.0,
    "satisfied": 319.0,
    "at ease": 321.0,
    "content": 323.0,
    "serene": 328.6,
    "glad": 349.0,
    "pleased": 353.2,
}

_SOUNDTRACK: dict[str, tuple[tuple[str, ...], float]] = {
    "upbeat": (("delighted", "excited"), 0.8),
    "cheerful": (("happy", "delighted"), 0.9),
    "joyful": (("delighted",), 0.95),
    "playful": (("delighted",), 0.7),
    "funny": (("delighted", "excited"), 0.6),
    "triumphant": (("excited",), 0.95),
    "heroic": (("excited",), 0.85),
    "energetic": (("excited", "aroused"), 0.9),
    "epic": (("excited", "aroused"), 0.8),
    "adventurous": (("excited",), 0.65),
    "majestic": (("happy", "excited"), 0.6),
    "aggressive": (("angry", "annoyed"), 0.95),
    "dramatic": (("tense",), 0.7),
    "suspenseful": (("tense", "afraid"), 0.65),
    "anxious": (("afraid", "distressed"), 0.75),
    "scary": (("afraid",), 0.9),
    "dark": (("distressed", "miserable"), 0.7),
    "ominous": (("distressed", "miserable"), 0.5),
    "mysterious": (("distressed", "gloomy"), 0.3),
    "melancholic": (("sad", "bored"), 0.7),
    "lonely": (("sad", "bored"), 0.8),
    "tragic": (("miserable", "sad"), 0.9),
    "solemn": (("droopy",), 0.45),
    "nostalgic": (("calm", "droopy"), 0.4),
    "dreamy": (("calm", "sleepy"), 0.7),
    "peaceful": (("calm", "serene"), 0.9),
    "gentle": (("calm",), 0.7),
    "romantic": (("serene", "pleased"), 0.65),
    "hopeful": (("glad", "happy"), 0.55),
    "warm": (("glad",), 0.65),
    "neutral": (("pleased",), 0.0),
}
"""Soundtrack word to its neighbours among Russell's words and its distance from neutral."""

_SYNONYMS = {
    "joyous": "joyful",
    "merry": "cheerful",
    "gleeful": "joyful",
    "fun": "playful",
    "comic": "funny",
    "silly": "funny",
    "cute": "playful",
    "victorious": "triumphant",
    "victory": "triumphant",
    "brave": "heroic",
    "powerful": "epic",
    "fast": "energetic",
    "lively": "energetic",
    "noble": "majestic",
    "mad": "angry",
    "furious": "angry",
    "rage": "angry",
    "violent": "aggressive",
    "battle": "aggressive",
    "fight": "aggressive",
    "nervous": "anxious",
    "worried": "anxious",
    "suspense": "suspenseful",
    "tension": "tense",
    "fearful": "afraid",
    "frightened": "afraid",
    "frightening": "scary",
    "horror": "scary",
    "spooky": "scary",
    "creepy": "scary",
    "eerie": "scary",
    "sinister": "ominous",
    "evil": "ominous",
    "mystery": "mysterious",
    "unhappy": "sad",
    "sorrowful": "sad",
    "sorrow": "sad",
    "melancholy": "melancholic",
    "blue": "melancholic",
    "down": "depressed",
    "somber": "gloomy",
    "sombre": "gloomy",
    "alone": "lonely",
    "grief": "tragic",
    "slow": "calm",
    "quiet": "calm",
    "chill": "relaxed",
    "ambient": "dreamy",
    "tranquil": "peaceful",
    "soft": "gentle",
    "tender": "gentle",
    "lullaby": "sleepy",
    "love": "romantic",
    "optimistic": "hopeful",
    "inspiring": "hopeful",
    "uplifting": "hopeful",
    "memory": "nostalgic",
    "wistful": "nostalgic",
    "longing": "nostalgic",
    "sacred": "solemn",
    "grand": "majestic",
    "adventure": "adventurous",
}
"""Words people also use, each answered as the tag it stands for."""


@dataclass(frozen=True, slots=True)
class MoodTag:
    """A mood word. ``neighbours`` are the words of Russell's that place it (itself, if one)."""

    name: str
    valence: float
    arousal: float
    source: str
    neighbours: tuple[str, ...]
    radius: float = 1.0

    @property
    def mood(self) -> Mood:
        """The tag as a point."""
        return Mood(self.valence, self.arousal)


def _place(name: str, neighbours: tuple[str, ...], radius: float, source: str) -> MoodTag:
    """Put a word at ``radius`` in the mean direction of its neighbours."""
    angles = [radians(_RUSSELL_DEGREES[word]) for word in neighbours]
    angle = atan2(sum(map(sin, angles)), sum(map(cos, angles)))
    valence, arousal = round(radius * cos(angle), 3) + 0.0, round(radius * sin(angle), 3) + 0.0
    return MoodTag(name, valence, arousal, source, neighbours, radius)


def _tags() -> Iterator[MoodTag]:
    """Every tag, Russell's words first."""
    for name, degrees in _RUSSELL_DEGREES.items():
        yield _place(name, (name,), 1.0, f"{RUSSELL_SOURCE}, {degrees:g} degrees")
    for name, (neighbours, radius) in _SOUNDTRACK.items():
        source = f"placed at {' and '.join(neighbours)}, radius {radius:g}"
        yield _place(name, neighbours, radius, source)


MOODS: MappingProxyType[str, MoodTag] = MappingProxyType({tag.name: tag for tag in _tags()})
"""Mood word to its tag."""


def _find_tag(word: str) -> MoodTag:
    """Tag of one word; raises RequestError with the nearest valid ones."""
    wanted = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
    name = _SYNONYMS.get(wanted, wanted)
    if name in MOODS:
        return MOODS[name]
    near = get_close_matches(wanted, [*MOODS, *_SYNONYMS], n=6, cutoff=0.5)
    tags = list(dict.fromkeys(_SYNONYMS.get(match, match) for match in near))[:3]
    hint = f"did you mean {' or '.join(tags)}?" if tags else "try happy, sad, tense, calm, epic"
    raise RequestError(
        f"unknown mood {word.strip()[:40]!r}: {hint} (composer moods lists them)"
    )


def find_mood(text: str) -> Mood:
    """Read a mood word, or several joined by commas (their mean).

    Raises RequestError naming the nearest valid tags for the first unknown word.
    """
    words = [word for word in re.split(r"[,;+]", text) if word.strip()]
    if not words:
        raise RequestError("a mood is a word such as happy, sad, tense, calm or epic")
    tags = [_find_tag(word) for word in words]
    valence = sum(tag.valence for tag in tags) / len(tags)
    arousal = sum(tag.arousal for tag in tags) / len(tags)
    return Mood(round(valence, 3), round(arousal, 3))


def nearest_tag(mood: Mood) -> MoodTag:
    """Tag nearest to ``mood``; an open dimension is not compared."""

    def distance(tag: MoodTag) -> float:
        valence = 0.0 if mood.valence is None else mood.valence - tag.valence
        arousal = 0.0 if mood.arousal is None else mood.arousal - tag.arousal
        return hypot(valence, arousal)

    return min(MOODS.values(), key=distance)

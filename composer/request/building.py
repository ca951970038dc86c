"""From what was asked to a Plan: every field read, checked, and otherwise left open."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from composer.errors import RequestError
from composer.plan import STYLES, Mood, Plan, PlanBar
from composer.plan.moods import find_mood
from composer.request.instruments import read_instruments
from composer.score import Meter, parse_key

DEFAULT_BARS = 32
MOST_BARS = 2_000
SLOWEST_QPM, FASTEST_QPM = 20.0, 400.0

T = TypeVar("T")


def _read(reader: Callable[[str], T], text: str | None, problems: list[str]) -> T | None:
    """Read a text that may be absent; what is wrong with it goes into ``problems``."""
    if text is None:
        return None
    try:
        return reader(text)
    except (ValueError, RequestError) as error:
        problems.append(str(error))
        return None


def _within(
    value: float | None, low: float, high: float, message: str, problems: list[str]
) -> float | None:
    """Return a number if it lies between two limits; NaN does not."""
    if value is None or low <= value <= high:
        return value
    problems.append(message.format(value=value))
    return None


def _read_style(text: str) -> str:
    """One of the styles, in any case; raises RequestError naming the nearest."""
    wanted = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    if wanted in STYLES:
        return wanted
    near = get_close_matches(wanted, STYLES, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(STYLES)}"
    raise RequestError(f"unknown style {text.strip()[:40]!r}: {hint}")


def _read_mood(
    text: str | None, valence: float | None, arousal: float | None, problems: list[str]
) -> Mood:
    """Mood of the words, each axis overruled by a number where one is given."""
    worded = _read(find_mood, text, problems) or Mood()
    told = "{axis} lies between -1 and 1, not {{value:g}}"
    valence = _within(valence, -1, 1, told.format(axis="valence"), problems)
    arousal = _within(arousal, -1, 1, told.format(axis="arousal"), problems)
    return Mood(
        worded.valence if valence is None else float(valence),
        worded.arousal if arousal is None else float(arousal),
    )


def build_plan(
    *,
    mood: str | None = None,
    valence: float | None = None,
    arousal: float | None = None,
    style: str | None = None,
    key: str | None = None,
    tempo: float | None = None,
    meter: str | None = None,
    bars: int | None = None,
    instruments: str | Sequence[str] | None = None,
    seed: int | None = None,
) -> Plan:
    """Read a request; what was not said stays open, except the number of bars (32).

    Args:
        mood: a mood word, or several joined by commas (their mean).
        valence: -1 to 1, instead of the word's.
        arousal: -1 to 1, instead of the word's.
        style: one of ``STYLES``.
        key: such as ``D minor``.
        tempo: quarters a minute, 20 to 400.
        meter: such as ``6/8``.
        bars: 1 to 2,000.
        instruments: names joined by commas or in a sequence, each with a role if wished
            (``violin:melody``); at most 16.
        seed: makes everything drawn repeatable.

    Raises:
        RequestError: one line with everything that is wrong.
    """
    problems: list[str] = []
    whole = _read_mood(mood, valence, arousal, problems)
    named_style = _read(_read_style, style, problems)
    parsed_key = _read(parse_key, key, problems)
    parsed_meter = _read(Meter.parse, meter, problems)
    tempo_told = f"tempo lies between {SLOWEST_QPM:g} and {FASTEST_QPM:g}, not {{value:g}}"
    tempo = _within(tempo, SLOWEST_QPM, FASTEST_QPM, tempo_told, problems)
    bars_told = f"a piece has 1 to {MOST_BARS:,} bars, not {{value:,}}"
    _within(bars, 1, MOST_BARS, bars_told, problems)
    parts = None if instruments is None else read_instruments(instruments, problems)
    if problems:
        raise RequestError("; ".join(problems))
    bar = PlanBar(
        meter=parsed_meter, tempo_qpm=None if tempo is None else float(tempo), key=parsed_key
    )
    count = DEFAULT_BARS if bars is None else bars
    return Plan((bar,) * count, parts, whole, named_style, seed=seed)

"""What may be asked of a piece: the one list of wishes, and how problems are gathered."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from numbers import Integral, Real
from pathlib import Path
from typing import TypedDict, TypeVar

from composer.errors import RequestError

T = TypeVar("T")


class Wishes(TypedDict, total=False):
    """Every field may be left out or None; then it stays open.

    mood: a mood word, or several joined by commas (their mean).
    valence, arousal: -1 to 1, instead of the words'.
    style: one of ``STYLES``.
    key: such as ``D minor``, with changes ``D minor, F major@bar9``.
    tempo: quarters a minute, 20 to 400, or a curve such as ``90 120@bar17 rit@-4``
        (``composer.request.tempo``).
    meter: such as ``6/8``, with changes ``4/4 3/4@bar9``.
    bars: 1 to 2,000.
    seconds: how long, instead of ``bars``: the nearest whole number of bars; exact where
        the tempo is open (``composer.request.length``).
    duration: such as ``1:23.5``: the final bar line falls there to the frame, by odd bars
        and small changes of tempo where it takes them (``composer.request.picture``).
    hits: times that become downbeats, each with a name if wished: ``0:12.4 the door``.
    cues: a file of hits, CSV or EDL (``composer.request.cues``).
    fps: frames a second of timecode in these three: ``24``, ``29.97df``.
    instruments: names joined by commas or in a sequence, each with a role, a range and a
        density if wished (``violin:melody:G3-E6:dense``); at most 16.
    tracks: how many parts; those not named are open.
    chords: symbols, Roman or Nashville numerals, repeated to the end: ``Am F | C G``
        (``composer.request.chords``).
    progression: the name of a known one, such as ``twelve-bar-blues``.
    form: sections such as ``AABA`` or ``intro:4 A:8 A':8 B:8`` (``composer.request.form``).
    vary: the share of returning sections that is written anew, 0 to 1.
    intensity: a curve, ``2@1 7@17``, or levels 0 to 10 by section, ``A=3 build=3-9``.
    arc: moods and where they begin, ``sad@0:00 tense@0:30 hopeful@B``.
    swing: length of the first eighth against the second, 1 (even) to 4; 2 is triplets.
    """

    mood: str | None
    valence: float | None
    arousal: float | None
    style: str | None
    key: str | None
    tempo: float | str | None
    meter: str | None
    bars: int | None
    seconds: float | None
    duration: float | str | None
    hits: str | Sequence[str] | None
    cues: str | Path | None
    fps: float | str | None
    instruments: str | Sequence[str] | None
    tracks: int | None
    chords: str | None
    progression: str | None
    form: str | None
    vary: float | None
    intensity: str | None
    arc: str | None
    swing: float | None


_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    name: (kind, told)
    for names, kind, told in (
        ("bars tracks", Integral, "a whole number"),
        ("valence arousal seconds vary swing", Real, "a number"),
        ("tempo duration fps", (Real, str), "a number or a text"),
        ("mood style key meter chords progression form intensity arc", str, "a text"),
    )
    for name in names.split()
}


def check_kinds(wishes: Wishes) -> None:
    """Raise RequestError where a wish is no number, or no text, where it should be one."""
    wrong = [
        f"{name} is {_KINDS[name][1]}, not {value!r:.60}"
        for name, value in wishes.items()
        if name in _KINDS and value is not None and not isinstance(value, _KINDS[name][0])
    ]
    if wrong:
        raise RequestError("; ".join(wrong))


def read(reader: Callable[[str], T], text: str | None, problems: list[str]) -> T | None:
    """Read a text that may be absent; what is wrong with it goes into ``problems``."""
    if text is None:
        return None
    try:
        return reader(text)
    except (ValueError, RequestError) as error:
        problems.append(str(error))
        return None


def within(
    value: float | None, low: float, high: float, message: str, problems: list[str]
) -> float | None:
    """Return a number if it lies between two limits; NaN does not."""
    if value is None or low <= value <= high:
        return value
    problems.append(message.format(value=value))
    return None


def nearest(word: str, known: Sequence[str]) -> str:
    """``did you mean a or b?``, or the whole list where nothing is near."""
    near = get_close_matches(word, known, n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(known)}"

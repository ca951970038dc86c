"""Free text to the wishes that flags would have said (``Understood``)."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from composer.plan.moods import MOODS
from composer.request.text.course import with_course
from composer.request.text.players import players_of
from composer.request.text.reading import Phrase, phrases_of
from composer.request.wishes import Wishes
from composer.score import Meter, ticks_per_bar

_FASTER, _SLOWER = "108-124", "76-96"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for.

    ``wishes`` are exactly the keyword arguments of ``build_plan``; ``phrases`` pairs words
    with their meaning; ``leftover`` words carried none. ``without`` are the instruments
    denied, ``intensity`` how loudness runs, ``not_moods`` the moods denied.
    """

    wishes: Wishes
    phrases: tuple[tuple[str, str], ...]
    leftover: tuple[str, ...]
    without: tuple[str, ...] = ()
    intensity: str | None = None
    not_moods: tuple[str, ...] = ()

    @property
    def command_line(self) -> str:
        """The flags that ask for the same."""
        return " ".join(
            f"--{name} {shlex.quote(f'{v:g}' if isinstance(v, float) else str(v))}"
            for name, v in self.wishes.items()
        )


def understand(text: str) -> Understood:
    """Read a request in English or Chinese; never fails, and the same text reads the same."""
    phrases = phrases_of(text)
    wishes = Wishes()
    not_moods = _moods(phrases, wishes)
    instruments, without = players_of(phrases)
    if instruments:
        wishes["instruments"] = ",".join(instruments)
    for name in ("style", "key", "meter", "progression", "chords"):
        value = _best(phrases, name)
        if value is not None:
            wishes[name] = value
    if "key" not in wishes and (mode := _best(phrases, "mode")):
        wishes["key"] = "A minor" if mode == "minor" else "C major"
    if "chords" in wishes and "progression" in wishes:
        del wishes["progression"]
    _lengths(phrases, wishes)
    _tempo(phrases, wishes)
    if (swing := _best(phrases, "swing")) is not None:
        wishes["swing"] = float(swing)
    course = _intensity(phrases)
    return Understood(
        with_course(wishes, course),
        tuple((text[p.start : p.end], _told(p)) for p in phrases if p.meanings),
        tuple(text[p.start : p.end] for p in phrases if not p.is_known),
        tuple(without),
        course,
        tuple(not_moods),
    )


def _told(one: Phrase) -> str:
    said = ", ".join(map(str, one.meanings))
    return f"{'not too' if one.is_mild else 'no'}: {said}" if one.is_denied else said


def _values(phrases: Sequence[Phrase], kind: str, *, is_implied: bool) -> list[str]:
    """The values of a kind that are not denied."""
    found = [p.meanings for p in phrases if not p.is_denied]
    return [
        m.value for ms in found for m in ms if m.kind == kind and m.is_implied is is_implied
    ]


def _best(phrases: Sequence[Phrase], kind: str) -> str | None:
    """The first value that is said, else the first that is implied."""
    said = _values(phrases, kind, is_implied=False) + _values(phrases, kind, is_implied=True)
    return said[0] if said else None


def _moods(phrases: Sequence[Phrase], wishes: Wishes) -> list[str]:
    """Put the moods into the wishes, and return those denied."""
    moods = _values(phrases, "mood", is_implied=False)
    moods = moods or _values(phrases, "mood", is_implied=True)[:1]
    denied = [m.value for p in phrases if p.is_denied for m in p.meanings if m.kind == "mood"]
    if moods:
        wishes["mood"] = ",".join(dict.fromkeys(moods))
    elif denied:
        tag = MOODS[denied[0]]
        wishes["valence"] = round(0.4 if tag.valence < 0 else -0.2, 3)
    return denied


def _lengths(phrases: Sequence[Phrase], wishes: Wishes) -> None:
    """Bars, or seconds: what is said of both, the bars first."""
    bars, seconds = _best(phrases, "bars"), _best(phrases, "seconds")
    if bars is not None:
        wishes["bars"] = int(bars)
    elif seconds is not None:
        wishes["seconds"] = float(seconds)


def _tempo(phrases: Sequence[Phrase], wishes: Wishes) -> None:
    """The number that is said, else one in the range of the words that fits the length."""
    number, span = _best(phrases, "bpm"), _best(phrases, "tempo")
    said = _values(phrases, "tempo", is_implied=False)
    for one in phrases:
        for meaning in one.meanings if one.is_denied else ():
            if meaning.kind == "tempo" and not said:
                span = _SLOWER if float(meaning.value.split("-")[0]) > 110 else _FASTER
    if number is None and span is None:
        return
    low, high = map(float, (number or span or "").split("-"))
    wishes["tempo"] = _fitting(low, high, wishes)


def _fitting(low: float, high: float, wishes: Wishes) -> float:
    """The tempo nearest the middle at which whole bars last the wanted seconds."""
    middle, seconds = (low + high) / 2, wishes.get("seconds")
    if seconds is None or low == high:
        return middle
    quarters = ticks_per_bar(Meter.parse(wishes.get("meter") or "4/4")) / 480
    bars = max(1, round(seconds * middle / 60 / quarters))
    fitted = round(bars * quarters * 60 / seconds, 3)
    return fitted if low <= fitted <= high else middle


def _intensity(phrases: Sequence[Phrase]) -> str | None:
    """How loudness runs: a course first, then a level; up and down make an arch."""
    said = _values(phrases, "intensity", is_implied=False)
    if "building" in said and "fading" in said:
        return "arch"
    courses = [value for value in said if value not in ("soft", "loud")]
    return next(iter(courses or said), None) or _best(phrases, "intensity")

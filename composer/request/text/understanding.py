"""Free text to the wishes that flags would have said (``Understood``)."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from composer.plan.moods import MOODS
from composer.request.cues import read_hit
from composer.request.cues_timecode import find_rate
from composer.request.text.bends import with_bends
from composer.request.text.course import Courses, Placed, with_courses
from composer.request.text.letters import lettered
from composer.request.text.placed import placed_in, section_names
from composer.request.text.players import players_of
from composer.request.text.reading import Phrase, phrases_of, values_of
from composer.request.text.shifts import with_shifts
from composer.request.text.sources import beaten_of, leftover_of, sources_of, told
from composer.request.text.stages import courses_of
from composer.request.text.turns import with_arrivals, without_idle_places
from composer.request.wishes import Wishes
from composer.score import Meter, ticks_per_bar

_FASTER, _SLOWER = "108-124", "76-96"
_SAID = ("style", "key", "meter", "form", "progression", "chords")
"""Wishes whose text is the value of the meaning of that name."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text asks for.

    ``wishes`` are exactly the keyword arguments of ``build_plan``, ``plain`` the same without
    ``courses``, which depend on the number of bars; ``sources`` says which words each came
    from. ``phrases`` pairs words with their meaning; ``leftover`` words carried none.
    ``without`` are the instruments denied, ``clashing`` those of them that are asked for as
    well, ``not_moods`` the moods denied. ``beaten`` are words that others leave no room for.
    """

    wishes: Wishes
    phrases: tuple[tuple[str, str], ...]
    leftover: tuple[str, ...]
    without: tuple[str, ...] = ()
    not_moods: tuple[str, ...] = ()
    courses: Courses = field(default_factory=Courses)
    plain: Wishes = field(default_factory=Wishes)
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clashing: tuple[str, ...] = ()
    beaten: tuple[str, ...] = ()

    @property
    def intensity(self) -> str | None:
        """How loudness runs, in a word."""
        return self.courses.intensity

    @property
    def command_line(self) -> str:
        """The flags that ask for the same."""
        return " ".join(
            f"--{flag} {shlex.quote(value)}"
            for name, wished in self.wishes.items()
            for flag, value in _flags(name, wished)
        )


def _flags(name: str, wished: object) -> list[tuple[str, str]]:
    """The flags that say one wish."""
    if name == "hits" and isinstance(wished, tuple):
        return [("hit", hit) for hit in wished]
    is_short = isinstance(wished, float) and float(f"{wished:g}") == wished
    return [(name, f"{wished:g}" if is_short else str(wished))]


def understand(text: str) -> Understood:
    """Read a request in English or Chinese; never fails, and the same text reads the same."""
    phrases, placed = _resolved(phrases_of(text))
    wishes = Wishes()
    not_moods = _moods(phrases, wishes)
    instruments, without, clashing = players_of(phrases)
    if instruments:
        wishes["instruments"] = ",".join(instruments)
    for name in _SAID:
        value = _best(phrases, name)
        if value is not None:
            wishes[name] = value  # type: ignore[literal-required]
    if "key" not in wishes and (mode := _best(phrases, "mode")):
        wishes["key"] = "A minor" if mode == "minor" else "C major"
    if "chords" in wishes and "progression" in wishes:
        del wishes["progression"]
    _lengths(phrases, wishes)
    _tempo(phrases, wishes)
    if (swing := _best(phrases, "swing")) is not None:
        wishes["swing"] = float(swing)
    courses = replace(courses_of(phrases), placed=placed)
    whole = with_courses(wishes, courses)
    return Understood(
        whole,
        tuple((text[p.start : p.end], told(p)) for p in phrases if p.meanings),
        leftover_of(text, phrases),
        tuple(without),
        tuple(not_moods),
        courses,
        wishes,
        sources_of(text, phrases, whole),
        tuple(clashing),
        beaten_of(text, phrases),
    )


def _resolved(read: Sequence[Phrase]) -> tuple[tuple[Phrase, ...], tuple[Placed, ...]]:
    """The phrases with what depends on others settled, and what is said of sections."""
    names = section_names(_best(read, "form"))
    phrases, placed = placed_in(with_bends(with_arrivals(lettered(read, names))), names)
    return without_idle_places(with_shifts(phrases)), placed


def _best(phrases: Sequence[Phrase], kind: str) -> str | None:
    """The first value that is said, else the first that is implied."""
    implied = values_of(phrases, kind, is_implied=True)
    return next(iter(values_of(phrases, kind) + implied), None)


def _moods(phrases: Sequence[Phrase], wishes: Wishes) -> list[str]:
    """Put the moods into the wishes, and return those denied."""
    moods = values_of(phrases, "mood") or _mood_of_scene(phrases)
    denied = [m.value for p in phrases if p.is_denied for m in p.meanings if m.kind == "mood"]
    if moods:
        wishes["mood"] = ",".join(dict.fromkeys(moods))
    elif denied:
        tag = MOODS[denied[0]]
        wishes["valence"] = round(0.4 if tag.valence < 0 else -0.2, 3)
    return denied


def _mood_of_scene(phrases: Sequence[Phrase]) -> list[str]:
    """The mood of the first scene; of words in a row the last one names it: space battle."""
    found: list[str] = []
    for one in phrases:
        moods = values_of([one], "mood", is_implied=True)
        if found and not moods:
            break
        found = moods or found
    return found[:1]


def _lengths(phrases: Sequence[Phrase], wishes: Wishes) -> None:
    """Bars, or seconds: what is said of both, the bars first.

    Beside hits, which settle the bars, the seconds are met to the frame.
    """
    bars, seconds = _best(phrases, "bars"), _best(phrases, "seconds")
    hits = [hit for value in values_of(phrases, "hit") for hit in value.split("; ")]
    if hits:
        fps = _best(phrases, "fps")
        wishes["hits"] = _in_order(hits, fps)
        if fps is not None:
            wishes["fps"] = fps
        if seconds is not None:
            wishes["duration"] = float(seconds)
    elif bars is not None:
        wishes["bars"] = int(bars)
    elif seconds is not None:
        wishes["seconds"] = float(seconds)


def _in_order(hits: Sequence[str], fps: str | None) -> tuple[str, ...]:
    """The hits by time, each once; as they are where frames can't be counted."""
    rate = None if fps is None else find_rate(fps)
    try:
        times = {read_hit(hit, rate).seconds: hit for hit in reversed(hits)}
    except ValueError:
        return tuple(hits)  # told when the plan is built
    return tuple(times[time] for time in sorted(times))


def _tempo(phrases: Sequence[Phrase], wishes: Wishes) -> None:
    """The number that is said, else one in the range of the words that fits the length."""
    number, span = _best(phrases, "bpm"), _best(phrases, "tempo")
    said = values_of(phrases, "tempo")
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

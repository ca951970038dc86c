"""From what was asked to a Plan: every field read, checked, and otherwise left open."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Unpack

from composer.errors import RequestError
from composer.language.vocabulary import METERS
from composer.plan import STYLES, Feel, Mood, Plan, PlanBar
from composer.plan.moods import find_mood
from composer.request.chords import Line, read_chords, with_chords
from composer.request.form_wishes import FormWish, late_steps, read_form_wish
from composer.request.instruments import read_instruments
from composer.request.length import LONGEST_SECONDS, MOST_BARS, lay_bars
from composer.request.picture_form import over_picture
from composer.request.picture_wishes import pictured
from composer.request.places import Mark, misplaced, read_marks, spread
from composer.request.progressions import find_progression
from composer.request.tempo import Curve, read_tempo, with_tempo
from composer.request.wishes import Wishes, check_kinds, nearest, read, within
from composer.score import Key, Meter, Mode, parse_key

STRAIGHTEST, HARDEST_SWING = 1.0, 4.0
_HEARD_SWING = 1.2
"""From this ratio on eighths are heard as swung."""


Step = Callable[[Plan], Plan]
"""One change to the whole plan, made once every wish has been read."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was understood: the plan, and remarks on what it could not hold."""

    plan: Plan

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the plan can't hold of the request, one line each."""
        return self.plan.remarks


def build_plan(*, seed: int | None = None, **wishes: Unpack[Wishes]) -> Plan:
    """Read a request; what was not said stays open, except the number of bars (32).

    ``Wishes`` tells each field; ``seed`` makes everything drawn repeatable. Raises
    RequestError: one line with everything that is wrong.
    """
    return read_request(seed=seed, **wishes).plan


def read_request(*, seed: int | None = None, **wishes: Unpack[Wishes]) -> Request:
    """Read a request as ``build_plan`` does, and say what the plan can't hold of it."""
    unknown = wishes.keys() - Wishes.__annotations__.keys()
    if unknown:
        raise TypeError(f"unknown wishes: {', '.join(sorted(unknown))}")
    check_kinds(wishes)
    problems: list[str] = []
    remarks: list[str] = []
    plan = _whole(wishes, seed, problems, remarks)
    for step in _steps(wishes, problems, remarks):
        plan = plan if problems else step(plan)
    if problems:
        raise RequestError("; ".join(problems))
    return Request(replace(plan, remarks=tuple(remarks)))


def _steps(wishes: Wishes, problems: list[str], remarks: list[str]) -> Iterable[Step]:
    """What is done to the laid-out plan, one after the other.

    All wishes are read first, so that everything wrong with them is told at once.
    """
    keys = read(_read_keys, wishes.get("key"), problems)
    chords = _read_chords(wishes, keys, problems)
    steps: list[Step] = []
    if keys is not None:
        steps.append(partial(_with_keys, keys=keys, problems=problems))
    if chords is not None:
        steps.append(partial(with_chords, lines=chords, problems=problems, remarks=remarks))
    return [*steps, *late_steps(wishes, problems)]


def _whole(wishes: Wishes, seed: int | None, problems: list[str], remarks: list[str]) -> Plan:
    """The plan as long as asked, with its mood, style, parts, meters and tempi."""
    mood = _read_mood(wishes, problems)
    style = read(_read_style, wishes.get("style"), problems)
    laid = pictured(wishes, mood, problems, remarks)
    form = read_form_wish(wishes, problems)
    bars, markers = laid or (_bars(wishes, mood, form, problems), ())
    if laid is not None and form.form:
        hits = {marker.bar for marker in markers}
        bars = over_picture(bars, form.form, form.vary, hits, remarks)
    named, tracks = wishes.get("instruments"), wishes.get("tracks")
    parts = None
    if named is not None or tracks is not None:
        parts = read_instruments(named, tracks, problems)
    ratio = wishes.get("swing")
    told = f"swing lies between {STRAIGHTEST:g} and {HARDEST_SWING:g}, not {{value:g}}"
    ratio = within(ratio, STRAIGHTEST, HARDEST_SWING, told, problems)
    return Plan(
        _swung(bars, ratio), parts, mood, style, seed=seed, markers=markers, swing=ratio
    )


def _swung(bars: Sequence[PlanBar], ratio: float | None) -> tuple[PlanBar, ...]:
    """The bars with the feel that a swing ratio gives them."""
    if ratio is None:
        return tuple(bars)
    feel: Feel = "swung" if ratio >= _HEARD_SWING else "straight"
    return tuple(replace(bar, feel=feel) for bar in bars)


def _bars(
    wishes: Wishes, mood: Mood, form: FormWish, problems: list[str]
) -> tuple[PlanBar, ...]:
    """The bars with their meters and tempi."""
    count, seconds = wishes.get("bars"), wishes.get("seconds")
    bars_told = f"a piece has 1 to {MOST_BARS:,} bars, not {{value:,}}"
    within(count, 1, MOST_BARS, bars_told, problems)
    seconds_told = f"a piece lasts 1 to {LONGEST_SECONDS:,.0f} seconds, not {{value:g}}"
    within(seconds, 1, LONGEST_SECONDS, seconds_told, problems)
    meters = read(_read_meters, wishes.get("meter"), problems) or ()
    tempo = wishes.get("tempo")
    curve = read(read_tempo, None if tempo is None else str(tempo), problems) or ()
    if problems:
        return (PlanBar(),)
    try:
        if seconds is None or count is not None or form.is_settled:
            count = form.count(count)
        bars = lay_bars(partial(_lay, meters, curve, form), count, seconds, mood)
        form.count(len(bars))
    except ValueError as error:
        problems.append(str(error))
        return (PlanBar(),)
    problems += [*misplaced(meters, bars), *misplaced(curve, bars)]
    return bars


def _lay(
    meters: Sequence[Mark[Meter]], curve: Curve, form: FormWish, count: int
) -> tuple[PlanBar, ...]:
    """So many open bars with the form, meters and tempi asked for."""
    bars = form.laid((PlanBar(),) * count)
    if meters:
        found = spread(meters, bars)
        pairs = zip(bars, found, strict=True)
        bars = tuple(replace(bar, meter=meter) for bar, meter in pairs)
    return with_tempo(bars, curve) if curve else bars


def _with_keys(plan: Plan, *, keys: Sequence[Mark[Key]], problems: list[str]) -> Plan:
    """The plan in the keys asked for."""
    problems += misplaced(keys, plan.bars)
    found = spread(keys, plan.bars)
    bars = tuple(replace(bar, key=key) for bar, key in zip(plan.bars, found, strict=True))
    return replace(plan, bars=bars)


def _read_chords(
    wishes: Wishes, keys: Sequence[Mark[Key]] | None, problems: list[str]
) -> tuple[Line, ...] | None:
    """The chords asked for, or those of a named progression."""
    chords, name = wishes.get("chords"), wishes.get("progression")
    if chords is not None and name is not None:
        problems.append("chords and progression contradict each other: leave one out")
        return None
    progression = read(find_progression, name, problems)
    if progression is None:
        return read(read_chords, chords, problems)
    mode = Mode.MINOR if progression.is_minor else Mode.MAJOR
    for mark in keys or ():
        if mark.value.mode is not mode:
            asked = Key(mark.value.tonic, mode)
            problems.append(f"the progression {name!r} is in {mode}: ask for {asked}")
    return read_chords(progression.chords)


def _read_keys(text: str) -> tuple[Mark[Key], ...]:
    """Keys and where they begin, separated by commas."""
    return read_marks(text, parse_key, separators=",")


def _read_meters(text: str) -> tuple[Mark[Meter], ...]:
    """Meters and where they begin."""
    return read_marks(text, _read_meter)


def _read_meter(text: str) -> Meter:
    """A meter that music can be written in; raises ValueError."""
    meter = Meter.parse(text)
    if meter not in METERS:
        known = ", ".join(str(meter) for meter in METERS)
        raise ValueError(f"no music can be written in {meter}: choose {known}")
    return meter


def _read_style(text: str) -> str:
    """One of the styles, in any case; raises ValueError naming the nearest."""
    wanted = " ".join(text.lower().replace("-", " ").replace("_", " ").split())
    if wanted not in STYLES:
        raise ValueError(f"unknown style {text.strip()[:40]!r}: {nearest(wanted, STYLES)}")
    return wanted


def _read_mood(wishes: Wishes, problems: list[str]) -> Mood:
    """Mood of the words, each axis overruled by a number where one is given."""
    worded = read(find_mood, wishes.get("mood"), problems) or Mood()
    told = "{axis} lies between -1 and 1, not {{value:g}}"
    valence = within(wishes.get("valence"), -1, 1, told.format(axis="valence"), problems)
    arousal = within(wishes.get("arousal"), -1, 1, told.format(axis="arousal"), problems)
    return Mood(
        worded.valence if valence is None else float(valence),
        worded.arousal if arousal is None else float(arousal),
    )

"""A picture as it is asked for: a duration, hits one by one, a cue sheet, a frame rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.errors import InputError, RequestError
from composer.language.vocabulary import METERS
from composer.plan import Marker, Mood, PlanBar
from composer.request.cues import read_cue_sheet, read_hit
from composer.request.cues_timecode import find_rate, read_time
from composer.request.defaults import typical_tempo
from composer.request.picture import Fit, fit
from composer.request.picture_hits import Hit
from composer.request.tempo import read_tempo
from composer.request.wishes import Wishes, read
from composer.score import Meter

Laid = tuple[tuple[PlanBar, ...], tuple[Marker, ...]]
_NOTHING: Laid = ((PlanBar(),), ())

_NEAR_TEMPO = 0.05
"""How far tempi may leave the one that was asked for without a word."""

_MOST_REMARKS = 5


@dataclass(frozen=True, slots=True)
class Picture:
    """Hits in seconds, and the duration if one was said."""

    hits: tuple[Hit, ...]
    duration_seconds: float | None


def read_picture(
    *,
    duration: float | str | None,
    hits: str | Sequence[str] | None,
    cues: str | Path | None,
    fps: float | str | None,
    problems: list[str],
) -> Picture | None:
    """Read what was asked; None where no duration, hit or cue sheet was.

    ``duration`` and ``hits`` are times such as ``1:23.5`` or, with ``fps``, timecode; a hit
    may have a name after its time. ``cues`` is a file (``composer.request.cues``). What can't
    be read goes into ``problems``.
    """
    if duration is None and not hits and cues is None:
        if fps is not None:
            problems.append("fps tells nothing without a duration, hits or cues")
        return None
    try:
        rate = None if fps is None else find_rate(f"{fps}")
    except ValueError as error:
        problems.append(str(error))
        return None
    found: list[Hit] = []
    seconds = None
    try:
        seconds = None if duration is None else read_time(f"{duration}", rate)
    except ValueError as error:
        problems.append(f"duration: {error}")
    for text in [hits] if isinstance(hits, str) else hits or ():
        try:
            found.append(read_hit(text, rate))
        except ValueError as error:
            problems.append(f"hit: {error}")
    try:
        sheet = () if cues is None else read_cue_sheet(cues, rate)
    except InputError as error:
        problems.append(str(error))
        return None
    # one by one they stand in the order given; with a sheet they find their places in it
    together = sorted((*found, *sheet), key=lambda hit: hit.seconds) if sheet and found else ()
    return Picture(tuple(together or found or sheet), seconds)


def pictured(
    wishes: Wishes, mood: Mood, problems: list[str], remarks: list[str]
) -> Laid | None:
    """Bars with meters, tempi and sections that fit the picture asked for, and its markers.

    None where none was asked for. The tempo is the one asked for or the mood's usual one.
    What is impossible goes into ``problems``, what was not kept into ``remarks``.
    """
    picture = read_picture(
        duration=wishes.get("duration"),
        hits=wishes.get("hits"),
        cues=wishes.get("cues"),
        fps=wishes.get("fps"),
        problems=problems,
    )
    if picture is None:
        return None
    problems += [
        f"{name} and a picture's times contradict each other: leave one out"
        for name in ("bars", "seconds")
        if wishes.get(name) is not None
    ]
    meter = read(_one_meter, wishes.get("meter"), problems)
    tempo = wishes.get("tempo")
    asked_qpm = read(_one_tempo, None if tempo is None else f"{tempo}", problems)
    if problems:
        return _NOTHING
    wished = typical_tempo(mood) if asked_qpm is None else asked_qpm
    try:
        fitted = fit(picture.hits, picture.duration_seconds, meter=meter, tempo_qpm=wished)
    except RequestError as error:
        problems.append(str(error))
        return _NOTHING
    remarks += _remarks(fitted, asked_qpm)
    sections = fitted.sections if fitted.hits else (None,) * len(fitted.bars)
    bars = tuple(
        PlanBar(meter=bar.meter, tempo_qpm=bar.tempo_qpm, section=section)
        for bar, section in zip(fitted.bars, sections, strict=True)
    )
    return bars, fitted.markers


def _one_meter(text: str) -> Meter:
    """The meter that most bars have; raises ValueError."""
    if "@" in text:
        raise ValueError(f"a picture chooses its changes of meter: ask for one, not {text!r}")
    meter = Meter.parse(text)
    if meter not in METERS:
        known = ", ".join(str(one) for one in METERS)
        raise ValueError(f"no music can be written in {meter}: choose {known}")
    return meter


def _one_tempo(text: str) -> float:
    """The tempo to stay near; raises ValueError."""
    curve = read_tempo(text)
    qpm = curve[0].value.qpm
    if len(curve) > 1 or qpm is None:
        raise ValueError(f"a picture chooses its changes of tempo: ask for one, not {text!r}")
    return qpm


def _remarks(fitted: Fit, asked_qpm: float | None) -> list[str]:
    """What the fit could not keep."""
    tempi = [bar.tempo_qpm for bar in fitted.bars]
    told = [
        f"the tempo changes by {step:+.1%} into bar {bar}, more than 4 %"
        for bar, step in fitted.large_steps
    ]
    if len(told) > _MOST_REMARKS:
        told[_MOST_REMARKS:] = [f"and in {len(told) - _MOST_REMARKS} more bars"]
    if asked_qpm and any(abs(qpm / asked_qpm - 1) > _NEAR_TEMPO for qpm in tempi):
        told.append(
            f"to meet the times the tempo lies between {min(tempi):.1f} and {max(tempi):.1f}"
        )
    return told

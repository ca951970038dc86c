"""Times as people and editing programs write them, and SMPTE timecode in frames.

Timecode ``h:m:s:f`` counts frames; at the NTSC rates (23.976, 29.97, 59.94) a frame lasts
1001/1000 of its nominal length. Drop-frame timecode leaves out the first two frame numbers
(at 59.94 four) of every minute but each tenth, to keep step with the clock (SMPTE ST 12-1).
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_TIMECODE = re.compile(r"(\d{1,2})[:;](\d{1,2})[:;](\d{1,2})([:;])(\d{1,2})")
_CLOCK = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,9})?)")


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames are numbered 0 to ``nominal - 1``; ``exact`` of them pass in a second.

    ``dropped`` frame numbers are left out a minute, 0 in non-drop timecode.
    """

    name: str
    nominal: int
    exact: Fraction
    dropped: int = 0

    def seconds(self, hours: int, minutes: int, seconds: int, frames: int) -> Fraction:
        """Time of a timecode; raises ValueError for a number that no frame has."""
        if minutes > 59 or seconds > 59:
            raise ValueError("minutes and seconds go to 59")
        if frames >= self.nominal:
            raise ValueError(f"frames go from 0 to {self.nominal - 1} at {self.name}")
        minute = hours * 60 + minutes
        if seconds == 0 and frames < self.dropped and minutes % 10:
            raise ValueError(
                f"drop-frame timecode has no frame {frames} at {minute}:00: "
                f"the minute starts with frame {self.dropped}"
            )
        number = (minute * 60 + seconds) * self.nominal + frames
        number -= self.dropped * (minute - minute // 10)
        return number / self.exact


_NTSC = Fraction(1000, 1001)
_RATES = (
    FrameRate("23.976", 24, 24 * _NTSC),
    FrameRate("24", 24, Fraction(24)),
    FrameRate("25", 25, Fraction(25)),
    FrameRate("29.97", 30, 30 * _NTSC),
    FrameRate("29.97df", 30, 30 * _NTSC, dropped=2),
    FrameRate("30", 30, Fraction(30)),
    FrameRate("50", 50, Fraction(50)),
    FrameRate("59.94", 60, 60 * _NTSC),
    FrameRate("59.94df", 60, 60 * _NTSC, dropped=4),
    FrameRate("60", 60, Fraction(60)),
)
FRAME_RATES = {rate.name: rate for rate in _RATES}
"""Every frame rate by its name; ``df`` means drop-frame."""

_ALSO = {"23.98": "23.976", "29.97drop": "29.97df", "59.94drop": "59.94df"}


def find_rate(text: str) -> FrameRate:
    """The frame rate of a name such as ``25`` or ``29.97df``; raises ValueError."""
    name = "".join(text.lower().split()).removesuffix("fps")
    name = _ALSO.get(name, name)
    if name not in FRAME_RATES:
        raise ValueError(f"a frame rate is one of {', '.join(FRAME_RATES)}, not {text[:20]!r}")
    return FRAME_RATES[name]


def is_timecode(text: str) -> bool:
    """Whether a text has the form ``h:m:s:f``."""
    return _TIMECODE.fullmatch(text.strip()) is not None


def read_time(text: str, rate: FrameRate | None = None) -> float:
    """Seconds of ``83.5``, ``1:23.5``, ``0:01:23.5``, or at a ``rate`` of ``0:01:23:12``.

    Before the frames a semicolon, as drop-frame timecode has it, needs a drop-frame rate.
    Raises ValueError with what would be right.
    """
    wanted = text.strip()
    parts = _TIMECODE.fullmatch(wanted)
    if parts is not None:
        return float(_frames_time(parts, rate, wanted))
    found = _CLOCK.fullmatch(wanted)
    if found is None:
        raise ValueError(
            f"a time looks like 83.5, 1:23.5, 0:01:23.5 or 0:01:23:12, not {wanted[:40]!r}"
        )
    hours, minutes, seconds = found.groups()
    value = float(seconds.replace(",", "."))
    if (minutes and value >= 60) or (hours and int(minutes) > 59):
        raise ValueError(f"minutes and seconds go to 59, not {wanted[:40]!r}")
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + value


def _frames_time(parts: re.Match[str], rate: FrameRate | None, text: str) -> Fraction:
    """Seconds of a timecode."""
    hours, minutes, seconds, mark, frames = parts.groups()
    if rate is None:
        raise ValueError(f"{text} counts frames: say how many a second, such as --fps 24")
    if mark == ";" and not rate.dropped:
        raise ValueError(
            f"{text} is drop-frame timecode, and {rate.name} does not drop frames: "
            "take 29.97df or 59.94df"
        )
    try:
        return rate.seconds(int(hours), int(minutes), int(seconds), int(frames))
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from error

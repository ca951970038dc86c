"""Meters: how long their bars are, and where a bar's middle is."""

from dataclasses import dataclass

_TICKS_PER_WHOLE = 1920


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """A time signature such as 6/8. ``denominator`` is a power of two, 1-64."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse what MIDI can't write."""
        if not 1 <= self.numerator <= 255:
            raise ValueError(f"a meter's numerator is 1-255, not {self.numerator}")
        if self.denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError(f"a meter's denominator is a power of two, not {self.denominator}")

    def __str__(self) -> str:
        """The usual notation, ``6/8``."""
        return f"{self.numerator}/{self.denominator}"

    @classmethod
    def parse(cls, text: str) -> "Meter":
        """Read ``6/8``; raises ValueError with what would be right."""
        top, slash, bottom = text.strip().partition("/")
        if not (slash and top.strip().isdecimal() and bottom.strip().isdecimal()):
            raise ValueError(f"a meter looks like 3/4, not {text!r}")
        return cls(int(top), int(bottom))


def ticks_per_bar(meter: Meter) -> int:
    """Length of a full bar in ticks (480 a quarter)."""
    return _TICKS_PER_WHOLE * meter.numerator // meter.denominator


def middle_ticks(meter: Meter) -> int:
    """Where a bar's second chord starts, in ticks from the bar line.

    Half of an even bar (4/4: beat 3, 6/8: second dotted quarter), the later side of an
    odd one (3/4: beat 3, 5/4: beat 4, 9/8: third group, 7/8: fifth eighth). A bar of one
    beat has no second half: its whole length is returned.
    """
    compound = meter.numerator % 3 == 0 and meter.numerator > 3 and meter.denominator >= 8
    groups = meter.numerator // 3 if compound else meter.numerator
    return ticks_per_bar(meter) * ((groups + 1) // 2) // groups

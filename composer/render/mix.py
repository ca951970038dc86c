"""A default mix for scores that bring none: level, place in the stereo field, reverb.

Each of the three controllers is set only where no part of the score uses it at all, so
that whoever mixed a piece keeps the mix. The choices, in words:

- level (CC7): 100 for what leads, less for what fills (pads, strings, choir, organ), drums
  slightly under; single instruments keep General MIDI's 100.
- pan (CC10): bass, drums and a part that plays alone stay in the middle. The others are
  sorted by register and placed alternately right and left, the highest nearest to the
  middle, none further than 30 of 63 to a side.
- reverb send (CC91): little for bass and drums, more for sustained sounds.
"""

from dataclasses import replace
from statistics import fmean

from composer.score import FAMILIES, Control, Part, Score

VOLUME, PAN, REVERB = 7, 10, 91
"""Controller numbers (MIDI 1.0)."""

_CENTRE = 64
_NEAREST, _FURTHEST = 10, 30
_DRUM_LEVEL, _DRUM_REVERB = 94, 22
_LEVELS = {"organ": 84, "ensemble": 86, "synth pad": 80, "synth effects": 78, "brass": 94}
_PLAIN_LEVEL = 100
_REVERBS = {
    "bass": 10,
    "guitar": 32,
    "ensemble": 56,
    "strings": 52,
    "pipe": 56,
    "synth pad": 56,
    "reed": 48,
    "brass": 48,
    "chromatic percussion": 52,
}
_PLAIN_REVERB = 40


def _family(part: Part) -> str:
    """General MIDI family of a melodic part."""
    return FAMILIES[part.program // 8]


def _level(part: Part) -> int:
    """Volume 0-127 of one part."""
    return _DRUM_LEVEL if part.is_drums else _LEVELS.get(_family(part), _PLAIN_LEVEL)


def _reverb(part: Part) -> int:
    """Reverb send 0-127 of one part."""
    return _DRUM_REVERB if part.is_drums else _REVERBS.get(_family(part), _PLAIN_REVERB)


def _is_central(part: Part) -> bool:
    """Whether the part belongs in the middle whatever else plays."""
    return part.is_drums or not part.notes or _family(part) == "bass"


def _pans(parts: tuple[Part, ...]) -> list[int]:
    """Pan 0-127 of every part."""
    pans = [_CENTRE] * len(parts)
    spread = [index for index, part in enumerate(parts) if not _is_central(part)]
    spread.sort(key=lambda index: -fmean(note.pitch for note in parts[index].notes))
    if len(spread) < 2:
        return pans
    for place, index in enumerate(spread):
        distance = _NEAREST + (_FURTHEST - _NEAREST) * place / (len(spread) - 1)
        pans[index] = _CENTRE + round(distance if place % 2 == 0 else -distance)
    return pans


def with_default_mix(score: Score) -> Score:
    """Give ``score`` the levels, pans and reverb sends that it lacks."""
    used = {control.number for part in score.parts for control in part.controls}
    settings = {
        VOLUME: [_level(part) for part in score.parts],
        PAN: _pans(score.parts),
        REVERB: [_reverb(part) for part in score.parts],
    }
    parts = []
    for index, part in enumerate(score.parts):
        added = [Control(0, n, v[index]) for n, v in settings.items() if n not in used]
        parts.append(replace(part, controls=(*part.controls, *added)))
    return replace(score, parts=tuple(parts))

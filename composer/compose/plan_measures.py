"""What is measured of a complete plan, to compare it with the plans of real pieces.

Each measure takes a plan and gives a number, or a histogram as an array; None where the plan
has nothing to measure. Plans of real music are those that ``composer.analysis`` reads.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from composer.analysis.music import Floats
from composer.plan import NO_CHORD, Chord, Plan, PlanBar, PlanPart, Role

PlanMeasure = Callable[[Plan], float | Floats | None]
_PHRASE_BARS = 8
_TRIADS = frozenset({"", "m"})
_LEADS = frozenset({Role.MELODY, Role.COUNTER})


def _halves(bar: PlanBar) -> tuple[Chord, Chord]:
    """Chord of either half of a bar."""
    first = bar.chord or NO_CHORD
    return first, bar.second_chord or first


def _chords(plan: Plan) -> list[Chord]:
    """Chord of every half bar that has one."""
    return [chord for bar in plan.bars for chord in _halves(bar) if chord != NO_CHORD]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def chord_changes(plan: Plan) -> float | None:
    """Changes of chord a bar."""
    chords = [chord for bar in plan.bars for chord in _halves(bar)]
    return sum(one != other for one, other in pairwise(chords)) / len(plan.bars)


def longest_stay(plan: Plan) -> float | None:
    """Bars of the longest stay on one root."""
    longest, stay = 0, 1
    chords = [chord for bar in plan.bars for chord in _halves(bar)]
    for one, other in pairwise(chords):
        stay = stay + 1 if one.root == other.root else 1
        longest = max(longest, stay)
    return longest / 2


def chord_variety(plan: Plan) -> float | None:
    """Different chords in eight bars, mean."""
    phrases = [
        plan.bars[first : first + _PHRASE_BARS]
        for first in range(0, len(plan.bars) - _PHRASE_BARS + 1, _PHRASE_BARS)
    ]
    return _mean([len({c for bar in phrase for c in _halves(bar)}) for phrase in phrases])


def in_key(plan: Plan) -> float | None:
    """Share of chord tones within the scale of their bar's key, mean over half bars."""
    return _mean(
        [
            len(chord.pitch_classes & bar.key.scale) / len(chord.pitch_classes)
            for bar in plan.bars
            for chord in _halves(bar)
            if bar.key is not None and chord != NO_CHORD
        ]
    )


def beyond_triads(plan: Plan) -> float | None:
    """Share of half bars whose chord is no major or minor triad."""
    return _mean([float(chord.quality not in _TRIADS) for chord in _chords(plan)])


def inversions(plan: Plan) -> float | None:
    """Share of half bars with another bass than the root."""
    return _mean([float(chord.bass is not None) for chord in _chords(plan)])


def root_motion(plan: Plan) -> Floats | None:
    """Semitones up from a root to the next one's, where it changes, shape (11,)."""
    roots = [chord.root for chord in _chords(plan)]
    return _shares([(b - a) % 12 - 1 for a, b in pairwise(roots) if a != b], 11)


def root_degrees(plan: Plan) -> Floats | None:
    """Half bars on each root above the tonic of their key, shape (12,)."""
    places = [
        (chord.root - bar.key.tonic) % 12
        for bar in plan.bars
        for chord in _halves(bar)
        if bar.key is not None and chord != NO_CHORD
    ]
    return _shares(places, 12)


def chords_again_4(plan: Plan) -> float | None:
    """Share of bars with the chords of four bars before."""
    return _again(plan, 4)


def chords_again_8(plan: Plan) -> float | None:
    """Share of bars with the chords of eight bars before."""
    return _again(plan, 8)


def density(plan: Plan) -> float | None:
    """Notes a quarter of a pitched part where it sounds, mean over parts."""
    return _mean([part.density for part in _pitched(plan) if part.density is not None])


def lead_height(plan: Plan) -> float | None:
    """Semitones from the mean of the other pitched parts up to the highest that leads."""
    leads = [p.register for p in _pitched(plan) if p.role in _LEADS and p.register is not None]
    others = [
        p.register for p in _pitched(plan) if p.role not in _LEADS and p.register is not None
    ]
    return max(leads) - sum(others) / len(others) if leads and others else None


def leads(plan: Plan) -> float | None:
    """Share of pitched parts that lead."""
    return _mean([float(part.role in _LEADS) for part in _pitched(plan)])


def _pitched(plan: Plan) -> list[PlanPart]:
    return [part for part in plan.parts or () if not part.is_drums]


def _again(plan: Plan, lag: int) -> float | None:
    pairs = list(zip(plan.bars, plan.bars[lag:], strict=False))
    return _mean([float(_halves(one) == _halves(other)) for one, other in pairs])


def _shares(places: list[int], bins: int) -> Floats | None:
    counts = np.bincount(places, minlength=bins) if places else None
    return None if counts is None else counts / counts.sum()


PLAN_MEASURES: dict[str, PlanMeasure] = {
    "planned changes": chord_changes,
    "longest stay": longest_stay,
    "chord variety": chord_variety,
    "in key": in_key,
    "beyond triads": beyond_triads,
    "inversions": inversions,
    "planned motion": root_motion,
    "planned degrees": root_degrees,
    "chords again 4": chords_again_4,
    "chords again 8": chords_again_8,
    "part density": density,
    "lead height": lead_height,
    "leads": leads,
}
"""Name to measure."""

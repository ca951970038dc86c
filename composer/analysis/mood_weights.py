"""The mood rule's numbers (docs/moods.md), written by the calibration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature's mean and deviation in the judged music, and its weight in the rule."""

    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One axis: tanh(gain * (bias + sum of weight * standard score))."""

    gain: float
    bias: float
    weights: dict[str, Weight]


VALENCE = Rule(
    gain=2.0960,
    bias=0.0654,
    weights={
        "mode": Weight(0.0248, 0.1934, 0.0686),
        "window_mode": Weight(0.0184, 0.1275, 0.0997),
        "chord_mode": Weight(0.0204, 0.0671, 0.1082),
        "key_clarity": Weight(0.8101, 0.1046, 0.0588),
        "dissonance": Weight(0.2632, 0.0581, -0.0463),
        "register": Weight(60.7171, 6.3930, 0.0448),
        "repeat_share": Weight(0.1580, 0.1473, -0.0050),
    },
)
AROUSAL = Rule(
    gain=1.5502,
    bias=0.1440,
    weights={
        "part_rate": Weight(1.5312, 0.7325, 0.1567),
        "sustain": Weight(-1.6390, 0.7994, -0.1088),
        "bass_register": Weight(44.0374, 8.4658, -0.1053),
        "loudness": Weight(72.1390, 18.0702, 0.1539),
        "leap": Weight(4.2758, 1.4262, -0.0715),
    },
)

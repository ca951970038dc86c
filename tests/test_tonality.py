"""Chords that lean to their key: seen in what an engine without any taste then draws."""

from collections import Counter

import numpy as np
import pytest
from test_compose import NoisyEngine

from composer.compose import complete_plan
from composer.compose.tonality import plan_leans
from composer.language import vocabulary as v
from composer.language.stream import Stream
from composer.plan import NO_CHORD, Plan, PlanBar
from composer.score import Key, Meter, Mode

DIATONIC = {
    Mode.MAJOR: {0: "", 2: "m", 4: "m", 5: "", 7: "", 9: "m", 11: "dim"},
    Mode.MINOR: {0: "m", 2: "dim", 3: "", 5: "m", 8: "", 10: ""},
}
OPPOSITE = {"": "m", "m": "", "dim": "aug"}


@pytest.mark.parametrize("mode", [Mode.MAJOR, Mode.MINOR])
def test_triads_of_the_key_are_commoner_than_those_with_another_third(mode):
    bars = (PlanBar(Meter(4, 4), key=Key(3, mode)),) * 32
    plans = [complete_plan(Plan(bars), NoisyEngine(), seed=seed) for seed in range(12)]
    chords = Counter(
        ((chord.root - 3) % 12, chord.quality)
        for plan in plans
        for bar in plan.bars
        for chord in (bar.chord, bar.second_chord)
        if chord not in (None, NO_CHORD)
    )
    own = sum(chords[step, quality] for step, quality in DIATONIC[mode].items())
    others = sum(chords[step, OPPOSITE[quality]] for step, quality in DIATONIC[mode].items())
    assert own > 1.5 * others


def leans(key, root, column="root", attribute="quality"):
    """What each quality on a root gets, by name."""
    row = [0] * len(v.COLUMNS)
    row[v.COLUMN["key"]], row[v.COLUMN[column]] = key, root
    legal = np.arange(1, len(v.QUALITIES) + 1)
    (lean,) = plan_leans(1.5)[attribute]
    return dict(
        zip(v.QUALITIES, lean(Stream(first=0, bars=1, total=1), row, legal), strict=True)
    )


def test_a_minor_key_may_have_its_dominant_in_major():
    a_minor = v.key_value(Key(9, Mode.MINOR))
    on_e, on_d = leans(a_minor, 4 + 1), leans(a_minor, 2 + 1)
    assert on_e[""] == on_e["m"] == on_e["7"] == 0
    assert (on_d[""], on_d["m"], on_d["m7"]) == (-1.5, 0, 0)
    assert leans(a_minor, 2 + 1, "root2", "quality2") == on_d


def test_without_a_key_or_a_root_nothing_leans():
    a_minor = v.key_value(Key(9, Mode.MINOR))
    assert not any(leans(0, 4 + 1).values())
    assert not any(leans(a_minor, v.NO_ROOT).values())

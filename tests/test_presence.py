"""Parts that have rested long come in: what is added, and what a tasteless engine writes."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from test_compose import NoisyEngine, plan_with

from composer.compose import compose
from composer.compose.presence import LEANS, Presences
from composer.compose.recent import MEMORY_BARS
from composer.language import plan_values
from composer.language import vocabulary as v
from composer.plan import PlanPart, Role
from composer.score import Meter

COUNTER = PlanPart(71, role=Role.COUNTER)
DRUMS = PlanPart(0, is_drums=True, role=Role.DRUMS)
BASS, MELODY = PlanPart(32, role=Role.BASS), PlanPart(73, role=Role.MELODY)
QUARTER = (0, 60, v.DURATIONS.index(24) + 1, 1)
TWO_BARS = (0, 60, v.DURATIONS.index(192) + 1, 1)


def stream_at(bar, parts, cells=(), meter=None, intensity=1.0):
    """A piece before ``bar``, its leans, and the row of the next event."""
    plan = plan_with(16, parts, meter=meter or Meter(4, 4))
    plan = replace(plan, bars=tuple(replace(one, intensity=intensity) for one in plan.bars))
    bars = [tuple(row) for row in plan_values(plan)[1].tolist()]
    stream = SimpleNamespace(
        bar=bar,
        first=0,
        part=0,
        parts=parts,
        cells=dict(cells),
        filling=False,
        plan_of=lambda place: bars[place],
    )
    return stream, Presences(plan)


def resting(bar, parts, cells=(), **said):
    """What an end of the bar loses, before any part has come."""
    stream, presences = stream_at(bar, parts, cells, **said)
    kinds = np.array([v.CELL, v.BAR])
    (cell, end) = presences.kinds(stream, [], kinds)
    assert cell == 0.0
    return -end


def played(part, bars, note=QUARTER):
    return {(bar, part): (note,) for bar in bars}


def test_a_rest_costs_the_more_the_longer_it_is():
    costs = [resting(bar, (DRUMS,)) for bar in range(13)]
    assert 0 < costs[0] < 0.25 * LEANS[Role.DRUMS]
    assert costs[:8] == sorted(costs[:8])
    assert 0.5 * LEANS[Role.DRUMS] < costs[8] < LEANS[Role.DRUMS]
    assert costs[8] == pytest.approx(costs[12])  # nobody remembers more


def test_who_has_played_may_rest():
    assert resting(8, (DRUMS,), played(0, range(8))) == 0.0
    some = resting(8, (DRUMS,), played(0, (0, 2, 4, 6)))
    assert 0 < some < resting(8, (DRUMS,))


def test_an_intense_bar_and_a_rhythm_section_rest_least():
    for part in (DRUMS, BASS):
        assert resting(8, (part,), intensity=0.1) < resting(8, (part,), intensity=0.9)
    assert resting(8, (COUNTER,)) < resting(8, (BASS,)) < resting(8, (DRUMS,))
    assert resting(8, (COUNTER,)) < resting(8, (MELODY,)) < resting(8, (DRUMS,))


def test_a_held_note_sounds():
    held = resting(8, (BASS,), played(0, [0], TWO_BARS))
    assert held == pytest.approx(resting(8, (BASS,), played(0, [0, 1])))
    # in shorter bars it sounds in more of them
    assert 0 < resting(8, (BASS,), played(0, [0], TWO_BARS), meter=Meter(2, 4)) < held


def test_to_choose_a_part_is_to_let_those_before_it_rest():
    parts = (DRUMS, MELODY, BASS)
    stream, presences = stream_at(MEMORY_BARS, parts, played(1, range(8)))
    first, second, third = presences.parts(stream, [], np.array([1, 2, 3]))
    assert first == 0.0
    assert second < 0
    assert third == second  # the melody has played
    stream.part = 1
    assert presences.parts(stream, [], np.array([2, 3])) == [0.0, 0.0]
    # the end of the bar lets the bass rest too
    stream.part = 0
    (end,) = presences.kinds(stream, [], np.array([v.CELL, v.BAR]))[1:]
    assert end < third


def test_nothing_leans_in_the_plan_or_where_cells_are_filled():
    stream, presences = stream_at(8, (DRUMS,))
    stream.filling = True
    assert not any(presences.kinds(stream, [], np.array([v.CELL, v.BAR])))
    assert not any(presences.parts(stream, [], np.array([1])))
    stream.filling, stream.bar = False, -1
    assert not any(presences.kinds(stream, [], np.array([v.CELL, v.BAR])))


def test_drums_beat_in_most_bars_of_intense_music():
    def share(intensity):
        plan = plan_with(24, (DRUMS, MELODY, BASS))
        bars = tuple(replace(bar, intensity=intensity) for bar in plan.bars)
        found = [
            len({note.onset_ticks // 1920 for note in made.score.parts[0].notes}) / 24
            for made in (
                compose(replace(plan, bars=bars), NoisyEngine(), seed=seed, humanised=0)
                for seed in range(4)
            )
        ]
        return sum(found) / len(found)

    assert share(1.0) > share(0.0) + 0.05

"""Guidance: what it compares with is the same piece with no mood in any place."""

import numpy as np
import pytest

from composer.compose import Sampling, compose
from composer.compose.pen import Pen
from composer.compose.planning import complete
from composer.compose.writing import silent, write_notes
from composer.language import condition, without_mood
from composer.language.stream import Stream
from composer.language.vocabulary import ATTRIBUTES, COLUMN, KINDS, PLAN
from composer.model import load_engine
from composer.plan import Mood, Plan, PlanBar, PlanPart
from composer.score import Meter

SAD = Mood(-0.7, -0.5)
PLAN_OF_MOODS = Plan(
    # the second bar's arousal is left to the model
    bars=tuple(PlanBar(Meter(4, 4), mood=mood) for mood in (SAD, Mood(0.4), SAD)),
    parts=(PlanPart(40), PlanPart(32)),
    mood=SAD,
)
MOODS = ("valence", "arousal")


class Spy:
    """Passes everything on to an engine and remembers what was asked and answered."""

    def __init__(self, engine):
        self.engine, self.context, self.pieces = engine, engine.context, []

    def prefill(self, rows, conditions):
        seen = rows.swapaxes(0, 1).tolist()
        piece = {"at once": len(seen), "seen": seen, "conditions": conditions, "asked": []}
        self.pieces.append(piece)
        return self.engine.prefill(rows, conditions)

    def step(self, state, rows):
        self.pieces[-1]["seen"].append([list(row) for row in rows])
        return self.engine.step(state, rows)

    def logits(self, hidden, rows, attribute):
        scores = self.engine.logits(hidden, rows, attribute)
        piece = self.pieces[-1]
        row = list(rows[0])
        piece["asked"].append((len(piece["seen"]), row, attribute, scores.copy()))
        return scores


def own_values(row):
    """An event's own attributes, without the moods."""
    names = ATTRIBUTES[KINDS[row[0]]]
    return {name: 0 if name in MOODS else row[COLUMN[name]] for name in names}


def drafted(stream, row, attribute):
    """The event ``row`` as far as it is known when ``attribute`` is chosen, without moods."""
    if attribute == "kind":
        return stream.draft(0)
    found = stream.draft(row[0])
    for name, value in own_values(row).items():
        stream.reveal(found, name)
        if name == attribute:
            return found
        found[COLUMN[name]] = value
    raise AssertionError(attribute)


@pytest.fixture(scope="module")
def engine(tiny_checkpoint):
    return load_engine(tiny_checkpoint, "numpy")


def test_the_other_side_says_what_a_plan_without_moods_says(engine):
    """Against a stream that completes the same events of a plan that never had a mood."""
    spy = Spy(engine)
    compose(PLAN_OF_MOODS, spy, seed=5, sampling=Sampling(guidance=2.0))
    assert len(spy.pieces) == 6  # three moods in turn, in the plan and in the notes
    compared = set()
    for piece in spy.pieces:
        plain = condition(None, None, len(PLAN_OF_MOODS.bars), "expressive")
        assert piece["conditions"][1].tolist() == plain.tolist()
        stream, read = Stream(first=0, bars=3, total=3), piece["at once"]
        for event, _ in piece["seen"][1:read]:
            stream.push(event[0], own_values(event))
        state = engine.prefill(stream.array()[None, :read], plain[None])
        for seen, row, attribute, scores in piece["asked"]:
            for event, _ in piece["seen"][read:seen]:
                if read:
                    stream.push(event[0], own_values(event))
                hidden = engine.step(state, [stream.rows[-1]])
                read += 1
            alone = engine.logits(hidden, [drafted(stream, row, attribute)], attribute)
            assert scores[1].tobytes() == alone[0].tobytes()
            if np.abs(scores[0] - scores[1]).max() > 0.01:
                compared.add(attribute)
    assert {"root", "arousal", "pitch", "duration"} <= compared


def test_without_its_mood_a_row_is_else_the_same():
    row = list(range(1, len(COLUMN) + 1))
    opened = without_mood(row)
    changed = {name for name, column in COLUMN.items() if opened[column] != row[column]}
    assert changed == set(MOODS)
    assert {opened[COLUMN[name]] for name in MOODS} == {0}
    assert without_mood(opened) is opened


def pens(engine, sampling, *moods):
    given = [condition(mood, None, 3, "expressive") for mood in moods]
    under = np.stack(given)
    return [
        Pen(engine, lambda _: under, sampling, np.random.default_rng(stage)) for stage in (1, 2)
    ]


def test_guidance_of_1_is_no_guidance(engine):
    """Both sides are read, and what comes out is the guided side's alone, to the bit."""
    sheets, plans = [], []
    for moods in ([SAD], [SAD, Mood()]):
        planning, writing = pens(engine, Sampling(guidance=1.0), *moods)
        whole = complete(PLAN_OF_MOODS, planning, 64)
        rng = np.random.default_rng(3)
        sheets.append(write_notes(writing, whole, engine.context, silent, rng))
        plans.append(whole)
    assert plans[0] == plans[1]
    assert sheets[0].notes.tobytes() == sheets[1].notes.tobytes()
    assert len(sheets[0].notes) > 4


def test_no_mood_no_guidance(engine):
    spy = Spy(engine)
    compose(Plan((PlanBar(Meter(4, 4)),) * 2), spy, seed=1, sampling=Sampling(guidance=3.0))
    assert {len(piece["conditions"]) for piece in spy.pieces} == {1}
    plan_rows = [seen[0] for seen in spy.pieces[1]["seen"] if seen[0][0] == PLAN]
    assert all(row[COLUMN["valence"]] for row in plan_rows)  # the model's own choice

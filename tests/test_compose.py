"""Composing: plans completed and kept, windows that slide, chance that only seeds move."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from composer.compose import Sampling, complete_plan, compose
from composer.compose.sampling import draw
from composer.errors import RequestError
from composer.language.vocabulary import CELL, METERS, NEW, NOTE, SIZES
from composer.midi import midi_bytes
from composer.plan import Chord, Mood, Plan, PlanBar, PlanPart
from composer.score import Key, Meter, Mode, Note, bars_of

LAVISH = [
    ("kind", CELL),
    ("kind", NOTE),
    ("source", NEW),
    ("count", 12),
    ("beat", 1),
    ("part", 1),
]
"""What a lavish engine likes: new cells with many notes, the same part first."""


class NoisyEngine:
    """Stands in for a network: logits are noise that depends on all it was given."""

    def __init__(self, context=1024, strength=1.0, *, is_lavish=False):
        self.context, self.strength, self.is_lavish = context, strength, is_lavish
        self.longest, self.asked = 0, 0

    name = "noise"

    def prefill(self, rows, conditions):
        assert rows.shape[0] == len(conditions)
        return {
            "rows": rows.shape[1],
            "sums": rows.sum((1, 2)),
            "conditions": conditions.sum(1),
        }

    def step(self, state, rows):
        state["rows"] += 1
        state["sums"] = state["sums"] + np.sum(rows, axis=1)
        self.longest = max(self.longest, state["rows"])
        assert state["rows"] <= self.context
        return state["sums"], state["conditions"]

    def logits(self, hidden, rows, attribute):
        self.asked += 1
        found = [
            self._scores(int(read), one, sum(row), attribute)
            for read, one, row in zip(*hidden, rows, strict=True)
        ]
        return np.array(found, np.float32)

    def _scores(self, read, condition, asked, attribute):
        rng = np.random.default_rng([read, int(abs(condition) * 1000), asked])
        noise = self.strength * rng.standard_normal(SIZES[attribute])
        for name, value in LAVISH * self.is_lavish:
            if name == attribute:
                noise[value] += 6.0
        return noise


def plan_with(bars=4, parts=None, **fields):
    fields = {"meter": Meter(4, 4)} | fields
    return Plan(bars=(PlanBar(**fields),) * bars, parts=parts)


def bytes_of(composition):
    return midi_bytes(composition.score)


def test_what_was_asked_stands_exactly_and_the_rest_is_filled():
    plan = plan_with(
        bars=7,
        parts=(PlanPart(40), PlanPart(0, is_drums=True), PlanPart(None), PlanPart(32)),
        meter=Meter(6, 8),
        tempo_qpm=91.7,
        key=Key(2, Mode.MINOR),
    )
    made = compose(plan, NoisyEngine(), seed=3, humanised=0)
    assert [bar.tempo_qpm for bar in made.plan.bars] == [91.7] * 7
    assert {bar.key for bar in made.plan.bars} == {Key(2, Mode.MINOR)}
    assert all(bar.chord and bar.section and bar.intensity for bar in made.plan.bars)
    assert [part.program for part in made.plan.parts][:2] == [40, 0]
    assert all(part.role and part.density for part in made.plan.parts)
    score = made.score
    assert [tempo.qpm for tempo in score.tempos] == [91.7]
    assert {bar.meter for bar in bars_of(score)} == {Meter(6, 8)}
    assert len(bars_of(score)) == 7
    assert score.end_ticks == 7 * 1440
    assert [part.program for part in score.parts] == [part.program for part in made.plan.parts]
    assert [part.is_drums for part in score.parts] == [False, True, False, False]
    assert all(part.notes for part in score.parts)


def test_chords_and_sections_asked_for_keep_their_names():
    bars = [PlanBar(Meter(4, 4))] * 12
    bars[0] = PlanBar(Meter(4, 4), section="chorus", chord=Chord(0, "maj7"))
    bars[4] = PlanBar(
        Meter(4, 4), section="B", chord=Chord(5, "", 9), second_chord=Chord(7, "7")
    )
    made = complete_plan(Plan(tuple(bars)), NoisyEngine(), seed=11)
    assert made.bars[0].section == "chorus"
    assert made.bars[0].chord == Chord(0, "maj7")
    assert made.bars[0].second_chord is None
    assert (made.bars[4].section, made.bars[4].second_chord) == ("B", Chord(7, "7"))
    assert None not in {bar.section for bar in made.bars}


def test_a_finished_plan_gives_the_same_notes_again():
    made = compose(plan_with(bars=5), NoisyEngine(), seed=8)
    again = compose(made.plan, NoisyEngine(), seed=8)
    assert again.plan == made.plan
    assert bytes_of(again) == bytes_of(made)


def test_bytes_depend_on_the_seed():
    one, same, other = (
        compose(plan_with(bars=3), NoisyEngine(), seed=seed) for seed in (5, 5, 6)
    )
    assert bytes_of(one) == bytes_of(same)
    assert bytes_of(one) != bytes_of(other)


@pytest.mark.parametrize(
    ("context", "bars", "parts"),
    [(1024, 80, 2), (256, 40, 3), (1024, 6, 16), (128, 40, 1)],
)
def test_long_pieces_slide_through_the_context(context, bars, parts):
    engine = NoisyEngine(context, is_lavish=True)
    players = tuple(PlanPart(program, density=12.0) for program in range(parts))
    made = compose(plan_with(bars, players), engine, seed=1)
    assert len(made.plan.bars) == bars
    assert len(bars_of(made.score)) == bars
    assert context // 2 < engine.longest <= context  # the fake refuses more, too
    last_bars = {note.onset_ticks // 1920 for part in made.score.parts for note in part.notes}
    assert max(last_bars) >= bars - 20


def test_the_longest_piece_there_is():
    made = compose(plan_with(2000, (PlanPart(0),)), NoisyEngine(), seed=1)
    assert len(bars_of(made.score)) == 2000


def test_a_long_piece_keeps_its_first_bars():
    made = compose(plan_with(200, (PlanPart(0),)), NoisyEngine(), seed=1)
    sounding = {note.onset_ticks // 1920 for note in made.score.parts[0].notes}
    assert all(sounding & set(range(start, start + 20)) for start in range(0, 200, 20))


def test_the_engine_is_only_asked_where_the_grammar_leaves_a_choice():
    first, second = NoisyEngine(), NoisyEngine()
    finished = complete_plan(plan_with(bars=6), first, seed=1)
    assert first.asked > 6
    assert complete_plan(finished, second, seed=2).bars == finished.bars
    assert second.asked == 0


def test_progress_counts_every_bar_once():
    told = []
    compose(
        plan_with(bars=9),
        NoisyEngine(),
        seed=2,
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(done, 9) for done in range(1, 10)]


def test_ctrl_c_goes_through():
    def stop(done, _total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compose(plan_with(bars=9), NoisyEngine(), seed=2, on_progress=stop)


def test_guidance_changes_the_music_only_where_there_is_a_mood():
    sad = Mood(-0.8, -0.4)
    plans = [Plan((PlanBar(Meter(4, 4)),) * 3, mood=mood) for mood in (sad, Mood())]
    plain, guided = (
        [bytes_of(compose(plan, NoisyEngine(), seed=4, sampling=sampling)) for plan in plans]
        for sampling in (Sampling(), Sampling(guidance=3.0))
    )
    assert plain[0] != guided[0]
    assert plain[1] == guided[1]


def test_what_the_language_cannot_say_is_refused():
    with pytest.raises(RequestError, match=r"13/8.*4/4"):
        compose(plan_with(meter=Meter(13, 8)), NoisyEngine(), seed=1)
    with pytest.raises(RequestError, match="1-16 instruments, not 17"):
        compose(plan_with(parts=(PlanPart(0),) * 17), NoisyEngine(), seed=1)


def test_every_known_meter_can_be_written():
    plan = Plan(tuple(PlanBar(meter) for meter in METERS), (PlanPart(0),))
    made = compose(plan, NoisyEngine(), seed=1)
    assert [bar.meter for bar in bars_of(made.score)] == list(METERS)


def test_humanising_moves_notes_but_keeps_their_number():
    grid, played = (
        compose(plan_with(), NoisyEngine(), seed=1, humanised=amount).score
        for amount in (0.0, 0.5)
    )
    assert all(note.onset_ticks % 20 == 0 for part in grid.parts for note in part.notes)
    assert grid.note_count == played.note_count
    assert grid != played


def shares(sampling, logits, mask=None, draws=4000):
    logits = np.array(logits, np.float32)
    legal = np.arange(len(logits)) if mask is None else np.flatnonzero(mask)
    rng = np.random.default_rng(1)
    scores = logits[legal].tolist()
    drawn = [legal[draw(scores, sampling, rng)] for _ in range(draws)]
    return np.bincount(drawn, minlength=len(logits)) / draws


def test_filters_keep_what_their_definitions_say():
    """Against the definitions, written plainly, on odds of every shape."""
    rng = np.random.default_rng(7)
    for _ in range(60):
        size, sharpness = int(rng.integers(1, 40)), float(rng.uniform(0.1, 6))
        logits = sharpness * rng.normal(size=size)
        top_k = [None, int(rng.integers(1, 45))][rng.integers(2)]
        top_p, min_p = ([None, float(rng.random())][rng.integers(2)] for _ in range(2))
        odds = np.exp(logits) / np.exp(logits).sum()
        order = np.argsort(-odds)
        before = np.concatenate([[0], np.cumsum(odds[order])[:-1]])
        keep = (np.arange(size) < (top_k or size)) & (before < (2 if top_p is None else top_p))
        keep &= odds[order] >= (min_p or 0) * odds.max()
        keep[0] = True
        right = np.zeros(size)
        right[order[keep]] = odds[order[keep]] / odds[order[keep]].sum()
        found = shares(Sampling(1.0, top_k, top_p, min_p), logits, draws=2000)
        assert set(np.flatnonzero(found)) <= set(np.flatnonzero(right))
        assert found == pytest.approx(right, abs=0.06)


def test_drawing_follows_the_odds():
    logits = np.log([0.5, 0.2, 0.2, 0.1])
    free = Sampling(top_p=None)
    assert shares(free, logits) == pytest.approx([0.5, 0.2, 0.2, 0.1], abs=0.03)
    hot = np.sqrt([0.5, 0.2, 0.2, 0.1])
    assert shares(Sampling(temperature=2, top_p=None), logits) == pytest.approx(
        hot / hot.sum(), abs=0.03
    )
    masked = shares(free, logits, [False, True, True, False])
    assert masked == pytest.approx([0, 0.5, 0.5, 0], abs=0.03)


@pytest.mark.parametrize(
    ("sampling", "kept"),
    [
        (Sampling(temperature=0), [0]),
        (Sampling(top_k=2, top_p=None), [0, 1]),
        (Sampling(top_p=0.6), [0, 1]),
        (Sampling(top_p=0.0), [0]),
        (Sampling(top_p=None, min_p=0.5), [0, 1]),
        (Sampling(top_p=1.0), [0, 1, 2, 3]),
    ],
)
def test_filters_keep_the_likeliest(sampling, kept):
    found = shares(sampling, np.log([0.4, 0.3, 0.19, 0.11]))
    assert np.flatnonzero(found).tolist() == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"top_k": 0},
        {"top_p": 1.5},
        {"min_p": -1.0},
        {"guidance": 11.0},
    ],
)
def test_sampling_refuses_nonsense(wrong):
    with pytest.raises(RequestError):
        Sampling(**wrong)


def test_no_note_overlaps_another_of_its_pitch():
    made = compose(plan_with(bars=20), NoisyEngine(strength=0.3), seed=6)
    for part in made.score.parts:
        for pitch in {note.pitch for note in part.notes}:
            same = [note for note in part.notes if note.pitch == pitch]
            assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(same))
            assert all(isinstance(note, Note) for note in same)


def test_cells_hold_no_more_notes_than_the_context_has_room_for():
    parts = tuple(PlanPart(program) for program in range(16))
    made = compose(plan_with(2, parts), NoisyEngine(128, is_lavish=True), seed=1)
    cells = Counter((part, bar) for bar, part in made.sheet.notes[:, :2].tolist())
    assert len(cells) >= 16
    assert max(cells.values()) <= (128 - 32 - 2 * 16 - 4) // 16


def test_a_nucleus_is_for_notes_and_leaves_plans_free():
    plan = plan_with(bars=4, parts=(PlanPart(0), PlanPart(32)))
    narrow, wide = Sampling(top_p=0.1), Sampling(top_p=None)
    one, other = (
        compose(plan, NoisyEngine(), seed=4, sampling=sampling) for sampling in (narrow, wide)
    )
    assert one.plan == other.plan
    assert bytes_of(one) != bytes_of(other)

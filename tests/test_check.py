"""The check sees what was kept and what was not, from plan and score alone."""

from dataclasses import replace

import pytest
from analysis_scores import TURN, C, band
from test_compose import NoisyEngine

from composer.analysis import analyse
from composer.check import check, check_but_mood
from composer.compose import compose
from composer.errors import ControlError
from composer.midi import midi_bytes, read_midi
from composer.perform import humanise
from composer.plan import Chord, Mood, Plan, PlanBar, PlanPart, Role
from composer.score import Key, KeyChange, Meter, Mode, Note, Part, Score, Tempo

BAR = PlanBar(Meter(3, 4), 90.0, Key(2, Mode.MINOR))
PLAN = Plan((BAR,) * 8, (PlanPart(40, low=60, high=84), PlanPart(0, is_drums=True)))


@pytest.fixture(scope="module")
def made():
    return compose(PLAN, NoisyEngine(is_lavish=True), seed=5)


def rows(report):
    return {control.name: control for control in report.controls}


def test_what_was_written_is_kept_after_a_midi_file(made, tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(midi_bytes(made.score))
    found = rows(check(PLAN, read_midi(path).score))
    for name in ("bars", "meter", "tempo", "key as written", "instruments", "range"):
        assert found[name].is_kept, name
    assert found["tempo"].share == 1.0


def test_open_fields_ask_nothing(made):
    report = check(Plan((PlanBar(),) * 8), made.score)
    assert [control.name for control in report.controls] == ["bars"]
    report.require()


def test_a_key_is_heard_in_the_notes_whatever_is_written():
    # C, G, D, A: as much of one key as of others; a signature must not decide between them
    notes = tuple(Note(i * 480, (60, 67, 74, 69)[i % 4], 480, 80) for i in range(32))
    heard = {
        rows(check(with_bar(), Score((Part(40, notes),), keys=keys)))["key as heard"].measured
        for keys in ((), *((KeyChange(0, Key(tonic)),) for tonic in (2, 5, 7, 10)))
    }
    assert len(heard) == 1


def test_a_change_of_key_after_four_bars_is_heard():
    turn = (60, 64, 67, 72, 65, 69, 72, 77, 67, 71, 74, 79, 60, 64, 67, 72)
    notes = tuple(
        Note(i * 480, pitch + 2 * (i >= 16), 480, 80) for i, pitch in enumerate(turn * 2)
    )
    score = Score((Part(40, notes),))
    bars = tuple(PlanBar(key=Key(tonic)) for tonic in (0, 2) for _ in range(4))
    kept, lost = (rows(check(Plan(one), score))["key as heard"] for one in (bars, bars[::-1]))
    assert (kept.share, kept.is_kept) == (1.0, True)
    assert (lost.share, lost.is_kept) == (0.0, False)


def with_bar(**fields):
    return replace(PLAN, bars=(replace(BAR, **fields),) * 8)


VIOLIN, DRUMS = PLAN.parts


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (replace(PLAN, bars=PLAN.bars[:7]), "bars"),
        (with_bar(meter=Meter(4, 4)), "meter"),
        (replace(PLAN, bars=(*PLAN.bars[:7], replace(BAR, tempo_qpm=91.0))), "tempo"),
        (with_bar(key=Key(3)), "key as written"),
        (replace(PLAN, parts=(PlanPart(41), DRUMS)), "instruments"),
        (replace(PLAN, parts=(VIOLIN,)), "instruments"),
        (replace(PLAN, parts=(replace(VIOLIN, low=83), DRUMS)), "range"),
        (with_bar(intensity=0.0), "intensity"),
    ],
)
def test_what_differs_is_missed(made, plan, name):
    report = check(plan, made.score)
    assert name in [control.name for control in report.missed]
    with pytest.raises(ControlError, match=name):
        report.require()


def test_a_silent_part_is_missed(made):
    silent = replace(made.score, parts=(made.score.parts[0], Part(0, (), is_drums=True)))
    assert not rows(check(PLAN, silent))["instruments"].is_kept


def test_a_key_that_no_file_says_is_left_to_the_ear(made):
    asked = with_bar(key=Key(3))
    unsigned = replace(made.score, keys=())
    found, signed = rows(check(asked, unsigned)), rows(check(asked, made.score))
    assert found["key as written"].is_kept
    assert found["key as written"].measured == "none written: judged as heard alone"
    assert not signed["key as written"].is_kept
    assert found["key as heard"] == signed["key as heard"]
    assert not found["key as heard"].is_kept


def test_a_file_without_notes_has_no_instruments_and_says_so(made):
    silent = replace(made.score, parts=())
    measured = {one.measured for one in check(PLAN, silent).controls}
    assert rows(check(PLAN, silent))["instruments"].measured == "none"
    assert "" not in measured


def test_a_slower_file_is_noticed(made):
    slower = replace(made.score, tempos=(Tempo(0, 89.0),))
    assert not rows(check(PLAN, slower))["tempo"].is_kept


@pytest.mark.parametrize("humanised", [0, 0.5])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_returns_are_counted_in_the_score(humanised, share):
    bar = PlanBar(Meter(4, 4), 120.0)
    back = replace(bar, returns=8, variation=share or None)
    plan = Plan((bar,) * 8 + (back,) * 8, (PlanPart(40), PlanPart(0)))
    made = compose(plan, NoisyEngine(is_lavish=True), seed=1, humanised=humanised)
    found = rows(check(plan, made.score))["return"]
    assert found.is_kept, found
    other = compose(Plan((bar,) * 16, plan.parts), NoisyEngine(is_lavish=True), seed=1)
    assert not rows(check(plan, other.score))["return"].is_kept


def test_a_return_that_the_file_ends_before_is_missed():
    bar = PlanBar(Meter(4, 4), 120.0)
    plan = Plan((bar,) * 4 + (replace(bar, returns=4),) * 4, (PlanPart(0),))
    notes = tuple(Note(480 * at, 60 + at % 7, 480, 80) for at in range(16))
    for count, is_kept in ((2, True), (1, False)):
        again = tuple(
            replace(note, onset_ticks=note.onset_ticks + 7680 * turn)
            for turn in range(count)
            for note in notes
        )
        found = rows(check(plan, Score((Part(0, again),))))["return"]
        assert found.is_kept is is_kept
    assert found.measured == "the file ends with bar 4"


@pytest.mark.parametrize("qpm", [60.0, 200.0, 300.0])
def test_an_exact_return_is_kept_however_freely_it_is_played(qpm):
    bar = PlanBar(Meter(4, 4), qpm)
    plan = Plan((bar,) * 8 + (replace(bar, returns=8),) * 8, (PlanPart(40), PlanPart(0)))
    score = compose(plan, NoisyEngine(is_lavish=True), seed=1, humanised=0).score
    for seed in range(12):
        played = humanise(score, seed=seed, amount=1.0)
        assert rows(check(plan, played))["return"].is_kept, seed


@pytest.mark.parametrize(
    "change",
    [
        lambda note: replace(note, pitch=note.pitch + 1),
        lambda note: replace(note, onset_ticks=note.onset_ticks + 120),  # a sixteenth
        lambda _: None,
    ],
)
def test_one_other_note_is_no_exact_return(change):
    bar = PlanBar(Meter(4, 4), 120.0)
    plan = Plan((bar,) * 2 + (replace(bar, returns=2),) * 2, (PlanPart(40),))
    notes = [Note(at * 480, 60 + at % 8, 240, 80) for at in range(16)]
    exact = Score((Part(40, tuple(notes)),), tempos=(Tempo(0, 120.0),))
    assert rows(check(plan, exact))["return"].is_kept
    for place in (3, 8, 14):
        others = [change(note) if at == place else note for at, note in enumerate(notes)]
        part = Part(40, tuple(filter(None, others)))
        assert not rows(check(plan, replace(exact, parts=(part,))))["return"].is_kept, place


def test_chords_are_spelt_as_their_key_is(made):
    bar = PlanBar(key=Key(5), chord=Chord(10), second_chord=Chord(3, "7"))
    others = (replace(bar, key=Key(4, Mode.MAJOR), second_chord=None),) * 3
    rows = check(Plan((bar, *others)), made.score).controls
    asked = next(row.asked for row in rows if row.name == "chords")
    assert asked == "Bb Eb7, A# from bar 2"


def test_moods_are_heard_stretch_by_stretch(made):
    bars = (replace(BAR, mood=Mood(0.9, 0.9)),) * 4 + (replace(BAR, mood=Mood(-0.9, -0.9)),) * 4
    names = [control.name for control in check(Plan(bars), made.score).controls]
    assert names.count("mood") == 2
    assert "mood arc" in names


def test_without_the_mood_all_else_is_measured_the_same(made):
    plan = replace(PLAN, mood=Mood(0.5, -0.5))
    rest = [one for one in check(plan, made.score).controls if not one.name.startswith("mood")]
    assert len(rest) == len(check(plan, made.score).controls) - 1
    assert check_but_mood(plan, made.score).controls == tuple(rest)


def test_a_plan_measured_from_a_score_is_kept_by_it(made):
    measured = analyse(made.score)
    missed = {control.name for control in check(measured, made.score).missed}
    # heard, not written; and notes drawn at random are in no key
    assert missed <= {"chords", "key as written", "key as heard"}
    assert measured.parts[1].role is Role.DRUMS


def test_the_key_measured_from_tonal_music_is_heard_in_it():
    score = band([*TURN * 3, C])
    measured = analyse(score)
    assert {bar.key for bar in measured.bars} == {Key(0, Mode.MAJOR)}
    assert rows(check(measured, score))["key as heard"].is_kept

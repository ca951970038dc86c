"""What a piece gives to the table of defaults: its tempo, mode, intensity and players."""

import json
from dataclasses import replace
from math import nan

import pytest

from composer.lab.measure_defaults import main, measure
from composer.lab.shards import EXPRESSIVE, Piece, Shard, pack, write_arrays
from composer.language import quantise
from composer.plan import Plan, PlanBar, PlanPart, Role
from composer.request.defaults import load_examples
from composer.score import Key, Meter, Mode, Note, Part, Score, Tempo

MELODY, BASS = PlanPart(73, role=Role.MELODY), PlanPart(32, role=Role.BASS)
DRUMS = PlanPart(0, is_drums=True, role=Role.DRUMS)
BAR = PlanBar(Meter(4, 4), key=Key(9, Mode.MINOR), intensity=0.4)


def piece(*parts, qpm=120.0, bars=4, song="s", style="game", valence=0.5):
    """Bars of quarters, the first part's the most."""
    scored = tuple(
        Part(
            part.program or 0,
            tuple(
                Note(480 * beat, 36 if part.is_drums else round(part.register or 60), 400, 80)
                for beat in range(4 * bars - place)
            ),
            part.is_drums,
        )
        for place, part in enumerate(parts)
    )
    score = Score(scored, (Tempo(0, qpm),), end_ticks=1920 * bars)
    plan = Plan((replace(BAR, tempo_qpm=qpm),) * bars, parts)
    sheet, _ = quantise(score, plan)
    return Piece(sheet, "s", "f", "", song, "CC0-1.0", "", style, valence, -0.5, EXPRESSIVE)


def shard(*pieces):
    arrays = pack(pieces)
    return Shard(arrays, json.loads(str(arrays.pop("meta")[0])))


def row(*parts, **said):
    (found,) = measure(shard(piece(*parts, **said)))
    return found


def test_a_row_says_what_the_plan_says():
    found = row(replace(MELODY, register=72, density=1.0), BASS, DRUMS)
    assert (found["meter"], found["is_minor"], found["arousal"]) == ("4/4", True, -0.5)
    assert found["intensity"] == pytest.approx(0.4, abs=0.05)
    programs = [(program, is_drums, role) for program, is_drums, role, *_ in found["ensemble"]]
    assert programs == [(0, True, "drums"), (73, False, "melody"), (32, False, "bass")]
    # the notes tell height and density, not the plan's classes of them
    assert found["ensemble"][1][3:] == [72, 1.0, 69, 76]  # one pitch, widened to a fifth
    assert found["repetition"] is None  # of four bars nothing can be told


@pytest.mark.parametrize(
    ("qpm", "told"), [(120, 120), (118, 120), (72, 72), (150, 150), (61, 60), (300, None)]
)
def test_tempi_are_told_as_people_write_them(qpm, told):
    assert row(MELODY, BASS, qpm=qpm)["tempo_qpm"] == told


@pytest.mark.parametrize(
    ("parts", "is_whole"),
    [
        ((PlanPart(0, role=Role.MELODY),), True),  # a piano alone
        ((MELODY,), False),  # a flute alone
        ((MELODY, DRUMS), False),
        ((MELODY, PlanPart(48, role=Role.PAD)), True),
        ((MELODY, PlanPart(40, role=Role.COUNTER)), False),
        ((PlanPart(0, role=Role.HARMONY), BASS), False),  # nobody leads
        ((MELODY, PlanPart(0, role=Role.HARMONY), PlanPart(48, role=Role.PAD)), False),
        ((MELODY, PlanPart(0, role=Role.HARMONY), BASS), True),
        ((MELODY, PlanPart(47, role=Role.BASS)), False),  # timpani are not asked to
    ],
)
def test_ensembles_lead_and_have_something_below(parts, is_whole):
    assert (row(*parts)["ensemble"] is not None) == is_whole


def test_of_many_parts_the_busiest_play_and_who_leads():
    rest = [PlanPart(program, role=Role.COUNTER) for program in range(56, 64)]
    found = row(PlanPart(32, role=Role.BASS), *rest, MELODY)["ensemble"]
    assert [program for program, *_ in found] == [32, *range(56, 62), 73]


def test_one_piece_a_song_of_the_usual_styles_whose_mood_is_known():
    pieces = [
        piece(MELODY, BASS, song="a", qpm=90),
        piece(MELODY, BASS, song="a", qpm=100),
        piece(MELODY, BASS, song="b", style="choral"),
        piece(MELODY, BASS, song="c", valence=nan),
    ]
    assert [found["tempo_qpm"] for found in measure(shard(*pieces))] == [90]


def test_the_command_writes_the_table(tmp_path, monkeypatch, capsys):
    path, table = tmp_path / "train.npz", tmp_path / "defaults.json"
    monkeypatch.setattr("composer.lab.measure_defaults.TABLE", table)
    write_arrays(path, pack([piece(MELODY, BASS)]))
    monkeypatch.setattr("sys.argv", ["measure_defaults", str(path)])
    assert main() == 0
    assert len(json.loads(table.read_text())) == 1
    monkeypatch.setattr("sys.argv", ["measure_defaults", str(tmp_path / "none.npz")])
    assert main() != 0
    assert "measure_defaults: " in capsys.readouterr().err


def test_consoles_do_not_play_unless_they_are_asked_for():
    square, saw = PlanPart(80, role=Role.MELODY), PlanPart(81, role=Role.BASS)
    assert row(square, saw, DRUMS)["ensemble"] is None
    assert row(square, BASS, DRUMS)["ensemble"] is not None


def test_the_voices_of_one_score_are_no_ensemble():
    voice, low = PlanPart(0, role=Role.HARMONY), PlanPart(0, role=Role.BASS)
    assert row(PlanPart(0, role=Role.MELODY), low)["ensemble"] is not None
    assert row(PlanPart(0, role=Role.MELODY), voice, low)["ensemble"] is None


def test_nobody_gets_a_part_out_of_reach():
    """Chip music gives an oboe the bass: it would play its lowest note all the time."""
    oboe = PlanPart(68, role=Role.BASS, register=46)
    found = row(MELODY, BASS, oboe)["ensemble"]
    assert [program for program, *_ in found] == [73, 32]
    assert row(MELODY, oboe, DRUMS)["ensemble"] is None
    assert row(MELODY, replace(oboe, register=62), DRUMS)["ensemble"] is not None


def test_the_reach_of_a_part_and_what_returns_are_measured_in_the_opening():
    def notes(pitches):
        return tuple(Note(1920 * bar, pitch, 960, 80) for bar, pitch in enumerate(pitches))

    tune = [60, 64, 67, 72] * 8 + [90] * 4  # the same four bars, then something else
    score = Score(
        (Part(73, notes(tune)), Part(32, notes([36] * 36))), (Tempo(0, 120.0),), end_ticks=69120
    )
    plan = Plan((replace(BAR, tempo_qpm=120.0),) * 36, (MELODY, BASS))
    sheet, _ = quantise(score, plan)
    named = Piece(sheet, "s", "f", "", "s", "CC0-1.0", "", "game", 0.5, -0.5, EXPRESSIVE)
    (found,) = measure(shard(named))
    assert [part[5:] for part in found["ensemble"]] == [[60, 72], [33, 40]]
    assert found["repetition"] == [1.0, 1.0, 1.0, 0.12]


def test_a_part_that_goes_on_elsewhere_has_its_reach_around_its_register():
    low = [Note(1920 * bar, 60 + bar % 8, 960, 80) for bar in range(32)]
    high = [Note(480 * beat, 84 + beat % 4, 400, 80) for beat in range(4 * 32, 4 * 96)]
    bass = [Note(1920 * bar, 36, 960, 80) for bar in range(96)]
    parts = (Part(73, (*low, *high)), Part(32, tuple(bass)))
    plan = Plan((replace(BAR, tempo_qpm=120.0),) * 96, (MELODY, BASS))
    score = Score(parts, (Tempo(0, 120.0),), end_ticks=96 * 1920)
    sheet, _ = quantise(score, plan)
    named = Piece(sheet, "s", "f", "", "s", "CC0-1.0", "", "game", 0.5, -0.5, EXPRESSIVE)
    (found,) = measure(shard(named))
    _, _, _, register, _, lowest, highest = found["ensemble"][0]
    assert lowest < register < highest
    assert highest - lowest == 7


def test_every_part_of_the_shipped_table_can_play_at_its_height():
    parts = [part for one in load_examples() for part in one.ensemble or ()]
    reaching = [part for part in parts if part.low is not None]
    assert len(reaching) > 2000
    assert all(part.low - 1 < part.register < part.high + 1 for part in reaching)
    assert all(part.high - part.low >= 7 for part in reaching)

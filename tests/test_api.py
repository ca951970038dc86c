"""The API: pieces from words, seeds and counts, hand-over, notebooks, inspection."""

import re
from html.parser import HTMLParser

import pytest

from composer import Composer, Piece, read_midi
from composer.api import Sampling, inspect_file, seeds_of
from composer.errors import CheckpointError, InputError, OutputError, RequestError
from composer.midi import midi_bytes, write_midi
from composer.plan import Mood, Plan, PlanBar
from composer.planfile import parse_plan, plan_text
from composer.score import (
    Key,
    Meter,
    MeterChange,
    Mode,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
)


@pytest.fixture(scope="module")
def composer(tiny_checkpoint):
    return Composer.load(tiny_checkpoint)


@pytest.fixture(scope="module")
def piece(composer):
    return composer.generate(
        mood="sad",
        bars=3,
        seed=7,
        meter="3/4",
        tempo=77.5,
        key="D minor",
        instruments="violin,piano,drums",
    )


def test_a_piece_is_as_it_was_asked_for(piece):
    assert isinstance(piece, Piece)
    assert piece.seed == piece.plan.seed == 7
    assert [str(bar.meter) for bar in bars_of(piece.score)] == ["3/4"] * 3
    assert [tempo.qpm for tempo in piece.score.tempos] == [77.5]
    assert [change.key for change in piece.score.keys] == [Key(2, Mode.MINOR)]
    assert [part.program for part in piece.score.parts] == [40, 0, 0]
    assert [part.is_drums for part in piece.score.parts] == [False, False, True]
    assert all(part.notes for part in piece.score.parts)
    assert piece.plan.mood == Mood(-0.887, -0.462)
    assert piece.seconds == pytest.approx(9 * 60 / 77.5)


def test_seeds_alone_decide(composer):
    three = composer.generate(bars=2, seed=20, count=3)
    alone = [composer.generate(bars=2, seed=seed) for seed in (22, 20, 21)]
    assert [piece.seed for piece in three] == [20, 21, 22]
    found = [midi_bytes(piece.score) for piece in three]
    assert found == [midi_bytes(alone[index].score) for index in (1, 2, 0)]
    assert len(set(found)) == 3


def test_a_seed_is_drawn_and_told(composer):
    first, second = composer.generate(bars=1), composer.generate(bars=1)
    assert first.seed != second.seed
    again = composer.generate(bars=1, seed=first.seed)
    assert midi_bytes(again.score) == midi_bytes(first.score)


def test_seeds_count_up_and_refuse_nonsense():
    assert seeds_of(5, 3) == [5, 6, 7]
    for seed, count in ((-1, 1), (2**63, 1), (1, 0)):
        with pytest.raises(RequestError):
            seeds_of(seed, count)


def test_exact_engines_write_the_same_piece(tiny_checkpoint, composer):
    numpys, torchs, defaults = (
        midi_bytes(one.generate(bars=2, seed=3).score)
        for one in (
            Composer.load(tiny_checkpoint, engine="numpy"),
            Composer.load(tiny_checkpoint, engine="torch"),
            composer,
        )
    )
    assert numpys == torchs
    assert defaults != torchs  # its weights are rounded
    with pytest.raises(RequestError, match="numpy or torch"):
        Composer.load(tiny_checkpoint, engine="jax")


def test_the_plan_is_the_one_that_generate_uses(composer, piece):
    plan = composer.plan(
        mood="sad",
        bars=3,
        seed=7,
        meter="3/4",
        tempo=77.5,
        key="D minor",
        instruments="violin,piano,drums",
    )
    assert plan.bars == piece.plan.bars
    assert plan.parts == piece.plan.parts
    from_plan = composer.compose(plan, seed=7)
    assert midi_bytes(from_plan.score) == midi_bytes(piece.score)


def test_a_plan_of_ones_own_is_kept(composer):
    bars = (PlanBar(Meter(4, 4), 100.0), PlanBar(Meter(3, 4), 140.0))
    made = composer.compose(Plan(bars, seed=9))
    assert made.seed == 9
    assert [str(bar.meter) for bar in bars_of(made.score)] == ["4/4", "3/4"]
    assert [tempo.qpm for tempo in made.score.tempos] == [100.0, 140.0]


def test_sampling_and_humanising_reach_the_music(composer):
    grid = composer.generate(bars=2, seed=1, humanised=0)
    assert all(note.onset_ticks % 20 == 0 for part in grid.score.parts for note in part.notes)
    played = composer.generate(bars=2, seed=1)
    colder = composer.generate(bars=2, seed=1, humanised=0, sampling=Sampling(temperature=0.0))
    assert played.score.note_count == grid.score.note_count
    assert len({midi_bytes(made.score) for made in (grid, played, colder)}) == 3


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"mood": "sadd"}, "did you mean sad"),
        ({"bars": 0}, "1 to 2,000 bars"),
        ({"bars": 100_000}, "1 to 2,000 bars"),
        ({"meter": "13/8"}, "choose .*12/8"),
        ({"meter": "3"}, "looks like 3/4"),
        ({"tempo": float("nan")}, "20 and 400"),
        ({"valence": 1.2}, "-1 and 1"),
        ({"instruments": "kazooo"}, "unknown instrument"),
        ({"count": 0}, "at least 1 piece"),
    ],
)
def test_impossible_wishes_are_told_in_one_line(composer, wishes, told):
    with pytest.raises(RequestError, match=told) as caught:
        composer.generate(**wishes)
    assert "\n" not in str(caught.value)


def test_checkpoints_that_are_none_are_refused(tmp_path):
    with pytest.raises(CheckpointError):
        Composer.load(tmp_path / "absent")
    with pytest.raises(CheckpointError):
        Composer.load(tmp_path)


def test_saving_and_reading_again(piece, tmp_path):
    path = piece.save(tmp_path / "sad.mid")
    assert path.read_bytes() == midi_bytes(piece.score)
    assert read_midi(path).score.note_count == piece.score.note_count
    with pytest.raises(OutputError, match="exists already"):
        piece.save(path)
    piece.save(path, overwrite=True)
    with pytest.raises(OutputError):
        piece.save(tmp_path)


def test_hand_over(piece):
    notes = sorted(
        (note.pitch, note.velocity) for part in piece.score.parts for note in part.notes
    )
    pretty = piece.to_pretty_midi()
    assert notes == sorted(
        (note.pitch, note.velocity) for part in pretty.instruments for note in part.notes
    )
    kit = piece.to_miditoolkit()
    assert notes == sorted(
        (note.pitch, note.velocity) for part in kit.instruments for note in part.notes
    )
    assert len(piece.to_music21().parts) == 3


def test_rendering_sounds_and_writes(piece, tmp_path):
    rendering = piece.render(tmp_path / "sad.flac")
    assert rendering.seconds > piece.seconds - 0.01
    assert 0.01 < abs(rendering.audio).max() <= 1.0
    assert (tmp_path / "sad.flac").stat().st_size > 10_000
    assert (piece.render().audio == rendering.audio).all()


def test_the_notebook_view_stands_alone_and_escapes_titles(piece):
    html = Piece(
        piece.score.__class__(**_fields(piece.score) | {"title": "<script>alert(1)</script>"}),
        piece.plan,
        piece.seed,
    )._repr_html_()
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attributes: tags.append(tag)
    parser.feed(html)
    assert "script" not in tags
    assert {"svg", "audio"} <= set(tags)
    assert 'src="data:audio/ogg;base64,T2dnU' in html  # OggS
    assert not re.search(r"(src|href)=[\"']?http", html)


def _fields(value):
    return {name: getattr(value, name) for name in value.__slots__}


def test_without_sound_the_notebook_view_says_so(piece, monkeypatch):
    def refuse(*_arguments, **_options):
        raise InputError("no SoundFont <here>")

    monkeypatch.setattr("composer.api.piece.render_file", refuse)
    html = piece.to_html()
    assert "No sound: no SoundFont &lt;here&gt;" in html
    assert "<svg" in html


def test_inspection_tells_what_is_in_a_file(tmp_path):
    melody = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65]
    score = Score(
        parts=(
            Part(73, tuple(Note(480 * at, p, 480, 80) for at, p in enumerate(melody))),
            Part(33, tuple(Note(1440 * bar, 36, 1440, 80) for bar in range(4))),
        ),
        tempos=(Tempo(0, 90.0),),
        meters=(MeterChange(0, Meter(3, 4)),),
        title="Walk",
    )
    write_midi(score, tmp_path / "walk.mid")
    told = inspect_file(tmp_path / "walk.mid").as_json()
    assert (told["title"], told["bars"], told["notes"], told["seconds"]) == ("Walk", 4, 16, 8)
    assert told["meters"] == [{"bar": 1, "value": "3/4"}]
    assert told["tempos_qpm"] == [{"bar": 1, "value": pytest.approx(90, abs=0.01)}]
    assert told["keys"] == [{"bar": 1, "value": "C major"}]
    flute, bass = told["parts"]
    assert (flute["instrument"], flute["notes"], flute["role"]) == ("Flute", 12, "melody")
    assert (flute["lowest_pitch"], flute["highest_pitch"]) == (60, 72)
    assert (bass["instrument"], bass["role"]) == ("Finger Bass", "bass")
    assert len(told["chords"]) == len(told["intensity"]) == 4
    assert told["repairs"] == []
    assert not told["is_regridded"]
    assert -1 <= told["mood"]["arousal"] <= 1


def test_a_performance_off_the_grid_gets_one(tmp_path):
    onsets = [round(beat * 371.3 + 97) for beat in range(64)]
    notes = tuple(Note(onset, 60 + at % 5, 300, 80) for at, onset in enumerate(onsets))
    write_midi(Score((Part(0, notes),)), tmp_path / "played.mid")
    found = inspect_file(tmp_path / "played.mid")
    assert found.is_regridded
    assert found.score.note_count == 64
    on_beat = sum(note.onset_ticks % 240 < 20 for note in found.score.parts[0].notes)
    assert on_beat > 50


def test_inspecting_what_is_no_midi_file(tmp_path):
    text = tmp_path / "notes.mid"
    text.write_text("do re mi")
    with pytest.raises(InputError, match="MIDI"):
        inspect_file(text)


def test_a_piece_says_what_its_plan_could_not_hold(composer):
    piece = composer.generate(
        "a sad piece in purple", duration=10, hits="0:03.3", tempo=60, meter="4/4", seed=1
    )
    assert any("to meet the times" in remark for remark in piece.remarks)
    assert any("purple" in remark for remark in piece.remarks)
    assert piece.as_json()["remarks"] == list(piece.remarks)
    told = "".join(f"# {remark}\n" for remark in piece.remarks)
    text = plan_text(piece.plan)
    assert told in text
    assert parse_plan(text) == piece.plan
    assert composer.generate(mood="sad", bars=4, seed=1).remarks == ()

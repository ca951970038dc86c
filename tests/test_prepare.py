"""Preparing the training music: archive, repairs, grids, split, shards, account."""

import ast
import csv
import io
import json
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

import composer.lab
from composer.analysis import analyse
from composer.errors import InputError, OutputError, RequestError
from composer.lab.archive import Archive, Entry
from composer.lab.balance import weights_of
from composer.lab.cuts import cut, movements, trimmed
from composer.lab.grids import NoBeatError, TempoHint, gridded, read_hints
from composer.lab.labels import human_mood
from composer.lab.pieces import FileData, prepare_file
from composer.lab.prepare import READING_MODULES, prepare
from composer.lab.repairs import (
    tag_programs,
    with_drums_as_drums,
    with_full_bars,
    with_onsets_on_ticks,
    with_scored_programs,
)
from composer.lab.shards import EXPRESSIVE, FLAT, read_shard
from composer.lab.sources import FAMILY_SHARES, SOURCES, Grid, Source, Tier
from composer.lab.split import group_names, is_held_out
from composer.lab.styles import style_of
from composer.lab.symbols import parse_symbol, with_symbols, with_written_chords
from composer.lab.twins import twins_of
from composer.midi import midi_bytes
from composer.plan import STYLES, Chord, Mood
from composer.score import (
    Label,
    Meter,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
    seconds_at,
)
from composer.workers import Workers

BEAT = 480
HEAD = ["file", "title", "song_id", "quadrant", "valence", "arousal", "tags", "licence", "sha1"]


def tune(seed=0, bars=8, program=0, velocity=None, name=""):
    """A diatonic line of quarters and eighths, different for each seed."""
    random = np.random.default_rng(seed)
    notes, tick = [], 0
    while tick < bars * 4 * BEAT:
        length = min(int(random.choice([BEAT, BEAT // 2])), bars * 4 * BEAT - tick)
        pitch = 60 + int(random.choice([0, 2, 4, 5, 7, 9, 11]))
        loud = velocity or int(random.integers(40, 110))
        notes.append(Note(tick, pitch, length, loud))
        tick += length
    return Part(program, tuple(notes), name=name)


def song(seed=0, **kwargs):
    return Score((tune(seed, **kwargs),), (Tempo(0, 100.0),), (MeterChange(0, Meter(4, 4)),))


def write_zip(path, rows, more=()):
    """``rows``: dicts of index columns, with the MIDI bytes under ``midi``."""
    table = io.StringIO()
    writer = csv.DictWriter(table, HEAD, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.csv", table.getvalue())
        for row in rows:
            if row.get("midi") is not None:
                archive.writestr(row["file"], row["midi"])
        for name, data in more:
            archive.writestr(name, data)


def row(number, song_id=None, **more):
    return {
        "file": f"f{number}.mid",
        "title": f"Tune {number}",
        "song_id": song_id or f"s{number}",
        "midi": midi_bytes(song(number)),
        "sha1": f"{number:040x}",
        "licence": "CC0",
        **more,
    }


@pytest.fixture
def music(tmp_path):
    """Two sources: thirty songs of two files each, and ten drum performances."""
    folder = tmp_path / "music"
    folder.mkdir()
    rows = [row(n, f"s{n // 2}") for n in range(60)]
    write_zip(folder / "gbstudio-community.zip", rows)
    drums = [
        Score((Part(0, tune(n).notes, is_drums=True),), (Tempo(0, 100.0),)) for n in range(10)
    ]
    write_zip(folder / "groove.zip", [row(n, midi=midi_bytes(s)) for n, s in enumerate(drums)])
    return folder


# -- the whole way -----------------------------------------------------------------------


def test_split_keeps_each_song_on_one_side(music, tmp_path):
    made = prepare(music, tmp_path / "out", hold_out=0.25)
    sides = {}
    for name, path in made.shards.items():
        for piece in read_shard(path).meta["pieces"]:
            sides.setdefault((piece["source"], piece["song"]), set()).add(name)
    assert len(sides) == 40
    assert all(len(names) == 1 for names in sides.values())
    held = sum(names == {"held_out"} for names in sides.values())
    assert 0.05 < held / len(sides) < 0.5


def test_shards_hold_the_notes_of_the_files(music, tmp_path):
    made = prepare(music, tmp_path / "out")
    found = {}
    for path in made.shards.values():
        shard = read_shard(path)
        for index in range(len(shard)):
            piece = shard.piece(index)
            found[piece.source, piece.file] = piece
    assert len(found) == 70
    piece = found["gbstudio-community", "f7.mid"]
    expected = sorted((note.onset_ticks // 20, note.pitch) for note in tune(7).notes)
    rows = piece.sheet.notes.tolist()
    assert sorted((bar * 96 + position, pitch) for bar, _, position, pitch, _, _ in rows) == (
        expected
    )
    assert (piece.title, piece.licence, piece.style) == ("Tune 7", "CC0", "game")
    assert piece.dynamics == EXPRESSIVE
    assert -1 <= piece.arousal <= 1
    assert found["groove", "f0.mid"].style == "drums"


def test_equal_zips_make_equal_bytes_whatever_the_cache(music, tmp_path):
    first = prepare(music, tmp_path / "a")
    again = prepare(music, tmp_path / "a")
    fresh = prepare(music, tmp_path / "b")
    for name, path in first.shards.items():
        assert path.read_bytes() == fresh.shards[name].read_bytes()
        assert path.read_bytes() == again.shards[name].read_bytes()


def test_a_second_run_reads_no_file_again(music, tmp_path, monkeypatch):
    prepare(music, tmp_path / "out")
    (tmp_path / "out" / "train.npz").unlink()
    read = []
    monkeypatch.setattr(
        "composer.lab.prepare.prepare_file", lambda _, source: read.append(source)
    )
    made = prepare(music, tmp_path / "out")
    assert not read
    assert made.shards["train"].exists()
    write_zip(music / "groove.zip", [row(1)])
    with pytest.raises(AttributeError):  # the stand-in returns nothing: the zip was read
        prepare(music, tmp_path / "out")
    assert [source.name for source in read] == ["groove"]


def test_several_processes_make_the_same_bytes(music, tmp_path):
    one = prepare(music, tmp_path / "one")
    two = prepare(music, tmp_path / "two", workers=Workers(jobs=2))
    assert one.shards["train"].read_bytes() == two.shards["train"].read_bytes()


def test_seed_and_share_move_the_split():
    names = [f"source/{n}" for n in range(2000)]
    held = {name for name in names if is_held_out(name, 0.05, 0)}
    assert 60 < len(held) < 140
    assert held <= {name for name in names if is_held_out(name, 0.1, 0)}
    assert held != {name for name in names if is_held_out(name, 0.05, 1)}


def test_account_tells_what_was_dropped(tmp_path):
    rows = [
        row(0),
        row(1, midi=b"no music"),
        row(2, midi=None),
        row(3, midi=midi_bytes(Score((Part(0, tune(3).notes[:5]),)))),
        row(4, midi=midi_bytes(off_grid())),
    ]
    write_zip(tmp_path / "freedink.zip", rows)
    made = prepare(tmp_path, tmp_path / "out")
    (account,) = made.accounts
    assert (account.files, account.pieces) == (5, 1)
    assert account.drops == {
        "unreadable file": 1,
        "not in the zip, damaged or too large": 1,
        "fewer than 8 notes": 1,
        "onsets fit no grid": 1,
    }
    assert account.notes_kept == len(tune(0).notes)
    text = (tmp_path / "out" / "data.md").read_text()
    assert "| freedink | 5 | 4 | 1 | 8 |" in text
    assert "- onsets fit no grid: freedink 1" in text


def test_events_and_references_are_counted(tmp_path):
    phrase = tune(5, bars=1).notes
    repeated = [
        Note(n.onset_ticks + bar * 4 * BEAT, n.pitch, n.duration_ticks, n.velocity)
        for bar in range(8)
        for n in phrase
    ]
    rows = [row(0, midi=midi_bytes(Score((Part(0, tuple(repeated)),))))]
    write_zip(tmp_path / "freedink.zip", rows)
    (account,) = prepare(tmp_path, tmp_path / "out").accounts
    assert (account.cells, account.repeats, account.doubles, account.shifts) == (8, 7, 0, 0)
    assert account.sampled_notes == len(repeated)
    assert account.plain_events - account.events == 7 * len(phrase)


def test_extra_shards_only_on_request(tmp_path):
    write_zip(tmp_path / "freedink.zip", [row(n) for n in range(5)])
    write_zip(tmp_path / "vgmidi.zip", [row(n, valence="0.5", arousal="-0.25") for n in (0, 1)])
    beats = "".join(f"{n * 0.6:.3f} 0.0 {float(n % 4 == 0)}\n" for n in range(40))
    write_zip(
        tmp_path / "pop909.zip",
        [{**row(0), "file": "001/001.mid"}],
        [("001/beat_midi.txt", beats)],
    )
    plain = prepare(tmp_path, tmp_path / "plain")
    assert set(plain.shards) == {"train", "held_out"}
    assert {account.source for account in plain.accounts} == {"freedink"}
    made = prepare(tmp_path, tmp_path / "out", extra=("pop909", "labelled"))
    labelled = read_shard(made.shards["labelled"])
    assert labelled.arrays["valence"].tolist() == [0.5, 0.5]
    assert len(read_shard(made.shards["pop909"])) == 1
    for name in ("train", "held_out"):
        files = [
            [piece["file"] for piece in read_shard(run.shards[name]).meta["pieces"]]
            for run in (plain, made)
        ]
        assert files[0] == files[1]


def test_no_source_of_comparison_or_labels_trains(tmp_path):
    write_zip(tmp_path / "emopia.zip", [row(0)])
    with pytest.raises(InputError, match="none of the known source zips"):
        prepare(tmp_path, tmp_path / "out")
    with pytest.raises(InputError, match="no folder"):
        prepare(tmp_path / "absent", tmp_path / "out")


def test_what_cannot_be_asked_for_is_refused(tmp_path):
    write_zip(tmp_path / "freedink.zip", [row(0)])
    with pytest.raises(RequestError, match="pop909 and labelled"):
        prepare(tmp_path, tmp_path / "out", extra=("vgmidi",))
    with pytest.raises(RequestError, match="from 0 to below 1"):
        prepare(tmp_path, tmp_path / "out", hold_out=1.5)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"):
        prepare(tmp_path, tmp_path / "file")


# -- hostile zips ------------------------------------------------------------------------


def test_names_in_a_zip_never_become_paths(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    evil = [
        {**row(0), "file": "../../escaped.mid"},
        {**row(1), "file": "/escaped.mid"},
        row(2),
    ]
    write_zip(folder / "freedink.zip", evil)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    prepare(folder, tmp_path / "out")
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.parent for path in made} <= {tmp_path / "out", tmp_path / "out" / "sources"}


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("composer.lab.archive.MAX_FILE_BYTES", 1)
    write_zip(tmp_path / "freedink.zip", [row(0)], [("bomb.mid", bytes(40 * 2**20))])
    with (
        Archive(tmp_path / "freedink.zip") as archive,
        pytest.raises(InputError, match="has over 16 MB"),
    ):
        archive.read("bomb.mid")


def test_a_zip_that_lies_about_sizes_is_bounded(tmp_path):
    path = tmp_path / "freedink.zip"
    write_zip(path, [row(0)], [("bomb.mid", bytes(40 * 2**20))])
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", 40 * 2**20)
    assert data.count(size) == 2
    path.write_bytes(bytes(data).replace(size, struct.pack("<I", 100)))
    with Archive(path) as archive, pytest.raises(InputError):
        archive.read("bomb.mid")


def test_damaged_entries_are_dropped_and_damaged_zips_refused(tmp_path):
    path = tmp_path / "freedink.zip"
    write_zip(path, [row(n) for n in range(3)])
    data = bytearray(path.read_bytes())
    place = data.index(b"f1.mid") + 20
    data[place : place + 8] = b"garbage!"
    path.write_bytes(bytes(data))
    (account,) = prepare(tmp_path, tmp_path / "out").accounts
    assert account.pieces == 2
    assert account.drops == {"not in the zip, damaged or too large": 1}
    path.write_bytes(b"PK this is no zip")
    with pytest.raises(InputError, match="no readable zip"):
        prepare(tmp_path, tmp_path / "out")


def test_an_index_without_songs_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "freedink.zip", "w") as archive:
        archive.writestr("index.csv", "name\nx.mid\n")
    with pytest.raises(InputError, match="needs the columns file and song_id"):
        prepare(tmp_path, tmp_path / "out")


def test_a_shard_with_pickles_is_refused(tmp_path):
    np.savez(tmp_path / "bad.npz", notes=np.array([{}], object), meta=np.array(["{}"]))
    with pytest.raises(InputError, match="no shard"):
        read_shard(tmp_path / "bad.npz")


# -- repairs -----------------------------------------------------------------------------


def test_fault_in_one_file_is_a_reason_not_a_crash(monkeypatch):
    def broken(_):
        raise IndexError("odd")

    monkeypatch.setattr("composer.lab.pieces.analyse", broken)
    outcome = prepare_file(_data(song()), SOURCES["freedink"])
    assert outcome.drop == "fault in composer: IndexError: odd"
    assert not outcome.pieces


def _data(score, **more):
    archive_entry = {
        "file": "f.mid",
        "title": "t",
        "song": "s",
        "tags": "",
        "licence": "",
        "sha1": "",
        "quadrant": "",
        "valence": None,
        "arousal": None,
    }
    fields = {name: more.pop(name) for name in list(more) if name in archive_entry}
    return FileData(Entry(**{**archive_entry, **fields}), midi_bytes(score), **more)


def _programs(score, source, **more):
    outcome = prepare_file(_data(score, **more), SOURCES[source])
    ((piece, _),) = outcome.pieces
    return [int(value) - 1 for value in piece.sheet.parts[:, 0]]


def test_voice_and_choir_are_named():
    two = Score((tune(1, program=68), tune(2, program=0)))
    assert sorted(_programs(two, "openscore-lieder")) == [0, 53]
    four = Score(tuple(tune(n, program=0, name=str(n)) for n in range(4)))
    assert _programs(four, "openhymnal") == [52] * 4


def test_tags_name_the_instruments_of_a_typeset_score():
    assert tag_programs("baroque; violin") == {40}
    assert tag_programs("hymn; voice (satb)") == {52}
    assert tag_programs("romantic; voice and piano") == {53, 0}
    assert tag_programs("classical; flute and harp") == {73, 46}
    assert tag_programs("organ etudes; piano") == {0}
    three = Score(tuple(tune(n) for n in range(3)))
    song_parts = with_scored_programs(three, "folk; voice and piano").parts
    assert [part.program for part in song_parts] == [53, 0, 0]
    duo = Score((tune(1), tune(2)))
    assert with_scored_programs(duo, "classical; flute and harp") == duo
    named = Score((tune(1, program=40), tune(2)))
    assert with_scored_programs(named, "baroque; trumpet") == named


def _kit(program, keys, name=""):
    notes = tuple(
        Note(n * BEAT // 2, keys[n % len(keys)], BEAT // 4, 90 + n % 3) for n in range(64)
    )
    return Part(program, notes, name=name)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (_kit(24, [42, 46, 42, 42], "DrumR"), True),
        (_kit(47, [36, 38, 36, 38]), True),
        (_kit(118, [36, 42, 38, 42], "Synth Drum"), True),
        (_kit(118, [57, 60, 62, 64], "Synth Drum"), False),
        (_kit(47, [41, 48, 41, 43], "Drums"), False),
        (_kit(33, [36, 38, 40, 36], "Bass"), False),
        (_kit(0, [60, 64, 67, 72], "Drums"), False),
    ],
)
def test_drums_on_melodic_tracks(part, expected):
    (mended,) = with_drums_as_drums(Score((part,))).parts
    assert mended.is_drums is expected
    assert mended.notes == part.notes


def test_setup_bar_and_silence_go():
    later = tuple(
        Note(n.onset_ticks + BEAT, n.pitch, n.duration_ticks, n.velocity) for n in tune().notes
    )
    meters = (MeterChange(0, Meter(1, 4)), MeterChange(BEAT, Meter(3, 4)))
    score = Score(
        (Part(0, later),), (Tempo(0, 90.0), Tempo(BEAT, 150.0)), meters, end_ticks=10**5
    )
    mended = trimmed(score)
    assert mended.parts[0].notes == tune().notes
    assert mended.tempos == (Tempo(0, 150.0),)
    assert [change.meter for change in mended.meters] == [Meter(3, 4)]
    assert mended.end_ticks == tune().notes[-1].end_ticks


def test_quarter_bars_throughout_are_no_meter():
    score = Score((tune(),), (), (MeterChange(0, Meter(1, 4)),))
    assert with_full_bars(score).meters == (MeterChange(0, Meter(4, 4)),)
    pickup = Score((tune(),), (), (MeterChange(0, Meter(1, 4)), MeterChange(480, Meter(3, 4))))
    assert with_full_bars(pickup) == pickup


def test_the_shift_of_a_first_grace_note_is_undone():
    shifted = tuple(
        Note(n.onset_ticks + 54, n.pitch, n.duration_ticks, n.velocity) for n in tune().notes
    )
    mended = with_onsets_on_ticks(Score((Part(0, (Note(0, 59, 54, 80), *shifted)),)))
    onsets = [note.onset_ticks for note in mended.parts[0].notes]
    assert onsets == [0, *(note.onset_ticks for note in tune().notes)]
    for score in (song(), off_grid()):
        assert with_onsets_on_ticks(score) == score


def test_a_pickup_bar_stays():
    meters = (MeterChange(0, Meter(1, 4)), MeterChange(BEAT, Meter(4, 4)))
    score = Score((tune(),), (), meters)
    assert trimmed(score) == score


def test_a_note_just_before_the_bar_line_starts_the_bar():
    notes = (Note(1910, 60, 480, 80), *(Note(1920 + n * 480, 62, 480, 80) for n in range(1, 9)))
    mended = trimmed(Score((Part(0, notes),)))
    assert mended.parts[0].notes[0] == Note(0, 60, 470, 80)
    assert mended.parts[0].notes[1].onset_ticks == 480


def test_whole_works_are_cut_at_their_joints():
    first, second = tune(1, bars=20), tune(2, bars=24)
    joint = 20 * 4 * BEAT
    moved = tuple(
        Note(n.onset_ticks + joint, n.pitch, n.duration_ticks, n.velocity) for n in second.notes
    )
    whole = Score(
        (Part(40, tuple(n for n in first.notes if n.end_ticks <= joint) + moved),),
        (Tempo(0, 80.0), Tempo(960, 70.0), Tempo(joint, 140.0)),
        (MeterChange(0, Meter(4, 4)), MeterChange(joint, Meter(2, 4))),
    )
    one, two = movements(whole)
    assert two.parts[0].notes == second.notes
    assert two.meters == (MeterChange(0, Meter(2, 4)),)
    assert two.tempos == (Tempo(0, 140.0),)
    assert one.note_count + two.note_count == whole.note_count
    held = Part(41, (Note(joint - 10, 50, 100, 80),))
    assert len(movements(Score((*whole.parts, held), whole.tempos, whole.meters))) == 1


def test_cut_keeps_what_holds():
    score = Score(
        (tune(),),
        (Tempo(0, 90.0), Tempo(3840, 100.0)),
        markers=(Label(0, "A"), Label(1920, "B")),
    )
    middle = cut(score, 1920, 5760)
    assert middle.tempos == (Tempo(0, 90.0), Tempo(1920, 100.0))
    assert middle.markers == (Label(0, "B"),)
    assert middle.end_ticks == 3840
    assert max(note.end_ticks for note in middle.parts[0].notes) <= 3840


# -- grids -------------------------------------------------------------------------------


def off_grid(qpm=137.0):
    """Music at ``qpm`` in a file that says 100."""
    notes = tuple(
        Note(round(n.onset_ticks * 100 / qpm), n.pitch, n.duration_ticks // 2, n.velocity)
        for n in tune(3, bars=24).notes
    )
    return Score((Part(0, notes),), (Tempo(0, 100.0),))


def test_a_strong_hint_gives_the_true_beat():
    hint = TempoHint((100.0,), 137.0, 0.9, 0.0)
    timed = gridded(off_grid(), Grid.HINTS, hint=hint)
    assert timed.tempos[0].qpm == pytest.approx(137.0)
    onsets = [note.onset_ticks for note in timed.parts[0].notes]
    expected = [note.onset_ticks for note in tune(3, bars=24).notes]
    assert max(abs(a - b) for a, b in zip(onsets, expected, strict=True)) <= 2
    first = seconds_at(timed, onsets[40])
    assert first == pytest.approx(
        seconds_at(off_grid(), off_grid().parts[0].notes[40].onset_ticks), abs=0.01
    )


def test_a_weak_hint_says_that_there_is_no_beat():
    with pytest.raises(NoBeatError, match="without a known beat"):
        gridded(off_grid(), Grid.HINTS, hint=TempoHint((100.0,), 137.0, 0.6, 0.0))
    with pytest.raises(NoBeatError, match="fit no grid"):
        gridded(off_grid(), Grid.WRITTEN)


def test_a_hint_does_not_move_what_fits_its_own_grid():
    hint = TempoHint((100.0,), 133.0, 0.95, 0.0)
    assert gridded(song(), Grid.HINTS, hint=hint) == song()


@pytest.mark.parametrize(
    ("stated", "fitting", "expected"),
    [
        ((165.0,), 82.5, 165.0),
        ((130.0,), 97.5, 130.0),
        ((120.0,), 90.0, 90.0),
        ((95.0,), 140.9, 140.9),
        ((), 85.0, 85.0),
    ],
)
def test_stated_tempo_tells_the_beat_from_its_relatives(stated, fitting, expected):
    assert TempoHint(stated, fitting, 1.0, 0.0).qpm == pytest.approx(expected)


def test_hint_rows_that_say_nothing_are_left_out():
    names = ("file", "tempo_in_file", "bpm_whose_16ths_fit", "strength_0_1", "first_16th_s")
    rows = [
        ("a", "95.0", "140.9", "1.0", "0.1"),
        ("b", "", "x", "1", "0"),
        ("c", "0", "1", "1", "0"),
    ]
    hints = read_hints(dict(zip(names, values, strict=True)) for values in rows)
    assert set(hints) == {"a"}


def test_annotated_beats_become_the_bars():
    played = off_grid(137.0)
    beat = 60 / 137.0
    text = "".join(f"{n * beat:.6f} 0.0 {float(n % 4 == 0)}\n" for n in range(100))
    timed = gridded(played, Grid.ANNOTATED, beats=text.encode())
    assert {str(bar.meter) for bar in bars_of(timed)} == {"4/4"}
    onsets = [note.onset_ticks for note in timed.parts[0].notes]
    expected = [note.onset_ticks for note in tune(3, bars=24).notes]
    assert max(abs(a - b) for a, b in zip(onsets, expected, strict=True)) <= 2
    with pytest.raises(NoBeatError):
        gridded(played, Grid.ANNOTATED, beats=b"not a beat\n")


# -- chords, styles, moods, weights ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("B-7", Chord(10, "7")),
        ("F#ø7", Chord(6, "m7b5")),
        ("Co7/G-", Chord(0, "dim7", 6)),
        ("E-+", Chord(3, "aug")),
        ("G/D", Chord(7, "", 2)),
        ("AmM7", Chord(9, "mmaj7")),
        ("D7 add b9", Chord(2, "7b9")),
        ("nonsense", None),
        ("Cwhat", None),
    ],
)
def test_chord_symbols(text, chord):
    assert parse_symbol(text) == chord


def test_written_chords_fill_half_bars():
    symbols = {"chords": [[0.0, 4.0, "C"], [4.0, 3.0, "F"], [7.0, 1.0, "G7"], [8.0, 2.0, "Am"]]}
    score = with_symbols(song(bars=4), json.dumps(symbols).encode())
    plan = with_written_chords(analyse(score), score)
    assert [(bar.chord, bar.second_chord) for bar in plan.bars[:2]] == [
        (Chord(0), None),
        (Chord(5), None),  # F and G7 share the second half; F came first
    ]
    assert plan.bars[2].chord == Chord(9, "m")
    with pytest.raises(InputError):
        with_symbols(score, b"[1, 2]")


def test_styles():
    kit = Part(0, tune().notes, is_drums=True)
    band = Score((kit, tune(1, program=30), tune(2, program=33)))
    assert style_of(band, SOURCES["freedoom"], "") == "band"
    assert style_of(Score((tune(program=48),)), SOURCES["freedoom"], "") == "game"
    assert style_of(band, SOURCES["tannerhelland"], "soundtrack game orchestral") == "orchestra"
    for programs, style in (
        ([0, 0], "keyboard"),
        ([53, 0], "song"),
        ([52, 52], "choral"),
        ([24], "chamber"),
        (range(40, 50), "orchestra"),
    ):
        score = Score(tuple(tune(program=program) for program in programs))
        assert style_of(score, SOURCES["mutopia"], "") == style


def test_human_moods():
    entry = _data(song(), quadrant="Q3").entry
    assert human_mood(entry) == Mood(-0.5, -0.5)
    assert human_mood(_data(song(), valence=0.3).entry) == Mood(0.3, None)
    assert human_mood(_data(song()).entry) == Mood()


def test_flat_velocities_are_flagged():
    def dynamics(**kwargs):
        ((piece, _),) = prepare_file(_data(song(**kwargs)), SOURCES["freedink"]).pieces
        return piece.dynamics

    assert dynamics(velocity=80) == FLAT
    assert dynamics() == EXPRESSIVE


def test_families_have_their_shares_and_versions_one():
    def piece(source, song_id, bars, style):
        ((found, _),) = prepare_file(
            _data(song(bars=bars), song=song_id), Source(source, Tier.FREE, style=style)
        ).pieces
        return found

    pieces = [
        piece("freedoom", "a", 8, "band"),
        piece("freedoom", "a", 8, "band"),
        piece("freedoom", "b", 8, "game"),
        piece("openscore-orchestra", "c", 8, "orchestra"),
        piece("openscore-orchestra", "c", 24, "orchestra"),
    ]
    weights = weights_of(pieces)
    assert sum(weights) == pytest.approx(1.0)
    assert weights[0] + weights[1] == pytest.approx(weights[2])
    assert sum(weights[:3]) / sum(weights[3:]) == pytest.approx(0.40 / 0.18)
    assert weights[4] == pytest.approx(3 * weights[3])


def test_shares_cover_every_style_once():
    styles = [style for family, _ in FAMILY_SHARES for style in family]
    assert sorted(styles) == sorted(STYLES)
    assert sum(share for _, share in FAMILY_SHARES) == pytest.approx(1.0)


def test_songs_that_hold_one_file_stay_together():
    def piece(song_id, sha1):
        ((found, _),) = prepare_file(
            _data(song(), song=song_id, sha1=sha1), SOURCES["freedink"]
        ).pieces
        return found

    names = group_names([piece("a", "1"), piece("b", "2"), piece("c", "2"), piece("b", "1")])
    assert set(names) == {"freedink/a"}
    assert len(set(group_names([piece("a", "1"), piece("b", "2"), piece("c", "")]))) == 3


def _prepared_tune(seed, song_id, semitones=0, bars=24, stretch=1):
    notes = tuple(
        Note(n.onset_ticks * stretch, n.pitch + semitones, n.duration_ticks, n.velocity)
        for n in tune(seed, bars=bars).notes
    )
    data = _data(Score((Part(0, notes),)), song=song_id)
    ((piece, _),) = prepare_file(data, SOURCES["freedink"]).pieces
    return piece


def test_the_same_tune_in_another_key_and_speed_is_a_twin():
    pieces = [
        _prepared_tune(1, "a"),
        _prepared_tune(2, "b"),
        _prepared_tune(1, "c", semitones=5, stretch=2),
        _prepared_tune(3, "d"),
    ]
    assert twins_of(pieces) == [(0, 2)]
    assert group_names(pieces, twins_of(pieces)) == [
        "freedink/a",
        "freedink/b",
        "freedink/a",
        "freedink/d",
    ]


def test_scales_and_drums_make_no_twins():
    scale = tuple(Note(n * 240, 40 + n % 36, 240, 80) for n in range(200))
    for part in (Part(0, scale), Part(0, tune(1, bars=24).notes, is_drums=True)):
        data = _data(Score((part,)))
        pieces = [prepare_file(data, SOURCES["groove"]).pieces[0][0] for _ in range(2)]
        assert twins_of(pieces) == []


def test_caches_know_all_code_that_reads_files():
    home = Path(composer.lab.__file__).parent
    reached, todo = set(), ["pieces", "account"]
    while todo:
        name = todo.pop()
        reached.add(name)
        tree = ast.parse((home / f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "composer.lab."
            ):
                todo += {node.module.rpartition(".")[2]} - reached
    assert reached == set(READING_MODULES)


@pytest.mark.data
@pytest.mark.slow
def test_real_sources_keep_their_notes(tmp_path):
    root = os.environ.get("COMPOSER_DATA")
    if not root:
        pytest.skip("COMPOSER_DATA is not set")
    folder = tmp_path / "music"
    folder.mkdir()
    for name in ("easyrpg-rtp", "tannerhelland", "elvis-madrigals"):
        (folder / f"{name}.zip").write_bytes((Path(root) / f"{name}.zip").read_bytes())
    for account in prepare(folder, tmp_path / "out").accounts:
        assert account.notes_kept >= 0.97 * account.notes_in
        assert account.dropped_notes <= 0.005 * account.notes_in
        assert account.timing_error_ms < 2.0
        assert account.events < account.plain_events
        assert not [reason for reason in account.drops if reason.startswith("fault")]

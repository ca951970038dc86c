"""Two hundred pieces from random weights: valid music by construction, for every reader.

music21 takes a tenth of a second and more a piece, so it reads every tenth; of these alone
several tries are made.
"""

import io
from collections import Counter
from itertools import pairwise

import miditoolkit
import mido
import pretty_midi
import pytest

from composer import Composer, read_midi
from composer.midi import RESTRIKE_GAP_TICKS, midi_bytes, to_music21
from composer.score import bars_of

PIECES = 200
MOODS = ("happy", "sad", "tense", "calm", "epic", None)
METERS = ("4/4", "3/4", "6/8", "7/8", "5/4", None)
INSTRUMENTS = (None, "piano", "violin,cello,drums", "flute,guitar,bass,drums,strings", None)


@pytest.fixture(scope="module")
def pieces(tiny_checkpoint):
    """(bars asked for, meter asked for, piece, MIDI bytes) of each."""
    composer = Composer.load(tiny_checkpoint)
    made = []
    for seed in range(PIECES):
        bars, meter = 2 + seed % 5, METERS[seed % 6]
        piece = composer.generate(
            mood=MOODS[seed % 6],
            bars=bars,
            meter=meter,
            tempo=60 + seed if seed % 2 else None,
            instruments=INSTRUMENTS[seed % 5],
            tries=1 if seed % 10 else 3,
            seed=seed,
        )
        made.append((bars, meter, piece, midi_bytes(piece.score)))
    return made


def notes_of(piece):
    return Counter(
        (part.is_drums, note.pitch, note.velocity)
        for part in piece.score.parts
        for note in part.notes
    )


def test_every_piece_has_the_planned_bars_meters_and_parts(pieces):
    for bars, meter, piece, _ in pieces:
        found = bars_of(piece.score)
        assert len(found) == bars
        assert [bar.meter for bar in found] == [bar.meter for bar in piece.plan.bars]
        assert meter is None or {str(bar.meter) for bar in found} == {meter}
        assert len(piece.score.parts) == len(piece.plan.parts)
        assert all(part.notes for part in piece.score.parts)


def test_no_two_pieces_are_the_same(pieces):
    assert len({data for *_, data in pieces}) == PIECES


def test_our_own_reader_repairs_nothing(pieces):
    for _, _, piece, data in pieces:
        reading = read_midi(data)
        assert reading.repairs == ()
        assert reading.score.note_count == piece.score.note_count


def test_files_keep_the_rules_of_hygiene(pieces):
    for _, _, piece, data in pieces:
        midi = mido.MidiFile(file=io.BytesIO(data))
        assert (midi.type, midi.ticks_per_beat) == (1, 480)
        assert len(midi.tracks) == 1 + len(piece.score.parts)
        conductor, *tracks = midi.tracks
        kinds = [message.type for message in conductor]
        assert {"set_tempo", "time_signature", "key_signature", "marker", "text"} <= set(kinds)
        assert {sum(message.time for message in track) for track in midi.tracks} == {
            piece.score.end_ticks
        }
        for track, part in zip(tracks, piece.score.parts, strict=True):
            check_track(track, part)


def check_track(track, part):
    now, sounding, programs, ended = 0, {}, [], {}
    assert track[0].type == "track_name"
    for message in track:
        now += message.time
        if message.type == "program_change":
            programs.append((now, message.program))
        if message.type in {"note_on", "note_off"}:
            assert (message.channel == 9) == part.is_drums
        if message.type == "note_on" and message.velocity:
            assert message.note not in sounding
            begun, end = ended.get(message.note, (-99, -99))
            assert (
                end <= now - RESTRIKE_GAP_TICKS or now - begun < 40
            )  # a gap where there is room
            sounding[message.note] = now
        elif message.type in {"note_on", "note_off"}:
            begun = sounding.pop(message.note)
            assert begun < now
            ended[message.note] = begun, now
    assert programs == [(0, part.program)]
    assert not sounding
    assert track[-1].type == "end_of_track"


def test_mido_finds_the_notes(pieces):
    for _, _, piece, data in pieces:
        found = Counter(
            (message.channel == 9, message.note, message.velocity)
            for message in mido.MidiFile(file=io.BytesIO(data))
            if message.type == "note_on" and message.velocity
        )
        assert found == notes_of(piece)


def test_miditoolkit_finds_the_notes(pieces):
    for _, _, piece, data in pieces:
        parts = miditoolkit.MidiFile(file=io.BytesIO(data)).instruments
        assert notes_of(piece) == Counter(
            (part.is_drum, note.pitch, note.velocity) for part in parts for note in part.notes
        )


def test_pretty_midi_finds_the_notes(pieces):
    for _, _, piece, data in pieces:
        parts = pretty_midi.PrettyMIDI(io.BytesIO(data)).instruments
        assert notes_of(piece) == Counter(
            (part.is_drum, note.pitch, note.velocity) for part in parts for note in part.notes
        )


def test_music21_finds_the_notes(pieces):
    for _, _, piece, _ in pieces[::10]:
        found = [
            pitch.midi
            for note in to_music21(piece.score).recurse().notes
            for pitch in getattr(note, "pitches", ())
        ]
        pitched = [
            note.pitch for part in piece.score.parts if not part.is_drums for note in part.notes
        ]
        assert not Counter(pitched) - Counter(found)


def test_notes_stay_in_order_and_apart(pieces):
    for _, _, piece, _ in pieces:
        for part in piece.score.parts:
            by_pitch = {}
            for note in part.notes:
                by_pitch.setdefault(note.pitch, []).append(note)
            for notes in by_pitch.values():
                assert all(a.end_ticks <= b.onset_ticks for a, b in pairwise(notes))
            assert max(note.end_ticks for note in part.notes) <= piece.score.end_ticks

"""Damaged and odd MIDI files, made here byte by byte. Budget: 30 s, most of it fuzzing."""

import random
import struct
import time

import pytest

from composer.errors import InputError
from composer.midi import midi_bytes, read_midi
from composer.score import (
    Bend,
    Control,
    Key,
    Label,
    Meter,
    Mode,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
)

END = b"\x00\xff\x2f\x00"
NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x40"  # middle C, 96 ticks


def midi(*tracks, kind=1, division=96, count=None):
    head = struct.pack(
        ">4sIHHH", b"MThd", 6, kind, len(tracks) if count is None else count, division
    )
    return head + b"".join(struct.pack(">4sI", b"MTrk", len(t)) + t for t in tracks)


def notes(reading):
    return [
        [(n.onset_ticks, n.pitch, n.duration_ticks) for n in p.notes]
        for p in reading.score.parts
    ]


def meta(kind, body, wait=0):
    return bytes((wait, 0xFF, kind, len(body))) + body


GOOD = midi(NOTE + END)
ONE_NOTE = [[(0, 60, 480)]]


@pytest.mark.parametrize(
    ("data", "repair"),
    [
        (GOOD, None),
        (midi(NOTE), "missing end-of-track"),
        (GOOD[:-3], "track length"),
        (midi(NOTE + b"\x00\x90\x3e"), "last whole event"),
        (midi(NOTE + b"\xff\xff\xff\xff\xff\x90"), "last whole event"),
        (GOOD[:18] + b"\x00\x00\x00\x02" + GOOD[22:], "track length"),
        (GOOD[:18] + b"\x7f\xff\xff\xff" + GOOD[22:], "track length"),
        (GOOD[:14] + b"junk!" + GOOD[14:], "junk byte"),
        (GOOD[:14] + struct.pack(">4sI", b"XFIH", 3) + b"abc" + GOOD[14:], None),
        (b"RIFF\x40\0\0\0RMIDdata\x40\0\0\0" + GOOD, "before the MIDI header"),
        (GOOD[:4] + b"\0\0\0\x08" + GOOD[8:14] + b"\0\0" + GOOD[14:], None),
        (midi(NOTE + END, count=5), "header promises 4 tracks"),
        (midi(NOTE + END, kind=7), "unknown file type"),
        (midi(NOTE + END + b"abc"), "after the end of a track"),
        (midi(b"\x00\xf8" + NOTE + END), "system message"),
        (midi(meta(0x59, b"\x09\x00") + NOTE + END), "impossible tempo, meter or key"),
        (midi(meta(0x51, b"\0\0\0") + NOTE + END), "impossible tempo, meter or key"),
        (midi(meta(0x58, b"\0\x02\x18\x08") + NOTE + END), "impossible tempo, meter or key"),
        (midi(meta(0x58, b"\4\x2a\x18\x08") + NOTE + END), "impossible tempo, meter or key"),
        (midi(b"\x00\xf0\x03\x41\x10\xf7" + NOTE + END), None),
        (midi(b"\x00\x90\x3c\x40\x60" + b"\x3c\x00" + END), None),  # running status
        (midi(b"\x00\x90\x3c\x40" + b"\x60\xff\x2f\x00"), "closed 1 note without"),
        (midi(NOTE + b"\x00\x80\x3c\x40" + END), "note-off without a note"),
        (midi(b"\x00\x90\x3c\x40\x60\xb0\x7b\x00" + END), None),  # all notes off
    ],
)  # fmt: skip
def test_damage_is_mended_and_told(data, repair):
    reading = read_midi(data)
    assert notes(reading) == ONE_NOTE
    assert len(reading.repairs) >= (repair is not None)
    assert (repair is None) == (not reading.repairs)
    if repair:
        assert any(repair in sentence for sentence in reading.repairs)


def test_time_of_unknown_meta_events_is_kept():
    # the MIDI library alone loses these 96 ticks
    assert notes(read_midi(midi(meta(0x60, b"x", wait=96) + NOTE + END))) == [[(480, 60, 480)]]


def test_data_bytes_are_clipped():
    reading = read_midi(midi(b"\x00\x90\x3c\xc8\x60\x80\x3c\x40" + END))
    assert reading.score.parts[0].notes == (Note(0, 60, 480, 127),)
    assert reading.repairs == ("clipped 1 data byte above 127",)


def test_overlaps_pair_first_in_first_out_and_are_cut():
    track = b"\x00\x90\x3c\x40\x30\x90\x3c\x50\x30\x80\x3c\x40\x30\x80\x3c\x40" + END
    reading = read_midi(midi(track))
    assert notes(reading) == [[(0, 60, 240), (240, 60, 480)]]
    assert "cut 1 note struck again while sounding" in reading.repairs


def test_a_missing_note_off_does_not_shift_later_ends():
    strikes = b"".join(
        b"\x00\x90\x3c\x40\x30\x80\x3c\x40\x30\x90\x3e\x40\x00\x80\x3e\x40" for _ in range(2)
    )
    reading = read_midi(midi(b"\x00\x90\x3c\x40\x30" + strikes[1:] + END))
    assert notes(reading)[0][:2] == [(0, 60, 240), (240, 60, 240)]
    assert "closed 1 note without a note-off" in reading.repairs


def test_zero_length_and_doubled_notes():
    zero = b"\x00\x90\x3c\x40\x00\x80\x3c\x40"
    doubled = b"\x30\x90\x3e\x40\x00\x90\x3e\x50\x30\x80\x3e\x40\x00\x80\x3e\x40"
    track = zero + doubled
    reading = read_midi(midi(track + END))
    assert reading.score.parts[0].notes == (Note(0, 60, 1, 64), Note(240, 62, 240, 80))
    assert reading.repairs == (
        "merged 1 note struck twice at once",
        "gave 1 note of no length 1 tick",
    )


def test_parts_split_by_track_channel_and_program():
    first = (
        b"\x00\xc0\x28" + NOTE + b"\x00\xc0\x38" + NOTE + b"\x00\x91\x3c\x40\x60\x81\x3c\x40"
    )
    second = b"\x00\xc0\x00" + NOTE
    kick = b"\x00\xc9\x08\x00\x99\x24\x40\x60\x89\x24\x40"
    snare = b"\x00\xc9\x10\x00\x99\x26\x40\x60\x89\x26\x40"
    score = read_midi(midi(first + END, second + END, kick + snare + END)).score
    assert [(p.program, p.is_drums) for p in score.parts] == [
        (40, False), (56, False), (0, False), (0, False), (8, True),
    ]  # fmt: skip
    assert len(score.parts[-1].notes) == 2


def test_setup_track_holds_for_tracks_without_programs():
    setup = b"\x00\xc0\x49\x00\xb0\x07\x50" + END
    part = read_midi(midi(setup, NOTE + END)).score.parts[0]
    assert (part.program, part.controls) == (73, (Control(0, 7, 80),))


def test_type_0_and_type_2():
    mixed = meta(3, b"Song") + NOTE + b"\x00\x91\x3c\x40\x60\x81\x3c\x40"
    score = read_midi(midi(mixed + END, kind=0)).score
    assert (score.title, len(score.parts)) == ("Song", 2)
    assert notes(read_midi(midi(NOTE + END, NOTE + END, kind=2))) == [
        [(0, 60, 480)],
        [(480, 60, 480)],
    ]


def test_forty_tracks():
    assert len(read_midi(midi(*[NOTE + END] * 40)).score.parts) == 40


def test_late_and_missing_tempo():
    late = read_midi(midi(meta(0x51, (750_000).to_bytes(3, "big"), wait=48) + NOTE + END))
    assert late.score.tempos == (Tempo(0, 120.0), Tempo(240, 80.0))
    assert any("first tempo" in sentence for sentence in late.repairs)
    assert read_midi(GOOD).score.tempos == (Tempo(0, 120.0),)


def test_maps_from_every_track():
    rest = (
        meta(0x58, b"\x07\x03\x18\x08")
        + meta(0x59, b"\xfd\x01")
        + meta(6, b"Verse")
        + meta(1, b"Cm7/Bb")
    )
    score = read_midi(midi(NOTE + END, rest + meta(1, b"(c) somebody") + END)).score
    assert score.meters[0].meter == Meter(7, 8)
    assert score.keys[0].key == Key(0, Mode.MINOR)
    assert (score.markers, score.chords) == ((Label(0, "Verse"),), (Label(0, "Cm7/Bb"),))


def test_smpte_and_division_zero():
    # 25 frames of 40 ticks are a second, at 120 a minute two quarters: 96 ticks are 92.16
    assert notes(read_midi(midi(NOTE + END, division=0xE728))) == [[(0, 60, 92)]]
    assert notes(read_midi(midi(NOTE + END, division=0))) == [[(0, 60, 96)]]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Prélude".encode(), "Prélude"),
        ("Prélude für Mädchen".encode("latin-1"), "Prélude für Mädchen"),
        ("戦闘のテーマ".encode("shift_jis"), "戦闘のテーマ"),
        (b"Bass\0\0", "Bass"),
    ],
)
def test_text_encodings(raw, text):
    assert read_midi(midi(meta(3, raw) + NOTE + END)).score.parts[0].name == text


def test_controllers_bank_selects_and_bend_range():
    track = (
        b"\x00\xb0\x00\x05\x00\xb0\x20\x01\x00\xb0\x40\x7f\x00\xb0\x65\x00\x00\xb0\x64\x00"
        b"\x00\xb0\x06\x0c\x00\xb0\x65\x7f\x00\xb0\x64\x7f\x00\xb0\x06\x01\x00\xe0\x00\x50"
    )
    part = read_midi(midi(track + NOTE + END)).score.parts[0]
    assert {(c.number, c.value) for c in part.controls} == {
        (64, 127),
        (101, 0),
        (100, 0),
        (6, 12),
    }
    assert part.bends == (Bend(0, 2048),)


@pytest.mark.parametrize("wait", [b"\xff\xff\xff\x7f", b"\xff\xff\xff\x7f\x80" * 2])
def test_endless_waits_make_no_endless_bars(wait):
    for track in (
        wait + NOTE[1:],
        NOTE + wait + NOTE[1:],
        b"\x00\x90\x3c\x40" + wait + b"\x80\x3c\x40",
    ):
        reading = read_midi(midi(track + END, division=24))
        assert len(bars_of(reading.score)) <= 100_000
        assert reading.repairs


def test_no_notes_is_an_empty_score():
    assert read_midi(midi(END)).score.parts == ()


def rich_score():
    parts = tuple(
        Part(
            program=7 * index,
            notes=tuple(
                Note(240 * i, 40 + (5 * i + index) % 50, 200, 30 + i) for i in range(24)
            ),
            is_drums=index == 3,
            controls=(Control(0, 7, 99), Control(480, 64, 127)),
            bends=(Bend(240, -100),),
        )
        for index in range(5)
    )
    return Score(
        parts, (Tempo(0, 97.0), Tempo(960, 130.0)), markers=(Label(0, "Intro"),), title="Rich"
    )


def mutated(data, dice):
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 30))):
        at = dice.randrange(len(out))
        match dice.randrange(6):
            case 0:
                out[at] = dice.randrange(256)
            case 1:
                out[at] ^= 1 << dice.randrange(8)
            case 2:
                del out[at : at + dice.randrange(1, 9)]
            case 3:
                out[at:at] = dice.randbytes(dice.randrange(1, 9))
            case 4:
                out[at:at] = out[at : at + dice.randrange(40)]
            case _:
                del out[max(1, at) :]
        if not out:
            return b"\0"
    return bytes(out)


def test_thousands_of_mutated_files_never_crash_or_hang():
    whole = midi_bytes(rich_score())
    dice = random.Random(20)
    start, count, refused = time.monotonic(), 0, 0
    while count < 2500 and time.monotonic() - start < 20:
        data = mutated(whole if count % 3 else GOOD, dice)
        begin = time.monotonic()
        try:
            score = read_midi(data).score
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017
        else:
            if count % 10 == 0:
                assert read_midi(midi_bytes(score)).repairs == ()
        assert time.monotonic() - begin < 5
        count += 1
    assert count >= 1000
    assert 0 < refused < count / 2

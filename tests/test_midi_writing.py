"""Written files: round trips, hygiene, and what other libraries read in them. Budget: 25 s."""

import io
import sys
from collections import Counter
from dataclasses import replace

import miditoolkit
import mido
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import MissingExtraError, OutputError
from composer.midi import (
    RESTRIKE_GAP_TICKS,
    from_miditoolkit,
    from_music21,
    from_pretty_midi,
    midi_bytes,
    read_midi,
    to_miditoolkit,
    to_music21,
    to_pretty_midi,
)
from composer.score import (
    Bend,
    Control,
    Key,
    KeyChange,
    Label,
    Meter,
    MeterChange,
    Mode,
    Note,
    Part,
    Score,
    Tempo,
    bars_of,
    instrument_name,
    seconds_at,
)

TICKS = st.integers(0, 9600)
NOTES = st.builds(Note, TICKS, st.integers(55, 64), st.integers(1, 2000), st.integers(1, 127))
NAMES = st.sampled_from(["", "Geige", "Übung", "旋律", "a\nb", "bad \ud800"])
PARTS = st.builds(
    Part,
    program=st.integers(0, 127),
    notes=st.lists(NOTES, min_size=1, max_size=12).map(tuple),
    is_drums=st.booleans(),
    name=NAMES,
    controls=st.lists(
        st.builds(Control, TICKS, st.sampled_from([1, 7, 11, 64]), st.integers(0, 127)),
        max_size=4,
    ).map(tuple),
    bends=st.lists(st.builds(Bend, TICKS, st.integers(-8192, 8191)), max_size=4).map(tuple),
)
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(Mode))
SECTIONS = st.builds(Label, TICKS, st.sampled_from(["A", "Chorus 2"]))
SYMBOLS = st.builds(Label, TICKS, st.sampled_from(["Am7/G", "N.C.", "F#mmaj7"]))
TEMPOS = st.builds(Tempo, TICKS, st.floats(4, 400))
METERS = st.builds(Meter, st.integers(1, 11), st.sampled_from([4, 8, 16]))
SCORES = st.builds(
    Score,
    parts=st.lists(PARTS, max_size=20).map(tuple),
    tempos=st.lists(TEMPOS, max_size=4, unique_by=lambda t: t.onset_ticks).map(tuple),
    meters=st.lists(st.builds(MeterChange, TICKS, METERS), max_size=4).map(tuple),
    keys=st.lists(st.builds(KeyChange, TICKS, KEYS), max_size=3).map(tuple),
    markers=st.lists(SECTIONS, max_size=3).map(tuple),
    chords=st.lists(SYMBOLS, max_size=3).map(tuple),
    end_ticks=TICKS,
    title=NAMES,
)


def written_notes(notes):
    """The documented rules for notes of one part, found by looking at all pairs."""
    kept = {}
    for note in notes:
        other = kept.get((note.onset_ticks, note.pitch))
        if other is None:
            other = note
        kept[note.onset_ticks, note.pitch] = replace(
            note,
            duration_ticks=max(note.duration_ticks, other.duration_ticks),
            velocity=max(note.velocity, other.velocity),
        )
    result = []
    for note in kept.values():
        later = [
            o.onset_ticks
            for o in kept.values()
            if o.pitch == note.pitch and o.onset_ticks > note.onset_ticks
        ]
        room = min(later, default=10**9) - note.onset_ticks
        room -= RESTRIKE_GAP_TICKS if room >= 40 else 0
        result.append(replace(note, duration_ticks=min(note.duration_ticks, room)))
    return tuple(sorted(result))


def value_at(changes, field, ticks, before):
    values = [getattr(c, field) for c in changes if c.onset_ticks <= ticks]
    return values[-1] if values else before


@settings(max_examples=60, deadline=None)
@given(SCORES)
def test_write_then_read_is_the_same_score(score):
    reading = read_midi(midi_bytes(score))
    again = reading.score
    assert reading.repairs == ()
    assert len(again.parts) == len(score.parts)
    for before, after in zip(score.parts, again.parts, strict=True):
        assert after.notes == written_notes(before.notes)
        assert (after.program, after.is_drums) == (before.program, before.is_drums)
        if before.name.isprintable():
            assert after.name == (
                before.name or instrument_name(before.program, is_drums=before.is_drums)
            )
    assert bars_of(again) == bars_of(score)
    end = bars_of(score)[-1].end_ticks
    for tick in range(0, end, 479):
        assert seconds_at(again, tick) == pytest.approx(
            seconds_at(score, tick), rel=1e-4, abs=1e-4
        )
        assert value_at(again.keys, "key", tick, None) == value_at(
            score.keys, "key", tick, None
        )
    for field in ("markers", "chords"):
        expected = sorted(
            {label for label in getattr(score, field) if label.onset_ticks <= end}
        )
        assert list(getattr(again, field)) == expected
    assert midi_bytes(again) == midi_bytes(read_midi(midi_bytes(again)).score)


@settings(max_examples=40, deadline=None)
@given(SCORES)
def test_hygiene(score):
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(score)), charset="utf-8")
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 480, len(score.parts) + 1)
    end = bars_of(score)[-1].end_ticks
    used = {}
    for track, part in zip(file.tracks, (None, *score.parts), strict=True):
        assert sum(message.time for message in track) == end
        assert [m.type for m in track].count("end_of_track") == 1
        assert track[-1].type == "end_of_track"
        assert track[0].type == "track_name"
        channels = {m.channel for m in track if not m.is_meta}
        if part is None:
            assert not channels
            continue
        assert track[0].name
        assert channels == {9} if part.is_drums else len(channels) == 1 and 9 not in channels
        program = next(m for m in track if m.type == "program_change")
        assert sum(m.time for m in track[: track.index(program) + 1]) == 0
        sounding = Counter()
        for message in track:
            if message.type in ("note_on", "note_off"):
                sounding[message.note] += 1 if message.type == "note_on" else -1
                assert sounding[message.note] in (0, 1)
        assert not any(sounding.values())
        port = next((m.port for m in track if m.type == "midi_port"), 0)
        assert used.setdefault((port, channels.pop()), part.program) == part.program


def tune(program=0, **more):
    steps = tuple(Note(360 * i, 48 + (7 * i) % 25, 300, 40 + i) for i in range(32))
    return Part(program, steps, **more)


FULL = Score(
    parts=(tune(40), tune(0, name="Piano"), tune(33), tune(0, is_drums=True)),
    tempos=(Tempo(0, 90.0), Tempo(1920, 133.0)),
    meters=(MeterChange(0, Meter(6, 8)), MeterChange(2880, Meter(4, 4))),
    keys=(KeyChange(0, Key(2, Mode.MINOR)),),
    markers=(Label(0, "Verse"),),
    chords=(Label(0, "Dm7"),),
    title="Test",
)


def test_same_score_same_bytes():
    assert midi_bytes(FULL) == midi_bytes(replace(FULL))


def test_a_clean_score_comes_back_equal():
    end = bars_of(FULL)[-1].end_ticks
    named = [
        replace(p, name=p.name or instrument_name(p.program, is_drums=p.is_drums))
        for p in FULL.parts
    ]
    assert read_midi(midi_bytes(FULL)).score == replace(FULL, parts=tuple(named), end_ticks=end)


def test_crowds_share_channels_only_between_equal_programs():
    sixteen = [tune(i // 2, name=str(i)) for i in range(16)]
    places = used_places(Score(tuple(sixteen)))
    assert len(set(places)) == 8
    forty = [tune(i) for i in range(40)]
    places = used_places(Score(tuple(forty)))
    assert len(set(places)) == 40
    assert {port for port, _ in places} == {0, 1, 2}


def used_places(score):
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(score)))
    return [
        (
            next((m.port for m in t if m.type == "midi_port"), 0),
            next(m.channel for m in t if not m.is_meta),
        )
        for t in file.tracks[1:]
    ]


def test_first_tempo_and_meter_hold_from_the_start():
    late = Score((tune(),), (Tempo(960, 60.0),), (MeterChange(1440, Meter(3, 4)),))
    again = read_midi(midi_bytes(late)).score
    assert again.tempos == (Tempo(0, 60.0),)
    assert bars_of(again) == bars_of(late)


def test_extreme_tempi_and_lengths():
    again = read_midi(midi_bytes(Score((tune(),), (Tempo(0, 0.001), Tempo(480, 1e12))))).score
    assert [round(t.qpm, 3) for t in again.tempos] == [3.576, 60_000_000]
    with pytest.raises(OutputError, match="can't hold"):
        midi_bytes(Score((Part(0, (Note(2**28, 60, 1, 1),)),)))


def rows(score):
    return sorted(
        (n.onset_ticks, n.pitch, n.duration_ticks, n.velocity)
        for p in score.parts
        for n in p.notes
    )


def mido_rows(data):
    result = []
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        now, struck = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on":
                struck[message.note] = (now, message.velocity)
            elif message.type == "note_off":
                onset, velocity = struck.pop(message.note)
                result.append((onset, message.note, now - onset, velocity))
    return sorted(result)


def pretty_rows(data):
    pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
    tick = pretty.time_to_tick
    return sorted(
        (tick(n.start), n.pitch, tick(n.end) - tick(n.start), n.velocity)
        for i in pretty.instruments
        for n in i.notes
    )


def toolkit_rows(data):
    midi = miditoolkit.MidiFile(file=io.BytesIO(data))
    return sorted(
        (n.start, n.pitch, n.end - n.start, n.velocity)
        for i in midi.instruments
        for n in i.notes
    )


def music21_rows(score):
    return sorted(
        (
            round(n.getOffsetInHierarchy(stream) * 480),
            p.midi,
            round(n.quarterLength * 480),
            n.volume.velocity,
        )
        for stream in [to_music21(score).stripTies()]
        for n in stream.recurse().notes
        for p in getattr(n, "pitches", ())
    )


@pytest.mark.parametrize("count", [4, 34])
def test_other_libraries_read_the_same_notes(count):
    parts = [tune((5 * i) % 128) for i in range(count - 1)]
    score = replace(FULL, parts=(*parts, tune(0, is_drums=True)))
    data = midi_bytes(score)
    expected = rows(score)
    assert mido_rows(data) == expected
    assert toolkit_rows(data) == expected
    assert pretty_rows(data) == expected


def test_music21_reads_the_same_notes():
    pytest.importorskip("music21")
    melodic = replace(FULL, parts=FULL.parts[:-1])
    assert music21_rows(melodic) == rows(melodic)


def test_hand_over_both_ways():
    pytest.importorskip("music21")
    assert rows(from_pretty_midi(to_pretty_midi(FULL))) == rows(FULL)
    assert rows(from_miditoolkit(to_miditoolkit(FULL))) == rows(FULL)
    melodic = replace(FULL, parts=FULL.parts[:-1])
    assert rows(from_music21(to_music21(melodic))) == rows(melodic)
    for back in (
        from_pretty_midi(to_pretty_midi(FULL)),
        from_miditoolkit(to_miditoolkit(FULL)),
    ):
        assert sorted((p.program, p.is_drums) for p in back.parts) == sorted(
            (p.program, p.is_drums) for p in FULL.parts
        )
        assert [round(t.qpm, 2) for t in back.tempos] == [90.0, 133.0]


def test_music21_missing_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "music21.midi", None)
    monkeypatch.setitem(sys.modules, "music21", None)
    with pytest.raises(MissingExtraError, match="analysis"):
        to_music21(FULL)

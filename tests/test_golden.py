"""Golden files: the bytes of a MIDI file and the events of a piece, kept as they were.

They change only when the format is meant to change; then
``python tests/test_golden.py`` writes them anew, and the difference is read by a person.
"""

import json
from pathlib import Path

from composer.language import encode, quantise
from composer.language.vocabulary import COLUMNS, KINDS
from composer.midi import midi_bytes, read_midi
from composer.plan import Chord, Plan, PlanBar, PlanPart, Role
from composer.score import (
    Key,
    KeyChange,
    Label,
    Meter,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
)

FOLDER = Path(__file__).parent / "golden"
BAR = 1920


def line(start_bar, steps):
    """Notes of (pitch, eighths) one after the other."""
    onset, notes = start_bar * BAR, []
    for pitch, eighths in steps:
        notes.append(Note(onset, pitch, eighths * 240 - 24, 80))
        onset += eighths * 240
    return notes


def frere_jacques():
    """The traditional round (France, 18th century), two voices and drums, eight bars."""
    first = [(65, 2), (67, 2), (69, 2), (65, 2)]
    second = [(69, 2), (70, 2), (72, 4)]
    third = [(72, 1), (74, 1), (72, 1), (70, 1), (69, 2), (65, 2)]
    last = [(65, 2), (60, 2), (65, 4)]
    bars = [first, first, second, second, third, third, last, last]
    voice = [note for bar, steps in enumerate(bars) for note in line(bar, steps)]
    follower = [
        Note(note.onset_ticks + 2 * BAR, note.pitch - 12, note.duration_ticks, 64)
        for note in voice
        if note.onset_ticks < 6 * BAR
    ]
    kick = [Note(bar * BAR + beat * 960, 36, 120, 100) for bar in range(8) for beat in (0, 1)]
    return Score(
        parts=(Part(73, tuple(voice), name="Flute"), Part(70, tuple(follower)),
               Part(0, tuple(kick), is_drums=True)),
        tempos=(Tempo(0, 112.0), Tempo(7 * BAR, 90.0)),
        meters=(MeterChange(0, Meter(4, 4)),),
        keys=(KeyChange(0, Key(5)),),
        markers=(Label(0, "A"), Label(4 * BAR, "B")),
        chords=(Label(0, "F"),),
        end_ticks=8 * BAR,
        title="Frère Jacques",
    )  # fmt: skip


def events():
    """The piece's events as readable lines."""
    score = frere_jacques()
    bars = tuple(
        PlanBar(Meter(4, 4), 112.0 if bar < 7 else 90.0, Key(5), Chord(5),
                section="AB"[bar // 4], intensity=0.5, feel="straight")
        for bar in range(8)
    )  # fmt: skip
    roles = (Role.MELODY, Role.COUNTER, Role.DRUMS)
    parts = tuple(
        PlanPart(part.program, part.is_drums, role)
        for part, role in zip(score.parts, roles, strict=True)
    )
    sheet, _ = quantise(score, Plan(bars=bars, parts=parts))
    return [
        f"{KINDS[row[0]]} "
        + " ".join(
            f"{name}={value}" for name, value in zip(COLUMNS[1:], row[1:], strict=True) if value
        )
        for row in encode(sheet).tolist()
    ]


def test_midi_bytes_are_as_they_were():
    assert midi_bytes(frere_jacques()) == (FOLDER / "frere_jacques.mid").read_bytes()


def test_the_golden_midi_reads_as_the_score():
    score = read_midi(FOLDER / "frere_jacques.mid").score
    assert [part.notes for part in score.parts] == [p.notes for p in frere_jacques().parts]
    assert score.title == "Frère Jacques"


def test_events_are_as_they_were():
    assert events() == json.loads((FOLDER / "frere_jacques.json").read_text("utf-8"))


if __name__ == "__main__":
    (FOLDER / "frere_jacques.mid").write_bytes(midi_bytes(frere_jacques()))
    text = json.dumps(events(), indent=0, ensure_ascii=False)
    (FOLDER / "frere_jacques.json").write_text(text + "\n", "utf-8")

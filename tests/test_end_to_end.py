"""From zips of MIDI files to a composed piece, by the commands that a user has."""

import csv
import io
import json
import random
import subprocess
import sys
import zipfile

import pytest

from composer.midi import midi_bytes, read_midi
from composer.score import Key, KeyChange, Meter, MeterChange, Note, Part, Score, Tempo

SIZES = {
    "layers": 2, "width": 64, "heads": 2, "kv-heads": 1, "ffn": 96, "head-ffn": 64,
    "context": 256, "total-steps": 60, "events-per-step": 1000, "events-per-batch": 1000,
    "precision": "fp32", "validate-steps": 0, "log-steps": 10, "dropout": 0, "average": 0.8,
    "threads": 1,
}  # fmt: skip
SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def tune(seed):
    """Eight bars in C major over a bass: the toy set's whole world."""
    rng = random.Random(seed)
    at, notes = 0, []
    place = rng.randrange(8)
    while at < 8 * 1920:
        place = min(7, max(0, place + rng.choice([-1, 1])))
        notes.append(Note(at, SCALE[place], 240, 90))
        at += 240
    bass = [Note(bar * 1920, 36 + rng.choice([0, 5, 7]), 1920, 80) for bar in range(8)]
    return Score(
        (Part(73, tuple(notes)), Part(33, tuple(bass))),
        (Tempo(0, 100.0),), (MeterChange(0, Meter(4, 4)),), (KeyChange(0, Key(0)),),
    )  # fmt: skip


def write_music(folder):
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["file", "title", "song_id", "tags", "licence", "sha1"])
    with zipfile.ZipFile(folder / "gbstudio-community.zip", "w") as archive:
        for number in range(60):
            name = f"tune{number}.mid"
            writer.writerow([name, name, f"song {number}", "", "CC0", f"{number:040x}"])
            archive.writestr(name, midi_bytes(tune(number)))
        archive.writestr("index.csv", table.getvalue())


def composer(*arguments):
    command = [sys.executable, "-m", "composer", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_prepare_train_and_generate(tmp_path):
    music, prepared, run = (tmp_path / name for name in ("music", "prepared", "run"))
    music.mkdir()
    write_music(music)
    composer("prepare", music, prepared)
    options = [text for name, value in SIZES.items() for text in (f"--{name}", value)]
    composer("train", prepared, run, *options)
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    nats = [line["nats"]["per note"] for line in log if line["event"] == "step"]
    assert nats[-1] < 0.6 * nats[0]
    made = tmp_path / "made.mid"
    composer(
        "generate", "--checkpoint", run / "checkpoint", "--seed", 1, "--bars", 8, "--key", "C",
        "--meter", "4/4", "--instruments", "flute,finger bass", "--style", "game",
        "--no-humanise", "-o", made,
    )  # fmt: skip
    notes = [note for part in read_midi(made).score.parts for note in part.notes]
    in_scale = sum(note.pitch % 12 in Key(0).scale for note in notes) / len(notes)
    on_eighth = sum(note.onset_ticks % 240 == 0 for note in notes) / len(notes)
    assert len(notes) > 16
    assert in_scale > 0.8  # 0.58 by chance
    assert on_eighth > 0.8  # 0.08 by chance

"""MIDI files read, and turned into what a model sees, beside MidiTok and what it stands on.

    python benchmarks/midi_reading.py [--midi FOLDER]

Reading: composer repairs and reports what is wrong in a file; the others parse it. Encoding:
composer's events hold chords, keys and sections, which have to be heard first; this hearing
(``analyse``), for which MidiTok has no counterpart, is timed apart.
"""

import argparse
from collections.abc import Callable
from typing import Any

from mido import MidiFile
from pretty_midi import PrettyMIDI
from remi import midi_files, tokenizer
from symusic import Score as Symusic
from timing import Task, laps, take_turns, tell, warm_up

from composer.analysis import analyse
from composer.language import encode, quantise
from composer.midi import read_midi


def measure(task: Task) -> dict[str, Any]:
    """Seconds over all files."""
    paths = midi_files(task.midi)[: 4 if task.is_quick else 20]
    scores = [read_midi(path).score for path in paths]
    plans = [analyse(score) for score in scores]

    def events() -> list[int]:
        return [
            len(encode(quantise(score, plan)[0]))
            for score, plan in zip(scores, plans, strict=True)
        ]

    works: dict[str, tuple[str, Callable[[], Any]]] = {
        "composer": ("read", lambda: [read_midi(path) for path in paths]),
        "composer, hearing the plan": ("analyse", lambda: [analyse(score) for score in scores]),
        "composer, encoding": ("encode", events),
        "mido": ("read", lambda: [MidiFile(path) for path in paths]),
        "pretty_midi": ("read", lambda: [PrettyMIDI(str(path)) for path in paths]),
    }
    writer, others = tokenizer(), [Symusic(str(path)) for path in paths]
    works["symusic"] = ("read", lambda: [Symusic(str(path)) for path in paths])
    works["MidiTok, encoding"] = ("encode", lambda: [writer(score) for score in others])
    contenders = {name: lambda work=work: laps(work) for name, work in works.items()}
    warm_up(contenders)
    return {
        "files": {"count": len(paths), "is_given": task.midi is not None},
        "notes": sum(score.note_count for score in scores),
        "counts": {
            "events": sum(events()),
            "tokens": sum(len(writer(score).ids) for score in others),
        },
        "samples": take_turns(contenders, task.rounds),
    }


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))

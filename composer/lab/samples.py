"""Pieces over the four mood quadrants, as a checkpoint composes them at default settings.

Each piece is a MIDI file and, written after it, a JSON file of what was asked and heard, so
that a run that was broken off goes on where it stopped.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from composer.analysis import keys_of, mood_of
from composer.analysis.harmony import heard_harmony
from composer.analysis.second_judge import judge
from composer.api import Composer, Piece
from composer.compose import TRIES
from composer.errors import InputError
from composer.files import write_whole
from composer.midi import read_midi
from composer.model.provenance import provenance
from composer.plan import Mood
from composer.request import build_plan
from composer.score import Score
from composer.workers import Lost, Workers, map_unordered

QUADRANTS = {
    "happy": Mood(0.6, 0.6),
    "tense": Mood(-0.6, 0.6),
    "sad": Mood(-0.6, -0.6),
    "calm": Mood(0.6, -0.6),
}
"""What is asked in turn; the names only tell files apart."""

JUDGES: Mapping[str, Callable[[Score], Mood]] = {"labeller": mood_of, "second judge": judge}


@dataclass(frozen=True, slots=True)
class Sample:
    """A composed piece as its files have it; ``told`` is the JSON beside it."""

    name: str
    score: Score
    told: dict[str, Any]

    @property
    def quadrant(self) -> str:
        """Name of what was asked."""
        return self.name.partition("-")[0]

    def moods(self, judge_name: str) -> tuple[Mood, Mood]:
        """What was asked, and what a judge heard."""
        return Mood(**self.told["mood"]), Mood(**self.told["heard"][judge_name])


@dataclass(frozen=True)
class Sampler:
    """Composes one numbered piece after the other into ``folder``.

    ``bars`` None leaves the length to the request, ``tries`` are those of composing. It
    travels to other processes, where the checkpoint is loaded once each.
    """

    checkpoint: Path
    engine: str
    folder: Path
    seed: int
    bars: int | None = None
    tries: int = TRIES

    @cached_property
    def _composer(self) -> Composer:
        return Composer.load(self.checkpoint, engine=self.engine)

    @cached_property
    def _made_by(self) -> dict[str, Any]:
        """What a piece has to be made by to count as done."""
        weights = provenance(self.checkpoint)["sha256"]
        how = {"engine": self.engine, "bars": self.bars, "tries": self.tries}
        return {"checkpoint": weights, **how}

    def name(self, number: int) -> str:
        """Such as ``sad-1002``: the quadrant and the seed."""
        return f"{list(QUADRANTS)[number % len(QUADRANTS)]}-{self.seed + number}"

    def is_done(self, number: int) -> bool:
        """Whether the folder holds the piece, made by the same."""
        path = self.folder / f"{self.name(number)}.json"
        try:
            told = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(told, dict) and told.get("made_by") == self._made_by

    def __call__(self, number: int) -> str:
        """Compose, measure and keep one piece; returns what to tell of it."""
        name = self.name(number)
        asked = QUADRANTS[name.partition("-")[0]]
        plan = build_plan(valence=asked.valence, arousal=asked.arousal, bars=self.bars)
        composer = self._composer
        start, busy = time.perf_counter(), time.process_time()
        piece = composer.compose(plan, seed=self.seed + number, tries=self.tries)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        path = piece.save(self.folder / f"{name}.mid", overwrite=True)
        score = read_midi(path).score
        told = {
            "made_by": self._made_by,
            "mood": asdict(asked),
            "seconds": round(seconds, 2),
            "processor_seconds": round(busy, 2),
            "notes": score.note_count,
            "heard": {who: asdict(hears(score)) for who, hears in JUDGES.items()},
            "harmony": _harmony(piece, score),
        }
        text = json.dumps(told, indent=1) + "\n"
        write_whole(path.with_suffix(".json"), text.encode(), overwrite=True)
        return f"{name}: {score.note_count} notes in {seconds:.0f} s"


def compose_samples(
    sampler: Sampler, count: int, *, jobs: int, tell: Callable[[str], None]
) -> list[Sample]:
    """The first ``count`` pieces; those that the folder holds already are not made again.

    Raises InputError where a process died over a piece again and again.
    """
    sampler.folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(count) if not sampler.is_done(number)]
    for place, line in map_unordered(sampler, missing, Workers(jobs)):
        if isinstance(line, Lost):
            name = sampler.name(missing[place])
            raise InputError(f"{name} could not be composed: {line.reason}")
        tell(line)
    return list(_read(sampler, count))


def _read(sampler: Sampler, count: int) -> Iterator[Sample]:
    for number in range(count):
        name = sampler.name(number)
        path = sampler.folder / f"{name}.mid"
        told = json.loads(path.with_suffix(".json").read_text("utf-8"))
        yield Sample(name, read_midi(path).score, told)


def _harmony(piece: Piece, score: Score) -> dict[str, float | None]:
    """Shares of planned keys and chords that are heard in a piece."""
    bars = piece.plan.bars
    roles = [part.role for part in piece.plan.parts or ()]
    keys = [
        asked.key == key
        for asked, key in zip(bars, keys_of(score), strict=False)
        if asked.key is not None
    ]
    told: dict[str, float | None] = asdict(heard_harmony(score, bars, roles))
    return told | {"key": fmean(keys) if keys else None}

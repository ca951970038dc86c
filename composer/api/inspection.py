"""Inspection: what is in a MIDI file, measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from composer.analysis import analyse, estimate_beats, grid_pull, has_usable_grid, regrid
from composer.analysis.mood import mood_of
from composer.analysis.recurrence import with_returns
from composer.midi import read_midi
from composer.plan import Mood, Plan
from composer.plan.moods import nearest_tag
from composer.request import FASTEST_QPM, MOST_BARS, MOST_PARTS, SLOWEST_QPM
from composer.score import Score, instrument_name, seconds_at


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file's score, the plan and mood measured from it, and what reading repaired.

    ``is_regridded`` tells that the file's own grid was no use, so that beats were
    estimated and the score timed anew.
    """

    score: Score
    plan: Plan
    mood: Mood
    repairs: tuple[str, ...]
    is_regridded: bool

    @property
    def seconds(self) -> float:
        """Length to the final bar line."""
        return seconds_at(self.score, self.score.end_ticks)

    @property
    def mood_word(self) -> str:
        """The mood tag nearest to the measured mood; empty where nothing could be measured."""
        return "" if self.mood == Mood() else nearest_tag(self.mood).name

    @property
    def recovered(self) -> Plan:
        """The measured plan as one to compose by: its mood, the parts that sound, sane tempi.

        What comes again, exactly, varied or moved, returns in it too.
        Of more parts than a piece may have, those with the most notes stay. What a plan
        can't hold of the music is told in its remarks.
        """
        counts = [len(part.notes) for part in self.score.parts]
        order = sorted(range(len(counts)), key=lambda part: -counts[part])[:MOST_PARTS]
        parts = self.plan.parts or ()
        kept = tuple(parts[part] for part in sorted(order) if counts[part])
        plan = with_returns(self.plan, self.score)
        first = plan.bars[:MOST_BARS]
        bars = tuple(replace(bar, tempo_qpm=_sane(bar.tempo_qpm)) for bar in first)
        remarks = []
        if len(first) < len(plan.bars):
            remarks.append(f"the first {MOST_BARS:,} of {len(plan.bars):,} bars stay")
        if (silent := sum(map(bool, counts)) - len(kept)) > 0:
            remarks.append(
                f"the {MOST_PARTS} parts with the most notes stay, {silent} are left out"
            )
        if bars != first:
            remarks.append(f"tempi are kept within {SLOWEST_QPM:g} and {FASTEST_QPM:g}")
        markers = tuple(one for one in plan.markers if one.bar <= len(bars))
        plan = replace(plan, bars=bars, markers=markers, remarks=tuple(remarks))
        return replace(plan, parts=kept or None, mood=self.mood)

    def stretches(self, field: str) -> list[tuple[int, str | float]]:
        """(bar counted from 1, value) wherever a field of the plan's bars changes."""
        return list(_changes([getattr(bar, field) for bar in self.plan.bars]))

    def chords(self) -> list[str]:
        """Each bar's chords, such as ``Am`` or ``Am G``."""
        names = []
        for bar in self.plan.bars:
            chords = [chord for chord in (bar.chord, bar.second_chord) if chord is not None]
            names.append(" ".join(chord.symbol(bar.key) for chord in chords))
        return names

    def parts(self) -> list[dict[str, Any]]:
        """Each part's name, instrument, role, number of notes and pitch range (MIDI)."""
        return [
            {
                "name": part.name,
                "instrument": instrument_name(part.program, is_drums=part.is_drums),
                "role": None if planned.role is None else str(planned.role),
                "notes": len(part.notes),
                "lowest_pitch": min((note.pitch for note in part.notes), default=None),
                "highest_pitch": max((note.pitch for note in part.notes), default=None),
            }
            for part, planned in zip(self.score.parts, self.plan.parts or (), strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values; tempi in quarters a minute, bars counted from 1."""
        stretches = {
            name: [{"bar": bar, "value": value} for bar, value in self.stretches(field)]
            for name, field in (
                ("meters", "meter"),
                ("keys", "key"),
                ("tempos_qpm", "tempo_qpm"),
                ("sections", "section"),
            )
        }
        return {
            "title": self.score.title,
            "bars": len(self.plan.bars),
            "seconds": round(self.seconds, 3),
            "notes": self.score.note_count,
            **stretches,
            "chords": self.chords(),
            "intensity": [bar.intensity for bar in self.plan.bars],
            "parts": self.parts(),
            "mood": {
                "valence": self.mood.valence,
                "arousal": self.mood.arousal,
                "nearest": self.mood_word,
            },
            "is_regridded": self.is_regridded,
            "repairs": list(self.repairs),
        }


def inspect_file(source: str | Path | bytes) -> Inspection:
    """Read a MIDI file, of a path or its bytes, and measure what is in it.

    Raises InputError where it is missing or no MIDI file.
    """
    reading = read_midi(source)
    score, is_regridded = _on_grid(reading.score)
    return Inspection(score, analyse(score), mood_of(score), reading.repairs, is_regridded)


def _sane(tempo_qpm: float | None) -> float:
    """A tempo that can be asked for."""
    return min(FASTEST_QPM, max(SLOWEST_QPM, tempo_qpm or 120.0))


def _on_grid(score: Score) -> tuple[Score, bool]:
    """The score with a grid that bars can be read off, and whether it was timed anew.

    Its own grid stays where estimated beats explain the onsets no better.
    """
    if has_usable_grid(score):
        return score, False
    beats = estimate_beats(score)
    if len(beats.seconds) < 2 or beats.confidence <= grid_pull(score):
        return score, False
    return regrid(score, beats.seconds, beats.downbeats or (0,), meter=beats.meter), True


def _changes(values: Sequence[object]) -> Iterator[tuple[int, str | float]]:
    """Yield the first place (from 1) and the number or text of each run of equal values."""
    place = 1
    for value, run in groupby(values):
        if value is not None:
            yield place, value if isinstance(value, float) else str(value)
        place += len(list(run))

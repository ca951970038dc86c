"""One file of a source becomes prepared pieces: read, mended, gridded, measured, labelled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import nan

from composer.analysis import analyse
from composer.errors import ComposerError
from composer.lab.archive import Archive, Entry
from composer.lab.cuts import movements, trimmed
from composer.lab.grids import NoBeatError, TempoHint, gridded
from composer.lab.labels import human_mood, labelled
from composer.lab.repairs import (
    with_drums_as_drums,
    with_full_bars,
    with_onsets_on_ticks,
    with_scored_programs,
    with_true_programs,
)
from composer.lab.scene_moods import SCENE_SOURCES, met_halfway, scene_mood
from composer.lab.shards import EXPRESSIVE, FLAT, Piece
from composer.lab.sources import Grid, Source, Tier
from composer.lab.styles import style_of
from composer.lab.symbols import with_symbols, with_written_chords
from composer.language import Loss, quantise
from composer.midi import read_midi
from composer.score import Score

MIN_NOTES = 8
"""A piece of fewer notes teaches nothing."""
_FLAT_VELOCITIES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its pieces, or the reason why there are none.

    ``repairs`` are the kinds of repair that changed it.
    """

    notes: int
    pieces: tuple[tuple[Piece, Loss], ...]
    repairs: tuple[str, ...] = ()
    drop: str = ""


@dataclass(frozen=True, slots=True)
class FileData:
    """One file with all that lies beside it."""

    entry: Entry
    midi: bytes
    hint: TempoHint | None = None
    beats: bytes | None = None
    chords: bytes | None = None


def file_data(
    archive: Archive, entry: Entry, source: Source, hints: dict[str, TempoHint]
) -> FileData:
    """Take a file and its neighbours out of the zip; raises InputError."""
    stem = entry.file.rpartition(".")[0]
    folder = entry.file.rpartition("/")[0]
    beats, chords = f"{folder}/beat_midi.txt", f"{stem}.chords.json"
    return FileData(
        entry=entry,
        midi=archive.read(entry.file),
        hint=hints.get(entry.file),
        beats=archive.read(beats)
        if source.grid is Grid.ANNOTATED and archive.has(beats)
        else None,
        chords=archive.read(chords) if source.has_chords and archive.has(chords) else None,
    )


def prepare_file(data: FileData | None, source: Source) -> Outcome:
    """Turn one file into pieces. Never raises: whatever goes wrong is a reason to drop.

    ``data`` is None where the zip lists the file but does not give it.
    """
    if data is None:
        return Outcome(0, (), drop="not in the zip, damaged or too large")
    notes = 0
    try:
        score = read_midi(data.midi).score
        notes = score.note_count
        if notes < MIN_NOTES:
            return Outcome(notes, (), drop="fewer than 8 notes")
        score, repairs = _mended(score, data, source)
        scores = movements(score) if source.has_movements else (score,)
        if len(scores) > 1:
            repairs = (*repairs, "split into movements")
        return Outcome(notes, tuple(_pieces(scores, data, source)), repairs)
    except NoBeatError as error:
        return Outcome(notes, (), drop=str(error))
    except ComposerError:
        return Outcome(notes, (), drop="unreadable file")
    except Exception as error:  # noqa: BLE001  # one odd file must not end a run of thousands
        return Outcome(notes, (), drop=f"fault in composer: {type(error).__name__}: {error}")


def _mended(score: Score, data: FileData, source: Source) -> tuple[Score, tuple[str, ...]]:
    """The score on true bars with true instruments, and what had to be changed for it."""
    if data.chords is not None:
        score = with_symbols(score, data.chords)
    done: list[str] = []
    steps = (
        ("regridded", lambda s: gridded(s, source.grid, hint=data.hint, beats=data.beats)),
        ("programs replaced", lambda s: with_true_programs(s, source)),
        ("drums moved to the kit", with_drums_as_drums),
        ("instruments from tags", lambda s: _from_tags(s, data.entry.tags, source)),
        ("grace-note shifts undone", lambda s: _unshifted(s, source)),
        ("empty bars cut", trimmed),
        ("1/4 read as 4/4", with_full_bars),
    )
    for name, step in steps:
        mended = step(score)
        if mended != score:
            done.append(name)
        score = mended
    return score, tuple(done)


def _unshifted(score: Score, source: Source) -> Score:
    return with_onsets_on_ticks(score) if source.is_scored else score


def _from_tags(score: Score, tags: str, source: Source) -> Score:
    return with_scored_programs(score, tags) if source.is_scored else score


def _pieces(
    scores: tuple[Score, ...], data: FileData, source: Source
) -> Iterator[tuple[Piece, Loss]]:
    """Measure, label and quantise each movement."""
    for score in scores:
        if score.note_count < MIN_NOTES:
            continue
        plan = analyse(score)
        if source.has_chords:
            plan = with_written_chords(plan, score)
        plan = labelled(plan, score)
        if source.name in SCENE_SOURCES:
            scene = scene_mood(data.entry.title, data.entry.tags)
            plan = replace(plan, mood=met_halfway(plan.mood, scene))
        if source.tier is Tier.LABELLED:
            plan = replace(plan, mood=human_mood(data.entry))
        sheet, loss = quantise(score, plan)
        yield (
            Piece(
                sheet=sheet,
                source=source.name,
                file=data.entry.file,
                title=data.entry.title,
                song=data.entry.song,
                licence=data.entry.licence,
                sha1=data.entry.sha1,
                style=style_of(score, source, data.entry.tags),
                valence=nan if plan.mood.valence is None else plan.mood.valence,
                arousal=nan if plan.mood.arousal is None else plan.mood.arousal,
                dynamics=dynamics_of(score),
            ),
            loss,
        )


def dynamics_of(score: Score) -> int:
    """FLAT where at most two velocities occur, else EXPRESSIVE."""
    velocities = {note.velocity for part in score.parts for note in part.notes}
    return FLAT if len(velocities) <= _FLAT_VELOCITIES else EXPRESSIVE

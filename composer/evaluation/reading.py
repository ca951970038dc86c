"""A folder of MIDI as scores whose bars can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from composer.analysis import estimate_beats, has_usable_grid, regrid
from composer.errors import ComposerError, InputError
from composer.midi import read_midi
from composer.score import Score

_SUFFIXES = frozenset({".mid", ".midi"})


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder and those in it hold, in order of names."""

    scores: tuple[tuple[Path, Score], ...]
    unread: tuple[Unread, ...]


def midi_files(folder: Path) -> list[Path]:
    """Every MIDI file in ``folder`` and below; raises InputError where there is none."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: name a folder of MIDI files")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not files:
        raise InputError(f"no MIDI file (.mid, .midi) is in {folder}")
    return files


def read_folder(folder: Path, tell: Callable[[float, float], None] | None = None) -> Folder:
    """Read a folder; ``tell`` hears the files done and in all.

    Performances that know nothing of their file's grid are put on the beats heard.
    Files that cannot be read, and those without notes, are named in ``unread``.
    """
    scores: list[tuple[Path, Score]] = []
    unread: list[Unread] = []
    files = midi_files(folder)
    for index, path in enumerate(files):
        try:
            scores.append((path, _read(path)))
        except ComposerError as error:
            unread.append(Unread(path, str(error)))
        if tell is not None:
            tell(index + 1, len(files))
    return Folder(tuple(scores), tuple(unread))


def _read(path: Path) -> Score:
    """One file on its own or on the heard grid."""
    score = read_midi(path).score
    if not score.note_count:
        raise InputError(f"{path} holds no notes")
    if has_usable_grid(score):
        return score
    beats = estimate_beats(score)
    return regrid(score, beats.seconds, beats.downbeats, meter=beats.meter)

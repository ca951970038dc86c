"""Where the files of a command go, settled and checked before anything is composed."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.streams import STREAM
from composer.errors import OutputError, RequestError
from composer.files import check_output

if TYPE_CHECKING:
    from composer.render import Tail

MIDI_SUFFIXES = (".mid", ".midi")


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files of one piece; ``audio`` None where no sound was asked for.

    ``tail`` is how the sound ends.
    """

    midi: Path
    audio: Path | None
    tail: "Tail" = "ring"

    def as_json(self) -> dict[str, str | None]:
        """The paths as texts."""
        return {"midi": str(self.midi), "audio": str(self.audio) if self.audio else None}


def outputs_of(
    seeds: list[int],
    name: str,
    midi: Path | None,
    audio: Path | None,
    tail: str | None = None,
    *,
    force: bool,
) -> list[Outputs]:
    """The files of each piece, named by its seed and ``name`` where no name was given.

    Several pieces are numbered from 1 (``sad-1.mid``). Raises RequestError for a suffix
    that says another format, OutputError for a place that can't be written.
    """
    if midi is not None and midi != STREAM:
        check_midi_path(midi)
    if audio is not None:
        _check_audio(audio)
    ending = tail_of(tail)
    pieces = []
    for number, seed in enumerate(seeds, 1):
        tag = f"-{number}" if len(seeds) > 1 else ""
        place = _free_name(name, seed) if midi is None else _tagged(midi, tag)
        sound = None if audio is None else _tagged(audio, tag)
        pieces.append(Outputs(place, sound, ending))
    for piece in pieces:
        if piece.midi != STREAM:
            check_output(piece.midi, overwrite=force)
        if piece.audio is not None:
            check_output(piece.audio, overwrite=force)
    return pieces


def check_midi_path(path: Path) -> None:
    """Raise where ``path`` is no name for a MIDI file."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file inside it")
    if path.suffix.lower() not in MIDI_SUFFIXES:
        raise RequestError(
            f"{path} is no name for a MIDI file: end it in .mid (sound goes to --audio)"
        )


def _check_audio(path: Path) -> None:
    """Raise where ``path`` names no audio format, or sound does not work here."""
    from composer.render import check_audio_path, find_renderer  # noqa: PLC0415 - heavy

    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file inside it")
    check_audio_path(path)
    find_renderer()


def tail_of(text: str | None) -> "Tail":
    """How the sound ends; it rings on where nothing was said. Raises RequestError."""
    if text is None:
        return "ring"
    from composer.render import check_tail  # noqa: PLC0415 - heavy

    return check_tail(text)


def _tagged(path: Path, tag: str) -> Path:
    return path.with_name(f"{path.stem}{tag}{path.suffix}")


def _free_name(name: str, seed: int) -> Path:
    """``sad-1234.mid`` in the current folder, or the next name that is free."""
    stem, number = stem_of(name), 1
    path = Path(f"{stem}-{seed}.mid")
    while path.exists():
        number += 1
        path = Path(f"{stem}-{seed}-{number}.mid")
    return path


def stem_of(name: str) -> str:
    """``sad-calm`` for "Sad, calm": what a file's name may hold everywhere."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40] or "piece"

"""Making one piece of a batch: from its order to the bytes of its files.

This runs in workers and writes nothing, so that a worker may die at any moment and its piece
be made again elsewhere; the files are written by the process that gave the order.
"""

import json
import socket
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import composer
from composer.api import Composer, Piece, sidecar
from composer.batch.orders import Order, one_line
from composer.errors import CheckpointError, ComposerError
from composer.midi import midi_bytes
from composer.model import DEFAULT_ENGINE
from composer.model.provenance import fingerprint
from composer.render import Tail, find_renderer

MIDI, SIDECAR = ".mid", ".json"
_TOLD = ("sampling", "humanised")


@dataclass(frozen=True, slots=True)
class Way:
    """How all pieces of a batch are made.

    ``options`` are those of ``Composer.compose``; ``audio`` is the suffix of sound files,
    None without. ``is_checked`` measures what each piece keeps of its plan, as sidecars do.
    ``words`` is how the text was read that all pieces were asked for in.
    """

    options: dict[str, Any] = field(default_factory=dict)
    checkpoint: Path | None = None
    engine: str = DEFAULT_ENGINE
    audio: str | None = None
    tail: Tail = "ring"
    has_sidecar: bool = False
    is_checked: bool = False
    words: dict[str, Any] | None = None

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of the files of each piece."""
        audio = () if self.audio is None else (self.audio,)
        return (MIDI, *audio, *((SIDECAR,) if self.has_sidecar else ()))


@dataclass(frozen=True, slots=True)
class Means:
    """What makes the music and its sound on a machine, as hashes and versions."""

    music: str
    sound: str

    @classmethod
    def found(cls, way: Way) -> "Means":
        """Those of this machine; raises where checkpoint, renderer or font are missing."""
        music = f"{composer.__version__} {way.engine} {fingerprint(way.checkpoint)}"
        if way.audio is None:
            return cls(music, "")
        player = find_renderer()
        return cls(music, f"{player.name} {player.version} {player.soundfont.sha256}")


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of a piece's files by suffix, and what the piece is as JSON values.

    ``told`` has ``not_kept``, the names of the plan's wishes, where the way is checked.
    """

    files: dict[str, bytes]
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a piece could not be made."""

    reason: str


def make(order: Order, *, way: Way, means: Means) -> Made | Failed:
    """Compose a piece; what is wrong with it alone is a reason, not an exception.

    Raises CheckpointError, RequestError, InputError or MissingExtraError where no piece could
    be made on this machine, or only with other ``means`` than were found where it was ordered.
    """
    loaded = _composer(way.checkpoint, way.engine)
    _check_means(way.checkpoint, way.engine, way.audio, means)
    try:
        return _made(loaded.compose(order.plan, seed=order.seed, **way.options), order, way)
    except ComposerError as error:
        return Failed(one_line(error))
    except Exception as error:  # noqa: BLE001 - one odd plan must not end a run of hundreds
        return Failed(f"fault in composer: {type(error).__name__}: {one_line(error)}")


@lru_cache(maxsize=1)
def _composer(checkpoint: Path | None, engine: str) -> Composer:
    """The engine, loaded once a process."""
    return Composer.load(checkpoint, engine=engine)


@lru_cache(maxsize=1)
def _check_means(checkpoint: Path | None, engine: str, audio: str | None, means: Means) -> None:
    """Refuse, once a process, to mix pieces of machines that are not set up alike."""
    found = Means.found(Way(checkpoint=checkpoint, engine=engine, audio=audio))
    if found.music != means.music:
        raise CheckpointError(
            f"composer or its checkpoint on {socket.gethostname()} is not the one that this "
            "batch was started with: install the same everywhere"
        )
    if found.sound != means.sound:
        raise CheckpointError(
            f"{socket.gethostname()} has another SoundFont or player than the machine that "
            "this batch was started on: install the same everywhere"
        )


def _made(piece: Piece, order: Order, way: Way) -> Made:
    """The files of a piece."""
    files, told = {MIDI: midi_bytes(piece.score)}, piece.as_json()
    if way.audio is not None:
        files[way.audio] = _sound(piece, way.audio, way.tail)
    if way.has_sidecar or way.is_checked:
        kept = sidecar(piece, order.plan, **_told(way))
        told["not_kept"] = [
            f"{one['name']} {one['place']}".strip()
            for one in kept["controls"]
            if not one["is_kept"]
        ]
        if way.has_sidecar:
            files[SIDECAR] = f"{json.dumps(kept, indent=2)}\n".encode()
    return Made(files, told)


def _told(way: Way) -> dict[str, Any]:
    """What a sidecar tells of the way, besides what the piece itself knows."""
    told = {name: way.options[name] for name in _TOLD if name in way.options}
    return told | {"checkpoint": way.checkpoint, "engine": way.engine, "words": way.words}


def _sound(piece: Piece, suffix: str, tail: Tail) -> bytes:
    """The bytes of a sound file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"piece{suffix}")
        piece.render(path, tail=tail)
        return path.read_bytes()

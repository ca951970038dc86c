"""The record of a batch, ``batch.jsonl`` in its folder: which file came from which request.

One JSON line a piece, added *before* the piece's files are written: a file counts as done
where its bytes have the hash on the line. So a run that was killed at any moment is neither
taken for done nor in its own way, and nor is a file that someone has changed since.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from composer.errors import InputError, OutputError

NAME = "batch.jsonl"
_MOST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: the stem of a piece, what it was made from, its files, and what it is.

    ``music`` and ``sound`` are hashes of everything that decides the notes and their sound,
    ``sound`` empty where there is none. ``files`` maps suffixes to the SHA-256 of the bytes.
    """

    stem: str
    music: str
    sound: str
    files: dict[str, str]
    piece: dict[str, Any]


class Record:
    """The entries of a folder by stem; the last line of a piece counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / NAME
        self._entries = {entry.stem: entry for entry in _read(self._path)}

    def entry(self, stem: str, music: str) -> Entry | None:
        """The piece's entry where it was made from the same request."""
        found = self._entries.get(stem)
        return found if found is not None and found.music == music else None

    def holds(self, entry: Entry, suffix: str) -> bool:
        """Whether the file of that suffix is there as it was made."""
        path = self.folder / f"{entry.stem}{suffix}"
        return path.is_file() and hash_of(path.read_bytes()) == entry.files.get(suffix)

    def add(self, entry: Entry) -> None:
        """Put an entry on the disk; raises OutputError."""
        line = json.dumps(asdict(entry), ensure_ascii=False).encode()
        try:
            with self._path.open("ab+") as file:
                if file.tell():  # a line cut short by a kill or a full disk ends here
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"cannot write {self._path}: {error.strerror}") from error
        self._entries[entry.stem] = entry


def hash_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> Iterable[Entry]:
    """The lines that are entries; others were cut short, or are not ours."""
    try:
        if not path.exists():
            return
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} has more than {_MOST_BYTES:,} bytes: it is no record")
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    for line in lines:
        entry = _entry(line)
        if entry is not None:
            yield entry


def _entry(line: bytes) -> Entry | None:
    try:
        entry = Entry(**json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (entry.stem, entry.music, entry.sound)
    maps = (entry.files, entry.piece)
    is_sound = all(isinstance(one, str) for one in texts) and all(
        isinstance(one, dict) for one in maps
    )
    return entry if is_sound else None

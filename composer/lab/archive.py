"""Reads a source's zip. It is untrusted: sizes are bounded, and no name becomes a path."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from composer.errors import InputError

MAX_ENTRIES = 20_000
MAX_FILE_BYTES = 16 * 2**20
MAX_TABLE_BYTES = 8 * 2**20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError)
# zipfile raises RuntimeError for an encrypted entry, NotImplementedError for a method it lacks


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a source's index.csv."""

    file: str
    title: str
    song: str
    tags: str
    licence: str
    sha1: str
    quadrant: str
    valence: float | None
    arousal: float | None


class Archive:
    """An open source zip; use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raises InputError where it is no zip or holds too much."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise InputError(f"{path} is no readable zip: {error}") from error
        self._sizes = {info.filename: info.file_size for info in self._zip.infolist()}
        if len(self._zip.infolist()) > MAX_ENTRIES:
            self._zip.close()
            raise InputError(f"{path} holds more than {MAX_ENTRIES:,} files")

    def __enter__(self) -> Self:
        """Lend the open archive."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._zip.close()

    def has(self, name: str) -> bool:
        """Whether an entry of this name exists."""
        return name in self._sizes

    def read(self, name: str, limit: int = MAX_FILE_BYTES) -> bytes:
        """Bytes of an entry; raises InputError where it lacks, is damaged or too large."""
        if name not in self._sizes:
            raise InputError(f"{self.path.name} has no {name}")
        try:
            # the size told by the directory may lie: never take more than the limit
            with self._zip.open(name) as entry:
                data = entry.read(limit + 1)
        except _BROKEN as error:
            raise InputError(f"{self.path.name}: {name} cannot be unpacked: {error}") from error
        if len(data) > limit:
            raise InputError(f"{self.path.name}: {name} has over {limit / 2**20:.0f} MB")
        return data

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a CSV entry, every cell a string."""
        text = self.read(name, MAX_TABLE_BYTES).decode("utf-8", "replace")
        rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
        try:
            return [{str(key): str(cell) for key, cell in row.items()} for row in rows]
        except csv.Error as error:
            raise InputError(f"{self.path.name}: {name} is no table: {error}") from error

    def entries(self) -> tuple[Entry, ...]:
        """The pieces that index.csv lists, in order of their names."""
        rows = self.table("index.csv")
        if rows and not {"file", "song_id"} <= rows[0].keys():
            raise InputError(f"{self.path.name}: index.csv needs the columns file and song_id")
        return tuple(sorted(_entries(rows), key=lambda entry: entry.file))


def _entries(rows: list[dict[str, str]]) -> Iterator[Entry]:
    """Each row as an entry; a row without a song is a song of its own."""
    for row in rows:
        yield Entry(
            file=row["file"],
            title=row.get("title", ""),
            song=row["song_id"] or row["file"],
            tags=row.get("tags", ""),
            licence=row.get("licence", ""),
            sha1=row.get("sha1", ""),
            quadrant=row.get("quadrant", ""),
            valence=_number(row.get("valence", "")),
            arousal=_number(row.get("arousal", "")),
        )


def _number(text: str) -> float | None:
    """A number in [-1, 1], or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -1.0 <= value <= 1.0 else None

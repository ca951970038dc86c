"""Turns the source zips into training shards.

    zip -> archive -> pieces (read, mend, grid, measure, quantise) -> split -> shards
                              one cache file a source              -> account -> table

A source whose zip, rules and code are unchanged is taken from its cache file, so that a
preparation cut short goes on where it stopped. The same zips give the same bytes.
"""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

import composer
from composer.analysis.mood import TABLE as MOOD_TABLE
from composer.errors import ComposerError, InputError, OutputError, RequestError
from composer.files import write_whole
from composer.lab.account import Account
from composer.lab.archive import Archive, Entry
from composer.lab.balance import weights_of
from composer.lab.grids import TempoHint, read_hints
from composer.lab.page import page
from composer.lab.pieces import FileData, Outcome, file_data, prepare_file
from composer.lab.shards import Piece, pack, read_shard, write_arrays
from composer.lab.sources import SOURCES, TRAINING_TIERS, Grid, Source, Tier
from composer.lab.split import group_names, group_numbers, is_held_out
from composer.lab.twins import twins_of
from composer.language import vocabulary_hash
from composer.workers import HERE, Lost, Workers, map_unordered

_SAMPLE_NOTES = 100_000
"""Notes of a source whose events are counted for the account."""
_ROOMS = ("score", "plan", "midi", "analysis", "language")
READING_MODULES = (
    "account",
    "archive",
    "cuts",
    "grids",
    "labels",
    "pieces",
    "repairs",
    "scene_moods",
    "shards",
    "sources",
    "styles",
    "symbols",
)
"""Modules of this room that decide what a file becomes: caches of other code are stale."""
_EXTRA_SHARDS = {"pop909": Tier.COMPARISON, "labelled": Tier.LABELLED}


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same over one preparation."""

    data_dir: Path
    caches: Path
    code: str
    workers: Workers
    progress: Progress


@dataclass(frozen=True, slots=True)
class Preparation:
    """What ``prepare`` made: the shards by name, and one account a source."""

    shards: dict[str, Path]
    accounts: tuple[Account, ...]


def prepare(
    data_dir: Path,
    out_dir: Path,
    *,
    hold_out: float = 0.05,
    seed: int = 0,
    extra: Sequence[str] = (),
    workers: Workers = HERE,
) -> Preparation:
    """Prepare every known source in ``data_dir`` into shards in ``out_dir``.

    Args:
        data_dir: the folder of the source zips.
        out_dir: made where it is missing; gets train.npz, held_out.npz, the account as
            data.md, and a folder of caches.
        hold_out: share of the songs that is kept from training.
        seed: another number holds out other songs.
        extra: further shards, ``pop909`` and ``labelled``, which never train the generator.
        workers: who reads the files; the bytes are the same whoever does.

    Raises:
        RequestError: an unknown extra shard, or a share outside [0, 1).
        InputError: no such folder, or no known zip in it, or one that is damaged.
        OutputError: ``out_dir`` cannot be written.
        ComposerError: a file's worker died again and again, or there are no workers.
    """
    sources = _sources_in(data_dir, _tiers(extra, hold_out))
    caches = _made_folder(out_dir / "sources")
    accounts, pieces = [], []
    with _progress() as progress:
        run = _Run(data_dir, caches, _code_hash(), workers, progress)
        for source in sources:
            found, account = _prepared(source, run)
            pieces += found
            accounts.append(account)
    shards = _write_shards(pieces, out_dir, hold_out, seed, extra)
    text = page(accounts, {name: read_shard(path) for name, path in shards.items()})
    write_whole(out_dir / "data.md", text.encode(), overwrite=True)
    return Preparation(shards, tuple(accounts))


def _tiers(extra: Sequence[str], hold_out: float) -> frozenset[Tier]:
    """The tiers to read; refuses what can't be asked for."""
    unknown = sorted(set(extra) - _EXTRA_SHARDS.keys())
    if unknown:
        raise RequestError(f"extra shards are pop909 and labelled, not {unknown[0]!r}")
    if not 0 <= hold_out < 1:
        raise RequestError(f"the share to hold out is from 0 to below 1, not {hold_out:g}")
    return TRAINING_TIERS | {_EXTRA_SHARDS[name] for name in extra}


def _made_folder(path: Path) -> Path:
    """The folder, made where it is missing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot make the folder {path}: {reason}") from error
    return path


def _sources_in(data_dir: Path, tiers: frozenset[Tier]) -> list[Source]:
    """The wanted sources whose zips are there."""
    if not data_dir.is_dir():
        raise InputError(f"{data_dir} is no folder: give the folder of the source zips")
    found = [
        source
        for source in SOURCES.values()
        if source.tier in tiers and (data_dir / f"{source.name}.zip").is_file()
    ]
    if not found:
        raise InputError(f"{data_dir} has none of the known source zips, such as groove.zip")
    return found


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _code_hash() -> str:
    """Hash of everything besides the zip that decides what a source becomes."""
    digest = hashlib.sha256(vocabulary_hash().encode())
    root = Path(composer.__file__).parent
    paths = [path for room in _ROOMS for path in sorted((root / room).glob("*.py"))]
    paths += [root / "lab" / f"{name}.py" for name in READING_MODULES]
    for path in [*paths, root / "analysis" / MOOD_TABLE]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prepared(source: Source, run: _Run) -> tuple[list[Piece], Account]:
    """One source's pieces and account, from its cache where that is current."""
    path = run.data_dir / f"{source.name}.zip"
    digest = hashlib.sha256(f"{run.code}{source}".encode() + path.read_bytes()).hexdigest()
    cache = run.caches / f"{source.name}-{digest[:16]}.npz"
    if not cache.exists():
        with Archive(path) as archive:
            pieces, account = _read_source(source, archive, run)
        write_arrays(cache, pack(pieces, extra={"account": account.to_json()}))
        for old in run.caches.glob(f"{source.name}-{'?' * 16}.npz"):
            if old != cache:
                old.unlink()
    shard = read_shard(cache)
    account = Account.from_json(shard.meta["account"])
    return [shard.piece(index) for index in range(len(shard))], account


def _read_source(source: Source, archive: Archive, run: _Run) -> tuple[list[Piece], Account]:
    """Read every file of a source."""
    entries = archive.entries()
    hinted = source.grid is Grid.HINTS and archive.has("tempo_hint.csv")
    hints = read_hints(archive.table("tempo_hint.csv")) if hinted else {}
    files = (_lent(archive, entry, source, hints) for entry in entries)
    task = run.progress.add_task(source.name, total=len(entries))
    found: dict[int, Outcome] = {}
    work = partial(prepare_file, source=source)
    with closing(map_unordered(work, files, run.workers)) as outcomes:
        for place, outcome in outcomes:
            if isinstance(outcome, Lost):
                raise ComposerError(f"{source.name}, {entries[place].file}: {outcome.reason}")
            found[place] = outcome
            run.progress.advance(task)
    account = Account(source.name)
    pieces: list[Piece] = []
    for _, outcome in sorted(found.items()):
        account.add(outcome)
        pieces += [piece for piece, _ in outcome.pieces]
    _count_events(pieces, account)
    return pieces, account


def _lent(
    archive: Archive, entry: Entry, source: Source, hints: dict[str, TempoHint]
) -> FileData | None:
    """A file out of the zip; None where the zip does not give it."""
    try:
        return file_data(archive, entry, source, hints)
    except InputError:
        return None


def _count_events(pieces: list[Piece], account: Account) -> None:
    """Encode an even sample of the pieces."""
    step = max(1, -(-account.notes_kept // _SAMPLE_NOTES))
    for piece in pieces[::step]:
        account.add_events(piece.sheet)


def _write_shards(
    pieces: list[Piece], out_dir: Path, hold_out: float, seed: int, extra: Sequence[str]
) -> dict[str, Path]:
    """Split, weigh and write."""
    # what is asked for beside the training music must not move its split
    pieces = sorted(pieces, key=lambda piece: SOURCES[piece.source].tier not in TRAINING_TIERS)
    training = [piece for piece in pieces if SOURCES[piece.source].tier in TRAINING_TIERS]
    names = group_names(pieces, twins_of(training))
    numbers = group_numbers(names)
    rows: dict[str, list[tuple[Piece, int]]] = {"train": [], "held_out": []}
    for name in extra:
        rows[name] = []
    for piece, group in zip(pieces, names, strict=True):
        rows[_shard_of(piece, group, hold_out, seed)].append((piece, numbers[group]))
    paths = {}
    for name, chosen in rows.items():
        found = [piece for piece, _ in chosen]
        arrays = pack(found, weights=weights_of(found), songs=[song for _, song in chosen])
        paths[name] = out_dir / f"{name}.npz"
        write_arrays(paths[name], arrays)
    return paths


def _shard_of(piece: Piece, group: str, hold_out: float, seed: int) -> str:
    """Name of the shard a piece goes to."""
    tier = SOURCES[piece.source].tier
    for name, wanted in _EXTRA_SHARDS.items():
        if tier is wanted:
            return name
    return "held_out" if is_held_out(group, hold_out, seed) else "train"

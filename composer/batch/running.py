"""Running a batch: what is there is left, what is missing is made, whole or not at all."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from composer.batch.making import MIDI, Failed, Made, Means, Way, make
from composer.batch.orders import Order
from composer.batch.record import Entry, Record, hash_of
from composer.errors import OutputError
from composer.files import check_output, write_whole
from composer.planfile import plan_text
from composer.workers import HERE, Lost, Workers, map_unordered


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: its MIDI file, and why it failed or else what the piece is.

    ``is_new`` is False where the files were there from an earlier run.
    """

    midi: Path
    piece: dict[str, Any]
    failure: str = ""
    is_new: bool = True


def compose_batch(
    orders: Sequence[Order],
    folder: Path,
    way: Way,
    workers: Workers = HERE,
    *,
    overwrite: bool = False,
) -> Generator[Outcome, None, None]:
    """Compose all orders into ``folder`` (made where missing); yields each as it is done.

    Pieces come in any order, those of an earlier run first. The same orders and way give the
    same bytes whatever the workers, and run again they make only what is missing. Files that
    this very request did not make are kept unless ``overwrite``.

    Raises OutputError before anything is composed where such files are in the way, and where
    the folder can't be written; CheckpointError, RequestError, InputError or
    MissingExtraError where nothing can be composed as asked.
    """
    means = Means.found(way)
    with _made_folder(folder):
        desk = _Desk(orders, folder, way, means, overwrite=overwrite)
        todo = desk.missing()
        stems = {order.stem for order in todo}
        yield from (desk.finished(order) for order in orders if order.stem not in stems)
        work = partial(make, way=way, means=means)
        with closing(map_unordered(work, todo, workers)) as results:
            for place, made in results:
                yield desk.settled(todo[place], made)


class _Desk:
    """Knows what of a batch is there, and puts what comes into its place."""

    def __init__(
        self,
        orders: Sequence[Order],
        folder: Path,
        way: Way,
        means: Means,
        *,
        overwrite: bool,
    ) -> None:
        self._orders, self._way, self._overwrite = orders, way, overwrite
        self._record = Record(folder)
        self._music = {order.stem: _hash(order, way, means) for order in orders}
        self._sound = f"{means.sound} {way.tail}" if way.audio else ""

    def missing(self) -> list[Order]:
        """The orders that are not done; raises OutputError where their files can't be put."""
        missing, strange = [], []
        for order in self._orders:
            entry = self._entry(order)
            held = {one for one in self._way.suffixes if entry and self._holds(entry, one)}
            if entry and len(held) == len(self._way.suffixes) and self._is_told(entry):
                continue
            missing.append(order)
            for suffix in self._way.suffixes:
                path = self._path(order, suffix)
                check_output(path, overwrite=True)
                strange += [path] if suffix not in held and path.exists() else []
        if strange and not self._overwrite:
            more = f", and {len(strange) - 1} more" if len(strange) > 1 else ""
            raise OutputError(
                f"{strange[0]} exists already{more}, made otherwise or changed since: "
                "choose another folder or add --force"
            )
        return missing

    def finished(self, order: Order) -> Outcome:
        """A piece of an earlier run."""
        entry = self._entry(order)
        assert entry is not None  # noqa: S101 - it is not missing
        return Outcome(self._path(order, MIDI), entry.piece, is_new=False)

    def settled(self, order: Order, made: Made | Failed | Lost) -> Outcome:
        """Write what was made, the line of the record first."""
        midi = self._path(order, MIDI)
        if not isinstance(made, Made):
            return Outcome(midi, {}, failure=made.reason)
        entry = self._entry(order) or Entry(order.stem, self._music[order.stem], "", {}, {})
        hashes = {suffix: hash_of(data) for suffix, data in made.files.items()}
        entry = replace(
            entry,
            sound=self._sound or entry.sound,
            files=entry.files | hashes,
            piece=entry.piece | made.told,
        )
        held = {suffix for suffix in hashes if self._record.holds(entry, suffix)}
        self._record.add(entry)
        for suffix, data in made.files.items():
            if suffix not in held:
                write_whole(self._path(order, suffix), data, overwrite=self._overwrite)
        return Outcome(midi, entry.piece)

    def _entry(self, order: Order) -> Entry | None:
        return self._record.entry(order.stem, self._music[order.stem])

    def _holds(self, entry: Entry, suffix: str) -> bool:
        """Whether a file is there as this way makes it."""
        is_current = suffix != self._way.audio or entry.sound == self._sound
        return is_current and self._record.holds(entry, suffix)

    def _is_told(self, entry: Entry) -> bool:
        return not self._way.is_checked or "not_kept" in entry.piece

    def _path(self, order: Order, suffix: str) -> Path:
        return self._record.folder / f"{order.stem}{suffix}"


def _hash(order: Order, way: Way, means: Means) -> str:
    """Of everything that decides the notes."""
    plan = plan_text(replace(order.plan, seed=order.seed, remarks=()))
    return hash_of("\n".join([means.music, repr(sorted(way.options.items())), plan]).encode())


@contextmanager
def _made_folder(folder: Path) -> Iterator[None]:
    """Make a folder where it is missing; what was made and stayed empty goes again."""
    was_there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
    try:
        yield
    finally:
        if not was_there:
            with suppress(OSError):
                folder.rmdir()

"""How near a file comes to the music that a checkpoint learnt from."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from composer.errors import InputError
from composer.midi import read_midi
from composer.model.engine import folder_of
from composer.originality import INDEX, NOTES, Comparison, Index, compare, read_index
from composer.score import Score


@dataclass(frozen=True, slots=True)
class Originality:
    """Melody figures of a file found in the training music, and what is natural.

    A figure is 13 notes' intervals and rhythm, in any key. ``natural`` maps a source to what
    its held-out pieces, which are no copies, share with the same music: ``pieces`` and how
    many of them are ``sharing``, ``figures`` and how many of them are ``shared``.
    """

    found: Comparison
    natural: dict[str, dict[str, int]]
    natural_share: float
    """Share of figures that unrelated real pieces have in common with the music, 0-1."""

    @property
    def share(self) -> float:
        """Share of the file's figures that stand in the music, 0-1."""
        return self.found.share

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            **asdict(self.found),
            "share": round(self.share, 4),
            "natural_share": round(self.natural_share, 4),
            "natural": self.natural,
        }

    def lines(self) -> list[str]:
        """For people: how much is shared, what is natural, the nearest passage."""
        found, near = self.found, self.found.nearest
        if not found.figures:
            return [f"no melody of {NOTES} notes: nothing to look for in the training music"]
        shared = (
            f"{found.shared} of {found.figures} melody figures of {NOTES} notes stand in the "
            f"training music ({self.share:.1%}); of real pieces that are no copies, "
            f"{self.natural_share:.1%} do"
        )
        told = [shared]
        if near is not None:
            told.append(
                f"nearest: {near.notes} notes of part {near.part + 1}, bars {near.bars[0]}-"
                f"{near.bars[1]}, as in {near.piece.title} ({near.piece.source}), bars "
                f"{near.piece_bars[0]}-{near.piece_bars[1]}"
            )
        return told


def check_originality(
    source: str | Path | bytes, checkpoint: str | Path | None = None
) -> Originality:
    """Compare a MIDI file (its path or bytes) with the music that a checkpoint learnt from.

    None takes the checkpoint that comes with composer. Raises InputError where the file
    can't be read or the checkpoint has no index of its music.
    """
    index = known_music(checkpoint)
    if index is None:
        folder = folder_of(checkpoint)
        raise InputError(f"{folder} has no {INDEX}: its training music is unknown")
    return _compared(read_midi(source).score, index)


def originality_of(score: Score, checkpoint: str | Path | None = None) -> Originality | None:
    """As ``check_originality``, of a score; None where the checkpoint has no index."""
    index = known_music(checkpoint)
    return None if index is None else _compared(score, index)


def known_music(checkpoint: str | Path | None = None) -> Index | None:
    """The index of a checkpoint's music, None where it has none.

    Raises InputError where it is damaged.
    """
    path = folder_of(checkpoint) / INDEX
    return _index(path, path.stat().st_mtime_ns) if path.is_file() else None


def _compared(score: Score, index: Index) -> Originality:
    return Originality(compare(score, index), index.natural, index.natural_share)


@lru_cache(maxsize=1)
def _index(path: Path, _changed_ns: int) -> Index:
    """The index, read once for many pieces and again where it changed."""
    return read_index(path)

"""Sampling weights: soundtrack music, an eighth of the bars, is two fifths of training."""

from collections import defaultdict
from collections.abc import Sequence

from composer.lab.shards import Piece
from composer.lab.sources import FAMILY_SHARES, SOURCES
from composer.lab.split import song_name


def weights_of(pieces: Sequence[Piece]) -> list[float]:
    """Weight of each piece; all together 1.

    Each family of styles has its share (``FAMILY_SHARES``; the shares of families that
    are absent go to the others in proportion). Inside a family every bar counts alike,
    but versions of one song together count as one song of their mean length.
    """
    sizes = _sizes(pieces)
    families = [_family(piece) for piece in pieces]
    totals: dict[int, float] = defaultdict(float)
    for family, size in zip(families, sizes, strict=True):
        totals[family] += size
    present = sum(FAMILY_SHARES[family][1] for family in totals)
    return [
        FAMILY_SHARES[family][1] / present * size / totals[family]
        for family, size in zip(families, sizes, strict=True)
    ]


def _family(piece: Piece) -> int:
    """Index of the piece's family."""
    for index, (styles, _) in enumerate(FAMILY_SHARES):
        if piece.style in styles:
            return index
    raise ValueError(f"style {piece.style!r} has no share")


def _sizes(pieces: Sequence[Piece]) -> list[float]:
    """Bars of each piece, divided among the versions of a song."""
    versions: dict[str, int] = defaultdict(int)
    for piece in pieces:
        versions[song_name(piece)] += 1
    return [
        piece.bars / (versions[song_name(piece)] if _keeps_versions(piece) else 1)
        for piece in pieces
    ]


def _keeps_versions(piece: Piece) -> bool:
    source = SOURCES.get(piece.source)
    return source is not None and source.keeps_versions

"""Which pieces train and which are held out: decided by song, never by file.

A song's side is a hash of its name, so that it does not depend on which other pieces are
there, and stays when sources are added.
"""

import hashlib
from collections.abc import Iterable, Sequence

from composer.lab.shards import Piece


def song_name(piece: Piece) -> str:
    """The song of a piece, distinct between sources."""
    return f"{piece.source}/{piece.song}"


def group_names(pieces: Sequence[Piece], twins: Iterable[tuple[int, int]] = ()) -> list[str]:
    """The name that decides each piece's side.

    Pieces of one song share it, and so do songs that hold the same file (by SHA-1) or the
    same music (``twins``: pairs of indices): the first name in order is the group's.
    """
    names = [song_name(piece) for piece in pieces]
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    owner: dict[str, str] = {}
    same_file = [
        (owner.setdefault(piece.sha1 or name, name), name)
        for piece, name in zip(pieces, names, strict=True)
    ]
    for one, other in [*same_file, *((names[a], names[b]) for a, b in twins)]:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return [root(name) for name in names]


def group_numbers(names: Sequence[str]) -> dict[str, int]:
    """A number for each group, in order of the names."""
    return {name: number for number, name in enumerate(sorted(set(names)))}


def is_held_out(name: str, share: float, seed: int) -> bool:
    """Whether a group is held out: its hash, as a number in [0, 1), lies below ``share``."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share

"""Real music to compare composed pieces with: all of it, or as many pieces of each mood.

Pieces of the styles that requests without a style lead to (band, game, orchestra), one a
song: the held-out ones, and those of the training shards too, because held out there are too
few of them for sets of 50. A model that copied would be near to them; originality is measured
elsewhere.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from composer.lab.shards import Piece, Shard, is_known
from composer.language import score_of
from composer.plan import Mood
from composer.score import Score

STYLES = frozenset({"band", "game", "orchestra"})


def songs(shards: Sequence[Shard]) -> Iterator[Piece]:
    """The first piece of every song of ``STYLES``."""
    seen: set[str] = set()
    for shard in shards:
        for index in range(len(shard)):
            piece = shard.piece(index)
            if piece.style in STYLES and piece.song not in seen:
                seen.add(piece.song)
                yield piece


def reference_pieces(shards: Sequence[Shard]) -> Iterator[tuple[Score, Mood]]:
    """The first piece of every song of ``STYLES``, with its label."""
    for piece in songs(shards):
        axes = (piece.valence, piece.arousal)
        known = [axis if is_known(axis) else None for axis in axes]
        yield score_of(piece.sheet), Mood(*known)


def matched(moods: Sequence[Mood]) -> list[int]:
    """Places of as many pieces of each mood quadrant as the rarest one has.

    Most real band and game music is excited, while each quadrant is asked for equally often:
    only against these pieces do tempo, density and parts compare like with like. From the
    commoner quadrants pieces are taken evenly along the list.
    """
    sides: dict[tuple[bool, bool], list[int]] = {}
    for place, mood in enumerate(moods):
        valence, arousal = mood.valence, mood.arousal
        if valence and arousal:
            sides.setdefault((valence > 0, arousal > 0), []).append(place)
    count = min(map(len, sides.values()), default=0)
    return sorted(
        own[place]
        for own in sides.values()
        for place in np.linspace(0, len(own) - 1, count).astype(int).tolist()
    )

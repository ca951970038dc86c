"""How the chords that a plan draws lean to those of real music in their key.

Roots are drawn much as real music has them, but the model hardly hears which quality belongs
on a root of the key: in minor it drew .41 of the chords on the sixth degree as minor triads,
where real music has .08 (60 plans; 598 pieces). So real music's odds come to the model's: how
much commoner than elsewhere a quality is on this degree. A piece leans to begin on its tonic
triad; where that was set, for all of its bar, what followed kept to triads (.15 of the half
bars had others, .24 without, .31 in real music) and changed less often. The pieces that stray
least keep their chords to one scale, as a quarter of the real ones do.
"""

import json
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from composer.compose.accidentals import own_tones
from composer.compose.character import Character, between
from composer.compose.keeping import Lean, Leans
from composer.compose.successions import Successions
from composer.language import vocabulary as v
from composer.language.rows import Legal, Row
from composer.language.stream import Stream
from composer.plan import CHORD_QUALITIES
from composer.score import Mode

TABLE = Path(__file__).with_name("tonal.json")
"""Made by ``composer.lab.tonal`` from the training music alone."""
LEAST_LEAN, MOST_LEAN = 0.5, 1.5
"""Weight of real music's odds beside the model's, drawn for each piece: pieces differ in how
closely they keep to their key."""
MOST_STRICT = 2.0
"""Nats against each tone of a chord that is foreign to the key, in the pieces that stray least;
none in the half that stray more. A quarter of real pieces keep to one scale throughout."""
OPENING_LEAN = 3.0
"""Nats for the tonic as a piece's first root, and as many for its triad, so that what follows
is heard in its key. Real music begins on the tonic in .61 of the pieces."""

_KEY = v.COLUMN["key"]


@cache
def habits_of(mode: Mode) -> tuple[tuple[float, ...], ...]:
    """How much commoner each quality is on a root than in all the mode, in nats.

    By the root in steps above the tonic, and by the value of ``quality`` (from 0).
    """
    rows = json.loads(TABLE.read_text(encoding="utf-8"))[mode.value]
    return tuple(zip(*(rows.get(name, [0.0] * 12) for name in v.QUALITIES), strict=True))


def _qualities(
    _stream: Stream, row: Row, legal: Legal, *, root: int, strength: float
) -> Sequence[float]:
    """What is added to the logits of the qualities on the root in column ``root``."""
    tone = row[root]
    if not row[_KEY] or not 0 < tone < v.NO_ROOT:
        return [0.0] * len(legal)
    key = v.key_of_value(row[_KEY])
    habits = habits_of(key.mode)[(tone - 1 - key.tonic) % 12]
    return [strength * habits[quality - 1] for quality in legal.tolist()]


def _strict_roots(
    _stream: Stream, row: Row, legal: Legal, *, strictness: float
) -> Sequence[float]:
    """What is added to the logits of a root: against those outside the key."""
    if not row[_KEY]:
        return [0.0] * len(legal)
    own = own_tones(row[_KEY])
    return [-strictness * (root < v.NO_ROOT and root - 1 not in own) for root in legal.tolist()]


def _strict_qualities(
    _stream: Stream, row: Row, legal: Legal, *, root: int, strictness: float
) -> Sequence[float]:
    """What is added to the logits of the qualities on a root: against each foreign tone."""
    tone = row[root]
    if not row[_KEY] or not 0 < tone < v.NO_ROOT:
        return [0.0] * len(legal)
    foreign = _foreign_tones(row[_KEY], tone - 1)
    return [-strictness * foreign[quality - 1] for quality in legal.tolist()]


@cache
def _foreign_tones(key_value: int, root: int) -> tuple[int, ...]:
    """How many tones foreign to the key each quality has on a root, itself left out."""
    own = own_tones(key_value)
    return tuple(
        sum((root + step) % 12 not in own for step in CHORD_QUALITIES[name] if step)
        for name in v.QUALITIES
    )


def _opening_root(stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
    """What is added to the logits of a root: for the tonic where the piece begins."""
    if not row[_KEY] or not _is_opening(stream):
        return [0.0] * len(legal)
    tonic = v.key_of_value(row[_KEY]).tonic
    return [OPENING_LEAN * (root - 1 == tonic) for root in legal.tolist()]


def _opening_quality(stream: Stream, row: Row, legal: Legal) -> Sequence[float]:
    """What is added to the logits of its quality: for the key's own triad."""
    if not row[_KEY] or not _is_opening(stream):
        return [0.0] * len(legal)
    own = "m" if v.key_of_value(row[_KEY]).mode is Mode.MINOR else ""
    return [OPENING_LEAN * (v.QUALITIES[value - 1] == own) for value in legal.tolist()]


def _is_opening(stream: Stream) -> bool:
    """Whether the first bar of the piece is planned."""
    return not stream.first and not stream.plan


def plan_leans(character: Character) -> Leans:
    """What a plan leans to where it is open, by attribute."""
    successions = Successions(character.stillness)
    strength = between(LEAST_LEAN, MOST_LEAN, character.usual_chords)
    strictness = MOST_STRICT * max(0.0, 1.0 - 2.0 * character.straying)
    roots = partial(_strict_roots, strictness=strictness)

    def qualities(root: str) -> tuple[Lean, Lean]:
        column = v.COLUMN[root]
        return (
            partial(_qualities, root=column, strength=strength),
            partial(_strict_qualities, root=column, strictness=strictness),
        )

    return {
        "root": (_opening_root, successions.first_roots, roots),
        "quality": (_opening_quality, *qualities("root")),
        "root2": (successions.second_roots, roots),
        "quality2": qualities("root2"),
    }

"""How the chords that a plan draws lean to their key.

Roots are drawn much as real music has them, but the model hardly hears which quality belongs
on a root of the key: on the sixth degree of major it drew five major triads for each minor
one, where real music has one for eight (80 plans; 630 pieces). So qualities with a tone
outside the key are made rarer.
"""

from collections.abc import Sequence
from functools import cache, partial

from composer.compose.keeping import Leans
from composer.language import vocabulary as v
from composer.language.rows import Legal, Row
from composer.language.stream import Stream
from composer.plan import CHORD_QUALITIES
from composer.score import Mode

MOST_LEAN = 2.0
"""Nats less, at most, for a quality with tones outside the key. Pieces differ: where all leaned
so, .95 of the chords' tones lay within their key with a standard deviation of .04 between
pieces; drawn for each piece from 0 to this, .92 and .06; real music has .93 and .08."""

_DOMINANTS, _LEADING_TONE = (7, 11), 11
"""Steps above a minor tonic: chords on these roots may have its leading tone."""
_KEY = v.COLUMN["key"]


def _qualities(
    _stream: Stream, row: Row, legal: Legal, *, root: int, strength: float
) -> Sequence[float]:
    """What is added to the logits of the qualities on the root in column ``root``."""
    key, tone = row[_KEY], row[root]
    if not key or not 0 < tone < v.NO_ROOT:
        return [0.0] * len(legal)
    return [-strength * _is_foreign(key, tone - 1, quality) for quality in legal.tolist()]


@cache
def _is_foreign(key_value: int, root: int, quality: int) -> bool:
    """Whether a chord has tones outside its key."""
    key = v.key_of_value(key_value)
    own = set(key.scale)
    if key.mode is Mode.MINOR and (root - key.tonic) % 12 in _DOMINANTS:
        own.add((key.tonic + _LEADING_TONE) % 12)
    steps = CHORD_QUALITIES[v.QUALITIES[quality - 1]]
    return any((root + step) % 12 not in own for step in steps)


def plan_leans(strength: float) -> Leans:
    """What a plan leans to where it is open, by attribute; ``strength`` in nats."""
    return {
        name: (partial(_qualities, root=v.COLUMN[root], strength=strength),)
        for name, root in (("quality", "root"), ("quality2", "root2"))
    }

"""The key that a progression is in, where nobody said it."""

from collections.abc import Sequence

from composer.plan import Chord
from composer.score import Key, Mode

_OPENS, _CLOSES, _LEADS = 0.15, 0.15, 0.1
_LEADING_TONE = 0.8
"""Worth of the raised seventh in minor, against 1 for a tone of the scale."""


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """Key whose scale holds most of the chords' tones.

    The first and the last chord tell a little more where they are the tonic's, and so does
    a dominant. C major where there is no chord.
    """
    if not chords:
        return Key(0)
    keys = [Key(tonic, mode) for mode in Mode for tonic in range(12)]
    return max(keys, key=lambda key: _fit(key, chords))


def _fit(key: Key, chords: Sequence[Chord]) -> float:
    """How well a key explains the chords."""
    worth = dict.fromkeys(key.scale, 1.0)
    if key.mode is Mode.MINOR:
        worth[(key.tonic + 11) % 12] = _LEADING_TONE
    inside = sum(
        sum(worth.get(tone, 0.0) for tone in chord.pitch_classes) / len(chord.pitch_classes)
        for chord in chords
    ) / len(chords)
    third = 3 if key.mode is Mode.MINOR else 4

    def is_tonic(chord: Chord) -> bool:
        return chord.root == key.tonic and (key.tonic + third) % 12 in chord.pitch_classes

    dominant, lead = (key.tonic + 7) % 12, (key.tonic + 11) % 12
    leads = any(chord.root == dominant and lead in chord.pitch_classes for chord in chords)
    return (
        inside + _OPENS * is_tonic(chords[0]) + _CLOSES * is_tonic(chords[-1]) + _LEADS * leads
    )

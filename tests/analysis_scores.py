"""Small scores with known harmony for the tests of the analysis."""

from dataclasses import replace

from composer.plan import CHORD_QUALITIES, Chord
from composer.score import Note, Part, Score

C, F, G, AM = Chord(0), Chord(5), Chord(7), Chord(9, "m")
TURN = [C, AM, F, G]


def block(chord, onset, length, velocity=80, octave=60):
    root = octave + (chord.root + 5) % 12 - 5
    return [Note(onset, root + s, length, velocity) for s in CHORD_QUALITIES[chord.quality]]


def bass_note(chord, onset, length):
    low = chord.root if chord.bass is None else chord.bass
    return Note(onset, 36 + low, length, 80)


def band(chords, *, bar_ticks=1920, per_bar=1, **fields):
    """Block chords over their basses; ``per_bar`` chords share a bar."""
    length = bar_ticks // per_bar
    harmony = [n for i, c in enumerate(chords) for n in block(c, i * length, length)]
    bass = [bass_note(c, i * length, length) for i, c in enumerate(chords)]
    parts = (Part(0, tuple(harmony), name="keys"), Part(33, tuple(bass), name="low"))
    return Score(parts, **fields)


def transposed(score, steps):
    move = lambda n: replace(n, pitch=n.pitch + steps)  # noqa: E731
    return replace(
        score, parts=tuple(replace(p, notes=tuple(map(move, p.notes))) for p in score.parts)
    )

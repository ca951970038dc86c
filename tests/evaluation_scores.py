"""Music by rule, real enough for statistics, and ways to spoil it."""

import random
from dataclasses import replace

from composer.score import Meter, MeterChange, Note, Part, Score, Tempo, ticks_per_bar

_PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 0), (5, 3, 0, 4), (0, 4, 5, 3), (1, 4, 0, 0))
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_RHYTHMS = ((480,) * 4, (240,) * 8, (720, 240, 480, 480), (240, 240, 480, 240, 240, 480))
_BARS = 24
QUARTER, BAR = 480, 1920


def _degree(scale, tonic, step, floor):
    return floor + tonic + scale[step % 7] + 12 * (step // 7)


def _section(dice, scale, tonic):
    """Eight bars: (melody, harmony, bass, drums) notes a bar, from the bar line on."""
    roots = dice.choice(_PROGRESSIONS) + dice.choice(_PROGRESSIONS)
    motif, kick = dice.choice(_RHYTHMS), sorted(dice.sample(range(1, 8), 2))
    step, bars = dice.randrange(7, 12), []
    for root in roots:
        melody, at = [], 0
        for length in motif if dice.random() < 0.8 else dice.choice(_RHYTHMS):
            near = [s for s in range(5, 15) if (s - root) % 7 in (0, 2, 4)]
            tone = min(near, key=lambda s: abs(s - step))
            step = tone if at % 960 == 0 else step + dice.choice((-2, -1, -1, 1, 1, 2))
            step = min(max(step, 5), 14)
            melody.append(Note(at, _degree(scale, tonic, step, 60), length, 90))
            at += length
        chord = [
            Note(0, _degree(scale, tonic, root + up, 48), BAR, 70)
            for up in ((0, 2, 4) if dice.random() < 0.8 else (0, 2, 4, 6))
        ]
        bass = [Note(t, _degree(scale, tonic, root, 36), 900, 80) for t in (0, 960)]
        drums = [Note(0, 36, 120, 90), *(Note(k * 240, 36, 120, 80) for k in kick)]
        drums += [Note(480, 38, 120, 90), Note(1440, 38, 120, 90)]
        drums += [Note(t * 240, 42, 120, 60) for t in range(8)]
        bars.append((melody, chord, bass, drums))
    return bars


def piece(seed):
    """A piece of 24 bars: two sections in one of four forms, closing on the tonic."""
    dice = random.Random(seed)
    scale, tonic = dice.choice((_MAJOR, _MINOR)), dice.randrange(12) - 6
    named = {letter: _section(dice, scale, tonic) for letter in "AB"}
    bars = [
        bar for letter in dice.choice(("AAB", "ABA", "ABB", "AAA")) for bar in named[letter]
    ]
    last = [[Note(0, _degree(scale, tonic, up, 48), BAR, 70) for up in (0, 2, 4)]]
    last = [
        [Note(0, _degree(scale, tonic, 7, 60), BAR, 90)],
        *last,
        [Note(0, _degree(scale, tonic, 0, 36), BAR, 80)],
        [Note(0, 36, 120, 90)],
    ]
    bars[-1] = last
    plays_drums = dice.random() < 0.7
    parts = [
        Part(
            program,
            tuple(_moved(note, i * BAR) for i, bar in enumerate(bars) for note in bar[v]),
        )
        for v, program in enumerate((73, 0, 33))
    ]
    if plays_drums:
        hits = tuple(_moved(note, i * BAR) for i, bar in enumerate(bars) for note in bar[3])
        parts.append(Part(0, hits, is_drums=True))
    return Score(
        tuple(parts),
        tempos=(Tempo(0, dice.choice((80, 96, 110, 120, 132, 150))),),
        meters=(MeterChange(0, Meter(4, 4)),),
        end_ticks=_BARS * BAR,
    )


def _moved(note, ticks):
    return replace(note, onset_ticks=note.onset_ticks + ticks)


def _with_notes(score, notes_of):
    parts = tuple(replace(p, notes=tuple(notes_of(i, p))) for i, p in enumerate(score.parts))
    return replace(score, parts=parts)


def random_notes(score, seed):
    """Every note at any pitch and any 16th."""
    dice = random.Random(seed)
    return _with_notes(
        score,
        lambda _, part: [
            replace(
                n, pitch=dice.randrange(36, 90), onset_ticks=dice.randrange(_BARS * 16) * 120
            )
            for n in part.notes
        ],
    )


def one_note(score, _seed):
    """Every pitch is middle C, every onset a quarter."""
    return _with_notes(
        score, lambda *_: [Note(q * QUARTER, 60, 480, 80) for q in range(_BARS * 4)]
    )


def shuffled_bars(score, seed):
    """The bars in another order."""
    length = ticks_per_bar(Meter(4, 4))
    order = list(range(_BARS))
    random.Random(seed).shuffle(order)

    def notes_of(_, part):
        return [
            _moved(n, (order[n.onset_ticks // length] - n.onset_ticks // length) * length)
            for n in part.notes
        ]

    return _with_notes(score, notes_of)


def parts_transposed(score, _seed):
    """Each part moved by another interval."""
    steps = (0, 1, 6, 0)
    return _with_notes(
        score, lambda i, part: [replace(n, pitch=n.pitch + steps[i]) for n in part.notes]
    )


def one_bar_looped(score, _seed):
    """The first bar again and again."""
    return _with_notes(
        score,
        lambda _, part: [
            _moved(n, bar * BAR)
            for bar in range(_BARS)
            for n in part.notes
            if n.onset_ticks < BAR
        ],
    )

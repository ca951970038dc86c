"""Mends what sources are known to get wrong about instruments.

Each rule here is told in docs/data.md with the number of pieces it touched.
"""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from composer.lab.sources import Source
from composer.score import Meter, MeterChange, Note, Part, Score

_DRUM_WORDS = re.compile(r"drum|perc|\bkit\b", re.IGNORECASE)
_TIMPANI, _PERCUSSIVE = 47, range(112, 120)
_KICKS, _SNARES = frozenset({35, 36}), frozenset({38, 40})
_KIT = frozenset({35, 36, 37, 38, 39, 40, 42, 44, 46, 49, 51, 53, 54, 55, 57, 59, 69, 70, 82})
_KIT_SHARE = 0.9
_BEAT_SHARE = 0.15

_SIXTEENTH = 120
_SHARED_SHARE, _STRAY_SHARE = 0.8, 0.3
_SETUP_METER = Meter(1, 4)

_PIANO, _VOICE, _CHOIR = 0, 53, 52
_SCORED_FOR: tuple[tuple[str, int], ...] = (
    (r"\bs\.?s?\.?a\.?a?\.?t\.?t?\.?b|satb|ttbb|tttb|choir|\(sb\)", _CHOIR),
    (r"voice|song|soprano|vocal", _VOICE),
    (r"harpsichord", 6),
    (r"organ", 19),
    (r"guitar|\blute", 24),
    (r"string ensemble", 48),
    (r"brass ensemble", 61),
    (r"violin", 40),
    (r"viola\b", 41),
    (r"cello", 42),
    (r"double bass", 43),
    (r"harp\b", 46),
    (r"trumpet", 56),
    (r"trombone", 57),
    (r"\bhorn", 60),
    (r"saxophone", 65),
    (r"oboe", 68),
    (r"bassoon", 70),
    (r"clarinet", 71),
    (r"flute", 73),
    (r"recorder", 74),
    (r"shamisen", 106),
    (r"koto", 107),
    (r"piano|clavier|clavichord", _PIANO),
)


def with_true_programs(score: Score, source: Source) -> Score:
    """Replace the programs that the source is known to write for something else."""
    table = dict(source.programs)
    parts = tuple(
        part if part.is_drums else replace(part, program=table.get(part.program, part.program))
        for part in score.parts
    )
    return replace(score, parts=parts)


def with_scored_programs(score: Score, tags: str) -> Score:
    """Give a typeset score that names no instrument those that its tags name.

    One instrument in the tags: every part has it. A voice with piano, organ or guitar: the
    first part is the voice where it is one line and there are at least two others.
    Anything else stays on program 0, as it came.
    """
    if any(part.program != _PIANO or part.is_drums for part in score.parts):
        return score
    named = tag_programs(tags)
    if len(named) == 1:
        return _all_on(score, min(named))
    others = named - {_VOICE}
    if _VOICE in named and len(others) == 1 and len(score.parts) >= 3:
        mended = _all_on(score, min(others))
        first = mended.parts[0]
        if _is_one_line(first):
            return replace(mended, parts=(replace(first, program=_VOICE), *mended.parts[1:]))
        return mended
    return score


def tag_programs(tags: str) -> frozenset[int]:
    """Programs that the tags' instrument words name; the tags end with the instruments."""
    words = tags.rpartition(";")[2].lower()
    found: set[int] = set()
    for pattern, program in _SCORED_FOR:
        words, count = re.subn(pattern, " ", words)
        if count and not (program == _VOICE and _CHOIR in found):
            found.add(program)
    return frozenset(found)


def with_onsets_on_ticks(score: Score) -> Score:
    """Undo the shift of a typeset score that begins with grace notes.

    The typesetter moves all music behind the first grace note, so that every onset misses
    the beat by the same few ticks. Where nearly all onsets share such a remainder and
    hardly any lies on the beat's own divisions, the music moves back by it.
    """
    remainders = Counter(n.onset_ticks % _SIXTEENTH for part in score.parts for n in part.notes)
    if not remainders:
        return score
    count = remainders.total()
    shift, _ = max(remainders.items(), key=lambda item: (_near(remainders, item[0]), -item[0]))
    aligned, before = _near(remainders, shift), _near(remainders, 0)
    if shift <= 2 or aligned < _SHARED_SHARE * count or before > _STRAY_SHARE * count:
        return score
    parts = (replace(p, notes=tuple(_earlier(n, shift) for n in p.notes)) for p in score.parts)
    return replace(score, parts=tuple(parts))


def _near(remainders: Counter[int], place: int) -> int:
    """Onsets within a tick of ``place`` in the 16th, or its eighth parts from there."""
    step = _SIXTEENTH // 4
    return sum(n for at, n in remainders.items() if (at - place + 1) % step <= 2)


def _earlier(note: Note, ticks: int) -> Note:
    """The note, ``ticks`` earlier, not before the start."""
    onset = max(note.onset_ticks - ticks, 0)
    return replace(
        note, onset_ticks=onset, duration_ticks=max(note.end_ticks - ticks - onset, 1)
    )


def with_full_bars(score: Score) -> Score:
    """Bars of 4/4 where the file says 1/4 throughout: a set-up bar's value, no meter."""
    if any(change.meter != _SETUP_METER for change in score.meters):
        return score
    return replace(score, meters=(MeterChange(0, Meter(4, 4)),))


def _all_on(score: Score, program: int) -> Score:
    return replace(score, parts=tuple(replace(part, program=program) for part in score.parts))


def _is_one_line(part: Part) -> bool:
    """Whether at most one onset in twenty comes while another note sounds on."""
    notes = part.notes
    clashes = sum(b.onset_ticks < a.end_ticks for a, b in pairwise(notes))
    return bool(notes) and clashes <= len(notes) / 20


def with_drums_as_drums(score: Score) -> Score:
    """Move drum parts from melodic programs to the drum kit.

    A part whose name says drums on a program that is no percussion, or a percussive
    program that strikes the kit's kick and snare; and in both cases the keys are a kit's.
    """
    parts = tuple(
        replace(part, program=0, is_drums=True) if _is_drum_part(part) else part
        for part in score.parts
    )
    return replace(score, parts=parts)


def _is_drum_part(part: Part) -> bool:
    """Whether a melodic part is a drum kit."""
    if part.is_drums or not part.notes:
        return False
    keys = Counter(note.pitch for note in part.notes)

    def share(wanted: frozenset[int]) -> float:
        return sum(keys[key] for key in wanted) / len(part.notes)

    if share(_KIT) < _KIT_SHARE:
        return False
    if part.program == _TIMPANI or part.program in _PERCUSSIVE:
        return share(_KICKS) >= _BEAT_SHARE and share(_SNARES) >= _BEAT_SHARE
    return bool(_DRUM_WORDS.search(part.name))

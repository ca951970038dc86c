"""Annotated music to measure the analysis against, and the measures.

POP909 (beats, chords and keys beside each performance) and OpenEWLD (lead sheets with their
chord symbols), read from their unzipped folders. Spans are (start, end, label).
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis import regrid
from composer.midi import read_midi
from composer.plan import CHORD_QUALITIES, Chord
from composer.score import Key, Mode, Score, parse_key, seconds_at
from composer.score.pitch import parse_pitch_class

Span = tuple[float, float, Any]
"""Start, end, label (a Chord, a Key, or None for no chord)."""
Sheet = tuple[Score, tuple[Span, ...]]
_BEAT_WINDOW_SECONDS = 0.07
_REDUCED = {(4, 7): "major", (3, 7): "minor"}


@dataclass(frozen=True)
class Song:
    """One annotated song: as read, and with bars that fit its beats."""

    name: str
    score: Score
    gridded: Score
    shift_seconds: float  # what regridding took off every time
    chords: tuple[Span, ...]  # in seconds of the score as read
    keys: tuple[Span, ...]
    beats: np.ndarray
    downbeats: np.ndarray


# --- truth -------------------------------------------------------------------------------


def pop909(folder: Path, parity: int) -> Iterator[Song]:
    """Songs of POP909 whose number has the given parity."""
    for path in sorted(folder.glob("[0-9]*/[0-9]*.mid")):
        if int(path.stem) % 2 != parity:
            continue
        score = read_midi(path).score
        beats = np.loadtxt(path.with_name("beat_midi.txt"))
        downbeats = np.flatnonzero(beats[:, 2])
        if not len(downbeats):
            continue
        gridded = regrid(score, beats[:, 0].tolist(), downbeats.tolist())
        first = [min(n.onset_ticks for p in s.parts for n in p.notes) for s in (score, gridded)]
        yield Song(
            name=path.stem,
            score=score,
            gridded=gridded,
            shift_seconds=seconds_at(score, first[0]) - seconds_at(gridded, first[1]),
            chords=_spans(path.with_name("chord_midi.txt"), _pop909_chord),
            keys=_spans(path.with_name("key_audio.txt"), _pop909_key),
            beats=beats[:, 0],
            downbeats=beats[downbeats, 0],
        )


def _spans(path: Path, read: Callable[[str], Chord | Key | None]) -> tuple[Span, ...]:
    """Rows of start, end and label."""
    rows = (line.split() for line in path.read_text().splitlines() if line.strip())
    return tuple((float(row[0]), float(row[1]), read(row[2])) for row in rows)


def _pop909_key(text: str) -> Key:
    return parse_key(text.replace(":", " "))


def _pop909_chord(text: str) -> Chord | None:
    """Root and triad of Harte's notation (``Bb:min7/b3``); None for no chord."""
    if text == "N":
        return None
    root, _, quality = text.partition(":")
    quality = quality.partition("/")[0]
    known = {
        "maj": "",
        "maj7": "maj7",
        "maj6": "6",
        "7": "7",
        "min": "m",
        "min7": "m7",
        "min6": "m6",
        "minmaj7": "mmaj7",
        "sus2": "sus2",
        "sus4": "sus4",
        "sus4(b7)": "7sus4",
        "dim": "dim",
        "aug": "aug",
        "hdim7": "m7b5",
        "dim7": "dim7",
    }
    return Chord(parse_pitch_class(root[0], root[1:]), known[quality])


def openewld(folder: Path, parity: int) -> Iterator[Sheet]:
    """Lead sheets with their chord symbols, times in quarters."""
    for index, path in enumerate(sorted(folder.glob("*.chords.json"))):
        if index % 2 == parity:
            rows = json.loads(path.read_text())["chords"]
            spans = tuple(
                (start, start + length, _symbol(text)) for start, length, text in rows
            )
            yield read_midi(Path(str(path).replace(".chords.json", ".mid"))).score, spans


def _symbol(text: str) -> Chord | None:
    """Root and triad of a symbol as openewld writes it (``B-m7/D-``)."""
    match = re.match(r"([A-G])([-#]?)([^/]*)", text)
    if match is None:
        return None
    root, kind = parse_pitch_class(match[1], match[2]), match[3]
    if kind.startswith(("ø", "o", "dim")):
        return Chord(root, "dim")
    if kind.startswith("+") or "+" in kind or "#5" in kind:
        return Chord(root, "aug")
    if "sus" in kind or "b5" in kind or kind == "power":
        return Chord(root, "sus4")  # neither major nor minor
    return Chord(root, "m" if re.match(r"m(?!aj)", kind) else "")


# --- measures ----------------------------------------------------------------------------


def reduced(chord: Chord | None) -> str:
    """``major``, ``minor``, ``other`` or ``none``."""
    if chord is None or chord.quality == "N.C.":
        return "none"
    steps = CHORD_QUALITIES[chord.quality]
    third_and_fifth = tuple(step for step in steps if step in (3, 4, 7))
    return _REDUCED.get(third_and_fifth, "other")


def overlap(truth: Sequence[Span], told: Sequence[Span]) -> Iterator[tuple[float, Any, Any]]:
    """Stretches over which both labels hold: (length, true, estimated)."""
    edges = sorted({edge for span in (*truth, *told) for edge in span[:2]})
    starts = [[span[0] for span in spans] for spans in (truth, told)]
    for begin, end in pairwise(edges):
        found = []
        for spans, first in zip((truth, told), starts, strict=True):
            index = int(np.searchsorted(first, begin, side="right")) - 1
            found.append(spans[index] if index >= 0 and spans[index][1] > begin else None)
        if found[0] is not None and found[1] is not None:
            yield end - begin, found[0][2], found[1][2]


def chord_scores(truth: Sequence[Span], told: Sequence[Span]) -> np.ndarray:
    """Right and heard time for roots, right and heard time for major/minor."""
    sums = np.zeros(4)
    for length, true, guess in overlap(truth, told):
        kinds = reduced(true), reduced(guess)
        if kinds[0] == "none":
            continue
        same_root = kinds[1] != "none" and true.root == guess.root
        sums[:2] += length * same_root, length
        if kinds[0] != "other":
            sums[2:] += length * (same_root and kinds[0] == kinds[1]), length
    return sums


def mirex(true: Key, guess: Key) -> float:
    """MIREX's key score: 1 same, 0.5 a fifth off, 0.3 relative, 0.2 parallel, else 0."""
    if true == guess:
        return 1.0
    if true.mode is guess.mode:
        return 0.5 if (guess.tonic - true.tonic) % 12 in (5, 7) else 0.0
    if true.tonic == guess.tonic:
        return 0.2
    minor, major = (true, guess) if true.mode is Mode.MINOR else (guess, true)
    return 0.3 if (minor.tonic + 3) % 12 == major.tonic else 0.0


def f_measure(truth: np.ndarray, told: np.ndarray) -> float:
    """F of one-to-one hits within 70 ms."""
    hits, i, j = 0, 0, 0
    while i < len(truth) and j < len(told):
        apart = told[j] - truth[i]
        hit = abs(apart) <= _BEAT_WINDOW_SECONDS
        hits += hit
        i, j = i + (hit or apart > 0), j + (hit or apart < 0)
    return 2.0 * hits / max(len(truth) + len(told), 1)

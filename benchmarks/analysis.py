"""How well the analysis hears: keys, chords and beats against annotations by others.

    python benchmarks/analysis.py DATA [--odd] [--songs N] [-o docs/analysis.md]

DATA holds ``pop909`` and ``openewld``, unzipped. The estimators' few constants were tuned
on the odd songs (pop909 by number, openewld by place in the sorted list), so the figures
are those of the even songs; ``--odd`` shows the others.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from annotations import (
    Sheet,
    Song,
    Span,
    chord_scores,
    f_measure,
    mirex,
    openewld,
    overlap,
    pop909,
)

from composer.analysis import analyse, chords_of, estimate_beats, keys_of
from composer.lab.cuts import cut
from composer.midi import to_music21
from composer.plan import Chord
from composer.score import Key, Mode, Score, bars_of, middle_ticks, seconds_at

Row = tuple[str, str, int, float]
"""Measure, music, pieces, value."""
_MUSIC21_SONGS = 60
_SHORT_BARS = 12
_BEAT_SLACK_SECONDS = 0.05
_PREFACE = """# How well the analysis hears

Measured by `python benchmarks/analysis.py DATA -o docs/analysis.md` on songs that were not
used for tuning (every second song of two annotated collections). The annotations are not
ours: POP909's beats, chords and keys (in part made by programs and not checked by hand), and
the printed chord symbols of OpenEWLD's lead sheets.

"""
_NOTES = """

- Keys and chords of POP909 are measured on bars made from its annotated beats; the beats
  themselves are estimated from the performances alone.
- "12 bars alone" are those in the middle of each song, heard without the rest of it. Those
  around a change are the six before and the six after an annotated change of key.
- MIREX weights: 1 the same key, 0.5 a fifth away, 0.3 the relative, 0.2 the parallel key.
- Chords count where the annotation names one; major/minor where it is a major or minor
  triad, with or without added notes. Estimates change at most twice a bar.
- POP909's lowest voice is that of its piano; its tunes are melody and bridge.
- OpenEWLD as it is holds block chords made from the symbols; "melody only" hides them, and
  says what a tune alone tells about its harmony.
- A beat at half or double the annotated tempo is most of what the beat figures lack.
"""


def chord_spans(score: Score) -> tuple[tuple[float, float, Chord], ...]:
    """Estimated chords with start and end in ticks."""
    spans = []
    for bar, (first, second) in zip(bars_of(score), chords_of(score), strict=True):
        middle = bar.onset_ticks + min(middle_ticks(bar.meter), bar.length_ticks)
        spans.append((float(bar.onset_ticks), float(middle), first))
        spans.append((float(middle), float(bar.end_ticks), second or first))
    return tuple(spans)


def main_key(score: Score) -> Key:
    """The key that holds longest."""
    ticks: dict[Key, int] = {}
    for key, bar in zip(keys_of(score), bars_of(score), strict=True):
        ticks[key] = ticks.get(key, 0) + bar.length_ticks
    return max(ticks, key=lambda key: ticks[key])


# --- the report --------------------------------------------------------------------------


def in_seconds(song: Song, spans: Sequence[Span]) -> list[Span]:
    """Spans in ticks of the gridded score as seconds of the score as read."""

    def at(ticks: float) -> float:
        return seconds_at(song.gridded, int(ticks)) + song.shift_seconds

    return [(at(start), at(end), label) for start, end, label in spans]


def key_row(songs: Sequence[Song]) -> list[Row]:
    """Keys against POP909's, weighted by time."""
    sums = np.zeros(3)
    for song in songs:
        bars = bars_of(song.gridded)
        keys = keys_of(song.gridded)
        ticks = [(b.onset_ticks, b.end_ticks, k) for b, k in zip(bars, keys, strict=True)]
        for length, true, guess in overlap(song.keys, in_seconds(song, ticks)):
            sums += length * np.array([true == guess, mirex(true, guess), 1.0])
    same, weighted = sums[:2] / sums[2]
    return [
        ("key: same, share of time", "pop909", len(songs), same),
        ("key: MIREX weighted, share of time", "pop909", len(songs), weighted),
    ]


def short_key_rows(songs: Sequence[Song]) -> list[Row]:
    """Keys of twelve bars from the middle of each song, heard without the rest."""
    sums = np.zeros(3)
    for song in songs:
        bars = bars_of(song.gridded)
        first = max(0, (len(bars) - _SHORT_BARS) // 2)
        here = bars[first : first + _SHORT_BARS]
        heard = keys_of(cut(song.gridded, here[0].onset_ticks, here[-1].end_ticks))
        ticks = [(b.onset_ticks, b.end_ticks, k) for b, k in zip(here, heard, strict=False)]
        for length, true, guess in overlap(song.keys, in_seconds(song, ticks)):
            sums += length * np.array([true == guess, mirex(true, guess), 1.0])
    same, weighted = sums[:2] / sums[2]
    return [
        ("key: same, 12 bars alone", "pop909", len(songs), same),
        ("key: MIREX weighted, 12 bars alone", "pop909", len(songs), weighted),
    ]


def changed_key_rows(songs: Sequence[Song]) -> list[Row]:
    """Keys of the six bars before and after each annotated change, as one and side by side."""
    sums, count = np.zeros(3), 0
    for song in songs:
        bars = bars_of(song.gridded)
        starts = in_seconds(song, [(bar.onset_ticks, bar.end_ticks, None) for bar in bars])
        onsets = np.array([start for start, _, _ in starts])
        for (_, _, before), (turn, _, after) in pairwise(song.keys):
            first = int(np.abs(onsets - turn).argmin()) - _SHORT_BARS // 2
            here = bars[max(first, 0) : first + _SHORT_BARS]
            if before == after or len(here) < _SHORT_BARS:
                continue
            count += 1
            excerpt = cut(song.gridded, here[0].onset_ticks, here[-1].end_ticks)
            whole = keys_of(excerpt)
            sides = keys_of(excerpt, breaks=(_SHORT_BARS // 2,))
            for place, heard in enumerate((whole, sides)):
                ticks = [
                    (b.onset_ticks, b.end_ticks, k) for b, k in zip(here, heard, strict=False)
                ]
                spans = [*overlap(song.keys, in_seconds(song, ticks))]
                sums[place] += sum(length for length, true, guess in spans if true == guess)
                sums[2] += sum(length for length, *_ in spans) * (place == 0)
    whole_share, sides_share = sums[:2] / sums[2]
    return [
        ("key: same, 12 bars around a change", "pop909", count, whole_share),
        ("key: same, the 6 bars on each side alone", "pop909", count, sides_share),
    ]


def beat_rows(songs: Sequence[Song]) -> list[Row]:
    """Beats found in the performances as they were read."""
    scores = []
    for song in songs:
        found = estimate_beats(song.score)
        seconds = np.array(found.seconds)
        downbeats = seconds[list(found.downbeats)]
        scores.append((f_measure(song.beats, seconds), f_measure(song.downbeats, downbeats)))
    beats, downbeats = np.mean(scores, axis=0)
    return [
        ("beats: F within 70 ms", "pop909", len(songs), beats),
        ("downbeats: F within 70 ms", "pop909", len(songs), downbeats),
    ]


def chord_rows(data: str, pieces: Sequence[tuple[Sequence[Span], Sequence[Span]]]) -> list[Row]:
    """Chords of (truth, estimate) pairs, weighted by time."""
    sums = np.sum([chord_scores(truth, told) for truth, told in pieces], axis=0)
    return [
        ("chord: root, share of time", data, len(pieces), sums[0] / sums[1]),
        ("chord: root and major/minor, share of time", data, len(pieces), sums[2] / sums[3]),
    ]


def thin_chord_rows(songs: Sequence[Song]) -> list[Row]:
    """Roots of chords of two beats, and of songs from which players are taken away."""
    rows: list[Row] = []
    for data, thinned in (
        ("pop909", lambda score: score),
        ("pop909 without its lowest voice", without_lowest),
        ("pop909, tunes alone", tunes),
    ):
        heard = [in_seconds(song, chord_spans(thinned(song.gridded))) for song in songs]
        truths = [song.chords for song in songs]
        short = [of_two_beats(song) for song in songs]
        for measure, asked in (("root", truths), ("root, chords of two beats", short)):
            if data != "pop909" or asked is short:
                (_, *rest), _ = chord_rows(data, list(zip(asked, heard, strict=True)))
                rows.append((f"chord: {measure}, share of time", *rest))
    return rows


def of_two_beats(song: Song) -> list[Span]:
    """The annotated chords that last two beats."""
    edges = np.array([span[:2] for span in song.chords]) - _BEAT_SLACK_SECONDS
    beats = np.diff(np.searchsorted(song.beats, edges), axis=1)[:, 0]
    return [span for span, count in zip(song.chords, beats, strict=True) if count == 2]


def tunes(score: Score) -> Score:
    """The song without its piano."""
    return replace(score, parts=tuple(part for part in score.parts if part.name != "PIANO"))


def without_lowest(score: Score) -> Score:
    """The song without the piano's notes below which it plays no other."""
    parts = []
    for part in score.parts:
        onset, end, pitch = (
            np.array([getattr(note, name) for note in part.notes])
            for name in ("onset_ticks", "end_ticks", "pitch")
        )
        sounding = (onset <= onset[:, None]) & (onset[:, None] < end)
        has_lower = (sounding & (pitch < pitch[:, None])).any(axis=1)
        kept = has_lower | (part.name != "PIANO")
        notes = tuple(note for note, is_kept in zip(part.notes, kept, strict=True) if is_kept)
        parts.append(replace(part, notes=notes))
    return replace(score, parts=tuple(parts))


def lead_sheet_rows(sheets: Sequence[Sheet]) -> list[Row]:
    """Lead sheets as they are, and with the chord track taken away."""
    rows: list[Row] = []
    for data, hidden in (("openewld", ""), ("openewld, melody only", "CHORDS")):
        pairs = []
        for score, truth in sheets:
            heard = tuple(p for p in score.parts if not hidden or p.name != hidden)
            told = chord_spans(replace(score, parts=heard))
            pairs.append((truth, [(a / 480, b / 480, chord) for a, b, chord in told]))
        rows += chord_rows(data, pairs)
    return rows


def music21_rows(songs: Sequence[Song], sheets: Sequence[Sheet]) -> list[Row]:
    """Agreement of the main key with music21's key analysis, and its own right answers."""
    rows: list[Row] = []
    known = [(song.gridded, song.keys[0][2]) for song in songs if len(song.keys) == 1]
    for data, pieces in (
        ("pop909", known),
        ("openewld", [(score, None) for score, _ in sheets]),
    ):
        pairs = [(main_key(score), music21_key(score), true) for score, true in pieces]
        count = len(pairs)
        rows += [
            (
                "main key: same as music21's",
                data,
                count,
                np.mean([a == b for a, b, _ in pairs]),
            ),
            (
                "main key: MIREX weighted, music21's as truth",
                data,
                count,
                np.mean([mirex(b, a) for a, b, _ in pairs]),
            ),
        ]
        if data == "pop909":
            ours, theirs = (np.mean([p[i] == p[2] for p in pairs]) for i in (0, 1))
            rows.append(("main key: ours is the annotated one", data, count, ours))
            rows.append(("main key: music21's is the annotated one", data, count, theirs))
    return rows


def music21_key(score: Score) -> Key:
    """What music21 takes for the key of the whole piece."""
    found = to_music21(score).analyze("key")
    return Key(found.tonic.pitchClass, Mode(found.mode))


def speed_rows(songs: Sequence[Song]) -> list[Row]:
    """Milliseconds of processor time that a whole plan takes for 1,000 notes."""
    start = time.process_time()
    for song in songs:
        analyse(song.gridded)
    notes = sum(song.gridded.note_count for song in songs)
    taken = (time.process_time() - start) * 1e6 / notes
    return [("processor time: ms for the plan of 1,000 notes", "pop909", len(songs), taken)]


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = ["| measure | music | pieces | value |", "|---|---|---:|---:|"]
    lines += [
        f"| {name} | {data} | {count} | {value:.3f} |" for name, data, count, value in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, help="folder with pop909 and openewld")
    parser.add_argument("--odd", action="store_true", help="the songs used for tuning")
    parser.add_argument("--songs", type=int, default=None, help="at most this many of each")
    parser.add_argument("-o", "--output", type=Path, help="write the report here")
    args = parser.parse_args()
    songs = list(islice(pop909(args.data / "pop909", int(args.odd)), args.songs))
    sheets = list(islice(openewld(args.data / "openewld", int(args.odd)), args.songs))
    heard = [(song.chords, in_seconds(song, chord_spans(song.gridded))) for song in songs]
    rows = key_row(songs) + short_key_rows(songs) + changed_key_rows(songs)
    rows += chord_rows("pop909", heard) + thin_chord_rows(songs) + beat_rows(songs)
    rows += lead_sheet_rows(sheets)
    rows += music21_rows(songs[:_MUSIC21_SONGS], sheets[:_MUSIC21_SONGS]) + speed_rows(songs)
    print(table(rows))
    if args.output:
        args.output.write_text(_PREFACE + table(rows) + _NOTES, encoding="utf-8")


if __name__ == "__main__":
    main()

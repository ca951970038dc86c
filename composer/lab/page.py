"""The account of a preparation as a page in Markdown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from composer.lab.account import Account, total
from composer.lab.shards import Shard
from composer.plan import STYLES


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


_COLUMNS: tuple[tuple[str, Callable[[Account], str]], ...] = (
    ("source", lambda a: a.source),
    ("files", lambda a: f"{a.files:,}"),
    ("dropped", lambda a: f"{sum(a.drops.values()):,}"),
    ("pieces", lambda a: f"{a.pieces:,}"),
    ("bars", lambda a: f"{a.bars:,}"),
    ("notes in", lambda a: f"{a.notes_in:,}"),
    ("notes kept", lambda a: f"{a.notes_kept:,}"),
    ("lost", lambda a: f"{a.dropped_notes:,}"),
    ("timing ms", lambda a: f"{a.timing_error_ms:.2f}"),
    ("merged", lambda a: f"{a.merged_parts:,}"),
    ("bars changed", lambda a: f"{a.changed_bars:,}"),
    ("events/note", lambda a: _ratio(a.events, a.sampled_notes)),
    ("plain", lambda a: _ratio(a.plain_events, a.sampled_notes)),
    ("repeats", lambda a: _share(a.repeats, a.cells)),
    ("doubles", lambda a: _share(a.doubles, a.cells)),
    ("shifted", lambda a: _share(a.shifts, a.cells)),
)

_INTRODUCTION = """# The prepared music

Written by `composer prepare`. Columns: files read and dropped; pieces (a whole quartet
becomes its movements) and their bars; notes in the files and in the pieces. What the
language's grid loses of a piece: notes *lost* (doubles of one onset and pitch in one part),
the mean *timing* error of the others, parts *merged* beyond the sixteenth, bars *changed*
because no meter of the vocabulary fits. Events a note with references and *plain* without,
and the share of cells that are exact *repeats*, *doubles* of another part at an octave, or
*shifted* (transposed) repeats: over an even sample of at most about 100,000 notes a source.
"""
_RULES = """
## Rules

- **Split.** By song, before anything else: versions, clips and movements of a song are on
  one side, and so are songs that hold the same file or the same tune (a fifth of the runs
  of sixteen melodic intervals). The side is a hash of source and song.
- **Grid.** Typeset scores and groove's drumming to a click are believed. A file of another
  source whose onsets neither lie on its own 16ths (or triplets) nor gather around them is
  dropped. Where a tempo hint of strength 0.7 or more fits better than the
  file's own ticks, the file is timed anew at the hint's tempo; a weak hint on ticks that do
  not fit either says that there is no beat. The bar line is put on the first onset where
  the music sets in within half a second, else where bass and harmony move.
- **Drums.** A part becomes the drum kit where nine tenths of its keys are a kit's and
  either its name says so on a program that is no percussion, or a percussive program
  strikes kick and snare.
- **Instruments.** openscore-lieder's oboe is the voice (Voice Oohs); openhymnal's four
  pianos are the four voices they are written for (Choir Aahs). A mutopia score that
  names no instrument takes the one its tags name; with a voice among them its first part
  is the voice where it is a single line.
- **Form.** Empty bars at the start (the set-up bar among them) and silence at the end are
  cut; 1/4 as a file's only meter is read as 4/4; typeset music that a first grace note
  shifted off the beat moves back; whole quartets are cut where tempo and meter are
  written anew and nothing sounds on.
- **Chords** are measured, except in openewld, whose chord symbols are read.
- **Moods** are the measured rule's (`composer.analysis.mood`), for the piece and for each
  section.
- **Weights.** The shares of the table above; inside a family every bar counts alike, and
  versions of a song count as one song.
"""


def page(accounts: Sequence[Account], shards: dict[str, Shard]) -> str:
    """The whole page."""
    rows = [*accounts, total(accounts)]
    parts = [
        _INTRODUCTION,
        _markdown(
            [name for name, _ in _COLUMNS], [[cell(a) for _, cell in _COLUMNS] for a in rows]
        ),
        "\n## Split and weights\n",
        _markdown(["style", *_headings(shards)], _style_rows(shards)),
        "\n## Dropped\n",
        _reasons([(account.source, account.drops) for account in accounts]),
        "\n## Mended\n",
        _reasons([(account.source, account.repairs) for account in accounts]),
        _RULES,
    ]
    return "\n".join(parts)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table; every column but the first is set right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def _reasons(counts: list[tuple[str, Counter[str]]]) -> str:
    """A line for each reason with the sources it met."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for source, reasons in counts:
        for reason, count in sorted(reasons.items()):
            by_reason[reason].append(f"{source} {count:,}")
    lines = [f"- {reason}: {', '.join(met)}" for reason, met in sorted(by_reason.items())]
    return "\n".join(lines or ["- nothing"])


def _headings(shards: dict[str, Shard]) -> list[str]:
    return [
        f"{name} {what}" for name in shards for what in ("songs", "pieces", "bars", "weight")
    ]


def _style_rows(shards: dict[str, Shard]) -> list[list[str]]:
    """Songs, pieces, bars and weight of each style in each shard."""
    rows = []
    for index, style in enumerate(STYLES, 1):
        row = [style]
        for shard in shards.values():
            chosen = shard.arrays["style"] == index
            bars = np.diff(shard.arrays["bar_offsets"])[chosen].sum()
            songs = len(np.unique(shard.arrays["song"][chosen]))
            weight = 100 * float(shard.arrays["weight"][chosen].sum())
            row += [f"{songs:,}", f"{chosen.sum():,}", f"{bars:,}", f"{weight:.1f} %"]
        rows.append(row)
    return rows

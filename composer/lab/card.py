"""Writes a checkpoint's model card and the list of its music from what was measured.

    python -m composer.lab.card CHECKPOINT PREPARED

reads ``report.json`` (``composer.lab.measure``), ``training.json``
(``composer.lab.learning``), the shards' metadata and ``licences.json``, and writes
``card.md`` and ``sources.csv``.
"""

import argparse
import csv
import io
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.learning import HISTORY, Run, totals
from composer.lab.measure import REPORT
from composer.lab.shards import Shard, read_shard
from composer.lab.sources import SOURCES
from composer.model.checkpoint import CARD

LICENCES: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("licences.json").read_text("utf-8")
)
SOURCES_LIST = "sources.csv"
_SHOWN = ("pitch", "duration", "source", "beat", "sub", "velocity", "root", "kind")


def write_card(checkpoint: Path, prepared: Path) -> None:
    """Write ``card.md`` and ``sources.csv`` into the checkpoint's folder."""
    report = json.loads((checkpoint / REPORT).read_text("utf-8"))
    train = read_shard(prepared / "train.npz")
    history = json.loads((checkpoint / HISTORY).read_text("utf-8"))["runs"]
    write_whole(checkpoint / CARD, card(report, train, history).encode(), overwrite=True)
    write_whole(checkpoint / SOURCES_LIST, sources_csv(train).encode(), overwrite=True)


def sources_csv(train: Shard) -> str:
    """Every training piece: source, title, file, licence."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["source", "title", "file", "licence"])
    for piece in train.meta["pieces"]:
        own = piece["licence"] or LICENCES[piece["source"]]["licence"]
        writer.writerow([piece["source"], piece["title"], piece["file"], own])
    return text.getvalue()


def card(report: dict[str, Any], train: Shard, history: list[Run]) -> str:
    """The model card."""
    sections = [
        _HEAD.format(
            parameters=report["parameters"],
            train=report["music"]["train"],
            held=report["music"]["held_out"],
            runs=len(history),
            kept=_kept(history[-1]["share"]),
            **totals(history),
        ),
        _figures(report),
        _listening(report["listening"]),
        _music_table(train),
        _FAULTS,
    ]
    return "\n".join(sections)


def _kept(share: float) -> str:
    """What was kept of the last run; nothing to say where that is all."""
    if share == 1.0:
        return ""
    return (
        f"\nThe weights lie {share:.0%} of the way from the last run's start to its end"
        " (composer.lab.blend), where\nheld-out loss was least; the share was chosen on up to"
        " four held-out pieces of each source."
    )


def _figures(report: dict[str, Any]) -> str:
    """What was measured."""
    compared, speed, infill = report["against_ngram"], report["speed"], report["infill"]
    nats = report["held_out_nats"]
    ngram = compared["ngram"]
    lines = [
        "## Figures",
        "",
        (
            f"Held-out music given its plan, {compared['pieces']} pieces (first 32 bars), "
            "same grammar masks, empty condition, copied notes counted as notes:"
        ),
        "",
        "| model | nats per note |",
        "|---|---:|",
        f"| this network | **{compared['network']:.3f}** |",
        (
            f"| n-gram of order {ngram['order']:.0f} (the best), Witten-Bell smoothed | "
            f"{ngram['per note']:.3f} |"
        ),
        f"| n-gram of order 5 | {ngram['per note, order 5']:.3f} |",
        "",
        (
            "Every held-out piece's first 32 bars, with its plan and condition, without masks "
            "(nats per note, and per choice of some attributes):"
        ),
        "",
        "| source | per note | " + " | ".join(_SHOWN) + " |",
        "|---|" + "---:|" * (len(_SHOWN) + 1),
    ]
    for source, means in nats.items():
        values = [means.get(name) for name in ("per note", *_SHOWN)]
        cells = ["" if value is None else f"{value:.2f}" for value in values]
        lines.append(f"| {source} | " + " | ".join(cells) + " |")
    lines += [
        "",
        (
            f"Masked cells of their first 16 bars ({infill['notes']:,} notes): "
            f"{infill['both sides']:.3f} nats a note with both sides known, "
            f"{infill['in turn']:.3f} for the same cells with only their left known."
        ),
        "",
        (
            f"Speed on one thread ({report['machine']}), default engine, 32 bars for four "
            f"instruments: {speed['notes_per_second']:.0f} notes and "
            f"{speed['events_per_second']:.0f} events a second of processor time, "
            f"{speed['cpu_seconds_per_piece']:.1f} s a piece."
        ),
        "",
    ]
    return "\n".join(lines)


def _listening(told: dict[str, Any]) -> str:
    """What shuffling each row of the plan costs."""
    lines = [
        "## How much of a plan it hears",
        "",
        (
            "Held-out pieces (up to 32 bars) under their own plan, and with one row of it in "
            "another order among the bars, all else as it was, the mood of the whole piece "
            "too: nats per note, and the difference with a 95 % bootstrap interval over "
            "pieces, which is too narrow for a few. Only pieces in which the row changes at "
            "all are counted. Where an interval holds 0, the network does not hear the row "
            "bar by bar."
        ),
        "",
        "| shuffled | pieces | notes | own plan | shuffled | cost |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, found in told.items():
        cells = [name, f"{found['pieces']}", f"{found['notes']:,}"]
        if found["pieces"]:
            cells += [f"{found['true']:.3f}", f"{found['shuffled']:.3f}"]
            cells += ["{:+.4f} ({:+.4f} to {:+.4f})".format(*found["cost"])]
        lines.append(f"| {' | '.join(cells + [''] * (6 - len(cells)))} |")
    return "\n".join([*lines, ""])


def _music_table(train: Shard) -> str:
    """Sources with their licences and shares."""
    weights: defaultdict[str, float] = defaultdict(float)
    notes, pieces = Counter[str](), Counter[str]()
    offsets = train.arrays["note_offsets"]
    for index, piece in enumerate(train.meta["pieces"]):
        pieces[piece["source"]] += 1
        notes[piece["source"]] += int(offsets[index + 1] - offsets[index])
        weights[piece["source"]] += float(train.arrays["weight"][index])
    total = sum(weights.values())
    lines = [
        "## Music it learnt from",
        "",
        (
            "Every composer in it licensed the music, or it is in the public domain. Tier "
            "A-check: the same on a weaker word. Each piece with its licence and author is in "
            "`sources.csv`."
        ),
        "",
        "| source | tier | pieces | notes | share of training | licence | attribution |",
        "|---|---|---:|---:|---:|---|---|",
    ]
    for name in sorted(pieces):
        facts = LICENCES[name]
        lines.append(
            f"| {name} ({facts['origin']}) | {SOURCES[name].tier} | {pieces[name]:,} | "
            f"{notes[name]:,} | {weights[name] / total:.1%} | {facts['licence']} | "
            f"{facts['attribution']} |"
        )
    return "\n".join([*lines, ""])


_HEAD = """# Model card: composer's checkpoint

{parameters:,} parameters, a decoder over two-level music events, float16 weights. Trained on
a CPU core for {hours:.1f} hours in {runs} runs, each from the weights of the one before:
{steps:,} steps, {events:,} events, repeats counted (docs/learning.svg has the curve).{kept}

**Use**: composing symbolic music, with composer. Not for judging people's music or moods.
**Licence**: Apache-2.0. **Privacy**: runs on your machine, sends nothing.

Training set: {train[pieces]:,} pieces, {train[notes]:,} notes, {train[bars]:,} bars. Held out
by song, never trained on: {held[pieces]:,} pieces, {held[notes]:,} notes.
"""

_FAULTS = """## Known faults

- Mood labels of the training music come from a rule fitted to human labels of other music
  (docs/moods.md); moods of single sections are not validated at all.
- Melodies wander and phrases do not always end; long-range form is weak.
- Left alone, notes follow the plan's chords loosely; composer's loop makes them sound.
- Western tonal music only, as the sources are; most drum writing is rock and metal.
"""


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Write a checkpoint's model card.")
    for name in ("checkpoint", "prepared"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    return exit_code("card", lambda: write_card(given.checkpoint, given.prepared))


if __name__ == "__main__":
    sys.exit(main())

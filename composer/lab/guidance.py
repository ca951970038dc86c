"""Measures guidance: what its strength does to the mood that is heard, and to the music.

    python -m composer.lab.guidance PREPARED OUT [--checkpoint FOLDER] [--pieces 24]

composes, at every strength, the same pieces: the four mood quadrants in turn, 16 and 24 bars,
the same seeds, one try each. It writes ``guidance.md`` and ``guidance.png`` into the folder
OUT. The reference are the held-out pieces of the styles that requests without a style lead to.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis import mood_of
from composer.analysis.music import Floats
from composer.analysis.second_judge import judge
from composer.api import Composer
from composer.compose import Sampling
from composer.evaluation import Report, agreement, evaluate_values, measure_all
from composer.evaluation.moods import MoodAgreement
from composer.files import whole_file, write_whole
from composer.lab.command import exit_code
from composer.lab.references import reference_pieces
from composer.lab.samples import QUADRANTS
from composer.lab.shards import read_shard
from composer.model.engine import folder_of
from composer.plan import Mood
from composer.score import Score

STRENGTHS = (1.0, 1.5, 2.0, 3.0)
LENGTHS_BARS = (16, 24)
SHOWN = ("scale", "chord tones", "melody tones", "density", "new bars", "end on tonic")
"""Metrics whose means are shown."""
_MOOD_HEADS = (
    "guidance",
    "valence",
    "arousal",
    "both",
    "both (second judge)",
    "lean in valence",
    "lean in arousal",
)
_FIRST_SEED, _DRAWS = 3000, 4000
_COLOURS = ("#1f6f8b", "#c2410c", "#3f3f46")


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece's score, the mood that was asked, and the moods that two judges hear."""

    score: Score
    asked: Mood
    labelled: Mood
    judged: Mood

    @classmethod
    def of(cls, score: Score, asked: Mood) -> "Sample":
        """Let both judges hear a score."""
        return cls(score, asked, mood_of(score), judge(score))

    def lean(self) -> tuple[float, float]:
        """Valence and arousal heard, counted towards the side that was asked."""
        heard, asked = self.labelled, self.asked
        return (
            (heard.valence or 0.0) * float(np.sign(asked.valence or 0.0)),
            (heard.arousal or 0.0) * float(np.sign(asked.arousal or 0.0)),
        )


@dataclass(frozen=True, slots=True)
class Strength:
    """What was measured at one strength.

    ``leans`` (pieces, 2) are ``Sample.lean``, ``seconds`` the processor time a note took.
    """

    guidance: float
    labelled: MoodAgreement
    judged: MoodAgreement
    leans: Floats
    report: Report
    seconds: float

    def more(self, axis: int, base: "Strength") -> str:
        """Mean lean, and how much more than at ``base`` with a 95 % bootstrap interval."""
        gain = self.leans[:, axis] - base.leans[:, axis]
        drawn = np.random.default_rng(0).integers(len(gain), size=(_DRAWS, len(gain)))
        low, high = np.quantile(gain[drawn].mean(1), [0.025, 0.975])
        told = f"{self.leans[:, axis].mean():.2f}"
        return (
            told if self is base else f"{told} ({gain.mean():+.2f}, {low:+.2f} to {high:+.2f})"
        )


def compose_pieces(
    composer: Composer, guidance: float, count: int
) -> Iterator[tuple[Score, Mood]]:
    """The pieces of one strength and what was asked: each quadrant in both lengths in turn."""
    quadrants = list(QUADRANTS.values())
    for number in range(count):
        asked = quadrants[number % len(quadrants)]
        piece = composer.generate(
            seed=_FIRST_SEED + number,
            valence=asked.valence,
            arousal=asked.arousal,
            bars=LENGTHS_BARS[number // len(quadrants) % len(LENGTHS_BARS)],
            sampling=Sampling(guidance=guidance),
            tries=1,
        )
        yield piece.score, asked


def _agreement(pairs: Sequence[tuple[Mood, Mood]]) -> MoodAgreement:
    found = agreement(pairs)
    assert found is not None  # noqa: S101 - every piece is asked both
    return found


def measure(composer: Composer, references: Sequence[Score], count: int) -> list[Strength]:
    """Compose and measure at every strength."""
    others = measure_all(references, max(LENGTHS_BARS))
    found = []
    for guidance in STRENGTHS:
        start = time.process_time()
        pieces = list(compose_pieces(composer, guidance, count))
        seconds = time.process_time() - start
        samples = [Sample.of(*piece) for piece in pieces]
        values = measure_all((sample.score for sample in samples), max(LENGTHS_BARS))
        found.append(
            Strength(
                guidance,
                _agreement([(sample.asked, sample.labelled) for sample in samples]),
                _agreement([(sample.asked, sample.judged) for sample in samples]),
                np.array([sample.lean() for sample in samples]),
                evaluate_values(values, others),
                seconds / sum(score.note_count for score, _ in pieces),
            )
        )
        sys.stderr.write(f"guidance {guidance:g}: {seconds:.0f} s of composing\n")
    return found


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rest)
    )


def page(found: Sequence[Strength], name: str) -> str:
    """The page; ``name`` is the checkpoint's."""
    first = found[0]
    moods: list[Sequence[str]] = [_MOOD_HEADS]
    music: list[Sequence[str]] = [
        ("guidance", "median ratio", *SHOWN, "processor time"),
        ("real music", "1", *_means(first.report, is_reference=True), ""),
    ]
    for one in found:
        sides = (one.labelled.valence, one.labelled.arousal, one.labelled.quadrants,
                 one.judged.quadrants)  # fmt: skip
        shares = (f"{share.value:.2f}" for share in sides)
        moods.append((f"{one.guidance:g}", *shares, one.more(0, first), one.more(1, first)))
        price = f"{one.seconds / first.seconds:.2f}"
        music.append((f"{one.guidance:g}", str(one.report.median), *_means(one.report), price))
    return _PAGE.format(
        name=name,
        pieces=first.labelled.pieces,
        references=first.report.reference_pieces,
        moods=_table(moods),
        music=_table(music),
    )


def _means(report: Report, *, is_reference: bool = False) -> list[str]:
    named = {one.metric.name: one for one in report.findings}
    means = [named[name].reference_mean if is_reference else named[name].mean for name in SHOWN]
    return ["-" if mean is None else f"{mean:.2f}" for mean in means]


def draw(found: Sequence[Strength], path: Path) -> None:
    """Agreement, and distance from real music, against the strength."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    strengths = [one.guidance for one in found]
    for name, colour in zip(("valence", "arousal", "quadrants"), _COLOURS, strict=True):
        shares = [getattr(one.labelled, name).value for one in found]
        left.plot(strengths, shares, "o-", color=colour, label=name)
    left.set(xlabel="guidance", ylabel="share on the asked side", ylim=(0, 1.02))
    left.legend(fontsize=8)
    medians: list[Any] = [one.report.median for one in found]
    spans = [
        [one.value - one.low for one in medians],
        [one.high - one.value for one in medians],
    ]
    right.errorbar(
        strengths, [one.value for one in medians], spans, fmt="o-", color=_COLOURS[0], capsize=3
    )
    right.set(xlabel="guidance", ylabel="distance from real music", ylim=(0, None))
    with whole_file(path, overwrite=True) as draft:
        figure.savefig(draft, format="png", dpi=110)


_PAGE = """# Guidance

*Written by `python -m composer.lab.guidance`; change it there.*

Guidance compares what the model would choose with what it would choose had the piece no mood:
neither in the condition nor in any bar. At 1 nothing is compared; above 1 the choices lean
further to what the mood makes likelier. Checkpoint `{name}`; {pieces} pieces at each strength,
the same seeds, one try each, the four quadrants in turn, 16 and 24 bars.

## Mood

Shares of pieces on the asked side, as the labeller hears them, and as a second judge does who
knows other music ([moods](moods.md)). The **lean** is the mean place heard on an axis, counted
towards the side that was asked; in brackets how much more it is than without guidance, on the
same seeds, with a 95 % bootstrap interval over pieces. An interval that holds 0 shows nothing.

{moods}

## Music

The median ratio over all [metrics](evaluation.md) to {references} held-out pieces of
bands, games and orchestras: 1 is real music against itself. Then means of some metrics, and
the processor time that a note took, against that without guidance.

{music}

![Agreement and distance against guidance](guidance.png)

The default is 2: more pieces are heard in the asked quadrant than at 1.5 (48 pieces, in three
states of composing: .92, .94 and .88 by the labeller, .85, .88 and .77 at 1.5; .83, .92 and .88
by the second judge, .85, .83 and .81 at 1.5), at the same cost and no farther from real music.
No single difference is beyond chance.
"""


def run(given: argparse.Namespace) -> None:
    """Compose, measure, write."""
    folder = folder_of(given.checkpoint)
    shards = [read_shard(given.prepared / "held_out.npz")]
    references = [score for score, _ in reference_pieces(shards)]
    found = measure(Composer.load(folder), references, given.pieces)
    given.out.mkdir(parents=True, exist_ok=True)
    draw(found, given.out / "guidance.png")
    text = page(found, folder.name)
    write_whole(given.out / "guidance.md", text.encode(), overwrite=True)


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure guidance.")
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--checkpoint", type=Path, default=None)
    parser.add_argument("--pieces", type=int, default=24)
    given = parser.parse_args()
    return exit_code("guidance", lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())

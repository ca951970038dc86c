"""Measures how the roots of composed plans follow one another beside those of real music.

    python -m composer.lab.successions CHECKPOINT PREPARED/train.npz

composes plans over the four mood quadrants and writes ``composer/compose/successions.json``:
for each mode, how much likelier one degree is after another in the training shard (held-out
music is never read) than in what the checkpoint draws, in nats. Every piece counts as much as
every other; what few have is drawn towards what is common. The table in use is taken into
account, so that a second run corrects what the first has left.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from composer.analysis.music import Floats
from composer.compose import complete_plan
from composer.compose.successions import TABLE, successions_of
from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.references import songs
from composer.lab.samples import QUADRANTS
from composer.lab.shards import read_shard
from composer.language import plan_of
from composer.model import DEFAULT_ENGINE, Engine, load_engine
from composer.plan import NO_CHORD, Plan, PlanBar
from composer.request import build_plan, shape_plan
from composer.score import Key, Mode

PLANS = 400
_SEED = 20_000
_DOUBT = 4.0
"""Pieces' worth of what is common after any root that is counted after each."""
_MOST_NATS = 1.5


def _roots(bar: PlanBar) -> list[int | None]:
    """A bar's one or two roots; None where there is no chord."""
    chords = [chord for chord in (bar.chord, bar.second_chord) if chord is not None]
    return [None if chord == NO_CHORD else chord.root for chord in chords]


def _successions(plan: Plan) -> Iterator[tuple[Key, int, int]]:
    """Key, root and next root: from bar to bar, and within bars that have two chords."""
    found = [(bar.key, root) for bar in plan.bars for root in _roots(bar)]
    for (_, left), (key, root) in pairwise(found):
        if key is not None and left is not None and root is not None:
            yield key, left, root


def counted(plans: Iterable[Plan], mode: Mode) -> Floats:
    """How often each degree (columns) follows each (rows), (12, 12), in pieces."""
    counts = np.zeros((12, 12))
    for plan in plans:
        own = np.zeros_like(counts)
        for key, left, root in _successions(plan):
            if key.mode is mode:
                own[(left - key.tonic) % 12, (root - key.tonic) % 12] += 1
        counts += own / max(1.0, own.sum())
    return counts


def odds(counts: Floats) -> Floats:
    """Shares of what follows each degree, what is seldom left drawn to what is common."""
    usual = (counts.sum(axis=0) + 1 / 12) / (counts.sum() + 1)
    found = counts + _DOUBT * usual
    shares: Floats = found / found.sum(axis=1, keepdims=True)
    return shares


def composed_plans(engine: Engine, count: int) -> Iterator[Plan]:
    """Plans as requests for the four moods get them."""
    for seed in range(_SEED, _SEED + count):
        asked = list(QUADRANTS.values())[seed % len(QUADRANTS)]
        plan = build_plan(valence=asked.valence, arousal=asked.arousal)
        rng = random.Random(seed)  # noqa: S311 - music, not secrets
        yield complete_plan(shape_plan(plan, rng=rng), engine, seed=seed)


def table(real: Iterable[Plan], composed: Iterable[Plan]) -> dict[str, list[list[float]]]:
    """What each degree gains after each, by mode: what it lacks besides what it gains now."""
    real, composed = list(real), list(composed)
    found = {}
    for mode in Mode:
        lacking = np.log(odds(counted(real, mode)) / odds(counted(composed, mode)))
        gains = np.clip(np.array(successions_of(mode)) + lacking, -_MOST_NATS, _MOST_NATS)
        found[mode.value] = gains.round(2).tolist()
    return found


def run(given: argparse.Namespace) -> None:
    """Compose, count and write."""
    real = songs([read_shard(given.shard)])
    rows = table(
        (plan_of(piece.sheet.parts, piece.sheet.bars) for piece in real),
        composed_plans(load_engine(given.checkpoint, DEFAULT_ENGINE), given.plans),
    )
    text = json.dumps(rows, separators=(",", ":")).replace("],", "],\n").replace("{", "{\n")
    write_whole(TABLE, f"{text}\n".encode(), overwrite=True)


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure how roots follow one another.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("shard", type=Path)
    parser.add_argument("--plans", type=int, default=PLANS)
    given = parser.parse_args()
    return exit_code("successions", lambda: run(given))


if __name__ == "__main__":
    sys.exit(main())

"""Take a plan, move its second half up a tone and make it faster, and compose it.

python examples/change_a_plan.py [FOLDER [CHECKPOINT]]
"""

import sys
from dataclasses import replace
from pathlib import Path

from composer import Composer
from composer.plan import PlanBar
from composer.score import Key


def lifted(bar: PlanBar) -> PlanBar:
    """The bar a tone higher and a tenth faster; its chords are left to the model."""
    key, tempo_qpm = bar.key or Key(0), bar.tempo_qpm or 120.0
    return replace(
        bar,
        key=Key((key.tonic + 2) % 12, key.mode),
        tempo_qpm=tempo_qpm * 1.1,
        chord=None,
        second_chord=None,
    )


def main(folder: str = ".", checkpoint: str | None = None) -> None:
    """Write lifted.mid into ``folder``."""
    composer = Composer.load(checkpoint)
    plan = composer.plan(mood="triumphant", bars=8, meter="4/4", seed=5)
    bars = (*plan.bars[:4], *map(lifted, plan.bars[4:]))
    piece = composer.compose(replace(plan, bars=bars), seed=5)
    piece.save(Path(folder, "lifted.mid"), overwrite=True)
    print(f"{plan.bars[0].key}, then {piece.plan.bars[4].key}")


if __name__ == "__main__":
    main(*sys.argv[1:])

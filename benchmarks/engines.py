"""How fast the engines are, each on its one thread, taking turns.

    python benchmarks/engines.py [--rounds N] [--bars N]

The weights are random and of the shipped sizes. Each round reads the same piece with each
engine, event by event and asking for every value as composing does, and then reads it at
once. The ratios are those of the fastest rounds, which other programs disturb least.
"""

import argparse
import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from composer.language import CONDITION_SIZE, Sheet, encode
from composer.language import vocabulary as v
from composer.model import Engine
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_engine import NumpyEngine
from composer.model.torch_engine import TorchEngine
from composer.model.weights import weight_shapes

CONFIG = ModelConfig(layers=5, width=256, ffn=512)
CONDITION = np.ones(CONDITION_SIZE, np.float32)
Rows = np.ndarray


def checkpoint() -> Checkpoint:
    """Random weights of the shipped sizes."""
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.06, shape).astype(np.float32)
        for name, shape in weight_shapes(CONFIG).items()
    }
    return Checkpoint(CONFIG, weights)


def piece(bars: int) -> Rows:
    """The events of a piece for a melody and a bass, as many as fit."""
    rng = np.random.default_rng(1)
    parts = np.array([[41, 1, 6, 4], [34, 5, 2, 4]], np.int16)
    plan = np.ones((bars, len(v.ATTRIBUTES["plan"])), np.int16)
    notes = [
        (bar, part, 12 * at, int(rng.integers(40, 80)), 8, 5)
        for bar in range(bars)
        for part in (0, 1)
        for at in range(6)
    ]
    return encode(Sheet(parts, plan, np.array(notes, np.int16)))[: CONFIG.context]


def ask(engine: Engine, rows: Rows) -> Iterator[np.ndarray]:
    """Read event by event, asking for every value of the next."""
    state = engine.prefill(rows[:0], CONDITION)
    for row, following in pairwise(rows):
        hidden = engine.step(state, row)
        yield engine.logits(hidden, following, "kind")
        for name in v.ATTRIBUTES.get(v.KINDS[following[0]], ()):
            yield engine.logits(hidden, following, name)


def seconds(engine: Engine, rows: Rows) -> tuple[float, float]:
    """Seconds of one reading event by event, and of one at once."""
    start = time.perf_counter()
    for _ in ask(engine, rows):
        pass
    middle = time.perf_counter()
    engine.prefill(rows, CONDITION)
    return middle - start, time.perf_counter() - middle


def main() -> None:
    """Print events a second and milliseconds of the engines, and numpy's ratio to torch."""
    parser = argparse.ArgumentParser(description="Compare the engines' speed.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bars", type=int, default=60)
    given = parser.parse_args()
    loaded, rows = checkpoint(), piece(given.bars)
    engines: dict[str, Engine] = {"torch": TorchEngine(loaded), "numpy": NumpyEngine(loaded)}
    for engine in engines.values():
        seconds(engine, rows[:50])
    turns = [
        {name: seconds(engine, rows) for name, engine in engines.items()}
        for _ in range(given.rounds)
    ]
    best = {name: np.min([turn[name] for turn in turns], axis=0) for name in engines}
    for name, (stepping, at_once) in best.items():
        print(
            f"{name}: {(len(rows) - 1) / stepping:.0f} events/s, "
            f"{len(rows)} events at once in {1000 * at_once:.0f} ms"
        )
    stepping, at_once = best["torch"] / best["numpy"]
    print(f"numpy over torch: composing {stepping:.2f}, reading at once {at_once:.2f}")
    paired = [turn["torch"][0] / turn["numpy"][0] for turn in turns]
    print("composing, round by round:", " ".join(f"{ratio:.2f}" for ratio in paired))


if __name__ == "__main__":
    main()

"""How fast the engines are, each on its one thread, taking turns.

    python benchmarks/engines.py [--rounds N] [--layers N] [--ffn N] [--heads N]

The weights are random. Each round lets every engine read the same piece to the end: event
by event, asking for every value as composing does (under one condition, and under two, as
guidance does), then all at once. Printed are medians over the rounds, and the fastest and
slowest, which tell how busy the machine was; ratios are medians of each round's own.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from composer.language import CONDITION_SIZE, Sheet, encode
from composer.language import vocabulary as v
from composer.model import Engine
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_engine import NumpyEngine
from composer.model.onnx_engine import OnnxEngine
from composer.model.torch_engine import TorchEngine
from composer.model.weights import weight_shapes
from composer.score import Meter

MAKERS: dict[str, Callable[[Checkpoint], Engine]] = {
    "numpy": NumpyEngine,
    "onnx-fp32": lambda checkpoint: OnnxEngine(checkpoint, is_exact=True),
    "onnx": OnnxEngine,
    "torch": TorchEngine,
}
Rows = np.ndarray


def checkpoint(config: ModelConfig) -> Checkpoint:
    """Random weights."""
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, 0.06, shape).astype(np.float32)
        for name, shape in weight_shapes(config).items()
    }
    return Checkpoint(config, weights)


def piece(events: int) -> Rows:
    """The first events of a piece for a melody and a bass."""
    rng = np.random.default_rng(1)
    parts = np.array([[41, 1, 6, 4], [34, 5, 2, 4]], np.int16)
    plan = np.ones((64, len(v.ATTRIBUTES["plan"])), np.int16)
    plan[:, v.ATTRIBUTES["plan"].index("meter")] = v.METERS.index(Meter(4, 4)) + 1
    notes = [
        (bar, part, 12 * at, int(rng.integers(40, 80)), 8, 5)
        for bar in range(64)
        for part in (0, 1)
        for at in range(6)
    ]
    return encode(Sheet(parts, plan, np.array(notes, np.int16)))[:events]


def ask(engine: Engine, rows: Rows, conditions: int) -> Iterator[np.ndarray]:
    """Read event by event, asking for every value of the next."""
    seen = rows[None].repeat(conditions, axis=0)
    given = np.ones((conditions, CONDITION_SIZE), np.float32)
    state = engine.prefill(seen[:, :0], given)
    for row, following in pairwise(seen.swapaxes(0, 1).tolist()):
        hidden = engine.step(state, row)
        yield engine.logits(hidden, following, "kind")
        for name in v.ATTRIBUTES.get(v.KINDS[following[0][0]], ()):
            yield engine.logits(hidden, following, name)


def milliseconds(engine: Engine, rows: Rows) -> dict[str, float]:
    """Of one event, of one under two conditions, and of reading all at once."""
    marks = [time.perf_counter()]
    for conditions in (1, 2):
        for _ in ask(engine, rows, conditions):
            pass
        marks.append(time.perf_counter())
    engine.prefill(rows[None], np.ones((1, CONDITION_SIZE), np.float32))
    marks.append(time.perf_counter())
    one, two, at_once = (1000 * (after - before) for before, after in pairwise(marks))
    steps = len(rows) - 1
    return {"an event": one / steps, "of two": two / steps, "all at once": at_once}


def machine() -> str:
    """The processor and how busy it is."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    name = names[0] if names else platform.processor()
    return f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    """Print milliseconds of the engines, and how much faster than torch they are."""
    parser = argparse.ArgumentParser(description="Compare the engines' speed.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=1000)
    for name in ("layers", "width", "heads", "kv_heads", "ffn"):
        parser.add_argument(f"--{name}", type=int, default=getattr(ModelConfig(), name))
    given = vars(parser.parse_args())
    rounds, rows = given.pop("rounds"), piece(given.pop("events"))
    config = ModelConfig(**given)
    print(machine())
    print(config)
    loaded = checkpoint(config)
    engines = {name: make(loaded) for name, make in MAKERS.items()}
    for engine in engines.values():
        milliseconds(engine, rows[:50])
    turns = [
        {name: milliseconds(engine, rows) for name, engine in engines.items()}
        for _ in range(rounds)
    ]
    for name in engines:
        for what in turns[0][name]:
            times = [turn[name][what] for turn in turns]
            ratio = statistics.median(turn["torch"][what] / turn[name][what] for turn in turns)
            print(
                f"{name:9s} {what:11s} {statistics.median(times):8.3f} ms "
                f"({min(times):.3f} to {max(times):.3f}), {ratio:.1f} times torch's speed"
            )


if __name__ == "__main__":
    main()

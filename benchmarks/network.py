"""The network's step beside other engines' of the same layers, and where a piece's time goes.

    python benchmarks/network.py

A step is one event through the layers, from an empty context to a full one. CTranslate2 runs
layers of the same sizes with random weights; it also embeds a token, scores 16 and takes the
best, where composer embeds an event of many columns, so the two are nearly the same work.
"""

import argparse
import cProfile
import pstats
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import onnxruntime
from ctranslate2.specs import TransformerDecoderModelSpec, common_spec
from decode_composer import SETTINGS, compose, engine_for
from engines import MAKERS, piece
from timing import Contender, Task, clock, take_turns, tell, warm_up

from composer.language import CONDITION_SIZE
from composer.model import Engine
from composer.model.checkpoint import load_checkpoint
from composer.model.config import ModelConfig
from composer.model.engine import DEFAULT_ENGINE, folder_of

TOKENS = [f"t{value}" for value in range(16)]
"""A vocabulary so small that scoring it costs nothing."""
ITSELF, ENGINE = "ONNX Runtime itself", "the engine around it"


# --- a step ------------------------------------------------------------------------------


def own_steps(name: str, contexts: list[int]) -> Contender:
    """An engine of composer's that reads a piece event by event under one condition."""
    engine, rows = engine_for(name, max(contexts)), piece(max(contexts))[:, None].tolist()
    nothing = np.zeros((1, 0, len(rows[0][0])), np.int32)
    given = np.ones((1, CONDITION_SIZE), np.float32)

    def run() -> dict[str, float]:
        state, found, started = engine.prefill(nothing, given), {}, clock()
        for count, row in enumerate(rows, 1):
            engine.step(state, row)
            if count in contexts:
                found[str(count)] = (clock() - started) / count
        return found

    return run


def ctranslate2_steps(kind: str, contexts: list[int]) -> Contender:
    """CTranslate2 on layers of the same sizes; ``kind`` is ``int8`` or ``float32``."""
    with tempfile.TemporaryDirectory() as folder:
        layers(load_checkpoint(folder_of()).config, kind).save(folder)
        generator = ctranslate2.Generator(
            folder, device="cpu", compute_type=kind, inter_threads=1, intra_threads=1
        )

    def run() -> dict[str, float]:
        found = {}
        for context in contexts:
            started = clock()
            generator.generate_batch(
                [[TOKENS[1]]],
                max_length=context,
                min_length=context,
                sampling_topk=1,
                include_prompt_in_result=False,
            )
            found[str(context)] = (clock() - started) / context
        return found

    return run


def layers(config: ModelConfig, kind: str) -> Any:
    """A model for CTranslate2 with the network's layers, randomly filled."""
    spec = TransformerDecoderModelSpec.from_config(
        config.layers,
        config.heads,
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_interleave=False,
        num_heads_kv=config.kv_heads,
    )
    rng, width = np.random.default_rng(0), config.width
    key_value = 2 * config.kv_heads * config.head_width

    def matrix(linear: Any, rows: int, columns: int) -> None:
        linear.weight = rng.normal(0, 0.06, (rows, columns)).astype(np.float32)

    decoder, one = spec.decoder, np.ones(width, np.float32)
    decoder.scale_embeddings, decoder.layer_norm.gamma = False, one
    matrix(decoder.embeddings, len(TOKENS), width)
    matrix(decoder.projection, len(TOKENS), width)
    for layer in decoder.layer:
        attention, unit = layer.self_attention, layer.ffn
        attention.layer_norm.gamma = unit.layer_norm.gamma = one
        matrix(attention.linear[0], width + key_value, width)
        matrix(attention.linear[1], width, width)
        matrix(unit.linear_0, config.ffn, width)
        matrix(unit.linear_0_noact, config.ffn, width)
        matrix(unit.linear_1, width, config.ffn)
    spec.register_vocabulary(TOKENS)
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = TOKENS[:3]
    spec.validate()
    spec.optimize(quantization=kind)
    return spec


# --- where a piece's time goes -----------------------------------------------------------


class Timed:
    """An engine whose calls are timed, and within them ONNX Runtime's own."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.seconds = engine, {"prefill": 0.0, "step": 0.0, "logits": 0.0}
        self.name, self.context = engine.name, engine.context

    def _call(self, what: str, *given: Any) -> Any:
        started = clock()
        found = getattr(self._engine, what)(*given)
        self.seconds[what] += clock() - started
        return found

    def prefill(self, *given: Any) -> Any:
        """Timed."""
        return self._call("prefill", *given)

    def step(self, *given: Any) -> Any:
        """Timed."""
        return self._call("step", *given)

    def logits(self, *given: Any) -> Any:
        """Timed."""
        return self._call("logits", *given)


@contextmanager
def runtime_seconds() -> Iterator[list[float]]:
    """Collects the seconds of every run of ONNX Runtime meanwhile."""
    plain, found = onnxruntime.InferenceSession.run_with_iobinding, list[float]()

    def run(*given: Any) -> Any:
        started = clock()
        plain(*given)
        found.append(clock() - started)

    onnxruntime.InferenceSession.run_with_iobinding = run
    try:
        yield found
    finally:
        onnxruntime.InferenceSession.run_with_iobinding = plain


def shares(bars: int, setting: str) -> dict[str, float]:
    """Shares of a piece's time, in %: the network, the engine's own work, and the rest."""
    timed = Timed(engine_for(DEFAULT_ENGINE, 1024))
    compose(timed, 4, 1, setting)
    timed.seconds = dict.fromkeys(timed.seconds, 0.0)
    with runtime_seconds() as runs:
        started = clock()
        compose(timed, bars, 1, setting)
        total = clock() - started
    engine, itself = sum(timed.seconds.values()), sum(runs)
    return {
        ITSELF: 100 * itself / total,
        ENGINE: 100 * (engine - itself) / total,
        "all else": 100 * (total - engine) / total,
        **{f"engine: {what}": 100 * part / total for what, part in timed.seconds.items()},
    }


def outside(bars: int) -> dict[str, float]:
    """Shares, in %, of the time outside the engine by file, where a profiler sees it."""
    engine, root = (
        engine_for(DEFAULT_ENGINE, 1024),
        Path(compose.__code__.co_filename).parent.parent,
    )
    with cProfile.Profile() as profile:
        compose(engine, bars, 1, "plain")
    times: dict[str, float] = {}
    for (file, _, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():
        if "/model/" in file or "onnxruntime" in file or "run_with_iobinding" in name:
            continue
        inside = Path(file).is_relative_to(root)
        place = str(Path(file).relative_to(root)) if inside else "libraries and built-ins"
        times[place] = times.get(place, 0.0) + own
    total = sum(times.values())
    ordered = sorted(times.items(), key=lambda item: -item[1])
    return {place: 100 * own / total for place, own in ordered[:10]}


def measure(task: Task) -> dict[str, Any]:
    """Seconds a step, and shares of a piece's time."""
    contexts = [128] if task.is_quick else [256, 512, 1024]
    bars = 4 if task.is_quick else 32
    contenders: dict[str, Contender] = {
        f"composer, {name}": own_steps(name, contexts) for name in MAKERS
    }
    for kind in ("int8", "float32"):
        contenders[f"CTranslate2, {kind}"] = ctranslate2_steps(kind, contexts)
    warm_up(contenders)
    settings = {name: lambda name=name: shares(bars, name) for name in SETTINGS}
    return {
        "contexts": contexts,
        "bars": bars,
        "samples": take_turns(contenders, task.rounds),
        "shares": take_turns(settings, task.rounds),
        "outside": outside(bars),
    }


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))

"""The engines against torch's: the same numbers, and none that threads or others move."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_model import chosen, given, log_share, music, network

from composer.errors import CheckpointError, MissingExtraError, RequestError, was_stopped
from composer.language import CONDITION_SIZE, encode
from composer.language import vocabulary as v
from composer.model import ENGINES, load_engine
from composer.model import engine as loading
from composer.model.checkpoint import Checkpoint, save_checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_engine import NumpyEngine
from composer.model.onnx_engine import OnnxEngine
from composer.model.onnx_graphs import quantised
from composer.model.torch_engine import TorchEngine
from composer.model.weights import weight_shapes

ROOT = Path(__file__).parent.parent
SIZES = {
    "shared keys": ModelConfig(2, 32, 4, 2, 48, 40, context=160),
    "own keys, odd sizes": ModelConfig(2, 60, 2, 2, 75, 41, context=700),
    "one key head, wide heads": ModelConfig(1, 256, 2, 1, 70, 33, context=700),
    "many heads share": ModelConfig(2, 64, 32, 1, 1500, 40, context=300),
}
MAKERS = {
    "numpy": NumpyEngine,
    "onnx": OnnxEngine,
    "onnx-fp32": lambda checkpoint: OnnxEngine(checkpoint, is_exact=True),
}


def checkpoint_of(config):
    made = network(config=config)
    return Checkpoint(config, {name: p.detach().numpy() for name, p in made.named_parameters()})


@pytest.fixture(scope="module", params=SIZES)
def checkpoint(request):
    return checkpoint_of(SIZES[request.param])


@pytest.fixture(scope="module", params=MAKERS)
def engine(request, checkpoint):
    return MAKERS[request.param](checkpoint)


def rows_for(engine):
    """A piece that fills the context, (1, T, columns)."""
    return encode(music(bars=30))[None, : engine.context]


def mood_and_none(rows):
    """The rows (1, T, columns) with moods that change, and the same without any."""
    both = np.concatenate([rows, rows])
    said = np.random.default_rng(6).integers(1, v.MOOD_LEVELS + 1, (2, rows.shape[1]))
    for name, values in zip(("valence", "arousal"), said, strict=True):
        column = v.COLUMN[name]
        both[0, :, column] = np.where(rows[0, :, column] > 0, values, 0)
        both[1, :, column] = 0
    return both


def one(seed=1):
    return given(seed)[None]


@pytest.mark.parametrize("name", ["numpy", "onnx-fp32"])
def test_exact_engines_say_what_torch_says(checkpoint, name):
    engines = TorchEngine(checkpoint), MAKERS[name](checkpoint)
    rows = mood_and_none(rows_for(engines[0]))
    conditions = np.stack([given(), np.zeros(CONDITION_SIZE, np.float32)])
    seen = set()
    for read in (0, 1, 2, 33, rows.shape[1] - 12):
        part = rows[:, : read + 70]
        told = [
            chosen(engine, engine.prefill(part[:, :read], conditions), part[:, read:])
            for engine in engines
        ]
        for (attribute, right, _), (_, found, _) in zip(*told, strict=True):
            assert found.dtype == np.float32
            assert found.shape == right.shape
            # float32 can't say more than about seven digits of a large score
            assert np.abs(found - right).max() < 1e-4 * max(1.0, np.abs(right).max() / 10)
            seen.add(attribute)
    assert len(seen) == 29


def test_integers_are_as_sure_of_the_next_event(checkpoint):
    """Weights of 8 bits move single scores, but not what the network knows on the whole."""
    rows = rows_for(checkpoint.config)[:, :150]
    nats = {}
    for name in ("onnx-fp32", "onnx"):
        engine = MAKERS[name](checkpoint)
        told = chosen(engine, engine.prefill(rows[:, :5], one()), rows[:, 5:])
        nats[name] = -np.mean([log_share(scores[0], value) for _, scores, value in told])
    assert nats["onnx"] == pytest.approx(nats["onnx-fp32"], rel=0.02)
    assert nats["onnx"] != nats["onnx-fp32"]


def test_integers_are_the_nearest_to_the_weights():
    rng = np.random.default_rng(4)
    weight = rng.normal(size=(5, 150)).astype(np.float32)
    weight[2, :64] = 0
    integers, scales = quantised(weight)
    assert integers.shape == (5, 3, 64)
    back = ((integers.astype(np.float32) - 128) * scales[..., None]).reshape(5, -1)
    steps = scales.repeat(64, axis=1)
    assert np.abs(back[:, :150] - weight).max() < steps.max() * 0.501
    assert not back[:, 150:].any()
    assert not back[2, :64].any()


def test_reading_all_at_once_is_reading_row_by_row(engine):
    rows = rows_for(engine)[:, :120]
    slow = engine.prefill(rows[:, :0], one())
    for place in range(rows.shape[1]):
        last = engine.step(slow, rows[:, place])
    fast = engine.prefill(rows[:, :50], one())
    for place in range(50, rows.shape[1]):
        other = engine.step(fast, rows[:, place])
    at_once = engine.step(engine.prefill(rows[:, :-1], one()), rows[:, -1])
    for hidden in (other, at_once):
        # Rounding to 8 bits makes a large difference of one that is small.
        tolerance = 0.2 if engine.name == "onnx" else 1e-4
        assert np.abs(hidden.vector - last.vector).max() < tolerance
    assert np.ptp(last.vector) > 0.1


def test_states_do_not_touch_each_other(engine):
    rows = rows_for(engine)
    alone = engine.step(engine.prefill(rows[:, :30], one()), rows[:, 30])
    told = engine.logits(alone, rows[:, 31], "kind").tobytes()
    state, other = engine.prefill(rows[:, :30], one()), engine.prefill(rows[:, :20], one(9))
    engine.logits(engine.step(other, rows[:, 50]), rows[:, 31], "kind")
    hidden = engine.step(state, rows[:, 30])
    assert hidden.vector.tobytes() == alone.vector.tobytes()
    engine.step(state, rows[:, 31])
    assert hidden.vector.tobytes() == alone.vector.tobytes()
    assert engine.logits(hidden, rows[:, 31], "kind").tobytes() == told


@pytest.mark.parametrize("seeds", [(1, 9), (1, 1)])
def test_what_is_read_side_by_side_is_as_if_read_alone(engine, seeds):
    """Under conditions of their own, and where nothing but the mood in the rows differs."""
    # Rounding to 8 bits makes a large difference of one that is small.
    tolerance = 0.1 if engine.name == "onnx" else 1e-4
    rows = mood_and_none(rows_for(engine))
    both = engine.prefill(rows[:, :30], np.concatenate([one(seed) for seed in seeds]))
    together = list(chosen(engine, both, rows[:, 30:60]))
    for index, seed in enumerate(seeds):
        own = rows[index : index + 1]
        alone = chosen(engine, engine.prefill(own[:, :30], one(seed)), own[:, 30:60])
        for (name, scores, _), (same, right, _) in zip(together, alone, strict=True):
            assert name == same
            assert np.abs(scores[index] - right[0]).max() < tolerance * max(1, np.ptp(right))
    assert max(np.abs(scores[0] - scores[1]).max() for _, scores, _ in together) > 0.01


def test_a_full_state_is_refused_in_one_line(engine):
    rows = np.repeat(rows_for(engine)[:, :1], engine.context, axis=1)
    state = engine.prefill(rows, one())
    with pytest.raises(RequestError, match=f"at most {engine.context} events"):
        engine.step(state, rows[:, 0])


@pytest.mark.parametrize(
    "conditions", [given(), np.zeros((0, CONDITION_SIZE)), np.ones((1, 3))]
)
def test_conditions_of_another_shape_are_refused(engine, conditions):
    with pytest.raises(ValueError, match="conditions have shape"):
        engine.prefill(rows_for(engine)[:, :3], conditions.astype(np.float32))


def test_rows_that_do_not_go_with_the_conditions_are_refused(engine):
    rows = rows_for(engine)[:, :3]
    for wrong in (rows[0], rows[:0], np.concatenate([rows, rows])):
        with pytest.raises(ValueError, match=r"rows under 1 conditions have shape \(1, T"):
            engine.prefill(wrong, one())


@pytest.mark.parametrize("name", MAKERS)
def test_the_empty_row_of_the_table_is_nothing(name):
    checkpoint = checkpoint_of(SIZES["shared keys"])
    found = []
    for noise in (0, 100):
        checkpoint.weights["embedding"][0] = noise
        engine = MAKERS[name](checkpoint)
        rows = rows_for(engine)
        found.append(engine.step(engine.prefill(rows[:, :40], one()), rows[:, 40]).vector)
    assert np.isfinite(found[0]).all()
    assert np.array_equal(*found)


def test_weights_are_those_of_the_network(checkpoint):
    shapes = {name: array.shape for name, array in checkpoint.weights.items()}
    assert weight_shapes(checkpoint.config) == shapes


@pytest.mark.parametrize("name", ENGINES)
def test_weights_of_other_sizes_are_refused(tmp_path, name):
    made = checkpoint_of(SIZES["shared keys"])
    for change in ({"gain": np.ones(31, np.float32)}, {"more": np.ones(1, np.float32)}):
        save_checkpoint(tmp_path, Checkpoint(made.config, made.weights | change), "")
        with pytest.raises(CheckpointError, match="do not fit"):
            load_engine(tmp_path, name)


def test_engines_are_chosen_by_name(tiny_checkpoint):
    assert load_engine(tiny_checkpoint).name == "onnx"
    for name in ENGINES:
        assert load_engine(tiny_checkpoint, name).name == name
    with pytest.raises(RequestError, match=r"'best'.*onnx, onnx-fp32, numpy or torch"):
        load_engine(tiny_checkpoint, "best")


def test_numpy_steps_in_where_onnx_cannot_run(tiny_checkpoint, monkeypatch, caplog, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with caplog.at_level(logging.WARNING):
        assert load_engine(tiny_checkpoint).name == "numpy"
    assert caplog.messages == ["onnxruntime can't be imported: composing with numpy, slower"]
    monkeypatch.undo()
    old = tmp_path / "cpuinfo"
    old.write_text("flags : fpu sse2 avx\n")
    monkeypatch.setattr(loading, "_CPUINFO", old)
    monkeypatch.setattr(loading.platform, "machine", lambda: "x86_64")
    assert load_engine(tiny_checkpoint).name == "numpy"
    monkeypatch.setattr(loading.platform, "machine", lambda: "aarch64")
    assert load_engine(tiny_checkpoint).name == "onnx"


def test_ctrl_c_while_onnxruntime_loads_is_no_missing_package(
    tiny_checkpoint, tmp_path, monkeypatch
):
    lines = ["try:", "    raise KeyboardInterrupt", "except KeyboardInterrupt as stop:"]
    lines.append("    raise ImportError('initialization failed') from stop")
    (tmp_path / "onnxruntime.py").write_text("\n".join(lines))
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        load_engine(tiny_checkpoint)


def test_a_missing_torch_is_told_in_one_line(tiny_checkpoint, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name == "composer.model.torch_engine"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtraError, match=r"torch.*composer-music\[train\]"):
        load_engine(tiny_checkpoint, "torch")
    assert load_engine(tiny_checkpoint).context == 256


NUMBERS = """
import hashlib, sys
import numpy as np
from composer.language import vocabulary as v
from composer.language import CONDITION_SIZE
from composer.model import load_engine
engine = load_engine(*sys.argv[1:])
rng = np.random.default_rng(3)
own = len(v.OWN) + len(v.CONTEXT)
rows = np.zeros((700, len(v.COLUMNS)), np.int32)
rows[:, :own] = rng.integers(0, [v.SIZES[name] for name in v.COLUMNS[:own]], (700, own))
rows = np.stack([rows, rows])
state = engine.prefill(rows[:, :611], np.ones((2, CONDITION_SIZE), np.float32))
digest = hashlib.sha256()
for row in rows[:, 611:].swapaxes(0, 1):
    hidden = engine.step(state, row)
    digest.update(hidden.vector.tobytes())
    row[:, 0] = v.NOTE
    for name in ("kind", *v.ATTRIBUTES["note"]):
        digest.update(engine.logits(hidden, row, name).tobytes())
assert "torch" not in sys.modules
assert "onnx" not in sys.modules
print(digest.hexdigest())
"""


@pytest.mark.parametrize("name", MAKERS)
def test_numbers_do_not_depend_on_threads(name, tmp_path):
    config, rng = ModelConfig(layers=2, ffn=512), np.random.default_rng(3)
    weights = {
        name: rng.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in weight_shapes(config).items()
    }
    save_checkpoint(tmp_path, Checkpoint(config, weights), "")
    found = {
        subprocess.run(
            [sys.executable, "-c", NUMBERS, tmp_path, name],
            env=os.environ
            | {"PYTHONPATH": str(ROOT)}
            | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), threads),
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert len(found) == 1


def test_ctrl_c_is_found_behind_an_error_that_has_another_cause():
    error = ImportError("a module")
    assert not was_stopped(error)
    error.__cause__, error.__context__ = ValueError("its reason"), KeyboardInterrupt()
    assert was_stopped(error)
    assert was_stopped(KeyboardInterrupt())
    assert not was_stopped(None)

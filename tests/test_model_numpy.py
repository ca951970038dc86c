"""The numpy engine against torch's: the same numbers, and none that threads could move."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_model import chosen, given, music, network

from composer.errors import CheckpointError, MissingExtraError, RequestError
from composer.language import CONDITION_SIZE, encode
from composer.model import load_engine
from composer.model.checkpoint import Checkpoint, save_checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_engine import NumpyEngine
from composer.model.products import Matrix, rms_norm, silu
from composer.model.torch_engine import TorchEngine
from composer.model.weights import weight_shapes

ROOT = Path(__file__).parent.parent
SIZES = {
    "shared keys": ModelConfig(2, 32, 4, 2, 48, 40, context=160),
    "own keys, odd sizes": ModelConfig(2, 60, 2, 2, 75, 41, context=700),
    "one key head, wide heads": ModelConfig(1, 256, 2, 1, 70, 33, context=700),
    "many heads share": ModelConfig(2, 64, 32, 1, 1500, 40, context=300),
}


def checkpoint_of(config):
    made = network(config=config)
    return Checkpoint(config, {name: p.detach().numpy() for name, p in made.named_parameters()})


@pytest.fixture(scope="module", params=SIZES)
def checkpoint(request):
    return checkpoint_of(SIZES[request.param])


def rows_for(config):
    return encode(music(bars=30))[: config.context]


@pytest.mark.parametrize("condition", [given(), np.zeros(CONDITION_SIZE, np.float32)])
def test_both_engines_say_the_same(checkpoint, condition):
    rows = rows_for(checkpoint.config)
    torchs, numpys = TorchEngine(checkpoint), NumpyEngine(checkpoint)
    seen = set()
    for read in (0, 1, 2, 33, len(rows) - 12):
        part = rows[: read + 70]
        states = (engine.prefill(part[:read], condition) for engine in (torchs, numpys))
        pairs = zip(
            *(
                chosen(engine, state, part[read:])
                for engine, state in zip((torchs, numpys), states, strict=True)
            ),
            strict=True,
        )
        for (name, right, _), (_, found, _) in pairs:
            assert found.dtype == np.float32
            assert found.shape == right.shape
            # float32 can't say more than about seven digits of a large score
            assert np.abs(found - right).max() < 1e-4 * max(1.0, np.abs(right).max() / 30)
            seen.add(name)
    assert len(seen) == 29


def test_reading_all_at_once_is_reading_row_by_row(checkpoint):
    engine, rows = NumpyEngine(checkpoint), rows_for(checkpoint.config)[:120]
    slow = engine.prefill(rows[:0], given())
    for row in rows:
        last = engine.step(slow, row)
    fast = engine.prefill(rows[:50], given())
    for row in rows[50:]:
        other = engine.step(fast, row)
    at_once = engine.step(engine.prefill(rows[:-1], given()), rows[-1])
    for hidden in (other, at_once):
        assert np.abs(hidden.vector - last.vector).max() < 1e-4
    assert np.ptp(last.vector) > 0.1


def test_states_do_not_touch_each_other(checkpoint):
    engine, rows = NumpyEngine(checkpoint), rows_for(checkpoint.config)
    alone = engine.step(engine.prefill(rows[:30], given()), rows[30])
    state, other = engine.prefill(rows[:30], given()), engine.prefill(rows[:20], given(9))
    engine.step(other, rows[50])
    assert engine.step(state, rows[30]).vector.tobytes() == alone.vector.tobytes()


def test_a_full_state_is_refused_in_one_line(checkpoint):
    engine = NumpyEngine(checkpoint)
    rows = np.repeat(rows_for(checkpoint.config)[:1], engine.context, axis=0)
    state = engine.prefill(rows, given())
    with pytest.raises(RequestError, match=f"at most {engine.context} events"):
        engine.step(state, rows[0])


def test_the_empty_row_of_the_table_is_nothing():
    checkpoint = checkpoint_of(SIZES["shared keys"])
    rows = rows_for(checkpoint.config)
    before = NumpyEngine(checkpoint)
    checkpoint.weights["embedding"][0] = 100
    after = NumpyEngine(checkpoint)
    for engine in (before, after):
        last = engine.step(engine.prefill(rows[:40], given()), rows[40])
        assert np.isfinite(last.vector).all()
    assert np.array_equal(
        before.step(before.prefill(rows[:40], given()), rows[40]).vector, last.vector
    )


def test_products_are_products():
    rng = np.random.default_rng(2)
    for outputs, inputs in ((1, 1), (40, 7), (33, 600), (64, 5000)):
        weight, x = rng.normal(size=(outputs, inputs)), rng.normal(size=(64, inputs))
        matrix = Matrix(weight.astype(np.float32))
        right = x @ weight.T  # float64
        assert np.allclose(matrix(x.astype(np.float32)), right, atol=1e-3)
        assert np.allclose(matrix(x[:1].astype(np.float32)), right[:1], atol=1e-3)
        assert np.allclose(matrix.vector(x[5].astype(np.float32)), right[5], atol=1e-3)


def test_no_number_overflows():
    large = np.array([-3e38, -1e4, -100.0, 0.0, 100.0, 1e4], np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert silu(large).tolist() == [0, 0, 0, 0, 100, 1e4]
        assert rms_norm(np.zeros(4, np.float32)).tolist() == [0, 0, 0, 0]


def test_weights_are_those_of_the_network(checkpoint):
    shapes = {name: array.shape for name, array in checkpoint.weights.items()}
    assert weight_shapes(checkpoint.config) == shapes


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_weights_of_other_sizes_are_refused(tmp_path, engine):
    made = checkpoint_of(SIZES["shared keys"])
    for change in ({"gain": np.ones(31, np.float32)}, {"more": np.ones(1, np.float32)}):
        save_checkpoint(tmp_path, Checkpoint(made.config, made.weights | change), "")
        with pytest.raises(CheckpointError, match="do not fit"):
            load_engine(tmp_path, engine)


def test_engines_are_chosen_by_name(tiny_checkpoint):
    assert isinstance(load_engine(tiny_checkpoint), NumpyEngine)
    assert isinstance(load_engine(tiny_checkpoint, "torch"), TorchEngine)
    with pytest.raises(RequestError, match=r"'onnx'.*numpy or torch"):
        load_engine(tiny_checkpoint, "onnx")


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
from composer.model.checkpoint import Checkpoint
from composer.model.config import ModelConfig
from composer.model.numpy_engine import NumpyEngine
from composer.model.weights import weight_shapes
config, rng = ModelConfig(layers=2, ffn=512), np.random.default_rng(3)
weights = {
    name: rng.normal(0, 0.1, shape).astype(np.float32)
    for name, shape in weight_shapes(config).items()
}
engine = NumpyEngine(Checkpoint(config, weights))
own = len(v.OWN) + len(v.CONTEXT)
rows = np.zeros((700, len(v.COLUMNS)), np.int32)
rows[:, :own] = rng.integers(0, [v.SIZES[name] for name in v.COLUMNS[:own]], (700, own))
state = engine.prefill(rows[:611], np.ones(CONDITION_SIZE, np.float32))
digest = hashlib.sha256(state.cache.tobytes())
for row in rows[611:]:
    hidden = engine.step(state, row)
    row[0] = v.NOTE
    for name in ("kind", *v.ATTRIBUTES["note"]):
        digest.update(engine.logits(hidden, row, name).tobytes())
assert "torch" not in sys.modules
print(digest.hexdigest())
"""


def test_numbers_do_not_depend_on_threads():
    found = {
        subprocess.run(
            [sys.executable, "-c", NUMBERS],
            env=os.environ
            | {"PYTHONPATH": str(ROOT)}
            | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), threads),
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "3", "4")
    }
    assert len(found) == 1

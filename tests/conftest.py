"""A small checkpoint with random weights, made once for all tests that compose."""

import os

# Small matrices gain nothing from more threads, and on a busy machine threads that wait for
# each other cost minutes. Set before torch is loaded; commands that tests start inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

from composer.model.checkpoint import Checkpoint, save_checkpoint
from composer.model.config import ModelConfig

# A busy machine is no fault of the code: no example is failed for the time it took. The same
# examples every time, so that a failure is of the change at hand; --hypothesis-profile explore
# looks for new ones.
settings.register_profile("composer", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("composer")

TINY = ModelConfig(layers=2, width=32, heads=2, kv_heads=1, ffn=64, head_ffn=32, context=256)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory):
    """Folder of a checkpoint whose every weight is noise, so that nothing is learnt."""
    from composer.model.network import Network  # noqa: PLC0415 - torch, only where wanted

    rng = np.random.default_rng(1)
    weights = {
        name: rng.normal(0.0, 0.3, tuple(value.shape)).astype(np.float32)
        for name, value in Network(TINY).named_parameters()
    }
    folder = tmp_path_factory.mktemp("tiny")
    save_checkpoint(folder, Checkpoint(TINY, weights), "Random weights.\n")
    return folder

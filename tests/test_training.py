"""The trainer: what it draws, that it learns, resumes exactly and runs on two processes."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from toy_pieces import toy_piece

from composer.errors import CheckpointError, RequestError
from composer.lab.batches import batches
from composer.lab.crops import LENGTHS_BARS, draw, step_crops
from composer.lab.optimiser import orthogonalised
from composer.lab.recipe import Recipe
from composer.lab.session import Session
from composer.lab.shards import pack, read_shard, write_arrays
from composer.lab.train import train
from composer.language import decode
from composer.language import vocabulary as v
from composer.model.checkpoint import load_checkpoint
from composer.model.config import ModelConfig

TINY = ModelConfig(layers=2, width=32, heads=2, kv_heads=1, ffn=48, head_ffn=32, context=192)
BARS = 24
QUICK = Session(validate_steps=0, log_steps=1)
RECIPE = Recipe(
    total_steps=6, events_per_step=600, events_per_batch=256, precision="fp32", dropout=0.1
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    write_arrays(folder / "train.npz", pack([toy_piece(seed, BARS) for seed in range(6)]))
    write_arrays(
        folder / "held_out.npz", pack([toy_piece(seed, BARS) for seed in range(20, 24)])
    )
    return folder


@pytest.fixture
def shard(prepared):
    return read_shard(prepared / "train.npz")


def lines(out, event):
    found = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [line for line in found if line["event"] == event]


def state(out):
    return load_file(out / "state" / "state.safetensors")


def test_windows_depend_on_seed_and_step_alone(shard):
    def rows(seed, step):
        return [crop.rows.tobytes() for crop in step_crops(shard, seed, step, 800, 192)]

    assert rows(1, 5) == rows(1, 5)
    assert rows(1, 5) != rows(1, 6)
    assert rows(1, 5) != rows(2, 5)


def test_windows_are_music_of_the_shard_at_varied_lengths_and_pitches(shard):
    rng = np.random.default_rng(3)
    lengths, opened, infilled, pitches = set(), 0, 0, set()
    for _ in range(200):
        crop = draw(shard, rng, 192)
        assert len(crop.rows) <= 192
        kinds = crop.rows[:, 0]
        lengths.add(int((kinds == v.PLAN).sum()))
        opened += not crop.rows[kinds == v.PLAN, v.COLUMN["tempo"]].any()
        infilled += v.FILL in kinds
        assert crop.rows[kinds == v.PLAN, v.COLUMN["meter"]].all()
        if kinds[-1] == v.END:
            first = int(crop.rows[kinds == v.PLAN, v.COLUMN["bar"]][0]) - 1
            if first == 0:
                sheet = decode(crop.rows)
                assert len(sheet.notes) == crop.notes
                bass = sheet.notes[sheet.parts[sheet.notes[:, 1], 0] == 34]
                pitches.update(bass[:, 3].tolist()[:1])
                drums = sheet.notes[sheet.parts[sheet.notes[:, 1], 0] == v.DRUMS]
                assert set(drums[:, 3].tolist()) <= {36, 38}
    assert len(lengths & set(LENGTHS_BARS)) >= 2
    assert 10 <= opened <= 60  # one time in ten alone, and with everything
    assert 15 <= infilled <= 70
    assert pitches == set(range(35, 47))


def test_some_windows_lose_parts_but_never_all_company(shard):
    rng = np.random.default_rng(5)
    companies = []
    for _ in range(200):
        rows = draw(shard, rng, 192).rows
        companies.append(frozenset(rows[rows[:, 0] == v.PART, v.COLUMN["instrument"]]))
    whole = frozenset(toy_piece(0, 1).sheet.parts[:, 0].tolist())
    assert all(company <= whole and len(company) >= 2 for company in companies)
    assert len(set(companies)) == 4  # the whole band, and each pair of its three
    # two of three stay: 0.4 x 3 x 0.7 x 0.7 x 0.3 of the time
    assert 20 <= sum(company != whole for company in companies) <= 52


def test_batches_hold_every_window_once_and_little_padding(shard):
    crops = step_crops(shard, 0, 0, 2000, 192)
    for multiple in (1, 2, 3):
        made = batches(crops, 512, multiple)
        assert len(made) % multiple == 0
        rows = sorted(row[row[:, 0] > 0].tobytes() for batch in made for row in batch.rows)
        assert rows == sorted(crop.rows.tobytes() for crop in crops)
        assert sum(batch.notes for batch in made) == sum(crop.notes for crop in crops)
        assert all(batch.rows.shape[0] * batch.rows.shape[1] <= 512 for batch in made)


def test_three_steps_and_three_more_are_six(prepared, tmp_path):
    train(prepared, tmp_path / "once", TINY, RECIPE, QUICK)
    for _ in range(2):
        done = train(prepared, tmp_path / "twice", TINY, RECIPE, replace(QUICK, steps=3))
    assert done.step == 6
    once, twice = state(tmp_path / "once"), state(tmp_path / "twice")
    assert once.keys() == twice.keys()
    for name, tensor in once.items():
        assert np.array_equal(tensor, twice[name]), name


def test_a_run_starts_from_a_checkpoints_weights(prepared, tmp_path):
    train(prepared, tmp_path / "first", TINY, RECIPE, QUICK)
    known = tmp_path / "first" / "checkpoint"
    held_still = replace(RECIPE, start=str(known), muon_rate=0.0, adam_rate=0.0)
    train(prepared, tmp_path / "second", TINY, held_still, QUICK)
    found = load_checkpoint(tmp_path / "second" / "checkpoint").weights
    for name, array in load_checkpoint(known).weights.items():
        assert np.allclose(found[name], array, atol=1e-3), name


def test_a_checkpoint_of_another_size_starts_no_run(prepared, tmp_path):
    train(prepared, tmp_path / "first", TINY, RECIPE, QUICK)
    recipe = replace(RECIPE, start=str(tmp_path / "first" / "checkpoint"))
    with pytest.raises(CheckpointError, match="other sizes"):
        train(prepared, tmp_path / "second", replace(TINY, layers=1), recipe, QUICK)


def test_a_run_says_what_it_did_and_stops_when_it_is_done(prepared, tmp_path):
    session = replace(QUICK, validate_steps=2, validate_pieces=1)
    train(prepared, tmp_path, TINY, RECIPE, session)
    assert train(prepared, tmp_path, TINY, RECIPE, session).step == 6
    steps = lines(tmp_path, "step")
    assert [line["step"] for line in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[0]["nats"]["pitch"] == pytest.approx(np.log(v.SIZES["pitch"]), rel=1e-4)
    assert [line["step"] for line in lines(tmp_path, "validation")] == [2, 4, 6]
    found = lines(tmp_path, "validation")[-1]["nats"]
    assert set(found) == {"source 0", "source 1", "all"}
    assert found["all"]["per note"] > 0
    assert load_checkpoint(tmp_path / "checkpoint").config == TINY


@pytest.mark.slow
def test_it_learns_two_pieces_by_heart(tmp_path):
    pieces = [toy_piece(seed, 8) for seed in (1, 2)]
    write_arrays(tmp_path / "train.npz", pack(pieces))
    write_arrays(tmp_path / "held_out.npz", pack(pieces))
    recipe = replace(RECIPE, total_steps=40, dropout=0.0, average=0.9)
    session = replace(QUICK, validate_steps=40)
    train(tmp_path, tmp_path / "out", replace(TINY, width=64), recipe, session)
    first = lines(tmp_path / "out", "step")[0]["nats"]["per note"]
    last = lines(tmp_path / "out", "validation")[-1]["nats"]["all"]["per note"]
    assert last < 0.1 * first


def test_the_rate_rises_stays_and_falls_to_zero():
    recipe = Recipe(total_steps=1000)
    rates = [recipe.rate(step, 0.0) for step in range(1001)]
    assert 0 < rates[0] < 0.06
    assert rates[20:650] == [1.0] * 630
    assert rates[825] == pytest.approx(0.5)
    assert rates[1000] == 0.0
    assert replace(recipe, warm_up=0.5).rate(249, 0.0) == pytest.approx(0.5)
    assert replace(recipe, warm_up=0.0).rate(0, 0.0) == 1.0
    assert Recipe(total_minutes=10).rate(77, 300.0) == 1.0
    assert Recipe(total_minutes=10).rate(77, 600.0) == 0.0
    with pytest.raises(RequestError, match="how long"):
        Recipe()


def test_muons_update_is_nearly_orthogonal():
    torch.manual_seed(0)
    for shape in ((2, 48, 32), (32, 96)):
        values = torch.linalg.svdvals(orthogonalised(torch.randn(shape)))
        assert 0.6 < float(values.min()) < float(values.max()) < 1.3


def test_a_foreign_or_damaged_state_is_refused(prepared, tmp_path):
    train(prepared, tmp_path, TINY, RECIPE, replace(QUICK, steps=1))
    with pytest.raises(CheckpointError, match="other settings"):
        train(prepared, tmp_path, replace(TINY, ffn=32), RECIPE, QUICK)
    path = tmp_path / "state" / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(CheckpointError, match="damaged"):
        train(prepared, tmp_path, TINY, RECIPE, QUICK)


def command(prepared, out, *extra, launcher=("-m", "composer.lab.train_command")):
    sizes = ["--layers=2", "--width=32", "--heads=2", "--kv-heads=1", "--ffn=48"]
    recipe = ["--head-ffn=32", "--context=192", "--events-per-step=600", "--dropout=0"]
    rest = ["--events-per-batch=256", "--precision=fp32", "--validate-steps=0", "--threads=1"]
    return [
        sys.executable, *launcher, str(prepared), str(out), *sizes, *recipe, *rest, *extra
    ]  # fmt: skip


def test_a_termination_leaves_a_state_to_go_on_from(prepared, tmp_path):
    process = subprocess.Popen(command(prepared, tmp_path, "--total-steps=100000"))
    log = tmp_path / "log.jsonl"
    for _ in range(600):
        if log.exists() and lines(tmp_path, "step"):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    resumed = train(prepared, tmp_path, TINY, replace(RECIPE, total_steps=1), QUICK)
    assert resumed.step >= 1
    assert load_checkpoint(tmp_path / "checkpoint").config == TINY


def test_training_without_torch_says_what_to_install():
    missing = "import runpy, sys; sys.modules['torch'] = None; sys.argv = ['train', 'a', 'b']; "
    run = "runpy.run_module('composer.lab.train_command', run_name='__main__')"
    command = [sys.executable, "-c", missing + run]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 6
    told = "train: training needs torch, which is not installed: pip install"
    assert done.stderr.splitlines() == [f"{told} 'composer-music[train]'"]


@pytest.mark.slow
def test_two_processes_learn_what_one_does(prepared, tmp_path):
    recipe = replace(RECIPE, total_steps=3, dropout=0.0)
    train(prepared, tmp_path / "one", TINY, recipe, QUICK)
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    subprocess.run(
        command(
            prepared, tmp_path / "two", "--total-steps=3",
            launcher=(*launcher, "-m", "composer.lab.train_command"),
        ),
        check=True, timeout=120, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    one, two = state(tmp_path / "one"), state(tmp_path / "two")
    for name, tensor in one.items():
        assert np.allclose(tensor, two[name], atol=2e-4), name

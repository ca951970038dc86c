"""The small comparison runs: every variant trains, and the figures mean what they say."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_pieces import toy_piece

from composer.lab import compare as compare_module
from composer.lab.compare import SHUFFLED, compare, drawn, judge, windows
from composer.lab.compare_page import merged, page, rows
from composer.lab.crops import whole
from composer.lab.flat import tokens
from composer.lab.optimiser import Optimiser, uses_muon
from composer.lab.shards import Shard, pack, read_shard, write_arrays
from composer.lab.variants import (
    BASE,
    VARIANTS,
    AdamOnly,
    ParallelChoices,
    finishing,
    interleaved,
    said_once,
    with_more,
    written_out,
)
from composer.language import decode, encode
from composer.language import vocabulary as v
from composer.model.config import ModelConfig
from composer.model.network import Network, tensors

TINY = ModelConfig(layers=1, width=16, heads=2, kv_heads=1, ffn=16, head_ffn=16, context=512)
BARS = 8


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    write_arrays(folder / "train.npz", pack([toy_piece(seed, BARS) for seed in range(4)]))
    write_arrays(
        folder / "held_out.npz", pack([toy_piece(seed, BARS) for seed in range(20, 36)])
    )
    write_arrays(folder / "pop909.npz", pack([toy_piece(50, BARS)]))
    return folder


@pytest.fixture
def held_out(prepared) -> Shard:
    return read_shard(prepared / "held_out.npz")


def test_interleaved_rows_are_the_same_rows_with_each_plan_before_its_bar():
    sheet = toy_piece(1, BARS).sheet
    plain, other = encode(sheet), interleaved(sheet)
    assert sorted(row.tobytes() for row in plain) == sorted(row.tobytes() for row in other)
    kinds = other[:, 0].tolist()
    assert kinds[:5] == [v.START, v.PART, v.PART, v.PART, v.PLAN]
    marks = [at for at, kind in enumerate(kinds) if kind == v.BAR]
    for at in marks:
        assert kinds[at - 1] == v.PLAN
        assert other[at - 1, v.COLUMN["root"]] == other[at, v.COLUMN["root"]]
        assert other[at - 1, v.COLUMN["bar"]] == other[at, v.COLUMN["bar"]]


def test_interleaved_rows_of_a_cut_window_have_no_plan_without_its_bar():
    cut = interleaved(toy_piece(1, BARS).sheet, limit=40)
    assert (cut[:, 0] == v.PLAN).sum() == (cut[:, 0] == v.BAR).sum()


def test_a_plan_said_once_decodes_to_the_same_music():
    sheet = toy_piece(2, BARS).sheet
    rows_ = said_once(sheet)
    assert decode(rows_) == sheet
    music = rows_[np.isin(rows_[:, 0], (v.BAR, v.CELL, v.NOTE))]
    assert not music[:, [v.COLUMN["root"], v.COLUMN["section"], v.COLUMN["echo"]]].any()
    assert music[:, v.COLUMN["instrument"]].any()


def test_written_out_windows_hold_every_note_as_a_row(held_out):
    crop = whole(held_out, 0, 512, write=written_out)
    assert (crop.rows[:, 0] == v.NOTE).sum() == crop.notes == 8 * 10
    assert whole(held_out, 0, 512).notes == 8 * 10
    assert len(whole(held_out, 0, 512).rows) < len(crop.rows)


def test_flat_tokens_hold_four_a_note_one_a_position_and_one_a_bar():
    found = tokens(written_out(toy_piece(3, BARS).sheet))
    # a bar: 10 notes at 6 positions (the bass and half the drums fall on the tune's)
    assert len(found) == 8 * (1 + 6 + 10 * 4) + 1
    assert found == tokens(encode(toy_piece(3, BARS).sheet, references=False, order=[0, 1, 2]))


def test_parallel_choices_do_not_see_one_another():
    torch.manual_seed(0)
    network = ParallelChoices(TINY)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    rows_ = written_out(toy_piece(4, BARS).sheet)[None, :29]
    changed = rows_.copy()
    changed[0, -1, v.COLUMN["beat"]] += 1  # the last event: no later state sees it
    condition = np.zeros((1, network.condition_in.shape[1]), np.float32)
    own, other = (network.loss(each, condition) for each in (rows_, changed))
    assert float(own["beat"][0]) != float(other["beat"][0])
    for name in ("sub", "pitch", "duration", "velocity"):
        assert float(own[name][0]) == float(other[name][0])
    base = Network(TINY)
    base.load_state_dict(network.state_dict())
    assert float(base.loss(rows_, condition)["pitch"][0]) != float(
        base.loss(changed, condition)["pitch"][0]
    )


@pytest.mark.parametrize(
    ("name", "column"), [("flat pitch", "root"), ("without sounding", "sounding")]
)
def test_a_network_that_ignores_something_gives_the_same_without_it(name, column):
    torch.manual_seed(0)
    network = VARIANTS[name].network(TINY, 0.0)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    rows_ = written_out(toy_piece(5, BARS).sheet)[None]
    condition = torch.zeros(1, network.condition_in.shape[1])
    full, indices, bits, _ = tensors(rows_, condition.numpy(), torch.device("cpu"))
    changed = rows_.copy()
    notes = changed[..., 0] == v.NOTE
    changed[notes, v.COLUMN[column]] = 3
    other, _, other_bits, _ = tensors(changed, condition.numpy(), torch.device("cpu"))
    own = network(full, indices, bits, condition)["pitch"][0]
    assert float(own) == float(network(other, indices, other_bits, condition)["pitch"][0])
    base = Network(TINY)
    base.load_state_dict(network.state_dict())
    assert float(base(full, indices, bits, condition)["pitch"][0]) != float(
        base(other, indices, other_bits, condition)["pitch"][0]
    )


def test_adam_only_leaves_no_matrix_to_muon():
    network = Network(TINY)
    options = {"muon_rate": 0.1, "adam_rate": 0.1, "decay": 0.0}
    names = {name for name, p in network.named_parameters() if uses_muon(name, p)}
    seconds = {name for name in AdamOnly(network, **options).state() if "second." in name}
    assert {f"second.{name}" for name in names} <= seconds
    assert not {f"second.{name}" for name in names} & set(Optimiser(network, **options).state())


def test_the_finishing_phase_draws_wanted_music_alone(prepared):
    shard = read_shard(prepared / "train.npz")
    assert finishing(shard, 0.5).tolist() == [1, 1, 1, 1]
    assert finishing(shard, 0.9).tolist() == [1, 0, 1, 0]


def test_windows_are_equally_many_of_every_source(held_out):
    chosen = windows(held_out)
    assert len(set(chosen)) == 10
    sources = [int(held_out.arrays["source"][index]) for index, _ in chosen]
    assert sources.count(0) == sources.count(1) == 5
    assert {bars for _, bars in chosen} == {8}


@pytest.mark.parametrize(
    "name", ["flat tokens", "plan interleaved", "finishing phase", "pop909"]
)
def test_a_comparison_trains_and_judges_the_same_music(prepared, tmp_path, monkeypatch, name):
    monkeypatch.setattr("composer.lab.variants.BASE_CONFIG", TINY)
    monkeypatch.setattr(compare_module, "_ROUNDS", 1)
    lines = [compare(prepared, tmp_path, each, 0, base_steps=2) for each in ("base", name)]
    assert [each[:2] for each in lines[0]["pieces"]] == [
        each[:2] for each in lines[1]["pieces"]
    ]
    assert all(nats > 0 for _, _, nats in lines[1]["pieces"])
    assert lines[1]["steps"] >= 1
    assert json.loads(json.dumps(lines)) == lines
    text = page(lines, {name: "as expected."})
    assert f"| {name} | 1 |" in text
    assert "as expected." in text


def test_an_untrained_network_judges_a_shuffled_plan_like_the_true_one(held_out):
    torch.manual_seed(0)
    found = judge(Network(TINY), held_out, VARIANTS["plan said once"])
    true = [nats for _, _, nats in found["pieces"]]
    assert found["shuffled"]["chord"] == pytest.approx(true, abs=0.02)


def line(variant, seed, nats):
    pieces = [["freedoom", 10, nats], ["openscore-lieder", 30, 2 * nats]]
    return {"variant": variant, "seed": seed, "pieces": pieces, "shuffled": {"chord": [1, 1]}}


def test_differences_are_taken_seed_by_seed_over_all_notes():
    results = [line("base", 0, 20), line("base", 1, 40), line("flat pitch", 1, 44)]
    found = rows(results)
    assert found["base"].per_note().tolist() == [1.5, 3.0]
    assert found["flat pitch"].per_note().tolist() == [3.3]
    assert found["flat pitch"].difference()[0] == pytest.approx(0.3)
    wanted = found["flat pitch"].wanted
    assert found["flat pitch"].difference(wanted)[0] == pytest.approx(0.4)


def test_runs_are_compared_with_the_base_on_the_same_music_alone():
    old, new = line("base", 0, 20), line("base", 0, 28) | {"drawn": "new"}
    other = line("flat pitch", 0, 30) | {"drawn": "new"}
    assert rows([old, new, other])["flat pitch"].difference()[0] == pytest.approx(3 * 2 / 40)
    assert "flat pitch" not in rows([old, other])
    assert rows([old, new])["base"].difference()[0] == 0


def test_runs_on_other_data_have_a_table_of_their_own():
    sizes = {"parameters": 1_000_000, "steps": 90, "events": 1000, "base_steps": 90}
    rest = {"cpu_seconds": 1.0, "shuffled": {key: [1, 1] for key in SHUFFLED}}
    old = [line("base", 0, 20) | sizes | rest, line("flat pitch", 0, 24) | sizes | rest]
    new = line("base", 0, 40) | sizes | rest | {"drawn": "new"}
    alone = line("dropout 0.1", 0, 40) | sizes | rest | {"drawn": "without a base"}
    told = {"on new": "Mended shards.", "flat pitch": "Worse.", "dropout 0.1": "Unknown."}
    text = page([*old, new, alone], told)
    first, second = text.split("## On earlier data")
    assert "## On data new\n\nMended shards." in first
    assert "| base | 1 | 1.00 M | 90 | 1 k | 3.000 |" in first
    assert "flat pitch" not in first
    assert "| base | 1 | 1.00 M | 90 | 1 k | 1.500 |" in second
    assert "| flat pitch | 1 | 1.00 M | 90 | 1 k | 1.800 | +0.300 " in second
    assert "Worse." in second
    assert "dropout 0.1" not in text


def test_other_weights_or_windows_are_other_music(held_out, monkeypatch):
    found = drawn(held_out)
    assert found == drawn(held_out)
    weights = np.linspace(0, 1, len(held_out), dtype=np.float32)
    assert found != drawn(replace(held_out, arrays={**held_out.arrays, "weight": weights}))
    monkeypatch.setitem(VARIANTS, BASE, replace(VARIANTS[BASE], thinned=1.0))
    assert found != drawn(held_out)


def test_windows_without_thinning_keep_every_part(held_out):
    def parts(variant):
        draw = variant.design(1).crops
        crops_ = [crop for seed in range(30) for crop in draw(held_out, seed, 0, 1, 512)]
        return {int((crop.rows[:, 0] == v.PART).sum()) for crop in crops_}

    assert parts(replace(VARIANTS[BASE], thinned=1.0)) == {2, 3}
    assert parts(VARIANTS["no thinning"]) == {3}


def test_more_pieces_are_weighed_with_the_others(held_out):
    more = replace(held_out, arrays={**held_out.arrays, "valence": -held_out.arrays["valence"]})
    both = with_more(held_out, more)
    assert len(both) == 2 * len(held_out)
    assert both.sheet(len(held_out) + 3) == held_out.sheet(3)
    assert both.piece(len(held_out) + 3) == more.piece(3)
    assert both.arrays["weight"].sum() == pytest.approx(1)


def test_a_later_run_replaces_one_of_the_same_variant_and_music():
    old = [line("base", 0, 20), line("base", 1, 20)]
    found = merged(old, [json.dumps(line("base", 1, 30))])
    assert [each["pieces"][0][2] for each in found] == [20, 30]
    assert len(merged(old, [json.dumps(line("base", 1, 30) | {"drawn": "new"})])) == 3

"""What shuffling a row of the plan costs: nothing but the row moves, and who hears it pays."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from toy_pieces import toy_piece

from composer.lab.card import card
from composer.lab.listening import ROWS, listening, per_note, with_shuffled
from composer.lab.shards import Shard, pack, read_shard, write_arrays
from composer.language import vocabulary as v

BARS = 8


@pytest.fixture
def held_out(tmp_path) -> Shard:
    write_arrays(tmp_path / "some.npz", pack([toy_piece(seed, BARS) for seed in range(4)]))
    return read_shard(tmp_path / "some.npz")


class OnTheRoots:
    """Not a network: a nat for each bar mark whose root does not rise with the bars."""

    config = SimpleNamespace(context=512)

    def eval(self):
        """Nothing to change."""

    def loss(self, rows, condition):
        """The toy plans' roots are C, C sharp, D and so on, a bar each."""
        del condition
        marks = rows[0][rows[0, :, 0] == v.BAR]
        wrong = marks[:, v.COLUMN["root"]] != 1 + np.arange(len(marks)) % 12
        return {
            "pitch": (torch.tensor(float(wrong.sum())), torch.tensor(len(marks))),
            "root": (torch.tensor(1000.0), torch.tensor(1)),
        }


def test_shuffling_moves_some_columns_among_the_window_and_nothing_else(held_out):
    other = with_shuffled(held_out, [(3, 6)], ("root",))
    before, after = held_out.sheet(3).bars, other.sheet(3).bars
    root = v.ATTRIBUTES["plan"].index("root")
    assert sorted(after[:6, root]) == sorted(before[:6, root])
    assert (after[:6, root] != before[:6, root]).any()
    assert np.array_equal(np.delete(after, root, 1), np.delete(before, root, 1))
    assert np.array_equal(after[6:], before[6:])
    assert np.array_equal(other.sheet(2).bars, held_out.sheet(2).bars)


def test_who_hears_the_chords_pays_for_each_that_is_moved(held_out):
    pieces = [0, 2, 3]
    found = listening(OnTheRoots(), held_out, pieces)
    assert found["chord"]["notes"] == 3 * BARS * 10
    root = v.ATTRIBUTES["plan"].index("root")
    other = with_shuffled(held_out, [(piece, BARS) for piece in pieces], ROWS["chord"])
    moved = [
        (other.sheet(piece).bars[:, root] != held_out.sheet(piece).bars[:, root]).sum()
        for piece in pieces
    ]
    assert found["chord"]["true"] == 0
    assert found["chord"]["shuffled"] == pytest.approx(sum(moved) / (3 * BARS * 10))
    value, low, high = found["chord"]["cost"]
    assert min(moved) / (BARS * 10) <= low <= value <= high <= max(moved) / (BARS * 10)


def test_rows_that_never_change_cannot_be_shuffled(held_out):
    found = listening(OnTheRoots(), held_out, [0, 1])
    assert found["key"] == {"pieces": 0, "notes": 0}
    assert found.keys() == ROWS.keys()


def test_the_card_tells_what_each_row_costs(held_out):
    pieces = [replace(held_out.piece(0), source="freedoom")]
    arrays = pack(pieces)
    train = Shard(arrays, json.loads(str(arrays.pop("meta")[0])))
    music = {"pieces": 1, "notes": 2, "bars": 3}
    report = {
        "parameters": 1000,
        "machine": "x",
        "music": {"train": music, "held_out": music},
        "held_out_nats": {"all": {"per note": 2.0}},
        "infill": {"notes": 5, "both sides": 1.0, "in turn": 2.0},
        "listening": listening(OnTheRoots(), held_out, [0, 2, 3]),
        "against_ngram": {
            "pieces": 1,
            "network": 1.0,
            "ngram": {"order": 6.0, "per note": 4.0, "per note, order 5": 5.0},
        },
        "speed": dict.fromkeys(
            ("notes_per_second", "events_per_second", "cpu_seconds_per_piece"), 1.0
        ),
    }
    run = {"steps": 1, "events": 10, "seconds": 60, "share": 1.0, "curve": []}
    text = card(report, train, [run])
    value, low, high = report["listening"]["chord"]["cost"]
    cost = f"{value:+.4f} ({low:+.4f} to {high:+.4f})"
    assert f"| chord | 3 | 240 | 0.000 | {value:.3f} | {cost} |" in text
    assert "| key | 0 | 0 |  |  |  |" in text


def test_every_row_of_the_plan_but_the_meter_is_shuffled_once():
    columns = [column for columns in ROWS.values() for column in columns]
    assert sorted([*columns, "meter"]) == sorted(v.ATTRIBUTES["plan"])


def test_nats_per_note_weigh_pieces_by_their_notes():
    value, low, high = per_note(np.array([2.0, 12.0]), np.array([1.0, 3.0]))
    assert value == pytest.approx(3.5)
    assert (low, high) == pytest.approx((2, 4))
    assert per_note(np.array([2.0, 6.0]), np.array([1.0, 3.0])) == pytest.approx((2, 2, 2))

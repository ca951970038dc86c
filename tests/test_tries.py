"""What several tries gain: the same requests, each number of tries in its own folder."""

import json

import numpy as np
import pytest
from test_evaluate_checkpoint import shard_of

from composer.lab.samples import QUADRANTS, Sampler
from composer.lab.shards import write_arrays
from composer.lab.tries import main


@pytest.fixture
def prepared(tmp_path):
    """Shards with three songs of each quadrant; those held out are of an uncompared style."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    moods = [(mood.valence, mood.arousal) for mood in QUADRANTS.values() for _ in range(6)]
    for name, style in (("held_out", "choral"), ("train", "game")):
        shard = shard_of(*moods, style=style)
        meta = np.array([json.dumps(shard.meta)])
        write_arrays(folder / f"{name}.npz", {**shard.arrays, "meta": meta})
    return folder


def test_the_table_has_a_line_for_each_number_of_tries(
    tiny_checkpoint, prepared, tmp_path, monkeypatch, capsys
):
    def run(*tries):
        given = [prepared, tmp_path, "--checkpoint", tiny_checkpoint, "--engine", "numpy"]
        given += ["--pieces", 5, "--bars", 2, "--tries", *tries]
        monkeypatch.setattr("sys.argv", ["tries", *map(str, given)])
        assert main() == 0
        return capsys.readouterr()

    told = run(2, 1)
    head, _, *rows = (line.split(" | ") for line in told.out.splitlines())
    assert [row[0] for row in rows] == ["| 2", "| 1"]
    assert {len(row) for row in rows} == {len(head)} == {8}
    for row in rows:
        assert 0 <= float(row[1]) <= 1
        assert float(row[5]) > 0
        assert float(row[6]) > 0
    made = [
        json.loads((tmp_path / f"tries-{n}" / "happy-1000.json").read_text()) for n in (1, 2)
    ]
    assert [one["made_by"]["tries"] for one in made] == [1, 2]
    assert made[0]["processor_seconds"] < made[1]["processor_seconds"]
    # what is there is not composed again
    again = run(1)
    assert again.out.splitlines()[-1] == told.out.splitlines()[-1]
    assert again.err == ""


def test_pieces_of_other_tries_are_made_anew(tiny_checkpoint, tmp_path):
    once, thrice = (Sampler(tiny_checkpoint, "numpy", tmp_path, 7, 2, n) for n in (1, 3))
    once(0)
    assert once.is_done(0)
    assert not thrice.is_done(0)


def test_an_error_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["tries", str(tmp_path), str(tmp_path)])
    assert main() != 0
    assert capsys.readouterr().err.count("\n") == 1

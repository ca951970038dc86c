import json
import sys

import pytest
from evaluation_scores import piece, shuffled_bars

from composer.cli.app import main
from composer.midi import write_midi


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("music")
    ours, real = root / "ours", root / "real"
    ours.mkdir()
    (real / "deep").mkdir(parents=True)
    for seed in range(5):
        write_midi(shuffled_bars(piece(seed), seed), ours / f"happy-{seed}.mid")
    for seed in range(10, 20):
        write_midi(piece(seed), real / "deep" / f"{seed}.mid")
    (real / "broken.mid").write_bytes(b"no music")
    return ours, real


def test_json_tells_every_metric_and_the_unread_file(folders, capsys):
    assert main(["evaluate", *map(str, folders), "--json"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["pieces"], found["reference_pieces"], found["set_size"]) == (5, 10, 5)
    assert {"scale", "repeat 8", "tempo"} <= {metric["name"] for metric in found["metrics"]}
    assert [name.endswith("broken.mid") for name in found["reference_unread"]] == [True]
    assert found["moods"]["pieces"] == 5
    assert "1 of 11 files left out" in said.err


def test_table_and_picture(folders, capsys, tmp_path):
    picture = tmp_path / "all.svg"
    assert main(["evaluate", *map(str, folders), "--plot", str(picture), "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Metric")
    assert "median ratio" in said.out
    assert not said.err
    assert "<svg" in picture.read_text()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda ours, real: [ours / "none", real], 3, "no folder"),
        (lambda ours, real: [ours, real, "--plot", "x.gif"], 2, ".png"),
        (lambda ours, _: [ours, ours], 2, "at least 10"),
    ],
)
def test_mistakes_are_one_line(folders, capsys, change, code, words):
    assert main(["evaluate", *map(str, change(*folders))]) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_picture_without_matplotlib_is_refused_before_reading(folders, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["evaluate", *map(str, folders), "--plot", "x.png"]) == 6
    assert "composer-music[plot]" in capsys.readouterr().err

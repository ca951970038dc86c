"""Evaluating a checkpoint: runs go on, references match in mood, and the page says it."""

import json
from math import nan
from pathlib import Path

import numpy as np
import pytest
from evaluation_scores import piece

from composer.analysis.second_judge import judge
from composer.errors import InputError
from composer.lab.evaluate_checkpoint import read_figures
from composer.lab.evaluate_earlier import earlier_samples
from composer.lab.evaluation_page import HEADING, real_accuracies, section, with_section
from composer.lab.references import STYLES, matched, reference_pieces
from composer.lab.samples import QUADRANTS, Sampler, compose_samples
from composer.lab.shards import EXPRESSIVE, Piece, Shard, pack
from composer.language import quantise
from composer.midi import read_midi, write_midi
from composer.plan import Mood, Plan, PlanBar, PlanPart
from composer.score import bars_of

ROOT = Path(__file__).parent.parent


def test_a_run_goes_on_where_it_stopped(tiny_checkpoint, tmp_path):
    sampler = Sampler(tiny_checkpoint, "numpy", tmp_path, seed=7, bars=2)
    told = []
    first = compose_samples(sampler, 2, jobs=1, tell=told.append)
    (tmp_path / f"{first[1].name}.json").unlink()  # as if it had been broken off there
    again = compose_samples(sampler, 3, jobs=1, tell=told.append)
    made = [line.partition(":")[0] for line in told]
    assert made == ["happy-7", "tense-8", "tense-8", "sad-9"]
    assert [sample.name for sample in again] == ["happy-7", "tense-8", "sad-9"]
    assert again[1].score == first[1].score
    for sample in again:
        asked, _ = sample.moods("labeller")
        assert asked == QUADRANTS[sample.quadrant]
        assert len(bars_of(sample.score)) == 2
    longer = Sampler(tiny_checkpoint, "numpy", tmp_path, seed=7, bars=3)
    assert not longer.is_done(0)  # made otherwise: not the same piece


def shard_of(*moods, style="game"):
    """A shard of one piece for each mood."""
    pieces = []
    for number, (valence, arousal) in enumerate(moods):
        score = piece(number)
        parts = tuple(PlanPart(part.program, part.is_drums) for part in score.parts)
        plan = Plan(bars=tuple(PlanBar() for _ in bars_of(score)), parts=parts)
        sheet, _ = quantise(score, plan)
        pieces.append(
            Piece(sheet, "s", f"{number}.mid", "", f"song {number // 2}", "CC0-1.0", "", style,
                  valence, arousal, EXPRESSIVE)
        )  # fmt: skip
    arrays = pack(pieces)
    return Shard(arrays, json.loads(str(arrays.pop("meta")[0])))


def test_references_are_the_first_pieces_of_songs_of_usual_styles():
    shards = [shard_of((0.5, 0.5), (0.1, 0.1), (nan, -0.5)), shard_of((0, 0), style="choral")]
    moods = [mood for _, mood in reference_pieces(shards)]
    assert moods == [Mood(0.5, 0.5), Mood(None, -0.5)]
    assert "choral" not in STYLES


def test_matched_references_have_each_quadrant_equally_often():
    rng = np.random.default_rng(1)
    moods = [Mood(*rng.uniform((-1, -0.2), 1)) for _ in range(300)]
    moods += [Mood(None, -0.5), Mood(0.0, -0.5)]
    chosen = [moods[place] for place in matched(moods)]
    sides = [(mood.valence > 0, mood.arousal > 0) for mood in chosen]
    rarest = min(
        sum((m.valence or 0) * v > 0 and m.arousal * a > 0 for m in moods)
        for v in (1, -1)
        for a in (1, -1)
    )
    assert {sides.count(side) for side in sides} == {rarest}
    assert len(set(sides)) == 4
    assert matched([Mood(0.5, 0.5), Mood(-0.5, -0.5)]) == [0, 1]


def figures(matched_ratio, valence):
    """Figures as a run writes them, of two metrics, one of which few pieces can tell."""
    span = {"low": 0.5, "high": 2.0}
    agreement = {
        "pieces": 8,
        **{axis: span | {"value": valence} for axis in ("valence", "arousal", "quadrants")},
    }
    rows = [
        {"name": name, "ratio": ratio, "mean": 3.0, "reference_mean": 4.0}
        for name, ratio in (("density", span | {"value": matched_ratio}), ("tempo", None))
    ]
    report = {"reference_pieces": 40, "set_size": 8, "metrics": rows}
    report["median_ratio"] = span | {"value": matched_ratio}
    return {
        "format": "composer evaluation 2",
        "pieces": ["happy-1", "tense-2"],
        "moods": {who: {"all": agreement} for who in ("labeller", "second judge")},
        "harmony": {"key": 0.75, "defined": None},
        "evaluation": {"matched": report, "all": report},
    }


def test_the_section_tells_now_before_and_real_music():
    real = real_accuracies(ROOT / "docs" / "moods.md")
    assert (
        real["labeller"].keys() == real["second judge"].keys() == {"emopia", "vgmidi", "ym2413"}
    )
    assert real["labeller"] != real["second judge"]
    earlier = figures(1.5, 0.5) | {"name": "an older one"}
    text = section(figures(1.25, 0.875), real, earlier)
    assert "| labeller | composed | 8 | 0.88 (0.50-2.00) |" in text
    assert "| labeller | composed before | 8 | 0.50 (0.50-2.00) |" in text
    for axis in real["second judge"]["emopia"]:
        assert axis in (ROOT / "docs" / "moods.md").read_text()
    assert " | ".join(("second judge", "real: emopia", "", *real["second judge"]["emopia"])) \
        .replace("|  |", "| |") in text  # fmt: skip
    row = "| density | 1.25 (0.50-2.00) | 1.25 (0.50-2.00) | 3 | 4 | 1.50 (0.50-2.00) |"
    assert row in text
    assert "Before (an older one, 2 pieces): matched 1.50" in text
    assert "Of 1 metrics 1 are nearer now; the median change is -0.25." in text
    assert "Farther than before: none." in text
    assert "Farther than before: density." in section(figures(1.75, 0.5), real, earlier)
    smaller = figures(1.5, 0.5)
    smaller["evaluation"]["matched"] = smaller["evaluation"]["matched"] | {"set_size": 4}
    with pytest.raises(InputError, match="sets of 4 and of 8"):
        section(figures(1.25, 0.875), real, smaller)
    assert "before" not in section(figures(1.25, 0.875), real, None).lower()


def test_the_page_keeps_what_stands_above_the_section():
    page = (ROOT / "docs" / "evaluation.md").read_text()
    once = with_section(page, f"{HEADING}\n\nnew\n")
    assert once.startswith(page.partition(HEADING)[0].rstrip())
    assert with_section(once, f"{HEADING}\n\nnew\n") == once


def test_pieces_of_an_earlier_composer_are_heard_as_they_were_asked(tmp_path):
    for number, name in enumerate(("tense-9", "happy-8", "calm-11")):
        write_midi(piece(number), tmp_path / f"{name}.mid")
    found = list(earlier_samples(tmp_path))
    assert [sample.name for sample in found] == ["happy-8", "tense-9", "calm-11"]
    asked, heard = found[2].moods("second judge")
    assert asked == QUADRANTS["calm"]
    assert heard == judge(read_midi(tmp_path / "calm-11.mid").score)
    write_midi(piece(1), tmp_path / "song.mid")
    with pytest.raises(InputError, match="song"):
        list(earlier_samples(tmp_path))
    with pytest.raises(InputError, match="no MIDI"):
        list(earlier_samples(tmp_path / "none"))


def test_figures_of_another_kind_are_refused(tmp_path):
    path = tmp_path / "evaluation.json"
    path.write_text('{"moods": {}}')
    with pytest.raises(InputError, match=r"no evaluation\.json of this version"):
        read_figures(path)
    with pytest.raises(InputError, match="cannot read"):
        read_figures(tmp_path / "none.json")

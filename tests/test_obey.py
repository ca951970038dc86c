"""The page of controls and its table: examples work, and what is not kept is counted so."""

import random
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from composer.api import Composer
from composer.lab import obey
from composer.lab.asking import METERS, random_wishes
from composer.lab.obey import (
    Outcome,
    command_of,
    level_lines,
    missed_lines,
    outcome_of,
    read_results,
    table_of,
    write_page,
)
from composer.request import build_plan

PAGE = Path(__file__).parent.parent / "docs" / "control.md"
ELSEWHERE = {"cues", "fps", "tail"}


KINDS = {"bars": int, "tracks": int, "seconds": float, "vary": float, "swing": float}
KINDS |= {"valence": float, "arousal": float}


def examples():
    """The wishes of each line of flags on the page."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            continue
        words = shlex.split(re.split(r"\s+# ?", line)[0])
        wishes = {}
        for flag, value in zip(words[::2], words[1::2], strict=True):
            name = flag.removeprefix("--")
            if name == "hit":
                wishes.setdefault("hits", []).append(value)
            elif name not in ELSEWHERE:
                wishes[name] = KINDS.get(name, str)(value)
        yield wishes


@pytest.mark.parametrize("wishes", list(examples()), ids=str)
def test_every_example_of_the_page_is_a_request_that_can_be_met(wishes):
    said = " ".join(map(str, wishes.values()))
    if "vary" in wishes or re.search("@(?!bar)[A-Za-z]|=|B:", said):
        wishes = {"form": "A:16 A':16 B:16 build:8 drop:8 outro:4", **wishes}
    assert build_plan(**wishes).bars


def test_random_requests_differ_and_all_can_be_met():
    requests = [random_wishes(random.Random(seed)) for seed in range(300)]
    plans = [build_plan(**wishes) for wishes in requests]
    assert {str(bar.meter) for plan in plans for bar in plan.bars} == set(METERS)
    asked = {name for wishes in requests for name in wishes}
    assert asked >= {"bars", "seconds", "form", "chords", "progression", "swing", "mood"}
    assert len({str(wishes) for wishes in requests}) == 300


def test_a_request_is_composed_measured_and_kept_in_a_line(tiny_checkpoint, tmp_path):
    composer = Composer.load(tiny_checkpoint, engine="numpy")
    first, again = outcome_of(composer, 16), outcome_of(composer, 16)
    assert first == again
    wishes = random_wishes(random.Random(16))
    assert first.command == command_of(wishes, 16)
    kept = {row.name: row.is_kept for row in first.controls}
    for name in ("bars", "meter", "tempo", "key as written", "instruments"):
        assert kept[name]
    sounding = [row for row in first.controls if row.name == "parts that sound"]
    assert len(sounding) == len(wishes["instruments"].split(","))

    path = tmp_path / "results.jsonl"
    given = type("Given", (), {"seed": 16, "pieces": 1, "checkpoint": tiny_checkpoint})
    given.results = path
    assert obey.run(given) == read_results(path)
    assert len(obey.run(given)) == len(read_results(path)) == 1


def test_a_part_that_stays_silent_is_missed(tiny_checkpoint, monkeypatch):
    composer = Composer.load(tiny_checkpoint, engine="numpy")
    whole = composer.generate(seed=16, **random_wishes(random.Random(16)))
    silent = replace(whole.score.parts[-1], notes=())
    score = replace(whole.score, parts=(*whole.score.parts[:-1], silent))
    monkeypatch.setattr(composer, "generate", lambda **_: replace(whole, score=score))
    rows = outcome_of(composer, 16).controls
    sounding = [row.is_kept for row in rows if row.name == "parts that sound"]
    assert sounding.count(False) == 1
    assert not next(row for row in rows if row.name == "instruments").is_kept


def test_densities_and_intensities_are_told_by_what_was_asked():
    pairs = {
        "density": [("0.40", "0.50"), ("0.40", "0.30"), ("2.50", "2.00")],
        "intensity": [("0.20", "0.30"), ("0.39", "0.30"), ("0.60", "0.50")],
    }
    rows = tuple(
        obey.Control(name, "", f"{asked} a quarter", f"{heard} a quarter", is_kept=True)
        for name, told in pairs.items()
        for asked, heard in told
    )
    assert list(level_lines([Outcome(1, "c", rows)])) == [
        "| asked | times | heard (median) | middle half | mean error |",
        "|---|---:|---:|---:|---:|",
        "| density 0.4 | 2 | 0.40 | 0.35-0.45 | 0.10 |",
        "| density 2.5 | 1 | 2.00 | 2.00-2.00 | 0.50 |",
        "| intensity 0.2-0.4 | 2 | 0.30 | 0.30-0.30 | 0.10 |",
        "| intensity 0.6-0.8 | 1 | 0.50 | 0.50-0.50 | 0.10 |",
        "",
        "Correlation of asked and heard: 0.99 (density), 0.88 (intensity).",
    ]
    assert len(list(level_lines([]))) == 2


def test_what_is_refused_or_missed_is_told_with_its_command(tmp_path):
    refused = Outcome(3, "composer generate --bars 0 --seed 3", fault="no bars")
    assert list(missed_lines([refused])) == [
        "refused: no bars: composer generate --bars 0 --seed 3"
    ]
    row = obey.Control("bars", "", "8", "9", is_kept=False)
    told = Outcome(4, "c", (row, replace(row, is_kept=True)))
    assert list(missed_lines([told])) == ["bars : asked 8, measured 9: c"]
    assert "| bars | 2 | 1 | 50.0% |" in table_of([told])
    page = tmp_path / "page.md"
    page.write_text(f"before\n{obey.BEGIN}\nold\n{obey.END}\nafter\n")
    for _ in range(2):
        write_page(page, ["new"])
        assert page.read_text() == f"before\n{obey.BEGIN}\n\nnew\n\n{obey.END}\nafter\n"

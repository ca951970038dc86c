"""The piano roll: every note drawn where it belongs, names harmless, pictures whole."""

import sys
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from composer.errors import MissingExtraError, OutputError, RequestError
from composer.notate import piano_roll_png, piano_roll_svg
from composer.plan import Chord, Plan, PlanBar
from composer.score import Label, Note, Part, Score

SVG = "{http://www.w3.org/2000/svg}"
BLUE, ORANGE = "#0072b2", "#d55e00"


def score_of(bars=8, **more):
    melody = Part(73, tuple(Note(i * 1920, 60 + i % 12, 960, 100) for i in range(bars)))
    drums = Part(0, tuple(Note(i * 480, 36, 60, 100) for i in range(bars * 4)), is_drums=True)
    return Score((melody, drums), end_ticks=bars * 1920, **more)


def boxes(svg, colour):
    root = ET.fromstring(svg)  # noqa: S314  (our own text)
    groups = [g for g in root.iter(f"{SVG}g") if g.get("fill") == colour]
    rects = [r for g in groups for r in g]
    return [{k: float(r.get(k)) for k in ("x", "y", "width", "height")} for r in rects]


def texts(svg):
    return [t.text for t in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_every_note_is_drawn_with_time_to_the_right_and_pitch_upwards():
    drawn = boxes(piano_roll_svg(score_of()), BLUE)[1:]  # the first is the legend's
    assert len(drawn) == 8
    gaps = {round(b["x"] - a["x"], 1) for a, b in pairwise(drawn)}
    assert len(gaps) == 1
    assert drawn[0]["width"] == pytest.approx(gaps.pop() / 2, abs=1)
    assert all(b["y"] < a["y"] for a, b in pairwise(drawn))


def test_drums_lie_under_the_pitches():
    svg = piano_roll_svg(score_of())
    melody, drums = boxes(svg, BLUE)[1:], boxes(svg, ORANGE)[1:]
    assert len(drums) == 32
    assert min(d["y"] for d in drums) > max(m["y"] + m["height"] for m in melody)


@pytest.mark.parametrize("bars", [1, 8, 40, 128, 1000])
def test_bars_are_numbered_and_nothing_leaves_the_picture(bars):
    svg = piano_roll_svg(score_of(bars), width=900)
    root = ET.fromstring(svg)  # noqa: S314
    width, height = (float(v) for v in root.get("viewBox").split()[2:])
    assert width == 900
    for colour in (BLUE, ORANGE):
        for box in boxes(svg, colour):
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width
            assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    numbers = {int(t) for t in texts(svg) if t.isdecimal()}
    assert numbers <= set(range(1, bars + 1))
    assert 1 in numbers
    if bars <= 128:
        assert numbers == set(range(1, bars + 1))


def test_a_note_over_the_end_of_a_system_goes_on_in_the_next():
    held = Score((Part(48, (Note(15 * 1920, 60, 4 * 1920, 90),)),), end_ticks=32 * 1920)
    assert len(boxes(piano_roll_svg(held), BLUE)) == 1 + 2


def test_chords_and_sections_come_from_the_score_or_the_plan():
    bar = PlanBar(section="A", function="verse", chord=Chord(9, "m7"), intensity=0.5)
    plan = Plan(bars=(bar,) * 8)
    planned = texts(piano_roll_svg(score_of(), plan=plan))
    assert planned.count("Am7") == 1
    assert planned.count("A verse") == 1
    own = score_of(chords=(Label(0, "Fmaj7"),), markers=(Label(1920, "Theme"),))
    shown = texts(piano_roll_svg(own, plan=plan))
    assert {"Fmaj7", "Theme"} <= set(shown)
    assert "Am7" not in shown


def test_the_chord_that_holds_is_repeated_in_each_system():
    held = score_of(32, chords=(Label(0, "Gsus4"),))
    assert texts(piano_roll_svg(held)).count("Gsus4") == 2


def test_names_from_files_can_do_no_harm():
    evil = '<script>alert("x")</script>\x00\ud800&'
    part = Part(0, (Note(0, 60, 480, 90),), name=evil)
    svg = piano_roll_svg(Score((part,), title=evil, markers=(Label(0, evil),)))
    assert "<script" not in svg
    assert '<script>alert("x")</script>&' in texts(svg)
    svg.encode("utf-8")


def test_parts_are_named_in_the_legend():
    assert {"Flute", "Drums"} <= set(texts(piano_roll_svg(score_of())))


def test_nothing_to_draw_is_still_a_picture():
    for empty in (Score(()), Score((Part(0, ()),), end_ticks=7680)):
        assert "1" in texts(piano_roll_svg(empty))


def test_too_narrow_is_refused():
    with pytest.raises(RequestError, match="300"):
        piano_roll_svg(score_of(), width=100)


def test_png_shows_the_same_colours(tmp_path):
    image = pytest.importorskip("matplotlib.image")
    path = piano_roll_png(score_of(title="a $x^2$ & <b>"), tmp_path / "roll.png", width=600)
    pixels = (image.imread(path)[..., :3] * 255).round().astype(int)
    assert pixels.shape[1] == 937  # 600 pixels of 1/96 inch at 150 dots an inch
    legend = (0x00, 0x72, 0xB2)
    assert (abs(pixels - legend).sum(axis=2) < 6).sum() > 50
    with pytest.raises(OutputError, match="exists"):
        piano_roll_png(score_of(), path)


def test_png_without_matplotlib_names_the_extra(tmp_path, monkeypatch):
    for name in ("matplotlib.backends.backend_agg", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"composer-music\[plot\]"):
        piano_roll_png(score_of(), tmp_path / "roll.png")
    assert not list(tmp_path.iterdir())

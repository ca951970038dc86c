"""A form over a picture: lengths stretch, sections begin on hits, the rest is said."""

import re
from itertools import combinations, groupby, pairwise
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.plan import PlanBar
from composer.request import read_request
from composer.request.form import lengths_of, read_form
from composer.request.picture_form import over_picture
from composer.score import Meter


def sections_of(bars):
    """(name, length) of each section; a return begins one even beside its own name."""
    starts = [0]
    for place, (before, bar) in enumerate(pairwise(bars), 1):
        is_back = before.returns is None and bar.returns is not None
        if bar.section != before.section or is_back:
            starts.append(place)
    return [bars[start].section for start in starts], starts


def laid(text, count, hits):
    remarks = []
    form = read_form(text)
    return over_picture((PlanBar(),) * count, form, None, hits, remarks), remarks


def test_open_sections_stretch_to_the_hits():
    bars, remarks = laid("A B C", 30, {5, 21})
    runs = [(name, len(list(run))) for name, run in groupby(bar.section for bar in bars)]
    assert runs == [("A", 5), ("B", 16), ("C", 9)]
    assert remarks == []


def test_stated_lengths_stand_and_what_misses_a_hit_is_said():
    bars, remarks = laid("A:8 B C", 30, {5, 21})
    assert [name for name, _ in groupby(bar.section for bar in bars)] == ["A", "B", "C"]
    assert sections_of(bars)[1] == [0, 8, 21]
    assert remarks == ["B (bar 9) begins between hits"]


def test_a_form_of_other_lengths_is_left_out_and_said():
    bars, remarks = laid("A:8 B:8", 20, {8})
    assert {bar.section for bar in bars} == {None}
    assert len(remarks) == 1
    assert "need 16 bars, the piece has 20" in remarks[0]
    assert "left out" in remarks[0]


def test_an_odd_bar_does_not_return_to_one_of_another_length():
    bars = [PlanBar(Meter(4, 4))] * 12
    bars[9] = PlanBar(Meter(3, 4))
    remarks = []
    found = over_picture(bars, read_form("A:4 B:4 A':4"), None, set(), remarks)
    assert [bar.returns for bar in found[8:]] == [8, None, 8, 8]
    assert found[9].variation is None
    assert remarks == ["bar 10 is new where a section returns: the meter differs"]


def cost(form, shares, cuts, count, hits):
    """The cost of a division, computed section by section."""
    edges = (0, *cuts, count)
    total = sum(1.0 for cut in cuts if cut not in hits)
    for section, share, (start, end) in zip(form, shares, pairwise(edges), strict=True):
        if section.bars is None:
            total += log((end - start) / share) ** 2
        elif end - start != share:
            return float("inf")
    return total


@given(
    st.lists(st.sampled_from(["A", "B", "A:2", "C:3", "D"]), min_size=2, max_size=4),
    st.integers(8, 14),
    st.sets(st.integers(1, 13), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_no_division_is_better(names, count, hits):
    form = read_form(" ".join(names))
    try:
        shares = lengths_of(form, count)
    except ValueError:
        return
    bars, _ = laid(" ".join(names), count, hits)
    ways = [
        (cost(form, shares, cuts, count, hits), cuts)
        for cuts in combinations(range(1, count), len(form) - 1)
    ]
    best = min(ways)[0]
    equal = {cuts for value, cuts in ways if value < best + 1e-9}
    names_at = {cuts: named(form, cuts, count) for cuts in equal}
    assert [bar.section for bar in bars] in names_at.values()


def named(form, cuts, count):
    """The section of each bar."""
    edges = (0, *cuts, count)
    return [
        section.name
        for section, (start, end) in zip(form, pairwise(edges), strict=True)
        for _ in range(start, end)
    ]


@pytest.mark.parametrize("form", ["ABA", "intro A B A outro"])
def test_a_request_with_form_and_hits(form):
    request = read_request(form=form, hits=["0:12.4", "0:47"], duration="1:02")
    names = [name for name, _ in groupby(bar.section for bar in request.plan.bars)]
    assert names == form.split() if " " in form else list(form)
    hits = {marker.bar for marker in request.plan.markers}
    assert len(hits) == 2
    told = [remark for remark in request.remarks if "between hits" in remark]
    said = {int(bar) - 1 for remark in told for bar in re.findall(r"\(bar (\d+)\)", remark)}
    _, starts = sections_of(request.plan.bars)
    assert set(starts[1:]) - hits >= said
    # both hits are met by a change of section
    assert hits <= set(starts)


def test_a_request_whose_form_cannot_be_says_so():
    request = read_request(form="A:8 B:8", duration="1:00")
    assert any("the form is left out" in remark for remark in request.remarks)

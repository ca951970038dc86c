"""What has sounded in a bar, against the notes laid out on one long line."""

from math import inf

import numpy as np

from composer.language import Sheet, encode
from composer.language import vocabulary as v
from composer.language.harmony import missing, shares_inside, spans_of
from composer.language.recalling import once_a_bar, once_a_row
from composer.language.sheet import bar_units
from composer.language.stream import Stream
from composer.score import Meter

NAMES = v.ATTRIBUTES["plan"]


def piece(rng, bars=9):
    """Random music of three parts, one of them drums, with notes of up to four bars."""
    parts = np.array([[41, 1, 6, 4], [34, 5, 2, 4], [v.DRUMS, 6, 0, 5]], np.int16)
    plan = np.ones((bars, len(NAMES)), np.int16)
    meters = [v.METERS.index(Meter(*meter)) + 1 for meter in ((4, 4), (2, 4), (6, 8))]
    plan[:, NAMES.index("meter")] = rng.choice(meters, bars)
    plan[:, NAMES.index("root")] = rng.integers(1, 13, bars)
    plan[:, NAMES.index("root2")] = np.where(
        rng.random(bars) < 0.5, v.HOLD, rng.integers(1, 13, bars)
    )
    notes = set()
    for bar, meter in enumerate(plan[:, NAMES.index("meter")].tolist()):
        for _ in range(rng.integers(0, 6)):
            at = int(rng.integers(bar_units(meter)))
            long = int(rng.integers(1, v.SIZES["duration"]))
            notes.add((bar, int(rng.integers(3)), at, int(rng.integers(40, 52)), long, 4))
    return Sheet(parts, plan, np.array(sorted(notes), np.int16).reshape(-1, 6))


def written(stream):
    """Every note of the window that is no drum's: (bar, start, end, pitch class) on one line.

    It ends where its part strikes its pitch again.
    """
    starts = np.cumsum([0, *(bar_units(bar[0]) for bar in stream.plan)])
    voices = {}
    for (bar, part), notes in stream.cells.items():
        if bar >= stream.first and not stream.is_drums(part):
            for at, pitch, long, _ in notes:
                begin = starts[bar - stream.first] + at
                strokes = voices.setdefault((part, pitch), [])
                strokes.append((begin, begin + v.DURATIONS[long - 1], bar))
    for (_, pitch), strokes in voices.items():
        strokes.sort()
        nexts = [begin for begin, _, _ in strokes[1:]] + [inf]
        for (begin, end, bar), later in zip(strokes, nexts, strict=True):
            yield bar, begin, min(end, later), pitch % 12


def test_what_is_missing_is_what_no_note_sounds():
    rng = np.random.default_rng(8)
    compared = 0
    for _ in range(12):
        first = int(rng.integers(0, 3))
        sheet = piece(rng)
        stream = Stream(first=first, bars=9 - first, total=9, history=sheet.cells(0, first))
        for row in encode(sheet, first=first)[1:].tolist():
            names = v.ATTRIBUTES[v.KINDS[row[0]]]
            stream.push(row[0], {name: row[v.COLUMN[name]] for name in names})
            if row[0] not in (v.BAR, v.CELL, v.NOTE):
                continue
            spans = spans_of(stream.plan_of(stream.bar))
            start = sum(bar_units(bar[0]) for bar in stream.plan[: stream.bar - first])
            for span, found in zip(spans, missing(stream, spans), strict=True):
                heard = {
                    tone
                    for bar, begin, end, tone in written(stream)
                    if bar >= stream.bar - 4
                    and begin < start + span.end
                    and start + span.start < end
                }
                assert found == span.defining - heard
                compared += bool(span.defining & heard)
    assert compared > 100
    assert stream.sounding == {part for _, part in stream.cells}


def test_shares_inside_count_every_move_of_the_notes():
    rng = np.random.default_rng(5)
    for _ in range(50):
        plan = piece(rng, bars=1).bars[0]
        plan[NAMES.index("quality")] = rng.integers(1, len(v.QUALITIES))
        spans = spans_of(tuple(plan.tolist()))
        ats = sorted(rng.integers(0, spans[-1].end, 9).tolist())
        notes = tuple((at, int(rng.integers(30, 90)), 1, 1) for at in ats)
        for steps, share in enumerate(shares_inside(notes, spans)):
            inside = [
                (pitch + steps) % 12 in span.tones
                for at, pitch, *_ in notes
                for span in spans
                if span.start <= at < span.end
            ]
            assert share == sum(inside) / len(notes)


def test_what_is_known_of_the_rows_is_worked_out_anew_after_the_next():
    asked = []

    @once_a_row
    def doubled(stream, number):
        asked.append((len(stream.rows), number))
        return 2 * number

    stream = Stream(first=0, bars=1, total=1)
    assert [doubled(stream, number) for number in (3, 4, 3)] == [6, 8, 6]
    stream.push(v.PART, {"instrument": 1})
    assert doubled(stream, 3) == 6
    assert asked == [(1, 3), (1, 4), (2, 3)]


def test_what_is_known_of_the_bars_before_is_worked_out_anew_with_each_bar():
    asked = []

    @once_a_bar
    def bar_of(stream):
        asked.append(stream.bar)
        return stream.bar

    stream = Stream(first=0, bars=2, total=2)
    stream.push(v.PART, {"instrument": 1})
    for _ in range(2):
        stream.push(v.PLAN, {"meter": 1})
    for bar in range(2):
        stream.push(v.BAR)
        stream.push(v.CELL, {"part": 1, "source": v.NEW, "count": 1})
        assert [bar_of(stream), bar_of(stream)] == [bar, bar]
    assert asked == [0, 1]

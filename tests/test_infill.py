"""What masked cells gain: the same notes are compared on both sides."""

import numpy as np
import pytest

from composer.lab.infill import rows_of
from composer.language import Sheet, encode
from composer.language import vocabulary as v


@pytest.fixture
def sheet():
    rng = np.random.default_rng(4)
    parts = np.array([[41, 1, 6, 4], [34, 5, 2, 4]], np.int16)
    plan = np.ones((6, 15), np.int16)
    plan[:, v.ATTRIBUTES["plan"].index("meter")] = v.METERS.index(v.Meter(4, 4)) + 1
    notes = [
        (bar, part, 24 * beat, int(rng.integers(50, 80)), 8, 5)
        for bar in range(6)
        for part in range(2)
        for beat in range(bar % 3 + 1)
    ]
    return Sheet(parts, plan, np.array(sorted(notes), np.int16))


def test_rows_of_cells_are_their_notes_in_turn_and_masked(sheet):
    cells = [(1, 0), (2, 1), (5, 0)]
    wanted = [sheet.cells(0, 6)[cell] for cell in cells]
    for holes in ([], cells):
        rows = encode(sheet, holes=holes, references=False)
        said = rows[rows_of(rows, cells)]
        notes = said[said[:, 0] == v.NOTE][:, v.COLUMN["pitch"]] - 1
        assert notes.tolist() == [note[1] for cell in wanted for note in cell]
        assert (said[:, 0] == v.CELL).sum() == len(cells)
        assert not (said[:, v.COLUMN["source"]] == v.HOLE).any()

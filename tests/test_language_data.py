"""Round trips of real files from every clean source."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from composer.analysis import analyse
from composer.lab.sources import SOURCES, TRAINING_TIERS
from composer.language import decode, encode, quantise
from composer.midi import read_midi

CLEAN = [name for name, source in SOURCES.items() if source.tier in TRAINING_TIERS]


@pytest.mark.data
@pytest.mark.skipif("COMPOSER_DATA" not in os.environ, reason="COMPOSER_DATA is not set")
@pytest.mark.parametrize("source", CLEAN)
def test_decoding_undoes_encoding_for_real_files(source):
    with zipfile.ZipFile(Path(os.environ["COMPOSER_DATA"]) / f"{source}.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".mid"))
        for name in names[:: max(1, len(names) // 3)][:3]:
            score = read_midi(archive.read(name)).score
            sheet, loss = quantise(score, analyse(score))
            for references in (True, False):
                back = decode(encode(sheet, references=references))
                assert np.array_equal(back.notes, sheet.notes), name
            assert len(sheet.notes) == loss.notes - loss.dropped_notes

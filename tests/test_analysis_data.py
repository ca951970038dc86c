"""Floors for the analysis on annotated music (COMPOSER_DATA names its folder)."""

import os
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import annotations
from analysis import beat_rows, chord_rows, chord_spans, in_seconds, key_row, lead_sheet_rows

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not os.environ.get("COMPOSER_DATA"), reason="COMPOSER_DATA names no folder of music"
    ),
]
_SONGS = 24


@pytest.fixture(scope="module")
def songs():
    """Even songs: none of them was used for tuning."""
    folder = Path(os.environ["COMPOSER_DATA"]) / "pop909"
    return list(islice(annotations.pop909(folder, 0), _SONGS))


def figures(rows):
    return [value for _, _, _, value in rows]


def test_keys_of_pop909(songs):
    same, weighted = figures(key_row(songs))
    assert same > 0.8
    assert weighted > 0.85


def test_chords_of_pop909(songs):
    heard = [(song.chords, in_seconds(song, chord_spans(song.gridded))) for song in songs]
    root, triad = figures(chord_rows("pop909", heard))
    assert root > 0.88
    assert triad > 0.86


def test_beats_of_pop909(songs):
    beats, downbeats = figures(beat_rows(songs))
    assert beats > 0.75
    assert downbeats > 0.55


def test_chords_of_lead_sheets():
    folder = Path(os.environ["COMPOSER_DATA"]) / "openewld"
    rows = lead_sheet_rows(list(islice(annotations.openewld(folder, 0), _SONGS)))
    root, triad, *_ = figures(rows)
    assert root > 0.93
    assert triad > 0.93


def test_wrong_annotations_score_badly(songs):
    """The measures can fail: another song's chords are no match."""
    pairs = [
        (song.chords, in_seconds(other, chord_spans(other.gridded)))
        for song, other in zip(songs, np.roll(np.array(songs, dtype=object), 1), strict=True)
    ]
    assert figures(chord_rows("pop909", pairs))[0] < 0.3

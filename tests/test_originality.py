"""Originality: borrowed melodies are found and named, own ones and commonplaces are not."""

import json
import random
from dataclasses import replace
from itertools import takewhile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.api import check_originality
from composer.api.originality import originality_of
from composer.errors import InputError
from composer.lab import measure_originality
from composer.midi import write_midi
from composer.originality import INDEX, IndexedPiece, compare, read_index, write_index
from composer.originality.figures import lines_of, run_hashes
from composer.originality.index import index_of
from composer.score import Note, Part, Score

RATES = {
    "a": {"pieces": 2, "sharing": 1, "figures": 60, "shared": 4},
    "b": {"pieces": 1, "sharing": 1, "figures": 40, "shared": 1},
}


def melody(seed, notes=60):
    """Pitches and onsets in ticks of a random tune."""
    rng = random.Random(seed)
    pitches = [rng.randint(55, 80) for _ in range(notes)]
    gaps = [rng.choice([120, 240, 480]) for _ in range(notes)]
    return pitches, [sum(gaps[:place]) for place in range(notes)]


def score_of_tune(pitches, onsets, *, lower=False, shift=0):
    ends = [*onsets[1:], onsets[-1] + 480]
    notes = [
        Note(onset + shift, pitch, end - onset, 80)
        for pitch, onset, end in zip(pitches, onsets, ends, strict=True)
    ]
    if lower:  # an accompaniment under the tune, in the same part
        notes += [Note(onset + shift, 40, 60, 80) for onset in onsets]
        notes += [
            Note(o + 90 + shift, 41, 20, 80)
            for o, e in zip(onsets, ends, strict=True)
            if e - o > 120
        ]
    drums = Part(0, tuple(Note(i * 240, 36, 60, 90) for i in range(40)), is_drums=True)
    return Score((drums, Part(73, tuple(notes))))


@pytest.fixture(scope="module")
def index():
    return index_of(
        (IndexedPiece("test", f"Tune {seed}"), score_of_tune(*melody(seed)))
        for seed in range(20)
    )


def test_a_borrowed_passage_is_named_with_its_bars(index):
    pitches, onsets = melody(7)
    own, times = melody(99, 30)
    part = slice(20, 40)
    borrowed = own + [pitch + 5 for pitch in pitches[part]]  # in another key
    begin = times[-1] + 480
    places = times + [begin + onset - onsets[20] for onset in onsets[part]]
    found = compare(score_of_tune(borrowed, places), index)
    assert found.shared == 20 - 12
    assert found.nearest.piece == IndexedPiece("test", "Tune 7")
    assert found.nearest.notes == 20
    assert found.nearest.part == 1
    assert found.nearest.piece_bars == (onsets[20] // 1920 + 1, onsets[39] // 1920 + 1)
    assert found.nearest.bars == (begin // 1920 + 1, places[-1] // 1920 + 1)


def test_twelve_notes_are_no_figure_and_other_rhythm_is_another(index):
    pitches, onsets = melody(7)
    assert compare(score_of_tune(pitches[:12], onsets[:12]), index).figures == 0
    even = [240 * place for place in range(60)]
    found = compare(score_of_tune(pitches, even), index)
    assert (found.shared, found.nearest) == (0, None)
    assert found.figures == 48


@pytest.mark.parametrize("seed", range(20))
def test_own_tunes_share_nothing(index, seed):
    found = compare(score_of_tune(*melody(1000 + seed)), index)
    assert (found.figures, found.shared, found.nearest) == (48, 0, None)


@given(st.integers(-12, 12), st.integers(0, 3), st.integers(0, 19))
@settings(max_examples=25)
def test_key_and_bar_do_not_matter(index, semitones, bars, seed):
    pitches, onsets = melody(seed)
    moved = score_of_tune([p + semitones for p in pitches], onsets, shift=bars * 1920)
    found = compare(moved, index)
    assert found.shared == found.figures == 48
    assert found.nearest.piece.title == f"Tune {seed}"


def test_an_accompaniment_below_and_human_timing_do_not_hide_a_tune(index):
    rng = np.random.default_rng(1)
    pitches, onsets = melody(3)
    played = [int(onset + rng.integers(-7, 8) + 10) for onset in onsets]
    found = compare(score_of_tune(pitches, played, lower=True), index)
    assert found.shared == found.figures == 48


@pytest.mark.parametrize("cell", [(60,), (60, 62), (60, 64, 67), (60, 67, 64, 67)])
@pytest.mark.parametrize("climb", [0, 1])
def test_repeated_cells_do_not_count(cell, climb):
    pitches = [pitch + climb * turn for turn in range(10) for pitch in cell]
    score = score_of_tune(pitches, [240 * place for place in range(len(pitches))])
    assert all(len(line.starts) == 0 for line in lines_of(score))


def test_a_cell_of_five_counts():
    pitches = [60, 62, 64, 67, 65] * 6
    (line,) = lines_of(score_of_tune(pitches, [240 * place for place in range(30)]))
    assert len(line.starts) == 30 - 12


def common(seed, notes=40):
    """A tune of few intervals and rhythms, of which others have parts too."""
    rng = random.Random(seed)
    cells = [[0, 2, 4, 5, 7, 4], [0, -1, 0, 4, 2, 7, 5], [0, 3, 7, 3, 5]]
    pitches = [60 + step for _ in range(notes) for step in rng.choice(cells)][:notes]
    return pitches, [240 * place for place in range(notes)]


def looked_for(score, lines):
    """How many figures are shared, and the most notes in common: every place tried in turn."""
    shared, longest = 0, 0
    for line in lines_of(score):
        own = line.codes.tolist()
        for start in line.starts.tolist():
            runs = [
                len(list(takewhile(eq_pair, zip(own[start:], other[place:], strict=False))))
                for other in lines
                for place in range(len(other))
            ]
            longest = max(longest, *runs)
            shared += max(runs) >= 12
    return shared, longest + 1 if longest >= 12 else 0


def eq_pair(pair):
    return pair[0] == pair[1]


@pytest.mark.parametrize("coarse", [False, True])
def test_looking_up_finds_what_trying_every_place_finds(coarse, monkeypatch):
    """Also where many figures share a hash."""
    if coarse:
        monkeypatch.setattr(
            "composer.originality.index.run_hashes", lambda codes: run_hashes(codes) % 4
        )
    tunes = [score_of_tune(*common(seed)) for seed in range(5)]
    index = index_of((IndexedPiece("test", str(n)), tune) for n, tune in enumerate(tunes))
    lines = [line.codes.tolist() for tune in tunes for line in lines_of(tune)]
    counts = set()
    for seed in range(10, 25):
        score = score_of_tune(*common(seed))
        found = compare(score, index)
        notes = 0 if found.nearest is None else found.nearest.notes
        assert (found.shared, notes) == looked_for(score, lines)
        counts.add(found.shared)
    assert len(counts) > 3


def test_a_long_rest_ends_a_line():
    pitches, onsets = melody(1, 24)
    late = onsets[:12] + [onset + 9 * 480 for onset in onsets[12:]]
    assert list(lines_of(score_of_tune(pitches, late))) == []


def test_an_index_is_read_back_as_it_was_and_is_the_same_bytes_again(index, tmp_path):
    paths = tmp_path / "a.npz", tmp_path / "b.npz"
    for path in paths:
        write_index(index, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    read = read_index(paths[0])
    assert (read.known, read.natural) == (index.known, index.natural)
    assert all(np.array_equal(read.arrays[name], index.arrays[name]) for name in index.arrays)
    assert compare(score_of_tune(*melody(4)), read) == compare(score_of_tune(*melody(4)), index)


def test_an_empty_index_shares_nothing(tmp_path):
    write_index(index_of([]), tmp_path / "a.npz")
    assert compare(score_of_tune(*melody(4)), read_index(tmp_path / "a.npz")).shared == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_what_is_no_index_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "figures.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no index of figures"):
        read_index(path)
    with pytest.raises(InputError, match="no index of figures"):
        read_index(tmp_path / "absent.npz")


def test_an_index_whose_parts_do_not_fit_is_refused(index, tmp_path):
    path = tmp_path / "figures.npz"
    write_index(index, path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **arrays | {"codes": arrays["codes"][:-1]})
    with pytest.raises(InputError, match="don't fit together"):
        read_index(path)


def test_an_index_without_its_natural_rates_is_refused(index, tmp_path):
    path = tmp_path / "figures.npz"
    write_index(replace(index, natural={"a": {"figures": 1}}), path)
    with pytest.raises(InputError, match="no index of figures"):
        read_index(path)


def test_the_natural_share_is_over_all_sources(index):
    assert replace(index, natural=RATES).natural_share == pytest.approx(5 / 100)
    assert index.natural_share == 0.0


def test_check_names_the_nearest_passage_of_a_file(index, tmp_path):
    write_index(replace(index, natural=RATES), tmp_path / INDEX)
    write_midi(score_of_tune(*melody(7)), tmp_path / "borrowed.mid")
    found = check_originality(tmp_path / "borrowed.mid", tmp_path)
    assert found.share == 1.0
    assert found.natural_share == pytest.approx(0.05)
    assert "Tune 7 (test)" in found.lines()[-1]
    write_midi(score_of_tune(*melody(99)), tmp_path / "own.mid")
    assert check_originality(tmp_path / "own.mid", tmp_path).share == 0.0
    write_midi(Score((Part(0, ()),)), tmp_path / "silent.mid")
    assert (
        "no melody of 13 notes"
        in check_originality(tmp_path / "silent.mid", tmp_path).lines()[0]
    )


def test_a_checkpoint_without_an_index_is_told(tmp_path):
    with pytest.raises(InputError, match=INDEX):
        check_originality(tmp_path / "any.mid", tmp_path)


def test_a_score_is_compared_as_its_file_is_and_with_the_index_of_the_moment(index, tmp_path):
    write_index(replace(index, natural=RATES), tmp_path / INDEX)
    score = score_of_tune(*melody(1))
    write_midi(score, tmp_path / "a.mid")
    near = originality_of(score, tmp_path)
    assert near == check_originality(tmp_path / "a.mid", tmp_path)
    assert near.as_json()["natural_share"] == 0.05
    (tmp_path / INDEX).unlink()
    assert originality_of(score, tmp_path) is None


def test_a_folder_is_measured_beside_what_is_natural(index, tmp_path, monkeypatch, capsys):
    write_index(replace(index, natural=RATES), tmp_path / INDEX)
    short = melody(50, 12)
    for name, tune in {
        "a": melody(7),
        "b": melody(99, 30),
        "c": melody(98, 42),
        "d": short,
    }.items():
        write_midi(score_of_tune(*tune), tmp_path / f"{name}.mid")
    monkeypatch.setattr("sys.argv", ["measure", str(tmp_path), str(tmp_path)])
    assert measure_originality.main() == 0
    told = json.loads(capsys.readouterr().out)
    low, high = told["composed"].pop("interval")
    figures = 48 + 18 + 30
    assert told["composed"] == {
        "pieces": 3,
        "sharing": 1,
        "figures": figures,
        "shared": 48,
        "share": 48 / figures,
        "worst": 1.0,
    }
    assert (low, high) == (0.0, 1.0)  # all of one kind are drawn often enough
    assert told["natural"] == {
        "pieces": 3,
        "sharing": 2,
        "figures": 100,
        "shared": 5,
        "share": 0.05,
    }


def test_a_folder_without_melodies_is_told(index, tmp_path, monkeypatch, capsys):
    write_index(index, tmp_path / INDEX)
    monkeypatch.setattr("sys.argv", ["measure", str(tmp_path), str(tmp_path)])
    assert measure_originality.main() == InputError.exit_code
    assert capsys.readouterr().err == "measure_originality: no piece has a melody figure\n"

"""The tail: rings on after the final bar line, or has faded by it to the frame."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.render import render_file, render_score
from composer.render.audio import fade_to_end
from composer.score import Note, Part, Score, Tempo


class Drone:
    """A renderer whose tone rings two seconds past the end."""

    name, version, soundfont = "drone", "1", SimpleNamespace(name="none", sha256="0")

    def render(self, score, sample_rate, _progress):
        frames = round((score.end_ticks / 480 * 60 / score.tempos[0].qpm + 2) * sample_rate)
        tone = np.sin(np.arange(frames) * 0.1).astype(np.float32) * 0.3
        return np.column_stack([tone, tone])


def score(seconds):
    """One held note and its final bar line after ``seconds``, at 60 quarters a minute."""
    end = round(seconds * 480)
    return Score((Part(0, (Note(0, 60, end, 90),)),), tempos=(Tempo(0, 60.0),), end_ticks=end)


@pytest.mark.parametrize(("seconds", "rate"), [(8, 44100), (83.5, 48000), (1, 22050)])
def test_a_faded_piece_has_the_frames_of_its_length(seconds, rate):
    faded = render_score(score(seconds), engine=Drone(), sample_rate=rate, tail="fade")
    rung = render_score(score(seconds), engine=Drone(), sample_rate=rate)
    assert len(faded.audio) == seconds * rate
    assert len(rung.audio) == (seconds + 2) * rate
    kept = round(max(seconds - 2, 0.75 * seconds) * rate)
    assert np.array_equal(faded.audio[:kept], rung.audio[:kept])
    assert np.abs(faded.audio[-rate // 100 :]).max() < 1e-3
    assert np.abs(rung.audio[round(seconds * rate) :]).max() > 0.1


@given(st.floats(0.01, 20), st.integers(0, 30_000))
def test_a_fade_never_lifts_and_ends_on_nothing(seconds, frames):
    audio = np.ones((frames, 2), np.float32)
    faded = fade_to_end(audio, 1000, seconds)
    assert faded.shape == (round(seconds * 1000), 2)
    assert np.diff(faded[: len(audio)], axis=0).max(initial=0) <= 0
    assert not faded[-1:].any() or len(faded) == 1
    assert not faded[len(audio) :].any()


def test_a_real_engine_fades_into_a_file(tmp_path):
    path = tmp_path / "cue.wav"
    render_file(score(3), path, engine="rustysynth", tail="fade")
    info = soundfile.info(path)
    assert (info.frames, info.samplerate) == (3 * 44100, 44100)


def test_another_tail_is_refused():
    with pytest.raises(RequestError, match="unknown tail 'cut': one of ring, fade"):
        render_score(score(1), engine=Drone(), tail="cut")

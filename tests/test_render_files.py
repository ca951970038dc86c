"""Mastering and files: loud enough, never clipped, whole or not there."""

import signal
import threading

import numpy as np
import pyloudnorm
import pytest
import soundfile
from scipy.signal import resample_poly

from composer.errors import OutputError, RequestError
from composer.render import (
    AUDIO_SUFFIXES,
    integrated_loudness,
    master,
    render_file,
    render_score,
    true_peak,
    write_audio,
)
from composer.score import Note, Part, Score, Tempo

RATE = 44100


def noise(seconds, rate=RATE, seed=0):
    rng = np.random.default_rng(seed)
    swell = np.abs(np.sin(np.arange(int(rate * seconds)) / rate / 3))[:, None]
    return (rng.standard_normal((int(rate * seconds), 2)) * swell * 0.2).astype(np.float32)


def clicks(seconds=4.0):
    """Quiet noise with a hard click each half second: peaks far over the loudness."""
    audio = noise(seconds) * np.float32(0.2)
    audio[:: RATE // 2] = 0.9
    return audio


def band():
    melody = Part(73, tuple(Note(i * 240, 72 + i % 5, 200, 90) for i in range(16)))
    chords = Part(
        48, tuple(Note(i * 1920, p, 1900, 80) for i in range(2) for p in (48, 52, 55))
    )
    drums = Part(
        0, tuple(Note(i * 480, 36 + i % 2 * 2, 60, 110) for i in range(8)), is_drums=True
    )
    return Score((melody, chords, drums), tempos=(Tempo(0, 140.0),), title="Bänd")


@pytest.mark.parametrize("rate", [11025, 44100, 48000])
@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0, 61.0, 125.05])
def test_loudness_agrees_with_the_reference_meter(rate, seconds):
    audio = noise(seconds, rate)
    padding = max(0, int(rate * 0.4) + 1 - len(audio))
    expected = pyloudnorm.Meter(rate).integrated_loudness(np.pad(audio, ((0, padding), (0, 0))))
    assert integrated_loudness(audio, rate) == pytest.approx(expected, abs=0.005)


def test_true_peak_sees_what_lies_between_samples():
    phase = np.arange(RATE) * np.pi / 2 + np.pi / 4  # a quarter of the rate, samples at 0.707
    audio = np.repeat(np.sin(phase)[:, None], 2, axis=1).astype(np.float32)
    assert np.abs(audio).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak(audio[100:-100]) == pytest.approx(1.0, abs=0.06)
    assert true_peak(np.zeros((0, 2), np.float32)) == 0.0


def test_mastering_reaches_the_target_under_the_ceiling():
    for target in (-23.0, -16.0, -14.0):
        audio = master(noise(5), RATE, target)
        assert integrated_loudness(audio, RATE) == pytest.approx(target, abs=0.3)
        assert true_peak(audio) <= 10 ** (-1 / 20) + 1e-6


@pytest.mark.parametrize("target", [-16.0, -9.0, 0.0])
def test_no_peak_passes_the_ceiling_by_another_measure(target):
    audio = master(clicks(), RATE, target)
    finer = resample_poly(audio.astype(np.float64), 8, 1, axis=0)
    assert np.abs(finer).max() < 10 ** (-0.5 / 20)
    assert np.abs(audio).max() <= 10 ** (-1 / 20) + 1e-6


def test_the_limiter_leaves_the_quiet_alone():
    audio, before = clicks(), clicks()
    master(audio, RATE, -16.0)
    ratio = np.abs(audio) / np.maximum(np.abs(before), 1e-9)
    calm = ratio[RATE // 4 : RATE // 4 + 1000]  # a quarter second from the nearest click
    assert calm.std() < 1e-4 * calm.mean()


def test_silence_stays_silence_and_short_notes_are_mastered():
    assert not master(np.zeros((RATE, 2), np.float32), RATE).any()
    assert master(np.zeros((0, 2), np.float32), RATE).shape == (0, 2)
    short = master(noise(0.1, seed=1), RATE)
    assert 0.01 < true_peak(short) <= 10 ** (-1 / 20) + 1e-6


@pytest.mark.parametrize("suffix", AUDIO_SUFFIXES)
@pytest.mark.parametrize("seconds", [0.0, 0.1, 70.0])
def test_every_format_keeps_length_level_and_tags(tmp_path, suffix, seconds):
    audio = np.tile(noise(1), (int(max(1, seconds)), 1))[: int(RATE * seconds)]
    path = write_audio(audio, tmp_path / f"a{suffix}", metadata={"comment": "font 123"})
    with soundfile.SoundFile(path) as file:
        assert file.comment == "font 123"
    back, rate = soundfile.read(path, always_2d=True)
    assert rate == RATE
    frames = len(audio) or 4096  # nothing becomes a block of silence
    assert abs(len(back) - frames) <= (0 if suffix != ".mp3" else 1152)
    if seconds >= 1:
        assert back.std() == pytest.approx(audio.std(), rel=0.1)  # MP3 ends at 16 kHz


@pytest.mark.parametrize(("depth", "step"), [(16, 2**-15), (24, 2**-23), (32, 1e-7)])
def test_wav_depths_hold_what_they_promise(tmp_path, depth, step):
    audio = noise(0.5)
    path = write_audio(audio, tmp_path / "a.wav", bit_depth=depth)
    assert np.abs(soundfile.read(path)[0] - audio).max() <= step


def test_too_loud_samples_are_cut_not_wrapped(tmp_path):
    audio = np.full((100, 2), 1.5, np.float32)
    for suffix in (".wav", ".flac"):
        back, _ = soundfile.read(write_audio(audio, tmp_path / f"a{suffix}"))
        assert back.min() > 0.999


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3"])
def test_why_a_file_can_not_grow_is_told(tmp_path, suffix):
    resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**15, limits[1]))
    try:
        with pytest.raises(OutputError, match=rf"cannot write .*a\{suffix}: File too large"):
            write_audio(noise(2.0), tmp_path / f"a{suffix}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "rate", "depth", "word"),
    [
        ("a.aiff", 44100, 24, ".wav, .flac, .ogg, .mp3"),
        ("a", 44100, 24, ".wav"),
        ("a.mp3", 96000, 24, "48000"),
        ("a.flac", 44100, 32, "16, 24"),
    ],
)
def test_what_no_format_holds_is_refused_in_one_line(tmp_path, name, rate, depth, word):
    with pytest.raises(RequestError, match=word) as caught:
        write_audio(noise(0.1), tmp_path / name, rate, bit_depth=depth)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_kept_and_nothing_is_rendered_for_it(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("mine")
    told = []
    with pytest.raises(OutputError, match="exists"):
        render_file(band(), path, progress=lambda *seconds: told.append(seconds))
    assert path.read_text() == "mine"
    assert not told
    render_file(band(), path, overwrite=True)
    assert soundfile.info(path).frames > RATE


def test_ctrl_c_leaves_no_file(tmp_path, monkeypatch):
    class Interrupting(soundfile.SoundFile):
        count = 0

        def write(self, data):
            Interrupting.count += 1
            if Interrupting.count == 3:
                raise KeyboardInterrupt
            super().write(data)

    monkeypatch.setattr(soundfile, "SoundFile", Interrupting)
    with pytest.raises(KeyboardInterrupt):
        write_audio(noise(1), tmp_path / "a.ogg")
    assert not list(tmp_path.iterdir())


def test_ctrl_c_while_playing_leaves_no_file(tmp_path):
    def stop(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_file(band(), tmp_path / "a.wav", progress=stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("engine", ["fluidsynth", "rustysynth"])
def test_a_rendered_file_is_loud_stereo_and_says_what_made_it(tmp_path, engine):
    path = tmp_path / "band.flac"
    rendering = render_file(band(), path, engine=engine)
    audio, _ = soundfile.read(path, dtype="float32")
    assert integrated_loudness(audio, RATE) == pytest.approx(-16.0, abs=0.5)
    assert true_peak(audio) <= 10 ** (-1 / 20) + 1e-4
    assert np.abs(audio[:, 0] - audio[:, 1]).max() > 0.01
    assert len(audio) / RATE == pytest.approx(rendering.seconds)
    with soundfile.SoundFile(path) as file:
        assert file.title == "Bänd"
        assert engine in file.comment
        assert rendering.engine_version in file.comment
        assert rendering.soundfont.sha256 in file.comment


def test_a_tenth_of_a_second_and_nothing_become_files(tmp_path):
    blip = Score((Part(115, (Note(0, 76, 96, 100),)),))
    for number, score in enumerate((blip, Score((), end_ticks=480), Score(()))):
        rendering = render_file(score, tmp_path / f"{number}.wav")
        assert soundfile.info(tmp_path / f"{number}.wav").frames == (
            len(rendering.audio) or 4096
        )


def test_hours_are_refused_unless_asked_for():
    long = Score((Part(115, (Note(0, 76, 96, 100),)),), end_ticks=480 * 120 * 31)
    with pytest.raises(RequestError, match=r"31\.0 minutes, and at most 30"):
        render_score(long)
    with pytest.raises(RequestError, match="8000 and 96000"):
        render_score(band(), sample_rate=192000)
    with pytest.raises(RequestError, match=r"at most 0\.05"):
        render_score(Score((), end_ticks=9600), max_seconds=3)


@pytest.mark.parametrize("rate", [22050, 48000])
def test_other_sample_rates_last_as_long(rate):
    for engine in ("fluidsynth", "rustysynth"):
        here = render_score(band(), engine=engine, sample_rate=rate)
        there = render_score(band(), engine=engine)
        assert here.sample_rate == rate
        assert here.seconds == pytest.approx(there.seconds, abs=0.6)  # the reverb's tail


def test_two_threads_render_the_same(tmp_path):
    paths = [tmp_path / f"{number}.wav" for number in range(2)]
    threads = [threading.Thread(target=render_file, args=(band(), path)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    first, second = (soundfile.read(path)[0] for path in paths)
    assert np.array_equal(first, second)

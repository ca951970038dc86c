"""What both engines must do with a score: sound at the right time, everything, repeatably."""

from dataclasses import replace

import numpy as np
import pytest

from composer.errors import InputError, RequestError
from composer.render import find_renderer, find_soundfont, render_score, with_default_mix
from composer.render.events import Kind, messages_of, seconds_of
from composer.render.library import find_library_path
from composer.score import (
    Bend,
    Control,
    Meter,
    MeterChange,
    Note,
    Part,
    Score,
    Tempo,
    seconds_at,
)

RATE = 44100
PIANO, ORGAN, STRINGS = 0, 16, 48


@pytest.fixture(scope="module", params=["fluidsynth", "rustysynth"])
def engine(request):
    return find_renderer(request.param)


def part(*onsets, program=PIANO, pitch=60, duration=240, velocity=100, **more):
    notes = tuple(Note(onset, pitch, duration, velocity) for onset in onsets)
    return Part(program, notes, **more)


def level(audio, start_seconds, end_seconds):
    piece = audio[round(start_seconds * RATE) : round(end_seconds * RATE)]
    return float(np.sqrt((piece.astype(np.float64) ** 2).mean()))


def pitch_level(audio, hz, start_seconds=0.0):
    """Magnitude of the spectrum within a semitone of ``hz``."""
    piece = audio[round(start_seconds * RATE) :].mean(axis=1)
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
    hertz = np.fft.rfftfreq(len(piece), 1 / RATE)
    return float(spectrum[(hertz > hz * 0.972) & (hertz < hz * 1.029)].max())


def first_sound(audio, after_seconds, threshold):
    start = round(after_seconds * RATE)
    return (
        after_seconds + float(np.argmax(np.abs(audio[start:]).max(axis=1) > threshold)) / RATE
    )


def test_notes_start_at_the_scores_seconds_through_tempo_changes(engine):
    onsets = (0, 960, 1920, 2400, 3840)
    score = Score(
        (part(*onsets, program=115, pitch=76, duration=60),),  # woodblock: a sharp attack
        tempos=(Tempo(0, 120.0), Tempo(960, 61.0), Tempo(2160, 173.5)),
    )
    audio = engine.render(score)
    loud = float(np.abs(audio).max()) * 0.2
    for onset in onsets:
        due = seconds_at(score, onset)
        assert first_sound(audio, max(0.0, due - 0.1), loud) == pytest.approx(due, abs=0.012)


def test_the_same_score_gives_the_same_samples(engine):
    score = Score((part(0, 480, 960), part(0, 240, program=STRINGS, pitch=67)))
    first, second = engine.render(score), engine.render(score)
    assert first.dtype == np.float32
    assert first.shape[1] == 2
    assert np.array_equal(first, second)


def test_the_tail_rings_on_after_the_last_bar_line(engine):
    audio = engine.render(Score((part(0, duration=480, program=11),), end_ticks=480))
    assert len(audio) / RATE > 0.9  # the bar line is at 0.5 s
    assert level(audio, 0.5, 0.6) > 0.02 * level(audio, 0.1, 0.4)
    assert np.abs(audio[-50:]).max() < 1e-3


def test_audio_reaches_the_final_bar_line_after_a_rest(engine):
    audio = engine.render(Score((part(0, duration=60, program=115),), end_ticks=3840))
    assert len(audio) / RATE == pytest.approx(4.0, abs=1e-3)


def test_twenty_four_parts_sound_and_two_kits(engine):
    pitches = range(48, 96, 2)
    parts = [part(0, program=80, pitch=p, duration=1920) for p in pitches]
    drums = [part(0, 480, pitch=38, is_drums=True), part(0, pitch=36, is_drums=True)]
    score = Score((*parts, *drums))
    audio = engine.render(score)
    for pitch in pitches:
        hz = 440 * 2 ** ((pitch - 69) / 12)
        alone = pitch_level(engine.render(Score((parts[(pitch - 48) // 2],))), hz)
        assert pitch_level(audio, hz) > 0.5 * alone


def test_drums_sound_like_drums_and_the_tenth_part_does_not(engine):
    """A closed hi-hat is treble, a flute two octaves under it is not, wherever they play."""

    def treble_share(score):
        spectrum = np.abs(np.fft.rfft(engine.render(score).mean(axis=1))) ** 2
        hertz = np.fft.rfftfreq(2 * len(spectrum) - 1, 1 / RATE)
        return spectrum[hertz > 4000].sum() / spectrum.sum()

    silent = tuple(Part(0, ()) for _ in range(9))
    hat, flute = part(0, 480, pitch=42, is_drums=True), part(0, program=73, pitch=60)
    for before in ((), silent, silent + silent):
        assert treble_share(Score((*before, hat))) > 0.3
        assert treble_share(Score((*before, flute))) < 0.01


def test_the_pedal_holds_notes_until_it_rises(engine):
    note = part(0, duration=120)
    down = replace(note, controls=(Control(0, 64, 127), Control(1440, 64, 0)))
    dry = engine.render(Score((note,), end_ticks=1920))
    held = engine.render(Score((down,), end_ticks=1920))
    assert level(held, 0.8, 1.4) > 10 * level(dry, 0.8, 1.4)
    assert level(held, 1.85, 2.0) < 0.2 * level(held, 1.3, 1.45)


def test_a_pedal_never_raised_is_raised_at_the_end(engine):
    held = part(0, program=ORGAN, duration=120, controls=(Control(0, 64, 127),))
    audio = engine.render(Score((held,), end_ticks=960))
    assert level(audio, 0.7, 0.95) > 0.01
    assert len(audio) / RATE < 4.0


@pytest.mark.parametrize("number", [7, 11])
def test_volume_and_expression_follow_the_square_law(engine, number):
    plain = part(0, program=ORGAN, duration=1920, controls=(Control(0, number, 126),))
    half = replace(plain, controls=(Control(0, number, 63),))
    loud, soft = (engine.render(Score((p,))) for p in (plain, half))
    assert level(loud, 0.5, 1.5) / level(soft, 0.5, 1.5) == pytest.approx(4.0, rel=0.1)


def test_pan_and_bend_are_heard(engine):
    left = part(0, program=80, pitch=69, duration=1920, controls=(Control(0, 10, 0),))
    audio = engine.render(Score((left,)))
    assert np.abs(audio[:, 0]).max() > 4 * np.abs(audio[:, 1]).max()
    bent = replace(left, controls=(), bends=(Bend(0, 8191),))
    audio = engine.render(Score((bent,)))
    assert pitch_level(audio, 440 * 2 ** (2 / 12)) > 4 * pitch_level(audio, 440)


def test_reverb_send_lengthens_the_sound(engine):
    dry, wet = (
        engine.render(
            Score((part(0, program=115, controls=(Control(0, 91, send),)),), end_ticks=960)
        )
        for send in (0, 127)
    )
    assert level(wet, 0.4, 0.9) > 3 * level(dry, 0.4, 0.9)


def test_modulation_is_heard(engine):
    plain = part(0, program=80, pitch=69, duration=1920)
    moving = replace(plain, controls=(Control(0, 1, 127),))
    still, shaken = (engine.render(Score((p,))) for p in (plain, moving))
    assert pitch_level(shaken, 440) < 0.9 * pitch_level(still, 440)


def test_very_many_loud_notes_keep_their_shape(engine):
    """The second engine's 16 bits would cut this off; softer playing and lifting does not."""
    pitches = range(36, 84)
    loud = tuple(Note(0, p, 1920, 127) for p in pitches)
    audio = engine.render(Score((Part(30, loud, controls=(Control(0, 7, 127),)),)))
    top = np.abs(audio).max()
    assert (np.abs(audio) > 0.999 * top).sum() < 20


def test_silence_and_nothing(engine):
    assert np.abs(engine.render(Score((), end_ticks=960))).max() < 1e-6
    assert engine.render(Score(())).shape == (0, 2)
    assert len(engine.render(Score((Part(0, ()),), end_ticks=960))) == RATE


def test_progress_rises_to_the_end(engine):
    told = []
    engine.render(Score((part(0, 3840),)), progress=lambda *seconds: told.append(seconds))
    assert told == sorted(told)
    assert told[-1][0] == pytest.approx(told[-1][1], abs=1.0)


def test_fluidsynth_refuses_more_parts_than_it_has_channels():
    with pytest.raises(RequestError, match="256"):
        find_renderer("fluidsynth").render(Score((part(0),) * 257))


def test_overlapping_notes_of_one_pitch_sound_to_the_last_end():
    notes = (Note(0, 60, 480, 90), Note(240, 60, 120, 90))
    sent = messages_of(Score((Part(0, notes),)))
    on_off = [
        (m.onset_seconds, m.kind) for m in sent if m.kind in (Kind.NOTE_ON, Kind.NOTE_OFF)
    ]
    assert on_off == [
        (0.0, Kind.NOTE_ON),
        (0.25, Kind.NOTE_OFF),
        (0.25, Kind.NOTE_ON),
        (0.5, Kind.NOTE_OFF),
    ]


def test_bend_range_is_chosen_before_it_is_set():
    numbers = ((101, 0), (100, 0), (6, 12), (101, 127), (100, 127))
    controls = tuple(Control(0, number, value) for number, value in numbers)
    sent = [
        m for m in messages_of(Score((part(0, controls=controls),))) if m.kind is Kind.CONTROL
    ]
    places = [(m.first, m.second) for m in sent]
    assert set(places[:2]) == {(101, 0), (100, 0)}
    assert places[2] == (6, 12)


def test_seconds_agree_with_the_scores_own_clock():
    tempos = (Tempo(100, 90.0), Tempo(500, 33.3), Tempo(620, 140.0), Tempo(9000, 71.0))
    score = Score((part(0, 20000),), tempos=tempos)
    ticks = [0, 50, 100, 499, 500, 501, 619, 8999, 9000, 20000]
    expected = [seconds_at(score, tick) for tick in ticks]
    assert seconds_of(score, ticks).tolist() == pytest.approx(expected, abs=1e-9)


def test_default_mix_spreads_parts_but_not_bass_and_drums():
    parts = (
        part(0, pitch=72, program=40),
        part(0, pitch=64, program=STRINGS),
        part(0, pitch=36, program=33),
        part(0, pitch=36, is_drums=True),
    )
    mixed = with_default_mix(Score(parts))
    pans = [{c.number: c.value for c in p.controls}[10] for p in mixed.parts]
    assert pans[2] == pans[3] == 64
    assert pans[0] > 64 > pans[1]
    assert abs(pans[0] - 64) < abs(pans[1] - 64) <= 30


def test_a_mix_that_is_there_stays():
    own = replace(part(0), controls=(Control(0, 7, 33), Control(0, 10, 1), Control(0, 91, 0)))
    score = Score((own, part(0)))
    assert with_default_mix(score) == score


def test_unknown_engines_fonts_and_libraries_get_one_line(tmp_path, monkeypatch):
    text = tmp_path / "font.sf2"
    text.write_text("no font")
    with pytest.raises(RequestError, match="fluidsynth, rustysynth"):
        find_renderer("timidity")
    with pytest.raises(InputError, match="no SoundFont"):
        find_soundfont(text)
    with pytest.raises(InputError, match="can't read"):
        find_soundfont(tmp_path / "none.sf2")
    monkeypatch.setenv("COMPOSER_FLUIDSYNTH", str(text))
    with pytest.raises(InputError, match="FluidSynth 2"):
        render_score(Score((part(0),)), engine="fluidsynth")


def test_the_environment_names_the_font(tmp_path, monkeypatch):
    font = find_soundfont()
    copy = tmp_path / "mine.sf2"
    copy.write_bytes(font.path.read_bytes())
    monkeypatch.setenv("COMPOSER_SOUNDFONT", str(copy))
    assert find_soundfont().path == copy
    assert find_soundfont().sha256 == font.sha256
    assert find_soundfont(font.path).path == font.path


def test_a_damaged_font_is_an_input_error(tmp_path):
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(find_soundfont().path.read_bytes()[:3000])
    for name in ("fluidsynth", "rustysynth"):
        with pytest.raises(InputError):
            render_score(Score((part(0),)), engine=name, soundfont=broken)


def test_without_a_library_the_second_engine_plays(monkeypatch):
    monkeypatch.setattr("composer.render.engines.find_library_path", lambda: None)
    assert find_renderer().name == "rustysynth"
    with pytest.raises(InputError, match="rustysynth"):
        find_renderer("fluidsynth")


def test_the_packaged_library_is_found_without_importing_pygame():
    assert find_library_path() is not None


def test_meters_do_not_move_the_end():
    meters = (MeterChange(0, Meter(7, 8)),)
    score = Score((part(0, program=115, duration=60),), meters=meters, end_ticks=3360)
    for name in ("fluidsynth", "rustysynth"):
        assert len(find_renderer(name).render(score)) / RATE == pytest.approx(3.5, abs=1e-3)

"""Hand-over to and from the objects of pretty_midi, miditoolkit and music21.

All go through MIDI bytes, so that each library reads with its own rules and every rule
of ``midi_bytes`` and ``read_midi`` holds. Libraries are imported only when asked for.
"""

import io
from typing import Any

from composer.errors import MissingExtraError
from composer.midi.reading import read_midi
from composer.midi.writing import midi_bytes
from composer.score import Score


def to_pretty_midi(score: Score) -> Any:
    """A ``pretty_midi.PrettyMIDI``, resolution 480."""
    import pretty_midi  # noqa: PLC0415 - wanted only here

    return pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(score)))


def from_pretty_midi(pretty: Any) -> Score:
    """The score of a ``pretty_midi.PrettyMIDI``."""
    out = io.BytesIO()
    pretty.write(out)
    return read_midi(out.getvalue()).score


def to_miditoolkit(score: Score) -> Any:
    """A ``miditoolkit.MidiFile``, 480 ticks a beat.

    Raises MissingExtraError where miditoolkit is not installed.
    """
    try:
        import miditoolkit  # noqa: PLC0415 - optional, and brings matplotlib
    except ImportError as error:
        raise MissingExtraError(
            "hand-over to miditoolkit", "miditoolkit", "analysis"
        ) from error

    return miditoolkit.MidiFile(file=io.BytesIO(midi_bytes(score)))


def from_miditoolkit(midi: Any) -> Score:
    """The score of a ``miditoolkit.MidiFile``."""
    out = io.BytesIO()
    midi.dump(file=out)
    return read_midi(out.getvalue()).score


def to_music21(score: Score) -> Any:
    """A ``music21.stream.Score`` with unquantised offsets, in quarters.

    Raises MissingExtraError where music21 is not installed.
    """
    translate = _music21_translate("hand-over to music21")
    return translate.midiStringToStream(midi_bytes(score), quantizePost=False)


def from_music21(stream: Any) -> Score:
    """The score of a ``music21.stream.Stream``.

    Raises MissingExtraError where music21 is not installed.
    """
    translate = _music21_translate("hand-over from music21")
    return read_midi(translate.streamToMidiFile(stream).writestr()).score


def _music21_translate(feature: str) -> Any:
    """The library's MIDI module."""
    try:
        from music21.midi import translate  # noqa: PLC0415 - slow and optional
    except ImportError as error:
        raise MissingExtraError(feature, "music21", "analysis") from error
    return translate

"""``composer render``: from a MIDI file to sound."""

from pathlib import Path
from typing import Annotated

from typer import Option

from composer.cli.console import progress, put, say
from composer.cli.streams import STREAM, MidiIn, given
from composer.errors import RequestError


def render(
    file: MidiIn,
    output: Annotated[
        Path | None,
        Option("-o", "--output", help="WAV, FLAC, OGG or MP3. [default: FILE as .wav]"),
    ] = None,
    *,
    engine: Annotated[str | None, Option(help="fluidsynth or rustysynth.")] = None,
    soundfont: Annotated[Path | None, Option(help="A SoundFont (.sf2) to play with.")] = None,
    tail: Annotated[
        str, Option(help="ring on after the final bar line, or fade to end on it.")
    ] = "ring",
    force: Annotated[bool, Option("--force", help="Replace an existing file.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Play a MIDI file into an audio file."""
    from composer.midi import read_midi  # noqa: PLC0415 - --help stays light
    from composer.render import check_tail, render_file  # noqa: PLC0415

    if file == STREAM and output is None:
        raise RequestError("what comes in has no name for the sound: say -o FILE")
    reading = read_midi(given(file))
    target = output or file.with_suffix(".wav")
    for repair in reading.repairs:
        say(f"{file}: {repair}", quiet=quiet)
    with progress("Playing", "seconds", quiet=quiet) as report:
        render_file(
            reading.score,
            target,
            overwrite=force,
            engine=engine,
            soundfont=soundfont,
            tail=check_tail(tail),
            progress=report,
        )
    put(str(target))

"""Commands that only tell: ``inspect``, ``moods``, ``progressions``, ``doctor``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Exit, Option

from composer.cli.console import counted, put, put_json, put_table
from composer.cli.streams import MidiIn, given

if TYPE_CHECKING:
    from composer.api import Inspection

_Json = Annotated[bool, Option("--json", help="Print JSON.")]
_CHORDS_IN_LINE = 8


def inspect(
    file: MidiIn,
    *,
    roll: Annotated[
        Path | None, Option(help="Also draw a piano roll into this file (.svg or .png).")
    ] = None,
    force: Annotated[bool, Option("--force", help="Overwrite the picture.")] = False,
    as_json: _Json = False,
) -> None:
    """Tell what is in a MIDI file: parts, key, tempo, chords, sections, mood."""
    from composer.api import inspect_file  # noqa: PLC0415 - --help stays light
    from composer.notate import draw_piano_roll  # noqa: PLC0415 - --help stays light

    found = inspect_file(given(file))
    if roll is not None:
        draw_piano_roll(found.score, roll, plan=found.plan, overwrite=force)
    if as_json:
        put_json({"file": str(file)} | found.as_json())
    else:
        _show(found)


def _show(found: "Inspection") -> None:
    """Print an inspection for people."""
    if found.score.title:
        put(found.score.title)
    minutes, seconds = divmod(round(found.seconds), 60)
    length = f"{minutes}:{seconds:02}"
    told = (
        counted(len(found.plan.bars), "bar"),
        length,
        counted(found.score.note_count, "note"),
    )
    put(", ".join(told))
    for name, field in (("Meter", "meter"), ("Key", "key"), ("Sections", "section")):
        put(f"{name:9} {_line(found.stretches(field))}")
    put(f"{'Tempo':9} {_line(found.stretches('tempo_qpm'))} quarters a minute")
    put(f"{'Mood':9} {_mood_line(found)}")
    for start in range(0, len(found.chords()), _CHORDS_IN_LINE):
        chords = found.chords()[start : start + _CHORDS_IN_LINE]
        put(f"{f'Bar {start + 1}':9} {' | '.join(chords)}")
    rows = [
        tuple("" if value is None else str(value) for value in part.values())
        for part in found.parts()
    ]
    put_table(("Part", "Instrument", "Role", "Notes", "Lowest", "Highest"), rows)
    for repair in found.repairs:
        put(f"Repaired: {repair}")


def _mood_line(found: "Inspection") -> str:
    """``nearest to sad (valence -0.62, arousal -0.31)``."""
    axes = (("valence", found.mood.valence), ("arousal", found.mood.arousal))
    known = ", ".join(f"{name} {value:+.2f}" for name, value in axes if value is not None)
    return f"nearest to {found.mood_word} ({known})" if known else "-"


def _line(stretches: list[tuple[int, str | float]]) -> str:
    """``4/4, 3/4 from bar 9``."""
    words = [f"{value:g}" if isinstance(value, float) else value for _, value in stretches]
    places = [f" from bar {bar}" if bar > 1 else "" for bar, _ in stretches]
    return ", ".join(word + place for word, place in zip(words, places, strict=True)) or "-"


def moods(*, as_json: _Json = False) -> None:
    """List the mood words with their valence and arousal."""
    from composer.plan.moods import MOODS  # noqa: PLC0415 - --help stays light

    if as_json:
        put_json(
            [
                {
                    "name": tag.name,
                    "valence": tag.valence,
                    "arousal": tag.arousal,
                    "source": tag.source,
                }
                for tag in MOODS.values()
            ]
        )
        return
    rows = [
        (tag.name, f"{tag.valence:+.2f}", f"{tag.arousal:+.2f}", tag.source)
        for tag in MOODS.values()
    ]
    put_table(("Mood", "Valence", "Arousal", "Source"), rows)


def progressions(*, as_json: _Json = False) -> None:
    """List the chord progressions that --progression knows by name."""
    from composer.request.progressions import PROGRESSIONS  # noqa: PLC0415 - --help stays light

    named = [
        {
            "name": name,
            "mode": "minor" if one.is_minor else "major",
            "chords": one.chords,
            "about": one.about,
        }
        for name, one in PROGRESSIONS.items()
    ]
    if as_json:
        put_json(named)
        return
    put_table(("Name", "Mode", "Chords", "Known from"), [tuple(one.values()) for one in named])


def doctor(*, as_json: _Json = False) -> None:
    """Check this installation: model, sound, extras."""
    from composer.api import examine  # noqa: PLC0415 - --help stays light

    findings = examine()
    if as_json:
        put_json([finding.as_json() for finding in findings])
    else:
        rows = [(find.state, find.subject, find.text) for find in findings]
        put_table(("", "What", "Found"), rows)
    if any(finding.is_fatal for finding in findings):
        raise Exit(code=1)

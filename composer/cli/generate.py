"""``composer generate``: compose pieces and write them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from composer.cli.asking import check_alone, request_of, said, words_of
from composer.cli.batch import batch_folder, compose_many, way_of, workers_of
from composer.cli.console import Messages, progress, put, put_bytes, put_json, say
from composer.cli.outputs import Outputs, outputs_of, stem_of
from composer.cli.streams import STREAM, check_stream
from composer.errors import ControlError
from composer.files import check_output, write_whole

if TYPE_CHECKING:
    from composer.api import Piece
    from composer.batch import Order
    from composer.plan import Plan

_WHAT, _HOW, _WHERE = "What to compose", "How freely", "Files and messages"
_PICTURE, _MANY = "To a picture", "Many pieces"


def _option(help_text: str, panel: str, *names: str) -> Any:
    """An option that stands in one of the help's panels."""
    return Option(*names, help=help_text, rich_help_panel=panel, show_default=False)


def generate(
    text: Annotated[
        str | None, Argument(help="What to compose, in words; flags overrule them.")
    ] = None,
    *,
    mood: Annotated[str | None, _option("A mood word, or several: happy,calm.", _WHAT)] = None,
    valence: Annotated[float | None, _option("-1 unpleasant to 1 pleasant.", _WHAT)] = None,
    arousal: Annotated[float | None, _option("-1 calm to 1 excited.", _WHAT)] = None,
    style: Annotated[str | None, _option("Such as band, game, orchestra.", _WHAT)] = None,
    key: Annotated[
        str | None, _option("Such as 'D minor', or 'C, A minor@bar9'.", _WHAT)
    ] = None,
    tempo: Annotated[
        str | None, _option("Quarters a minute, 20-400; or '90 120@bar17 rit@-4'.", _WHAT)
    ] = None,
    meter: Annotated[str | None, _option("Such as 6/8, or '4/4 3/4@bar9'.", _WHAT)] = None,
    bars: Annotated[int | None, _option("Length in bars, 1-2000 (32).", _WHAT)] = None,
    seconds: Annotated[float | None, _option("Length in seconds, to the bar.", _WHAT)] = None,
    duration: Annotated[
        str | None, _option("Length to the frame, such as 1:23.5.", _PICTURE)
    ] = None,
    hit: Annotated[
        list[str] | None, _option("A downbeat there: '0:12.4 the door'.", _PICTURE)
    ] = None,
    cues: Annotated[Path | None, _option("Hits from a CSV or EDL file.", _PICTURE)] = None,
    fps: Annotated[
        str | None, _option("For timecode in frames, such as 24, 29.97df.", _PICTURE)
    ] = None,
    tail: Annotated[
        str | None, _option("Sound rings on after the end, or fades to it.", _PICTURE)
    ] = None,
    instruments: Annotated[
        str | None, _option("Such as violin:melody:G3-E6:dense,piano,drums.", _WHAT)
    ] = None,
    tracks: Annotated[int | None, _option("Number of parts; the rest are open.", _WHAT)] = None,
    chords: Annotated[
        str | None, _option("'Am F | C/E G', 'i VI', '1 6-': repeated.", _WHAT)
    ] = None,
    progression: Annotated[
        str | None, _option("Chords by name, such as pachelbel, blues.", _WHAT)
    ] = None,
    swing: Annotated[float | None, _option("1 even, 2 triplets, to 4.", _WHAT)] = None,
    form: Annotated[
        str | None, _option('Such as AABA, "intro:4 A:8 A\':8 B:8".', _WHAT)
    ] = None,
    vary: Annotated[
        float | None, _option("Share of what returns that is new, 0-1.", _WHAT)
    ] = None,
    intensity: Annotated[
        str | None, _option("0-10: '2@1 7@17', 'A=3 build=3-9'.", _WHAT)
    ] = None,
    arc: Annotated[str | None, _option("Moods: 'sad@0:00 tense@0:30 epic@B'.", _WHAT)] = None,
    plan: Annotated[
        Path | None, _option("A plan file, - for stdin, or a folder of them.", _WHAT)
    ] = None,
    seed: Annotated[int | None, _option("The same seed, the same piece.", _HOW)] = None,
    count: Annotated[int, _option("Number of pieces; seeds count up.", _MANY)] = 1,
    jobs: Annotated[int | None, _option("Processes that compose at once.", _MANY)] = None,
    ray: Annotated[
        str | None, _option("Compose on a Ray cluster: auto, or its address.", _MANY)
    ] = None,
    tries: Annotated[int | None, _option("Tries; the best is kept (3).", _HOW)] = None,
    temperature: Annotated[float | None, _option("0 sure to 5 wild (1).", _HOW)] = None,
    top_k: Annotated[int | None, _option("Keep the k likeliest values.", _HOW)] = None,
    top_p: Annotated[float | None, _option("Notes: keep this share of chance.", _HOW)] = None,
    min_p: Annotated[float | None, _option("Least share of the likeliest.", _HOW)] = None,
    guidance: Annotated[float | None, _option("Weight of the mood (2).", _HOW)] = None,
    checkpoint: Annotated[Path | None, _option("A model's folder.", _HOW)] = None,
    engine: Annotated[
        str | None, _option("onnx, onnx-fp32, numpy or torch (onnx).", _HOW)
    ] = None,
    no_humanise: Annotated[bool, _option("Stay on the grid.", _HOW, "--no-humanise")] = False,
    output: Annotated[
        Path | None,
        _option(
            "The MIDI file, - for stdout, or the folder of many.", _WHERE, "-o", "--output"
        ),
    ] = None,
    audio: Annotated[
        Path | None, _option("Also .wav .flac .ogg .mp3; of many: mp3.", _WHERE)
    ] = None,
    sidecar: Annotated[
        bool, _option("Also what made it and what it keeps, as .json.", _WHERE, "--sidecar")
    ] = False,
    strict: Annotated[
        bool, _option("End with 7 where a wish was not kept.", _WHERE, "--strict")
    ] = False,
    force: Annotated[bool, _option("Replace files.", _WHERE, "--force")] = False,
    as_json: Annotated[bool, _option("Describe the pieces.", _WHERE, "--json")] = False,
    quiet: Annotated[bool, _option("Say nothing.", _WHERE, "-q", "--quiet")] = False,
) -> None:
    """Compose music and write it as MIDI (and as sound, with --audio)."""
    from composer.api import Sampling, seeds_of  # noqa: PLC0415 - for a light --help

    flags = said(
        mood=mood, valence=valence, arousal=arousal, style=style, key=key, tempo=tempo,
        meter=meter, bars=bars, seconds=seconds, duration=duration, hit=hit, cues=cues, fps=fps,
        instruments=instruments, tracks=tracks, chords=chords, progression=progression,
        form=form, vary=vary, intensity=intensity, arc=arc, swing=swing, plan=plan,
    )  # fmt: skip
    freedom = said(
        temperature=temperature, top_k=top_k, top_p=top_p, min_p=min_p, guidance=guidance
    )
    options = {"sampling": Sampling(**freedom)} | ({"humanised": 0.0} if no_humanise else {})
    model = said(checkpoint=checkpoint, engine=engine)
    messages = Messages(as_json, quiet, sidecar, strict, words_of(text, **flags))
    folder = batch_folder(output, plan, count=count, jobs=jobs, ray=ray)
    if folder is not None:
        way = way_of(options | said(tries=tries), model, audio, tail, messages)
        orders, faults = _orders(mood or style or "", text, seed, count, quiet=quiet, **flags)
        workers = workers_of(jobs, ray)
        _tell_tail(tail, audio, quiet=quiet)
        compose_many(orders, faults, folder, way, workers, messages=messages, force=force)
        return
    asked = request_of(text, quiet=quiet, **flags)
    if seed is None:
        seed = asked.seed
    seeds = seeds_of(seed, count)
    check_stream(output, sidecar, as_json, seeds=seeds)
    outputs = outputs_of(seeds, mood or style or "piece", output, audio, tail, force=force)
    for files in outputs:
        if sidecar:
            check_output(files.midi.with_suffix(".json"), overwrite=force)
    wanted = zip(seeds, outputs, strict=True)
    _tell_tail(tail, audio, quiet=quiet)
    _compose(model, asked, wanted, options, messages, tries=tries, force=force)


def _tell_tail(tail: str | None, audio: object, *, quiet: bool) -> None:
    """Tell that a tail is nothing where no sound is made."""
    if tail is not None and audio is None:
        say("composer: --tail says how sound ends: without --audio there is none", quiet=quiet)


def _orders(
    name: str,
    text: str | None,
    seed: int | None,
    count: int,
    *,
    quiet: bool,
    plan: Path | None = None,
    **flags: Any,
) -> "tuple[list[Order], list[str]]":
    """What a batch composes, and a line for each plan of a folder that can't be read."""
    from composer.batch import orders_of, orders_of_folder  # noqa: PLC0415 - light --help

    if plan is not None and plan.is_dir():
        check_alone(plan, **flags, text=text)
        return orders_of_folder(plan, seed, count)
    asked = request_of(text, quiet=quiet, plan=plan, **flags)
    return orders_of(stem_of(name) if plan is None else plan.stem, asked, seed, count), []


def _compose(
    model: dict[str, Any],
    plan: "Plan",
    wanted: Iterable[tuple[int, Outputs]],
    options: dict[str, Any],
    messages: Messages,
    *,
    tries: int | None,
    force: bool,
) -> None:
    """Compose each wanted piece and write it as soon as it is there."""
    from composer.api import Composer  # noqa: PLC0415 - for a light --help

    composer, made = Composer.load(**model), []
    missed: list[str] = []
    for seed, files in wanted:
        label = f"Composing {files.midi.name}"
        with progress(label, "bars", quiet=messages.quiet) as report:
            piece = composer.compose(
                plan, seed=seed, on_progress=report, **said(tries=tries), **options
            )
        _write(piece, files, force=force, quiet=messages.quiet)
        if messages.sidecar or messages.strict:
            missed += _checked(piece, plan, files, options | model, messages, force=force)
        made.append(piece.as_json() | (messages.words or {}) | files.as_json())
        if not messages.as_json and files.midi != STREAM:
            put(str(files.midi))
    if messages.as_json:
        put_json(made)
    if messages.strict and missed:
        raise ControlError("; ".join(missed))


def _checked(
    piece: "Piece",
    asked: "Plan",
    files: Outputs,
    made_with: dict[str, Any],
    messages: Messages,
    *,
    force: bool,
) -> list[str]:
    """Write the sidecar where wanted; what was not kept, as one text for the piece."""
    from composer.api import sidecar  # noqa: PLC0415 - for a light --help

    told = sidecar(piece, asked, words=messages.words, **made_with)
    if messages.sidecar:
        path = files.midi.with_suffix(".json")
        write_whole(path, f"{json.dumps(told, indent=2)}\n".encode(), overwrite=force)
        say(f"{path}", quiet=messages.quiet)
    names = [
        f"{one['name']} {one['place']}".strip()
        for one in told["controls"]
        if not one["is_kept"]
    ]
    return [f"{files.midi}: not kept: {', '.join(names)}"] if names else []


def _write(piece: "Piece", files: Outputs, *, force: bool, quiet: bool) -> None:
    """Write a piece's files and tell what it is."""
    from composer.midi import midi_bytes  # noqa: PLC0415 - for a light --help

    if files.midi == STREAM:
        put_bytes(midi_bytes(piece.score))
    else:
        piece.save(files.midi, overwrite=force)
    say(f"{files.midi}: {piece.summary} (--seed {piece.seed})", quiet=quiet)
    if piece.choice:
        say(f"{files.midi}: {piece.choice}", quiet=quiet)
    if files.audio is not None:
        with progress(f"Playing {files.audio.name}", "seconds", quiet=quiet) as report:
            piece.render(files.audio, overwrite=force, tail=files.tail, progress=report)
        say(f"{files.audio}", quiet=quiet)

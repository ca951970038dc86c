"""The report: what was measured, as a page in Markdown."""

from collections.abc import Callable

from figures import Part, costs, late_over_early, ratio, spread, table, values, which_files
from goals import Parts, goals
from report_decoding import decoding, engines, how_counted

BUSY = 1.2
"""From this many times the processor time on, real time says that others took turns."""
_PREFACE = """# Speed

*Written by `python benchmarks/run.py`; every value of every round is in `speed.json`.*

All contenders of a table take turns, round by round, in one process on one thread. A figure
is the median over the rounds, with the least and the most beside it; a ratio is the median of
the rounds' own ratios, and its row names both sides. Times are processor time, which on one
thread is real time without other programs' turns, unless *real* is said.
"""


def page(parts: Parts) -> str:
    """The whole page."""
    blocks = [_PREFACE, _machine(parts), _goals(parts)]
    if "decode" in parts:
        blocks.append(how_counted(parts["decode"]))
    blocks += [section(parts[name]) for name, section in SECTIONS.items() if name in parts]
    return "\n".join(blocks)


def _machine(parts: Parts) -> str:
    """Where and when, and whether anything else ran."""
    rows = []
    for name, part in parts.items():
        told = part["machine"]
        slower = part["real_seconds"] / part["processor_seconds"]
        # the parent of whole processes waits for them, and uses no time itself
        shared = "-" if name == "processes" else f"{slower:.1f}"
        if name != "processes" and slower >= BUSY:
            shared += " **busy**"
        load = f"{told['load']:.1f} to {told['load_after']:.1f}"
        rounds = f"{part['rounds']}{' **quick**' if part['is_quick'] else ''}"
        rows.append([name, part["when"], rounds, load, shared])
    told = next(iter(parts.values()))["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in told["packages"].items())
    head = ["part", "ended", "rounds", "load", "real / processor time"]
    return (
        f"Machine: {told['processor']}, {told['cores']} cores, {told['memory_gb']:.0f} GB, "
        f"{told['system']}, Python {told['python']}; {packages}.\n\n{table(head, rows)}\n\n"
        "*busy*: other programs shared the cores, and with them caches and memory; real times "
        "(whole processes) are then too long.\n"
    )


def _goals(parts: Parts) -> str:
    rows = [
        [goal, told, "met" if is_met else "**missed**"] for goal, told, is_met in goals(parts)
    ]
    return f"## Goals\n\n{table(['goal', 'measured', ''], rows)}\n"


def _network(part: Part) -> str:
    contexts = [str(context) for context in part["contexts"]]
    rows = [
        [name, *(spread([1000 * s for s in values(part, name, c)], 3) for c in contexts)]
        for name in part["samples"]
    ]
    own, best = "composer, onnx", "CTranslate2, int8"
    times = [ratio(values(part, own, c), values(part, best, c)) for c in contexts]
    rows.append([f"{own} / {best}", *(f"{one:.2f}" for one in times)])
    settings = list(part["shares"])
    shares = [
        [kind, *(spread(part["shares"][name][kind]) for name in settings)]
        for kind in part["shares"][settings[0]]
    ]
    outside = [[place, f"{share:.0f}"] for place, share in part["outside"].items()]
    return f"""\
## The network's step

One event through the layers, mean from an empty context to a full one. CTranslate2 runs
layers of the shipped checkpoint's sizes with random weights.

{table(["ms a step", *(f"context {context}" for context in contexts)], rows)}

## Where the time goes

{part["bars"]} bars for four parts with the default engine. *All else* is grammar, sampling,
harmony, judging the tries, shaping the plan, playing.

{table(["% of a piece's time", *settings], shares)}

Outside the engine, by file (% of that time, plain, as a profiler sees it, to which small
functions look dearer than they are):

{table(["file", "%"], outside)}
"""


def _processes(part: Part) -> str:
    measures = (("real", 2), ("processor", 2), ("peak", 0))
    rows = [
        [name, *(spread(values(part, name, measure), digits) for measure, digits in measures)]
        for name in part["samples"]
    ]
    torch = 'python -c "import torch"'
    ratios = [
        [
            f"{name} / {torch}",
            *(
                f"{ratio(values(part, name, clock), values(part, torch, clock)):.2f}"
                for clock in ("real", "processor")
            ),
        ]
        for name in part["samples"]
        if "bars" in name
    ]
    told = ""
    if "size" in part:
        sizes = [[name, f"{megabytes:.0f}"] for name, megabytes in part["size"].items()]
        told = f"\nA new environment after `pip install .`:\n\n{table(['', 'MB'], sizes)}\n"
    return f"""\
## Whole processes

From a process's start to its end, with its files written; the system had read the program
before. A sad piece for four parts, as by default unless *plain*.

{table(["command", "real s", "processor s", "peak MB"], rows)}

{table(["seconds / seconds", "real", "processor"], ratios)}
{told}"""


def _length(part: Part) -> str:
    counts = ("all", "written", "events")
    rows, times = [], []
    for kind in part["samples"]:
        for place in ("early", "middle", "late"):
            found = [[1000 * cost for cost in costs(part, kind, place, one)] for one in counts]
            rows.append(
                [f"{kind}, around bar {part[place]}", *(spread(one, 2) for one in found)]
            )
        late = [f"{late_over_early(part, kind, what):.2f}" for what in counts]
        rows.append([f"{kind}, late / early", *late])
        whole, first = (
            spread(values(part, kind, w), 2) for w in ("whole", "plan and first bar")
        )
        times.append([f"{kind}, {part['pieces'][kind]} pieces", whole, first])
    stretch, context = 2 * part["half"], part["context"]
    return f"""\
## Cost against length

Pieces of {part["bars"]} bars, plain, context {context}; {stretch} bars around each place. In
the usual form most later bars return, and the events that say so count against few new notes.
A step is dearer the fuller the context is: early it fills, later it stays between half full and
full, so what bars 100 and 200 cost says whether cost still grows.

{table(["ms", "a note", "a note written", "an event"], rows)}

{table(["s", "all bars", "of it plan and first bar"], times)}
"""


def _training(part: Part) -> str:
    plain = "nanoGPT's manner"
    per_note = {"composer": part["events_per_note"], plain: part["tokens_per_note"]}
    rows = []
    for name in part["samples"]:
        found, each = values(part, name, "per second"), per_note[name.rpartition(",")[0]]
        rows.append([name, spread(found), spread([speed / each for speed in found])])
    for kind in ("bf16", "fp32"):
        own, theirs = (
            values(part, f"{who}, {kind}", "per second") for who in ("composer", plain)
        )
        times, gain = ratio(own, theirs), per_note[plain] / per_note["composer"]
        rows.append([f"composer / {plain}, {kind}", f"{times:.2f}", f"{gain * times:.2f}"])
    window, files = part["context"], which_files(part["files"])
    return f"""\
## Training

Steps of about {4 * window:,} events (tokens) in windows of at most {window:,}; as many weights
as the shipped checkpoint. The plain loop has one softmax a token and random tokens; composer
draws and writes its windows anew, and predicts up to 15 attributes an event. A note takes
{per_note["composer"]:.2f} events or {per_note[plain]:.2f} tokens in {files}.

{table(["", "events or tokens/s", "notes/s"], rows)}
"""


def _rendering(part: Part) -> str:
    players = [name for name in part["samples"] if "play" in part["samples"][name]]
    rows = [[name, spread(values(part, name, "play"), 2)] for name in players]
    rows += [
        [f"composer, {work} what was played", spread(values(part, "composer", work), 2)]
        for work in ("master", "write")
    ]
    own = "composer, fluidsynth"
    rows += [
        [
            f"{own} / {name}",
            f"{ratio(values(part, own, 'play'), values(part, name, 'play')):.2f}",
        ]
        for name in players
        if own in players and not name.startswith("composer")
    ]
    missing = "".join(f"\nNot measured: {name}.\n" for name in part["missing"])
    return f"""\
## Rendering

A piece of {part["seconds"]:.0f} s and {part["notes"]} notes, {part["font"]}, 44.1 kHz,
to samples in memory. FluidSynth's own player, which reads the MIDI file, is what its command
line runs with `-F`. Composer also plays what rings on after the end, and has 1,024 voices
where the player has 256.

{table(["", "s"], rows)}
{missing}"""


def _midi(part: Part) -> str:
    rows = [
        [name, spread([part["notes"] / 1000 / seconds for seconds in found], 1)]
        for name, works in part["samples"].items()
        for found in works.values()
    ]
    for own, theirs, work in (
        ("composer", "symusic", "read"),
        ("composer", "mido", "read"),
        ("composer, encoding", "MidiTok, encoding", "encode"),
    ):
        times = ratio(values(part, theirs, work), values(part, own, work))
        rows.append([f"{own} / {theirs}", f"{times:.3f}"])
    counts = ", ".join(f"{number:,} {what}" for what, number in part["counts"].items())
    return f"""\
## MIDI

{which_files(part["files"])}, {part["notes"]:,} notes: {counts}. Composer reads with
mido, in Python, and mends what is wrong; symusic, on which MidiTok stands, parses in
C++. Before it encodes, composer hears the plan, for which MidiTok has no counterpart.

{table(["", "thousand notes/s"], rows)}
"""


SECTIONS: dict[str, Callable[[Part], str]] = {
    "decode": decoding("One piece at a time"),
    "batch": decoding("Eight at a time"),
    "long": decoding("A context of 2,048"),
    "engines": engines,
    "network": _network,
    "processes": _processes,
    "length": _length,
    "training": _training,
    "rendering": _rendering,
    "midi": _midi,
}
"""Every part that the page shows, in order."""

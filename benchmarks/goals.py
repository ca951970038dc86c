"""The goals, and what was measured against each."""

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from figures import (
    COMPOSER,
    DEFAULT,
    SIX_FIELDS,
    Part,
    faster_stream,
    late_over_early,
    ratio,
    times_as_fast,
    values,
)

Goal = tuple[str, str, bool]
"""What is wanted, what was measured, whether it is met."""
Parts = Mapping[str, Part]


def goals(parts: Parts) -> list[Goal]:
    """Every goal whose part was measured."""
    return [
        goal for name, judge in _JUDGES.items() if name in parts for goal in judge(parts[name])
    ]


def _decoding(part: Part) -> Iterator[Goal]:
    for name, what in ((COMPOSER, "plain"), (DEFAULT, "as by default")):
        for peer, count, wanted in (
            ("stream", "written", 8),
            (SIX_FIELDS, "written", 5),
            ("stream", "all", 15),
        ):
            found = {}
            for context in map(str, part["contexts"]):
                rival = faster_stream(part, context) if peer == "stream" else peer
                found[context] = times_as_fast(part, name, rival, context, count)
            counted = "only notes the model wrote" if count == "written" else "all notes"
            rival = "the faster Hugging Face stream" if peer == "stream" else peer
            told = ", ".join(f"{times:.1f} ({context})" for context, times in found.items())
            yield (
                f"{wanted} times the notes/s of {rival}, {counted} (composer {what}; context)",
                told,
                min(found.values()) >= wanted,
            )


def _network(part: Part) -> Iterator[Goal]:
    for context in map(str, part["contexts"]):
        own = values(part, "composer, onnx", context)
        times = ratio(own, values(part, "CTranslate2, int8", context))
        yield (
            f"a step at most 1.15 times as long as in CTranslate2, int8 (context {context})",
            f"{times:.2f}",
            times <= 1.15,
        )
    for name, found in part["shares"].items():
        share = 100 - median(found["ONNX Runtime itself"])
        yield (
            f"under 15 % of the time outside the network ({name}, {part['bars']} bars)",
            f"{share:.0f} % (outside the whole engine: {median(found['all else']):.0f} %)",
            share < 15,
        )


def _processes(part: Part) -> Iterator[Goal]:
    piece = f"{part['bars']} bars to MIDI and WAV"
    seconds = median(values(part, piece, "real"))
    limit = max(10.0, 3 * median(values(part, 'python -c "import torch"', "real")))
    yield (
        f"{piece}, from a new process, within 10 s or 3 times `import torch`",
        f"{seconds:.1f} s of {limit:.1f} s",
        seconds <= limit,
    )
    for name in (f"{part['bars']} bars to MIDI", piece):
        peak = median(values(part, name, "peak"))
        yield f"peak memory of `generate` under 400 MB ({name})", f"{peak:.0f} MB", peak < 400
    if "size" in part:
        size = part["size"]["environment"]
        yield "installed without `train` under 450 MB", f"{size:.0f} MB", size < 450


def _length(part: Part) -> Iterator[Goal]:
    early, late = part["early"], part["late"]
    for kind in part["samples"]:
        times = late_over_early(part, kind, "all")
        yield (
            f"a note at bar {late} at most 1.5 times as dear as at bar {early} ({kind})",
            f"{times:.2f}",
            times <= 1.5,
        )


_JUDGES: Mapping[str, Callable[[Part], Iterator[Goal]]] = {
    "decode": _decoding,
    "network": _network,
    "processes": _processes,
    "length": _length,
}

"""What the measurements say: rates, medians, spread, ratios.

A part is the JSON object that a benchmark told; ``samples`` holds one value a round, so that
a ratio is the median of each round's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

Part = dict[str, Any]
COMPOSER = "composer, plain"
DEFAULT = "composer, as by default"
STREAMS = ("Llama, Hugging Face generate", "GPT-2, Hugging Face generate")
BY_HAND = "torch by hand"
SIX_FIELDS = "six fields, x-transformers"


def values(part: Part, name: str, measure: str) -> list[float]:
    """A contender's values of one measure, one a round; empty where it was not measured."""
    found: list[float] = part["samples"].get(name, {}).get(measure, [])
    return found


def spread(found: Sequence[float], digits: int = 0) -> str:
    """The median, and the least and the most where there are several."""
    if not found:
        return "-"
    ends = f" ({min(found):,.{digits}f}-{max(found):,.{digits}f})" if len(found) > 1 else ""
    return f"{median(found):,.{digits}f}{ends}"


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median over the rounds of how many times ``below`` goes into ``above``."""
    return median(a / b for a, b in zip(above, below, strict=True))


def notes_per_second(part: Part, name: str, context: str, count: str) -> list[float]:
    """Notes a second of a contender in a decoding part.

    ``count`` is ``written`` or ``all``; peers copy nothing, so theirs are the same. A stream's
    tokens are notes by what MidiTok takes a note; a step of six fields is a note.
    """
    amounts = part["amounts"][name][context]
    if count in amounts:
        notes = amounts[count]
    else:
        notes = amounts["steps"] / (1 if name == SIX_FIELDS else part["tokens_per_note"])
    return [notes / seconds for seconds in values(part, name, context)]


def faster_stream(part: Part, context: str) -> str:
    """The one of Hugging Face's two networks that wrote faster."""
    return min(STREAMS, key=lambda name: median(values(part, name, context)))


def times_as_fast(part: Part, name: str, peer: str, context: str, count: str) -> float:
    """How many times as many notes a second a contender writes as a peer."""
    own, theirs = (notes_per_second(part, one, context, count) for one in (name, peer))
    return ratio(own, theirs)


def costs(part: Part, kind: str, place: str, amount: str) -> list[float]:
    """In the part ``length``: seconds that a note (or event) takes early or late in a kind."""
    count = part["amounts"][kind][place][amount]
    return [seconds / count for seconds in values(part, kind, place)]


def late_over_early(part: Part, kind: str, amount: str) -> float:
    """What a note (or event) costs late, over what it costs early."""
    return ratio(costs(part, kind, "late", amount), costs(part, kind, "early", amount))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; every column but the first is set right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def which_files(told: Mapping[str, object]) -> str:
    """How many files were read, and where they lay."""
    where = "of a folder given with `--midi`" if told["is_given"] else "in `docs/pieces`"
    return f"{told['count']} MIDI files {where}"

"""The figures of an evaluated checkpoint as a section of docs/evaluation.md."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from composer.errors import InputError

HEADING = "## A checkpoint against real music"
"""The page's last section: from here on it is written anew."""

_TABLES = {"labeller": "Ten-fold cross-validation", "second judge": "### The second judge"}
"""What stands before each judge's table of accuracies on real music in docs/moods.md."""
_AXES = (("valence", 2), ("arousal", 4), ("quadrants", 6))
"""An agreement's name, and its column in those tables."""

_WRITTEN = """\
*Written by `python -m composer.lab.evaluate_checkpoint` from {count} pieces over the four
quadrants at default settings, {first} to {last} (mood and seed).*"""
_MOODS = """\
Shares of pieces heard on the asked side, with 95 % bootstrap intervals. Below them the same
judges on real music that people judged (docs/moods.md)."""
_RATIOS = """\
Ratios as above; 1.0 is real music against itself. *Matched* are {matched} pieces, as many of
each mood quadrant as the rarest has, in sets of {matched_size}: quadrants were asked for
equally often, so this compares like with like. *All* are {all} pieces, most of them excited,
in sets of {all_size}. Both are band, game and orchestral music, one piece a song, held out or
learnt from: held out alone there are too few."""

Rows = dict[str, list[str]]
_UNTOLD: dict[str, Any] = {"ratio": None}


def real_accuracies(page: Path) -> dict[str, Rows]:
    """Each judge's accuracy on real music people judged: set to its row of docs/moods.md.

    Raises InputError where the page lacks a table.
    """
    text = page.read_text("utf-8")
    found: dict[str, Rows] = {}
    for who, before in _TABLES.items():
        table = text.partition(before)[2].partition("\n\n|")[2].partition("\n\n")[0]
        rows = [line.split("|")[1:-1] for line in f"|{table}".splitlines()[2:]]
        cells = [[cell.strip() for cell in row] for row in rows]
        if not cells:
            raise InputError(f"{page} has no table after {before!r}")
        found[who] = {row[0]: [row[column] for _, column in _AXES] for row in cells}
    return found


def with_section(page: str, text: str) -> str:
    """The page with its last section replaced, or with one more."""
    return f"{page.partition(HEADING)[0].rstrip()}\n\n{text}"


def section(found: dict[str, Any], real: dict[str, Rows], before: dict[str, Any] | None) -> str:
    """The whole section; ``real`` as ``real_accuracies`` gives it.

    Raises InputError where ``before`` was measured in sets of another size: the smaller the
    sets, the nearer to 1 is every ratio.
    """
    sizes = [
        one["evaluation"]["matched"]["set_size"] for one in (before, found) if one is not None
    ]
    if len(set(sizes)) > 1:
        raise InputError("ratios of sets of {} and of {} do not compare".format(*sizes))
    whole = found["evaluation"]["matched"]
    everything = found["evaluation"]["all"]
    paragraphs = [
        HEADING,
        _WRITTEN.format(
            count=len(found["pieces"]), first=found["pieces"][0], last=found["pieces"][-1]
        ),
        "### Moods as they were asked",
        _MOODS,
        "\n".join(_moods(found, real, before)),
        "### Distance to real music",
        _RATIOS.format(
            matched=whole["reference_pieces"],
            matched_size=whole["set_size"],
            all=everything["reference_pieces"],
            all_size=everything["set_size"],
        ),
        "\n".join(_metrics(found, before)),
        "\n".join(_medians(found, before)),
        f"Planned and heard: {_harmony(found['harmony'])}.",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _moods(
    found: dict[str, Any], real: dict[str, Rows], before: dict[str, Any] | None
) -> Iterator[str]:
    """One table: each judge on all pieces, each quadrant, an earlier run, and real music."""
    yield "| judge | music | pieces | valence | arousal | quadrant |"
    yield "|---|---|---:|---:|---:|---:|"
    for who, groups in found["moods"].items():
        for name, told in groups.items():
            music = "composed" if name == "all" else f"... asked {name}"
            yield _mood_row(who, music, told)
        if before is not None:
            yield _mood_row(who, "composed before", before["moods"][who]["all"])
        for name, cells in real[who].items():
            yield f"| {who} | real: {name} | | {' | '.join(cells)} |"


def _mood_row(who: str, music: str, told: dict[str, Any]) -> str:
    cells = " | ".join(_interval(told[axis]) for axis, _ in _AXES)
    return f"| {who} | {music} | {told['pieces']} | {cells} |"


def _interval(told: dict[str, float]) -> str:
    return f"{told['value']:.2f} ({told['low']:.2f}-{told['high']:.2f})"


def _metrics(found: dict[str, Any], before: dict[str, Any] | None) -> Iterator[str]:
    """A row for each metric, the farthest from the matched reference first."""
    earlier = {} if before is None else _by_name(before, "matched")
    everything = _by_name(found, "all")
    rows = sorted(
        _by_name(found, "matched").items(), key=lambda pair: -(_value(pair[1]) or 0.0)
    )
    head = ["metric", "matched", "all", "composed", "matched real"]
    head += ["matched, before"] if before is not None else []
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for name, told in rows:
        cells = [name, _ratio(told), _ratio(everything[name])]
        cells += [_mean(told["mean"]), _mean(told["reference_mean"])]
        cells += [_ratio(earlier[name])] if name in earlier else []
        yield f"| {' | '.join(cells)} |"


def _by_name(found: dict[str, Any], reference: str) -> dict[str, dict[str, Any]]:
    return {told["name"]: told for told in found["evaluation"][reference]["metrics"]}


def _value(told: dict[str, Any]) -> float | None:
    return None if told["ratio"] is None else float(told["ratio"]["value"])


def _ratio(told: dict[str, Any]) -> str:
    return "too few" if told["ratio"] is None else _interval(told["ratio"])


def _mean(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _medians(found: dict[str, Any], before: dict[str, Any] | None) -> Iterator[str]:
    """The median ratios, and which metrics came nearer since an earlier run."""
    whole = found["evaluation"]
    yield (
        f"Median ratio: matched {_interval(whole['matched']['median_ratio'])}, "
        f"all {_interval(whole['all']['median_ratio'])}."
    )
    if before is not None:
        earlier = before["evaluation"]
        old, new = _by_name(before, "matched"), _by_name(found, "matched")
        changes = {
            name: now - then
            for name, told in old.items()
            if (then := _value(told)) is not None
            and (now := _value(new.get(name, _UNTOLD))) is not None
        }
        farther = [name for name, change in changes.items() if change > 0]
        nearer = sum(change < 0 for change in changes.values())
        yield (
            f"Before{_what(before)}: matched {_interval(earlier['matched']['median_ratio'])}, "
            f"all {_interval(earlier['all']['median_ratio'])}. "
            f"Of {len(changes)} metrics {nearer} are nearer now; "
            f"the median change is {median(changes.values()):+.2f}."
        )
        yield f"Farther than before: {', '.join(farther) or 'none'}."


def _what(before: dict[str, Any]) -> str:
    """What the earlier pieces are, where their file tells."""
    name = before.get("name")
    return f" ({name}, {len(before['pieces'])} pieces)" if name else ""


def _harmony(told: dict[str, float | None]) -> str:
    words = {
        "key": "keys",
        "defined": "chords that the notes define",
        "agreed": "chords that the notes agree with",
        "melody": "melody notes of the chord",
    }
    return ", ".join(
        f"{words[name]} {value:.2f}" for name, value in told.items() if value is not None
    )

"""How well requests in words are read: right, missed, wrong or invented, by attribute.

    python -m composer.lab.confusions tests/data/briefs.jsonl ...

A line of a file is JSON: ``text``, ``expect`` (attribute to what a musician would understand)
and ``may`` (attributes that are welcome but not asked for). An attribute that is found though
it stands in neither is invented. Files without ``may`` have that told of key, meter and length
only.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import hypot, isclose
from pathlib import Path
from typing import Any

from composer.plan import Plan, PlanPart
from composer.plan.moods import find_mood
from composer.request import build_plan
from composer.request.cues import read_hit
from composer.request.cues_timecode import read_time
from composer.request.text import Understood, understand
from composer.score import find_instrument, parse_key

OUTCOMES = ("right", "missed", "wrong", "invented")
_NEAR_MOOD = 0.45
_HEARD_SWING = 1.2
_LENGTH_TOLERANCE = 0.02
_TEMPO_TOLERANCE = 0.02
_FAMILIES = {"guitar": 3, "bass": 4, "organ": 2, "brass": 7, "brass section": 7}
"""Words that any instrument of a General MIDI family (program divided by 8) fulfils."""

_SURE = ("key", "meter", "bars", "seconds")
_TOLD = (*_SURE, "chords", "progression", "form", "swing", "intensity", "ritardando", "hits")
_COVERED = {"mode": "key", "keys": "key", "tempi": "tempo", "without": "instruments"}
"""Attribute to the one that fulfils it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One attribute of one sentence: what was wanted (None: nothing) and what came of it."""

    text: str
    attribute: str
    wanted: Any
    outcome: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence as it was read."""

    found: Understood
    plan: Plan

    @property
    def tempo_text(self) -> str:
        return str(self.found.wishes.get("tempo", ""))


def findings_of(path: Path) -> Iterator[Finding]:
    """Yield what became of every attribute of every sentence of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = understand(row["text"])
        reading = _Reading(found, build_plan(**found.wishes))
        expected = row["expect"]
        for name, wanted in expected.items():
            is_right = _is_right(name, wanted, reading)
            outcome = "right" if is_right else "wrong" if _is_there(name, reading) else "missed"
            yield Finding(row["text"], name, wanted, outcome)
        welcome = {*expected, *row.get("may", ()), *(_COVERED.get(n, n) for n in expected)}
        welcome |= {"ritardando"} if "tempi" in expected else set()
        for name in _TOLD if "may" in row else _SURE:
            if name not in welcome and _is_there(name, reading):
                yield Finding(row["text"], name, None, "invented")


def table_of(sets: Mapping[str, Sequence[Finding]]) -> list[str]:
    """The findings of each set counted, as a table in Markdown: right/missed/wrong/invented."""
    counts = {
        name: Counter((one.attribute, one.outcome) for one in findings)
        for name, findings in sets.items()
    }
    together = Counter(one.attribute for findings in sets.values() for one in findings)
    lines = [f"| attribute | {' | '.join(sets)} |", "|---|" + "---:|" * len(sets)]
    for attribute, _ in together.most_common():
        cells = [_cell([own[attribute, o] for o in OUTCOMES]) for own in counts.values()]
        lines.append(f"| {attribute} | {' | '.join(cells)} |")
    totals = [
        _cell([sum(n for (_, o), n in own.items() if o == outcome) for outcome in OUTCOMES])
        for own in counts.values()
    ]
    shares = [f"{share_right(findings):.1%}" for findings in sets.values()]
    return [
        *lines,
        f"| all | {' | '.join(totals)} |",
        f"| right | {' | '.join(shares)} |",
    ]


def share_right(findings: Sequence[Finding]) -> float:
    """Right ones among all that was expected or invented, 0-1."""
    return sum(one.outcome == "right" for one in findings) / max(1, len(findings))


def _cell(numbers: Sequence[int]) -> str:
    """``31/2/0/0``, nothing where there is nothing."""
    return "/".join(map(str, numbers)) if any(numbers) else ""


def _is_there(name: str, reading: _Reading) -> bool:
    """Whether anything was understood of an attribute."""
    wishes, plan = reading.found.wishes, reading.plan
    if name in ("mood", "not_mood"):
        return plan.mood.valence is not None
    if name == "intensity":
        return reading.found.intensity is not None
    if name in ("ritardando", "accelerando"):
        return name[:3] in reading.tempo_text
    if name == "seconds":
        return _seconds_of(reading) is not None
    if name == "ignored":
        return False
    return _COVERED.get(name, name) in wishes


def _is_right(name: str, wanted: Any, reading: _Reading) -> bool:
    """Whether an attribute is what was wanted."""
    rule = _RULES.get(name)
    if rule is not None:
        return rule(wanted, reading)
    return bool(reading.found.wishes.get(name) == wanted)


def _is_key(wanted: str, reading: _Reading) -> bool:
    return reading.plan.bars[0].key == parse_key(wanted)


def _are_keys(wanted: Sequence[str], reading: _Reading) -> bool:
    """Whether the piece goes through these keys, one after the other."""
    heard = [key for key, _ in groupby(bar.key for bar in reading.plan.bars)]
    return heard == list(map(parse_key, wanted))


def _is_mode(wanted: str, reading: _Reading) -> bool:
    key = reading.plan.bars[0].key
    return key is not None and key.mode == wanted


def _is_tempo(wanted: Sequence[float], reading: _Reading) -> bool:
    low, high = wanted
    return bool(reading.tempo_text) and low <= float(reading.tempo_text.split()[0]) <= high


def _are_tempi(wanted: Sequence[float], reading: _Reading) -> bool:
    """Whether the first and the last bar have these tempi."""
    ends = (reading.plan.bars[0].tempo_qpm, reading.plan.bars[-1].tempo_qpm)
    return all(
        qpm is not None and isclose(qpm, aim, rel_tol=_TEMPO_TOLERANCE)
        for qpm, aim in zip(ends, wanted, strict=True)
    )


def _seconds_of(reading: _Reading) -> float | None:
    """The length asked for, to the nearest bar or to a picture's frame."""
    duration = reading.found.wishes.get("duration")
    return reading.found.wishes.get("seconds") if duration is None else read_time(f"{duration}")


def _are_hits(wanted: Sequence[float], reading: _Reading) -> bool:
    return [read_hit(hit).seconds for hit in reading.found.wishes.get("hits") or ()] == wanted


def _is_length(wanted: float | list[float], reading: _Reading) -> bool:
    """Seconds within two limits, or to 2 % of one number."""
    low, high = wanted if isinstance(wanted, list) else [wanted] * 2
    got = _seconds_of(reading) or 0.0
    return bool(low * (1 - _LENGTH_TOLERANCE) <= got <= high * (1 + _LENGTH_TOLERANCE))


def _is_swung(_: bool, reading: _Reading) -> bool:  # noqa: FBT001 - all rules look the same
    return reading.plan.swing is not None and reading.plan.swing > _HEARD_SWING


def _is_told_ignored(wanted: Sequence[str], reading: _Reading) -> bool:
    return all(word in "".join(reading.found.leftover) for word in wanted)


def _is_arc(wanted: Sequence[str], reading: _Reading) -> bool:
    items = (reading.found.wishes.get("arc") or "").split()
    return [item.partition("@")[0] for item in items] == wanted


def _is_mood(wanted: str, reading: _Reading) -> bool:
    """Whether the mood lies near the wanted word's, or near one of several."""
    got = reading.plan.mood
    if got.valence is None or got.arousal is None:
        return False
    aims = [find_mood(words) for words in wanted.split("|")]
    return any(
        hypot((aim.valence or 0.0) - got.valence, (aim.arousal or 0.0) - got.arousal)
        < _NEAR_MOOD
        for aim in aims
    )


def _is_pleasant(_: str, reading: _Reading) -> bool:
    """Whether a mood that was denied (all in the data are unpleasant) was avoided."""
    return (reading.plan.mood.valence or 0.0) > 0


def _are_absent(wanted: Sequence[str], reading: _Reading) -> bool:
    """Whether parts are named, and none is of those denied."""
    parts = reading.plan.parts or ()
    return bool(parts) and not any(_plays(one, part) for one in wanted for part in parts)


def _are_players(wanted: Sequence[str], reading: _Reading) -> bool:
    """Whether the parts are those wanted, and no others unless ``...`` allows them."""
    parts = list(reading.plan.parts or ())
    for one in wanted:
        if one == "...":
            continue
        place = next((i for i, part in enumerate(parts) if _plays(one, part)), None)
        if place is None:
            return False
        del parts[place]
    return "..." in wanted or not parts


def _plays(wanted: str, part: PlanPart) -> bool:
    """Whether a part is what ``violin|fiddle:melody`` asks for."""
    names, _, roles = wanted.partition(":")
    if roles and part.role not in roles.split("|"):
        return False
    for name in names.split("|"):
        program, is_drums = find_instrument(name)
        if is_drums and part.is_drums:
            return True
        is_family = not part.is_drums and _FAMILIES.get(name) == (part.program or 0) // 8
        if not is_drums and not part.is_drums and (part.program == program or is_family):
            return True
    return False


_RULES: dict[str, Callable[[Any, _Reading], bool]] = {
    "mood": _is_mood,
    "not_mood": _is_pleasant,
    "arc": _is_arc,
    "key": _is_key,
    "keys": _are_keys,
    "mode": _is_mode,
    "tempo": _is_tempo,
    "tempi": _are_tempi,
    "ritardando": lambda _, reading: "rit" in reading.tempo_text,
    "accelerando": lambda _, reading: "acc" in reading.tempo_text,
    "hits": _are_hits,
    "meter": lambda wanted, reading: str(reading.plan.bars[0].meter) in wanted.split("|"),
    "seconds": _is_length,
    "intensity": lambda wanted, reading: reading.found.intensity in wanted.split("|"),
    "style": lambda wanted, reading: reading.plan.style in wanted.split("|"),
    "swing": _is_swung,
    "ignored": _is_told_ignored,
    "without": _are_absent,
    "instruments": _are_players,
}


def main() -> None:
    """Print the table of some files, and with ``--show`` what is not right."""
    parser = argparse.ArgumentParser("confusions", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="also what is not right")
    asked = parser.parse_args()
    sets = {path.stem: list(findings_of(path)) for path in asked.files}
    print("\n".join(table_of(sets)))  # noqa: T201
    for one in (one for findings in sets.values() for one in findings if asked.show):
        if one.outcome != "right":
            print(f"{one.outcome} {one.attribute} {one.wanted}: {one.text}")  # noqa: T201


if __name__ == "__main__":
    main()

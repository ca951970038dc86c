"""The table of the small comparison runs, as a page in Markdown.

    python -m composer.lab.compare_page docs/runs.json docs/runs.md

makes the page; with ``--add RUNS/results.jsonl`` the results are first taken into the JSON
file. Its ``readings`` are written by hand, everything else is measured.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.files import write_whole
from composer.lab.listening import per_note
from composer.lab.variants import BASE, BASE_CONFIG, BASE_RECIPE, VARIANTS

WANTED_SOURCES = frozenset(
    {
        "blasphemer",
        "ceoilmusic",
        "easyrpg-pr41",
        "easyrpg-rtp",
        "freedoom",
        "freedoom-submissions",
        "gbstudio-community",
        "lmms-demos",
        "openscore-orchestra",
        "simutrans",
        "tannerhelland",
    }
)
"""Held-out sources of band, game, electronic and orchestra music."""
Line = Mapping[str, Any]
Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """All runs of one variant; ``nats`` and ``base`` (runs, pieces), ``notes`` (pieces,).

    ``base`` holds the base's runs of the same seeds on the same music.
    """

    lines: Sequence[Line]
    nats: Figures
    base: Figures
    notes: Figures
    wanted: NDArray[np.bool_]

    def per_note(self, which: NDArray[np.bool_] | None = None) -> Figures:
        """Nats per note of each run, over the pieces ``which``."""
        chosen = np.ones(len(self.notes), bool) if which is None else which
        found: Figures = self.nats[:, chosen].sum(1) / self.notes[chosen].sum()
        return found

    def difference(self, which: NDArray[np.bool_] | None = None) -> tuple[float, float, float]:
        """Nats per note above the base, with a 95 % bootstrap interval over pieces."""
        chosen = np.ones(len(self.notes), bool) if which is None else which
        return per_note((self.nats - self.base).mean(0)[chosen], self.notes[chosen])

    def gap(self, name: str) -> float:
        """Nats per note that a plan with shuffled ``name`` costs: how much it is used."""
        shuffled = np.array([line["shuffled"][name] for line in self.lines])
        return float((shuffled - self.nats).sum() / (self.notes.sum() * len(self.nats)))


def rows(results: Sequence[Line]) -> dict[str, Row]:
    """The results by variant, in the order of ``VARIANTS``."""
    bases = {_music(line): line for line in results if line["variant"] == BASE}
    found = {}
    for name in VARIANTS:
        own = [line for line in results if line["variant"] == name and _music(line) in bases]
        if own:
            pieces = own[0]["pieces"]
            found[name] = Row(
                own,
                _nats(own),
                _nats([bases[_music(line)] for line in own]),
                np.array([notes for _, notes, _ in pieces], np.float64),
                np.array([source in WANTED_SOURCES for source, _, _ in pieces]),
            )
    return found


def _music(line: Line) -> tuple[int, str]:
    """What a run was trained on: only runs of the same music are compared."""
    return line["seed"], line.get("drawn", "")


def _nats(lines: Sequence[Line]) -> Figures:
    return np.array([[nats for _, _, nats in line["pieces"]] for line in lines])


def _spread(values: Figures) -> str:
    half = (values.max() - values.min()) / 2
    return f"{values.mean():.3f}" + (f" ± {half:.3f}" if len(values) > 1 else "")


def _signed(difference: tuple[float, float, float]) -> str:
    return "{:+.3f} [{:+.3f}, {:+.3f}]".format(*difference)


_COLUMNS: tuple[tuple[str, Callable[[str, Row], str]], ...] = (
    ("variant", lambda name, _: name),
    ("runs", lambda _, row: str(len(row.lines))),
    ("parameters", lambda _, row: f"{row.lines[0]['parameters'] / 1e6:.2f} M"),
    ("steps", lambda _, row: str(row.lines[0]["steps"])),
    ("events", lambda _, row: f"{row.lines[0]['events'] / 1000:.0f} k"),
    ("nats/note", lambda _, row: _spread(row.per_note())),
    ("to base", lambda _, row: _signed(row.difference())),
    ("band, game, orchestra", lambda _, row: _spread(row.per_note(row.wanted))),
    ("to base ", lambda _, row: _signed(row.difference(row.wanted))),
    ("chords", lambda _, row: f"{row.gap('chord'):+.3f}"),
    ("intensities", lambda _, row: f"{row.gap('intensity'):+.3f}"),
    ("sections", lambda _, row: f"{row.gap('section'):+.3f}"),
)


def page(results: Sequence[Line], readings: Mapping[str, str]) -> str:
    """The page: one table for each data that runs were trained on, the latest first.

    ``readings`` are by variant; ``all`` is said of all runs, ``on NAME`` of the data that
    ``drawn`` calls so (``on`` alone: of runs that do not name theirs).
    """
    groups: dict[str, list[Line]] = {}
    for line in results:
        groups.setdefault(line.get("drawn", ""), []).append(line)
    tables = {name: found for name, lines in groups.items() if BASE in (found := rows(lines))}
    said = [
        f"- **{name}** ({variant.idea}): {readings[name]}"
        for name, variant in VARIANTS.items()
        if name in readings and any(name in found for found in tables.values())
    ]
    return "\n".join(
        [
            _INTRODUCTION.format(
                layers=BASE_CONFIG.layers,
                width=BASE_CONFIG.width,
                context=BASE_CONFIG.context,
                events=BASE_RECIPE.events_per_step,
            ),
            *(
                line
                for name in reversed(tables)
                for line in _section(name, tables[name], readings.get(f"on {name}".strip(), ""))
            ),
            *("## Reading", "", readings.get("all", ""), "", *said, ""),
        ]
    )


def _section(name: str, found: Mapping[str, Row], about: str) -> list[str]:
    """The runs on the same data: heading, what they were, table."""
    table = [[make(each, row) for _, make in _COLUMNS] for each, row in found.items()]
    heads = [head.strip() for head, _ in _COLUMNS]
    base = found[BASE]
    basis = _BASIS.format(
        steps=base.lines[0]["base_steps"],
        seconds=np.mean([line["cpu_seconds"] for line in base.lines]),
        notes=int(base.notes.sum()),
        pieces=len(base.notes),
        wanted=int(base.notes[base.wanted].sum()),
    )
    cells = [heads, ["---"] * len(heads), *table]
    return [
        *(f"## On data {name}" if name else "## On earlier data", ""),
        *([about, ""] if about else []),
        *(basis, ""),
        *("| " + " | ".join(each) + " |" for each in cells),
        "",
    ]


_INTRODUCTION = """# Small comparison runs

*Written by `python -m composer.lab.compare_page`; the figures are in `runs.json`.*

What each choice is worth at equal compute. The base is composer with {layers} layers of width
{width} and a context of {context}, trained with steps of {events} events; a variant gets the
number of steps that the same CPU time buys, a step of each being timed in turns. One seed draws
the same pieces for every variant. A table holds the runs on the same data, drawn alike; the
figures of two tables can't be compared.

**nats/note** is the negative log-likelihood of the music given its plan, per note (copied notes
count), on the same held-out windows: up to five pieces a source, as many opening bars as fit
the context with every note written out (so references save less here than in whole pieces). ±
is half the distance between the runs. **to base** compares runs of the same seed on the same
music, piece by piece, with a 95 % bootstrap interval over pieces; it says nothing of how other
seeds would differ. The sources of band, game, electronic and orchestra music are told apart.
**chords**, **intensities**, **sections**: how many nats a note it costs to shuffle that row of
the plan among the bars; more means that the plan is listened to.

The runs are short: a difference says what is learnt sooner, and may shrink in a long run.
"""
_BASIS = """The base: {steps} steps, about {seconds:.0f} CPU seconds. Judged on {pieces} windows
with {notes:,} notes, {wanted:,} of them in band, game, electronic and orchestra music."""


def main() -> None:
    """Make the page."""
    parser = argparse.ArgumentParser("compare_page", description=__doc__)
    parser.add_argument("results", type=Path, help="JSON file of results and readings")
    parser.add_argument("page", type=Path, help="Markdown file to write")
    parser.add_argument("--add", type=Path, help="JSON lines of composer.lab.compare")
    args = parser.parse_args()
    found: dict[str, Any] = {"readings": {}, "results": []}
    if args.results.exists():
        found = json.loads(args.results.read_text("utf-8"))
    if args.add:
        found["results"] = merged(found["results"], args.add.read_text("utf-8").splitlines())
        write_whole(args.results, _as_json(found), overwrite=True)
    write_whole(args.page, page(found["results"], found["readings"]).encode(), overwrite=True)


def merged(results: Sequence[Line], added: Sequence[str]) -> list[Line]:
    """Results with more of them; a later run of the same variant and music replaces one."""
    lines = [*results, *map(json.loads, added)]
    return list({(line["variant"], *_music(line)): line for line in lines}.values())


def _as_json(found: Mapping[str, Any]) -> bytes:
    """One result a line, so that a change to one is a change to one line."""
    readings = json.dumps(found["readings"], indent=1, ensure_ascii=False)
    lines = ",\n".join(json.dumps(line, ensure_ascii=False) for line in found["results"])
    return f'{{"readings": {readings},\n"results": [\n{lines}\n]}}\n'.encode()


if __name__ == "__main__":
    main()

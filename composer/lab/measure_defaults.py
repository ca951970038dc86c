"""Measures what real soundtrack pieces of each mood have, for requests that leave it open.

    python -m composer.lab.measure_defaults prepared/train.npz

writes ``composer/request/defaults.json`` from the training shard (held-out music is never
read): a row for each song (one version of it) of band, game and orchestral music, with its
mood, tempo, meter, mode, intensity, ensemble and how much returns in it. No note of any piece
is in the table. Ensembles are left out where none leads, where nothing gives harmony or bass,
where one keyboard has more than two parts, and where synthesizers alone play: chip music has to
be asked for.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar

import numpy as np

from composer.analysis import PartTraits, traits_of
from composer.evaluation.excerpt import Excerpt
from composer.evaluation.form import new_bars, repetition_4, repetition_8, repetition_16
from composer.files import write_whole
from composer.lab.command import exit_code
from composer.lab.references import songs
from composer.lab.shards import Piece, Shard, is_known, read_shard
from composer.language import plan_of, score_of
from composer.plan import PlanBar, PlanPart, Role
from composer.request.defaults import TABLE
from composer.score import INSTRUMENT_RANGES, Mode, ticks_per_bar

T = TypeVar("T")

_LARGEST_ENSEMBLE = 8
_UNSUITED = frozenset({47, 55, 96, 101, 102, 103, *range(112, 128)})
"""Programs that a request must name to get: timpani and percussion with a pitch (they would
be given chords), orchestra hits, noises and sound effects."""
_CHIP = frozenset({38, 39, *range(80, 88)})
"""Basses and leads of synthesizers, which stand for consoles' voices where nothing else plays:
the sound of a machine, not of a mood."""
_KEYBOARDS = frozenset(range(24))
_MOST_ALIKE = 2
"""More parts of one keyboard are the voices of one player's score, not players."""
_CHORDAL = frozenset({*range(32), 46, 48, 49, 50, 51, 52, *range(88, 96)})
"""Programs that can carry a piece alone."""
_MOST_DENSE = 8.0
"""Notes a quarter; a part in 17 of drums has more, one in 128 of others: rolls, tremolos."""
_MEASURED_BARS = 32
"""Bars in which the reach of parts and what returns is measured."""
_LEAST_SEMITONES = 7
_SLOWEST_QPM, _FASTEST_QPM = 40.0, 220.0
_ROUND_QPM = 5
_SAME_TEMPO = 1.028
"""Half a step of the language's tempi."""
_REPETITION = (repetition_4, repetition_8, repetition_16, new_bars)
_USUAL_METERS = frozenset(
    {"2/2", "2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "6/8", "7/8", "9/8", "12/8"}
)


def _ensemble(piece: Piece, parts: Sequence[PlanPart]) -> list[list[Any]] | None:
    """[program, is_drums, role, register, density, low, high] of the busiest, drums first.

    A part that leads is never left out. Drums come before the others, as the model rests what
    comes late in a bar: written last they sounded in half of the bars of 20 excited pieces,
    written first in nearly all, as in real ones. None where the piece can't be played so.
    """
    notes = np.bincount(piece.sheet.notes[:, 1], minlength=len(parts))
    suited = [
        place
        for place, part in enumerate(parts)
        if notes[place] and (part.is_drums or _suits(part))
    ]
    ranked = sorted(
        suited, key=lambda place: (parts[place].role is not Role.MELODY, -notes[place])
    )
    chosen = [parts[place] for place in sorted(ranked[:_LARGEST_ENSEMBLE])]
    chosen.sort(key=lambda part: not part.is_drums)
    return list(map(_row, chosen)) if _is_whole(chosen) else None


def _measured_parts(piece: Piece, parts: Sequence[PlanPart]) -> list[PlanPart]:
    """The parts with the height and density that their notes have.

    The language has classes of these, and one class for all above 3 notes a quarter, where two
    thirds of the real drums lie.
    """

    def measured(part: PlanPart, traits: PartTraits | None, place: int) -> PlanPart:
        if traits is None:
            return part
        density = round(min(traits.density, _MOST_DENSE), 2)
        register = traits.register
        low, high = (None, None) if part.is_drums else _reach(piece, place, register)
        return replace(part, register=round(register, 1), density=density, low=low, high=high)

    traits = traits_of(score_of(piece.sheet))
    return list(map(measured, parts, traits, range(len(parts))))


def _reach(piece: Piece, part: int, register: float) -> tuple[int | None, int | None]:
    """Lowest and highest pitch of a part in the piece's opening; None where it rests there.

    A few notes alone are widened: in another key they are others.
    """
    notes = piece.sheet.notes
    own = notes[(notes[:, 1] == part) & (notes[:, 0] < _MEASURED_BARS), 3]
    if not len(own):
        return None, None
    low, high = int(own.min()), int(own.max())
    if not low <= register <= high:
        # it goes on at another height, to which its opening is moved
        steps = round(register - float(own.mean()))
        low, high = low + steps, high + steps
    wanting = max(0, _LEAST_SEMITONES - (high - low))
    return max(0, low - wanting // 2), min(127, high + wanting - wanting // 2)


def _repetition(piece: Piece) -> list[float] | None:
    """How alike its bars are 4, 8 and 16 apart, and the share of new ones; None if short."""
    excerpt = Excerpt(score_of(piece.sheet), _MEASURED_BARS)
    found = [measure(excerpt) for measure in _REPETITION]
    known = [round(value, 2) for value in found if value is not None]
    return known if len(known) == len(found) else None


def _suits(part: PlanPart) -> bool:
    """Whether an instrument can play its part: chip music gives an oboe the bass."""
    if part.program is None or part.program in _UNSUITED:
        return False
    low, high = INSTRUMENT_RANGES[part.program]
    return part.register is None or low <= part.register <= high


def _is_whole(parts: Sequence[PlanPart]) -> bool:
    """Whether someone leads, someone gives bass or harmony, and all can be told apart."""
    roles = {part.role for part in parts}
    pitched = [part for part in parts if not part.is_drums]
    players = Counter(part.program for part in pitched)
    if Role.MELODY not in roles or None in players or players.keys() <= _CHIP:
        return False
    if any(players[program] > _MOST_ALIKE for program in _KEYBOARDS):
        return False
    if len(pitched) == 1:
        return pitched[0].program in _CHORDAL
    return Role.BASS in roles or (len(pitched) == 2 and bool(roles & {Role.HARMONY, Role.PAD}))


def _row(part: PlanPart) -> list[Any]:
    reach = (part.low, part.high)
    return [part.program, part.is_drums, str(part.role), part.register, part.density, *reach]


def _longest(pairs: Iterable[tuple[T, int]]) -> T:
    """What holds for the most ticks."""
    held: Counter[T] = Counter()
    for value, ticks in pairs:
        held[value] += ticks
    return held.most_common(1)[0][0]


def _tempo_qpm(bars: Sequence[PlanBar]) -> int | None:
    """The tempo that holds longest, as people write it; None where it is no musical tempo."""
    qpm = _longest((bar.tempo_qpm or 0.0, _ticks(bar)) for bar in bars)
    if not _SLOWEST_QPM <= qpm <= _FASTEST_QPM:
        return None
    even = round(qpm / _ROUND_QPM) * _ROUND_QPM
    return even if max(even, qpm) / min(even, qpm) <= _SAME_TEMPO else round(qpm)


def _ticks(bar: PlanBar) -> int:
    return 0 if bar.meter is None else ticks_per_bar(bar.meter)


def _meter(bars: Sequence[PlanBar]) -> str | None:
    """The meter that holds longest; None where it is unusual enough to be the file's fault."""
    meter = str(_longest((bar.meter, _ticks(bar)) for bar in bars))
    return meter if meter in _USUAL_METERS else None


def _measured(piece: Piece) -> dict[str, Any]:
    """One row."""
    plan = plan_of(piece.sheet.parts, piece.sheet.bars)
    modes = Counter(bar.key.mode for bar in plan.bars if bar.key is not None)
    levels = [bar.intensity for bar in plan.bars if bar.intensity is not None]
    return {
        "style": piece.style,
        "valence": round(piece.valence, 2),
        "arousal": round(piece.arousal, 2),
        "tempo_qpm": _tempo_qpm(plan.bars),
        "meter": _meter(plan.bars),
        "is_minor": modes[Mode.MINOR] > modes[Mode.MAJOR],
        "intensity": round(fmean(levels), 2),
        "ensemble": _ensemble(piece, _measured_parts(piece, plan.parts or ())),
        "repetition": _repetition(piece),
    }


def measure(shard: Shard) -> list[dict[str, Any]]:
    """A row for the first piece of each song, where its mood is known."""
    return [
        _measured(piece)
        for piece in songs([shard])
        if is_known(piece.valence) and is_known(piece.arousal)
    ]


def main() -> int:
    """Run from the command line; an error is one line, and its exit code is returned."""
    parser = argparse.ArgumentParser(description="Measure what pieces of each mood have.")
    parser.add_argument("shard", type=Path)
    shard = parser.parse_args().shard
    return exit_code("measure_defaults", lambda: write_table(measure(read_shard(shard))))


def write_table(rows: Sequence[dict[str, Any]]) -> None:
    """Write the table that composing reads, one piece a line."""
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    write_whole(TABLE, f"[\n{lines}\n]\n".encode(), overwrite=True)


if __name__ == "__main__":
    sys.exit(main())

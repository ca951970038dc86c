"""Measures what real soundtrack pieces of each mood have, for requests that leave it open.

    COMPOSER_DATA=<folder> python -m composer.lab.measure_defaults

writes ``composer/request/defaults.json``: a row for each song (one version of it) of the
band, game and orchestral sources, with its mood by ``mood_of``, tempo, meter, mode and
ensemble. No note of any piece is in it. Tempi are left out where the file's is known to be
wrong (``tempo_hint.csv``), ensembles where fewer than three instruments play or none leads or
plays the bass.
"""

import csv
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from composer.analysis import keys_of, roles_of
from composer.analysis.mood import mood_of
from composer.errors import ComposerError, InputError
from composer.lab.calibrate_mood import open_source
from composer.midi import read_midi
from composer.plan import Role
from composer.score import Mode, Score

STYLE_OF_SOURCE = {
    "easyrpg-rtp": "game",
    "easyrpg-pr41": "game",
    "gbstudio-community": "game",
    "small-finds": "game",
    "3d-movie-maker": "game",
    "freedink": "game",
    "ceoilmusic": "game",
    "tannerhelland": "band",
    "freedoom": "band",
    "blasphemer": "band",
    "simutrans": "band",
    "openscore-orchestra": "orchestra",
}
_LARGEST_ENSEMBLE = 7
_SMALLEST_ENSEMBLE = 3
_UNSUITED = frozenset({47, 55, 96, 101, 102, 103, *range(112, 128)})
"""Programs that a request must name to get: timpani and percussion with a pitch (they would
be given chords), orchestra hits, noises and sound effects."""
_NEEDED = frozenset({Role.MELODY, Role.BASS})
_SLOWEST_QPM, _FASTEST_QPM = 40.0, 220.0
_MOST_NOTES = 20_000
_USUAL_METERS = frozenset(
    {"2/2", "2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "6/8", "7/8", "9/8", "12/8"}
)


def _ensemble(score: Score) -> list[list[Any]] | None:
    """[program, is_drums, role] of the busiest instruments.

    None where too few play, or none leads, or none plays the bass.
    An instrument that leads in one of its parts is the melody, and is never left out.
    """
    notes: Counter[tuple[int, bool]] = Counter()
    roles: dict[tuple[int, bool], Counter[Role]] = defaultdict(Counter)
    for part, role in zip(score.parts, roles_of(score), strict=True):
        if not part.notes or (not part.is_drums and part.program in _UNSUITED):
            continue
        which = (0 if part.is_drums else part.program, part.is_drums)
        notes[which] += len(part.notes)
        roles[which][role] += len(part.notes)
    ranked = sorted(notes, key=lambda which: (Role.MELODY not in roles[which], -notes[which]))
    chosen = sorted(ranked[:_LARGEST_ENSEMBLE])
    played = [(*which, _main_role(roles[which])) for which in chosen]
    if len(chosen) < _SMALLEST_ENSEMBLE or not {role for *_, role in played} >= _NEEDED:
        return None
    return [[*which, str(role)] for *which, role in played]


def _main_role(roles: Counter[Role]) -> Role:
    """Melody where there is any, else the role of most notes."""
    return Role.MELODY if Role.MELODY in roles else roles.most_common(1)[0][0]


def _tempo_qpm(score: Score) -> float | None:
    """Tempo that holds longest, in quarters a minute; None where it is no musical tempo."""
    ends = [tempo.onset_ticks for tempo in score.tempos[1:]] + [score.end_ticks]
    held: Counter[float] = Counter()
    for tempo, end in zip(score.tempos, ends, strict=True):
        held[round(tempo.qpm)] += max(end - tempo.onset_ticks, 0)
    qpm = held.most_common(1)[0][0]
    return qpm if _SLOWEST_QPM <= qpm <= _FASTEST_QPM else None


def _meter(score: Score) -> str | None:
    """Meter that holds longest; None where it is unusual enough to be the file's fault."""
    ends = [change.onset_ticks for change in score.meters[1:]] + [score.end_ticks]
    held: Counter[str] = Counter()
    for change, end in zip(score.meters, ends, strict=True):
        held[str(change.meter)] += max(end - change.onset_ticks, 0)
    meter = held.most_common(1)[0][0]
    return meter if meter in _USUAL_METERS else None


def _wrong_tempi(folder: Path) -> frozenset[str]:
    """Files whose stated tempo is known not to fit their notes."""
    path = folder / "tempo_hint.csv"
    if not path.is_file():
        return frozenset()
    with path.open(newline="") as file:
        return frozenset(row["file"] for row in csv.DictReader(file))


def _measure(score: Score, style: str, *, trusts_tempo: bool) -> dict[str, Any] | None:
    """One row; None where the mood can't be told."""
    mood = mood_of(score)
    if mood.valence is None or mood.arousal is None:
        return None
    modes = Counter(key.mode for key in keys_of(score))
    return {
        "style": style,
        "valence": round(mood.valence, 2),
        "arousal": round(mood.arousal, 2),
        "tempo_qpm": _tempo_qpm(score) if trusts_tempo else None,
        "meter": _meter(score),
        "is_minor": modes[Mode.MINOR] > modes[Mode.MAJOR],
        "ensemble": _ensemble(score),
    }


def _rows(root: Path, source: str) -> Iterator[dict[str, Any]]:
    """A row for each song of a source."""
    seen: set[str] = set()
    with open_source(root, source) as folder:
        wrong = _wrong_tempi(folder)
        with (folder / "index.csv").open(newline="") as index:
            entries = list(csv.DictReader(index))
        for entry in entries:
            if entry["song_id"] in seen or not 50 < int(entry["notes"]) < _MOST_NOTES:
                continue
            try:
                score = read_midi(folder / entry["file"]).score
            except ComposerError:
                continue
            trusts = entry["file"] not in wrong
            row = _measure(score, STYLE_OF_SOURCE[source], trusts_tempo=trusts)
            if row is not None:
                seen.add(entry["song_id"])
                yield row


def measure(root: Path, path: Path) -> None:
    """Measure the sources under ``root`` and write the table to ``path``."""
    rows = [row for source in STYLE_OF_SOURCE for row in _rows(root, source)]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    path.write_text(f"[\n{lines}\n]\n")


def main() -> None:
    """Measure from the folder that COMPOSER_DATA names."""
    root = os.environ.get("COMPOSER_DATA")
    if not root:
        raise InputError("set COMPOSER_DATA to the folder of the training music")
    measure(Path(root), Path(__file__).resolve().parents[1] / "request" / "defaults.json")


if __name__ == "__main__":
    main()

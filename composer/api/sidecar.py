"""The sidecar: how a piece was made, and what of the request it keeps, as JSON values."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import composer
from composer.api.originality import originality_of
from composer.api.piece import Piece
from composer.check import Report, check
from composer.compose import HUMANISED, Sampling
from composer.midi import read_midi
from composer.model import DEFAULT_ENGINE
from composer.model.provenance import provenance
from composer.plan import Plan
from composer.planfile import plan_text, plan_values, read_plan_file

FORMAT = "composer sidecar 1"


def sidecar(
    piece: Piece,
    asked: Plan,
    *,
    sampling: Sampling | None = None,
    humanised: float = HUMANISED,
    checkpoint: str | Path | None = None,
    engine: str = DEFAULT_ENGINE,
    words: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything that made ``piece``, what was tried, and the check of what was ``asked``.

    ``words`` is how a text was read (``composer.request.text.told_of``). ``originality`` is
    None where the checkpoint has no index of its music.

    With the plan, the seed, the settings and the checkpoint the piece can be had again.
    Raises CheckpointError where the checkpoint can't be read.
    """
    report = check(asked, piece.score)
    near = originality_of(piece.score, checkpoint)
    return {
        "format": FORMAT,
        "composer": composer.__version__,
        "seed": piece.seed,
        "sampling": asdict(sampling or Sampling()),
        "humanised": humanised,
        "tries": {"plan": piece.plan_tries.as_json(), "notes": piece.note_tries.as_json()},
        "engine": engine,
        "checkpoint": provenance(checkpoint),
        "words": None if words is None else dict(words),
        "remarks": list(piece.remarks),
        "asked": plan_values(plan_text(asked)),
        "plan": plan_values(plan_text(piece.plan)),
        "kept": not report.missed,
        "controls": report.as_json(),
        "originality": None if near is None else near.as_json(),
    }


def check_file(source: str | Path | bytes, plan_file: str | Path) -> Report:
    """Measure a MIDI file, of a path or its bytes, against a plan file, whoever made either.

    Raises InputError where one can't be read.
    """
    return check(read_plan_file(plan_file), read_midi(source).score)

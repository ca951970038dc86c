"""Writes a fitted pair of additive models as the table that ships with composer."""

import json
from pathlib import Path
from typing import Any

from composer.files import write_whole
from composer.lab.mood_fit import Fit


def _axis(fit: Fit) -> dict[str, Any]:
    """One axis as plain values; five significant digits say all that was measured."""
    return {
        "bias": round(fit.bias, 4),
        "gain": round(fit.gain, 4),
        "shapes": {
            curve.feature: {
                "knots": [float(f"{knot:.5g}") for knot in curve.knots],
                "values": [round(float(value), 4) for value in curve.values],
            }
            for curve in fit.curves
        },
    }


def write_table(path: Path, valence: Fit, arousal: Fit) -> None:
    """Write both axes as JSON, one shape a line."""
    text = json.dumps({"valence": _axis(valence), "arousal": _axis(arousal)}, indent=1)
    write_whole(path, (_joined(text) + "\n").encode(), overwrite=True)


def _joined(text: str) -> str:
    """Lists of numbers on one line each."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if bare[:1].isdigit() or bare[:1] == "-" or bare in {"]", "],"}:
            lines[-1] += (" " if lines[-1].endswith(",") else "") + bare
        else:
            lines.append(line)
    return "\n".join(lines)

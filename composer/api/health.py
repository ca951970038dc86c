"""Health: what of composer works on this machine."""

from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version
from typing import Any

import composer
from composer.errors import ComposerError
from composer.model import load_engine, why_not_onnx
from composer.render import find_renderer

_EXTRAS = {
    "music21": "analysis",
    "librosa": "analysis",
    "matplotlib": "plot",
    "ray": "ray",
    "torch": "train",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``is_fatal``: composing needs it and it fails."""

    subject: str
    is_ok: bool
    text: str
    is_fatal: bool = False

    @property
    def state(self) -> str:
        """A word for the table."""
        return "ok" if self.is_ok else ("FAILS" if self.is_fatal else "absent")

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return asdict(self)


def examine(checkpoint: str | Path | None = None) -> list[Finding]:
    """Look at the installation, the checkpoint, the sound and the extras."""
    return [
        Finding("composer", True, f"{composer.__version__}, Python {python_version()}"),
        Finding("system", True, platform()),
        _checkpoint(checkpoint),
        _sound(),
        *(_extra(package, extra) for package, extra in _EXTRAS.items()),
    ]


def _checkpoint(path: str | Path | None) -> Finding:
    """Whether the model loads."""
    try:
        engine = load_engine(path)
    except ComposerError as error:
        return Finding("model", False, str(error), is_fatal=True)
    hindrance = why_not_onnx()
    why = f" ({hindrance})" if hindrance else ""
    return Finding("model", True, f"sees {engine.context} events, runs on {engine.name}{why}")


def _sound() -> Finding:
    """Whether sound works, and by what."""
    try:
        renderer = find_renderer()
    except ComposerError as error:
        return Finding("sound", False, str(error))
    return Finding("sound", True, f"{renderer.name} with {renderer.soundfont.name}")


def _extra(package: str, extra: str) -> Finding:
    """Whether an optional package is installed."""
    try:
        return Finding(package, True, version(package))
    except PackageNotFoundError:
        return Finding(package, False, f"pip install 'composer-music[{extra}]'")

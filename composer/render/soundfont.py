"""Finding the SoundFont that gives the instruments their sound."""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from composer.errors import InputError

SOUNDFONT_VARIABLE = "COMPOSER_SOUNDFONT"
"""Environment variable that names a SoundFont file."""

_FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "~/.local/share/soundfonts",
    "~/Library/Audio/Sounds/Banks",
)
_BEST_FIRST = (
    "MuseScore_General",
    "MuseScore_General_Full",
    "MuseScore_General_Lite",
    "FluidR3_GM",
    "FluidR3Mono_GM",
    "GeneralUser",
    "default-GM",
    "TimGM6mb",
)
"""Complete General MIDI fonts by the beginning of their file names; others are not chosen."""

_SUFFIXES = (".sf2", ".sf3")


@dataclass(frozen=True, slots=True)
class SoundFont:
    """A SoundFont file, its ``name`` for people and the SHA-256 of its bytes in hex."""

    path: Path
    name: str
    sha256: str

    @property
    def is_compressed(self) -> bool:
        """Whether its samples are Ogg Vorbis (SoundFont 3)."""
        with self.path.open("rb") as file:
            head = file.read(4096)
        place = head.find(b"ifil")
        return place >= 0 and head[place + 8] >= 3


def _read(path: Path) -> SoundFont:
    """Check and hash the file at ``path``; raises InputError where it is no SoundFont."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] != b"RIFF" or head[8:] != b"sfbk":
                raise InputError(f"{path} is no SoundFont: an .sf2 or .sf3 file is needed")
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"can't read the SoundFont {path}: {error.strerror}") from error
    return SoundFont(path, path.name, digest)


def _rank(path: Path) -> tuple[int, int, str]:
    """Sort key: the better known font first, then the uncompressed, then by name."""
    names = [i for i, name in enumerate(_BEST_FIRST) if path.name.startswith(name)]
    return (max(names, default=len(_BEST_FIRST)), _SUFFIXES.index(path.suffix), path.name)


def _system_fonts() -> list[Path]:
    """Complete fonts in the system's folders, the best first."""
    found = [
        path
        for folder in _FOLDERS
        for path in Path(folder).expanduser().glob("*.sf[23]")
        if path.is_file() and path.name.startswith(_BEST_FIRST)
    ]
    return sorted(found, key=_rank)


def _packaged_font() -> Path | None:
    """The font inside the pretty_midi package, which need not be imported for it."""
    spec = find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "TimGM6mb.sf2"
    return path if path.is_file() else None


def find_soundfont(path: str | Path | None = None) -> SoundFont:
    """Find the SoundFont to play with.

    Taken in this order: ``path``, the file named by ``$COMPOSER_SOUNDFONT``, the best
    known font of the system's folders, the one that comes with pretty_midi.
    Raises InputError for a named file that is none, and where there is none at all.
    """
    named = path or os.environ.get(SOUNDFONT_VARIABLE)
    if named:
        return _read(Path(named).expanduser())
    candidates = [*_system_fonts(), _packaged_font()]
    for candidate in candidates:
        if candidate is not None:
            return _read(candidate)
    raise InputError(
        "no SoundFont found: name an .sf2 file with --soundfont or "
        f"${SOUNDFONT_VARIABLE}, or reinstall pretty_midi, which carries one"
    )

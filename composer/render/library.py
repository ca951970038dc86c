"""Finding FluidSynth's shared library and declaring the functions used from it.

Source of the signatures: FluidSynth 2 API reference, https://www.fluidsynth.org/api/.
"""

import ctypes
import os
import sys
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from composer.errors import InputError

FLUIDSYNTH_VARIABLE = "COMPOSER_FLUIDSYNTH"
"""Environment variable that names FluidSynth's shared library."""

_int, _double, _string, _pointer = (
    ctypes.c_int,
    ctypes.c_double,
    ctypes.c_char_p,
    ctypes.c_void_p,
)
_SIGNATURES: dict[str, tuple[object, ...]] = {
    "fluid_version": (None, _pointer, _pointer, _pointer),
    "fluid_set_log_function": (_pointer, _int, _pointer, _pointer),
    "new_fluid_settings": (_pointer,),
    "delete_fluid_settings": (None, _pointer),
    "fluid_settings_setint": (_int, _pointer, _string, _int),
    "fluid_settings_setnum": (_int, _pointer, _string, _double),
    "new_fluid_synth": (_pointer, _pointer),
    "delete_fluid_synth": (None, _pointer),
    "fluid_synth_sfload": (_int, _pointer, _string, _int),
    "fluid_synth_set_channel_type": (_int, _pointer, _int, _int),
    "fluid_synth_bank_select": (_int, _pointer, _int, _int),
    "fluid_synth_program_change": (_int, _pointer, _int, _int),
    "fluid_synth_cc": (_int, _pointer, _int, _int, _int),
    "fluid_synth_pitch_bend": (_int, _pointer, _int, _int),
    "fluid_synth_noteon": (_int, _pointer, _int, _int, _int),
    "fluid_synth_noteoff": (_int, _pointer, _int, _int),
    "fluid_synth_write_float": (
        _int,
        _pointer,
        _int,
        _pointer,
        _int,
        _int,
        _pointer,
        _int,
        _int,
    ),
}
"""Each function's result type and argument types."""

_LOG_LEVELS = 5


def _packaged_library() -> str | None:
    """The library inside pygame-ce's wheel; pygame itself is not imported.

    The wheel's layout is no public API: auditwheel puts libraries into
    ``pygame_ce.libs`` (Linux), delocate into ``pygame/.dylibs`` (macOS).
    """
    spec = find_spec("pygame")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    found = [
        *sorted(package.parent.glob("pygame_ce.libs/libfluidsynth*.so*")),
        *sorted(package.glob(".dylibs/libfluidsynth*.dylib")),
        *sorted(package.glob("libfluidsynth*.dll")),
    ]
    return str(found[0]) if found else None


def _system_library() -> str | None:
    """The library that the system's loader knows."""
    names = ("libfluidsynth-3", "fluidsynth") if sys.platform == "win32" else ("fluidsynth",)
    return next((found for name in names if (found := find_library(name))), None)


def _works(path: str) -> bool:
    """Whether FluidSynth 2 can be loaded from ``path``."""
    try:
        load_library(path)
    except InputError:
        return False
    return True


def find_library_path() -> str | None:
    """Name or path of FluidSynth's library, None where there is none.

    Taken in this order: ``$COMPOSER_FLUIDSYNTH`` (unchecked: who names one wants it or
    an error), the system's, pygame-ce's.
    """
    named = os.environ.get(FLUIDSYNTH_VARIABLE)
    if named:
        return named
    found = (find() for find in (_system_library, _packaged_library))
    return next((path for path in found if path is not None and _works(path)), None)


@cache
def load_library(path: str) -> ctypes.CDLL:
    """Load FluidSynth 2 from ``path``, silence its log, declare its functions.

    Raises InputError where the file is not that library.
    """
    try:
        library = ctypes.CDLL(path)
        for name, (result, *arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise InputError(f"can't use {path} as FluidSynth 2 library: {error}") from error
    for level in range(_LOG_LEVELS):
        library.fluid_set_log_function(level, None, None)
    return library


def library_version(library: ctypes.CDLL) -> str:
    """Version such as ``2.5.7``."""
    numbers = [ctypes.c_int() for _ in range(3)]
    library.fluid_version(*(ctypes.byref(number) for number in numbers))
    return ".".join(str(number.value) for number in numbers)

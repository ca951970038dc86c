"""Files that appear whole or not at all.

What is written goes to a hidden neighbour first (same folder, so the last step is one
atomic rename) and takes the asked name only when it is complete and on the disk. A
process killed in between leaves at most the hidden file, never half of the asked one.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from composer.errors import OutputError


def check_output(path: str | Path, *, overwrite: bool = False) -> Path:
    """Tell early whether ``path`` can be written; raises OutputError with one line."""
    target = Path(path)
    try:
        return _checked(target, overwrite=overwrite)
    except (OSError, ValueError) as error:  # a name too long, or with a NUL in it
        raise _refusal(target, error) from error


def _checked(target: Path, *, overwrite: bool) -> Path:
    """Return ``target`` where a file can be put there."""
    if "\0" in str(target):
        raise ValueError("a file name can't hold a NUL character")
    if target.is_dir():
        raise OutputError(f"{target} is a folder: name a file inside it")
    if not target.parent.exists():
        raise OutputError(f"the folder {target.parent} does not exist: create it first")
    if not target.parent.is_dir():
        raise OutputError(f"{target.parent} is a file, so nothing can be written inside it")
    if target.exists() and not target.is_file():
        raise OutputError(f"{target} is a device, not a file that can be replaced")
    if target.exists() and not overwrite:
        raise OutputError(f"{target} exists already: choose another name or add --force")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OutputError(f"no permission to write into the folder {target.parent}")
    return target


@contextlib.contextmanager
def whole_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Lend a temporary path beside ``path``; what lies there afterwards becomes ``path``.

    The temporary name starts with a dot and keeps the suffix, because audio writers
    choose their format by it. It is removed when the body raises, and when nothing was
    written. Without ``overwrite`` a file that came into being meanwhile is kept.
    Raises OutputError for a folder, a missing folder, an unwritable place, a full disk,
    or an existing file without ``overwrite``.
    """
    target = check_output(path, overwrite=overwrite)
    draft = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
    try:
        yield draft
        _settle(draft, target, overwrite=overwrite)
    except OSError as error:
        raise _refusal(target, error) from error
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: str | Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write ``data`` to ``path``, whole or not at all; raises as ``whole_file`` does."""
    with whole_file(path, overwrite=overwrite) as draft:
        draft.write_bytes(data)


def _settle(draft: Path, target: Path, *, overwrite: bool) -> None:
    """Flush ``draft`` to the disk and give it the name ``target``."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    if target.exists() and not overwrite:
        raise OutputError(f"{target} exists already: choose another name or add --force")
    draft.replace(target)


def _refusal(target: Path, error: Exception) -> OutputError:
    """One line for what the system answered."""
    reason = getattr(error, "strerror", None) or str(error)
    return OutputError(f"cannot write {target}: {reason}")

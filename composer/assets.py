"""Where the files that come with composer are: vocabulary tables and checkpoints.

An installed wheel carries them inside the package (``composer/_assets``); a checkout or
an editable install has them at the repository's root.
"""

from pathlib import Path

from composer.errors import CheckpointError

_PACKAGE = Path(__file__).resolve().parent


def find_asset(*parts: str) -> Path:
    """Path of a shipped file or folder such as ``("tokenizers", "vocabulary.json")``.

    Raises CheckpointError where the installation lacks it.
    """
    for root in (_PACKAGE / "_assets", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise CheckpointError(
        f"this installation lacks {'/'.join(parts)}: reinstall with "
        "pip install --force-reinstall composer-music"
    )
